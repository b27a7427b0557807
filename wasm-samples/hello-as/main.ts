// hello-as greets from AssemblyScript; its WASI shim makes console.log a write to standard output.
console.log("Hello from AssemblyScript!");
