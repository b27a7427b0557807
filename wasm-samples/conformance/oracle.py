"""Runs the conformance programs under wasmtime: python3 oracle.py, with the package wasmtime from PyPI. Prints a line a program."""
import os
import pathlib
import tempfile
import wasmtime

HERE = pathlib.Path(__file__).parent


def run(program, folder):
    store = wasmtime.Store()
    linker = wasmtime.Linker(store.engine)
    linker.define_wasi()
    config = wasmtime.WasiConfig()
    config.argv = [program.stem, "one", "two words", "", "ü漢"]
    config.env = [("GREETING", "hello world"), ("EMPTY", ""), ("EQUALS", "a=b")]
    scratch = os.path.join(folder, "scratch")
    os.mkdir(scratch)
    config.preopen_dir(scratch, "/scratch")
    paths = {name: os.path.join(folder, name) for name in ("in", "out", "err")}
    pathlib.Path(paths["in"]).write_text("input text")
    config.stdin_file, config.stdout_file, config.stderr_file = paths["in"], paths["out"], paths["err"]
    store.set_wasi(config)
    why = ""
    try:
        instance = linker.instantiate(store, wasmtime.Module.from_file(store.engine, str(program)))
        instance.exports(store)["_start"](store)
    except wasmtime.ExitTrap:
        pass
    except wasmtime.WasmtimeError as error:
        why = str(error).splitlines()[-1].strip()
    lines = pathlib.Path(paths["out"]).read_text().splitlines() if os.path.exists(paths["out"]) else []
    return [line for line in lines if line.startswith("ok ")], [line for line in lines if not line.startswith("ok ")], why


for program in sorted((HERE / "bin").glob("*.wasm")):
    with tempfile.TemporaryDirectory() as folder:
        good, bad, why = run(program, folder)
    print(program.stem, len(good), "hold", *bad, why and f"ended early: {why}")
