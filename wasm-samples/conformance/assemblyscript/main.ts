// Rules as a program in AssemblyScript meets them, through its WASI shim.

let failures = 0;

function check(id: string, holds: bool): void {
  if (!holds) failures++;
  console.log((holds ? "ok assemblyscript_" : "not ok assemblyscript_") + id);
}

check("arguments_are_text", process.argv.length == 5 && process.argv[2] == "two words" && process.argv[3] == "" && process.argv[4] == "ü漢");
check("environment_is_a_map", process.env.has("GREETING") && process.env.get("EQUALS") == "a=b" && process.env.get("EMPTY") == "");
check("dates_are_of_now", Date.now() > 1577836800000);
check("times_do_not_go_back", process.hrtime() <= process.hrtime());

const first = Math.random();
let different = false;
for (let i = 0; i < 10; i++) different = different || Math.random() != first;
check("random_numbers_differ", different);

const buffer = new ArrayBuffer(16);
check("input_is_read", process.stdin.read(buffer) == 10 && String.UTF8.decode(buffer.slice(0, 10)) == "input text");

process.exit(failures > 0 ? 1 : 0);
