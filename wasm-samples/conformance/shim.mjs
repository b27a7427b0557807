/** Runs the conformance programs under browser_wasi_shim in node, each in a process of its own: `node shim.mjs`. Prints a line a program. */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI, WASIProcExit } from '@bjorn3/browser_wasi_shim';

const bin = join(import.meta.dirname, 'bin');

async function run(name) {
  const fds = [
    new OpenFile(new File(new TextEncoder().encode('input text'))),
    ConsoleStdout.lineBuffered((line) => console.log(line)),
    ConsoleStdout.lineBuffered((line) => console.error(line)),
    new PreopenDirectory('/scratch', new Map()),
  ];
  const wasi = new WASI([name, 'one', 'two words', '', 'ü漢'], ['GREETING=hello world', 'EMPTY=', 'EQUALS=a=b'], fds, { debug: false });
  const imports = { wasi_snapshot_preview1: wasi.wasiImport, env: { memory: new WebAssembly.Memory({ initial: 2, maximum: 10 }) } };
  try {
    const { instance } = await WebAssembly.instantiate(readFileSync(join(bin, `${name}.wasm`)), imports);
    wasi.start(instance);
  } catch (error) {
    if (!(error instanceof WASIProcExit)) console.log(`ended early: ${error}`);
  }
}

function report(name) {
  const { stdout } = spawnSync(process.execPath, [import.meta.filename, name], { encoding: 'utf8', timeout: 20_000 });
  const lines = stdout.split('\n');
  console.log(name, lines.filter((line) => line.startsWith('ok ')).length, 'hold', ...lines.filter((line) => line.startsWith('ended early')));
}

if (process.argv[2]) await run(process.argv[2]);
else for (const file of readdirSync(bin)) report(basename(file, '.wasm'));
