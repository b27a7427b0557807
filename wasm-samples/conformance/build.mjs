/**
 * Builds the conformance programs into `bin/` here: those in C without a C library, each with `rules.c`; those in WAT; one in Rust, one in
 * AssemblyScript. What cannot be built stays as it is committed, with a word what was missing.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { toolchains } from '../toolchains.mjs';

const here = import.meta.dirname;
const bin = join(here, 'bin');

const freestanding = ['-nostdlib', '-O2', '-mcpu=mvp', '-mbulk-memory', '-msign-ext', '-mmutable-globals', '-Wall', '-Wextra', '-Werror', '-Wno-unused-function', '-Wl,--no-entry', '-Wl,--strip-all'];

function run(command, args) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error || status !== 0) throw new Error(`${command} ${args.join(' ')}\n${error ?? ''}${stdout}${stderr}`);
}

function* inC() {
  const folder = join(here, 'programs');
  const tool = toolchains.c.find();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.c') && name !== 'rules.c')) {
    yield [basename(file, '.c'), tool && ((output) => run(tool.command, [...tool.flags, ...freestanding, '-o', output, join(folder, file), join(folder, 'rules.c')])), toolchains.c.needs];
  }
}

function* inWat() {
  const found = spawnSync('wat2wasm', ['--version']).status === 0;
  for (const file of readdirSync(join(here, 'wat'))) {
    yield [basename(file, '.wat'), found && ((output) => run('wat2wasm', [join(here, 'wat', file), '-o', output])), 'wat2wasm (Debian: wabt)'];
  }
}

function* inOther() {
  for (const name of ['rust', 'assemblyscript']) {
    const toolchain = toolchains[name];
    const tool = toolchain.find();
    yield [name, tool && ((output) => toolchain.build(tool, { name: `conformance-${name}`, directory: join(here, name), output })), toolchain.needs];
  }
}

/** Returns the number of programs that failed to build. */
export function buildConformance() {
  const work = mkdtempSync(join(tmpdir(), 'conformance-'));
  mkdirSync(bin, { recursive: true });
  let failures = 0;
  let built = 0;
  for (const [name, build, needs] of [...inC(), ...inWat(), ...inOther()]) {
    if (!build) {
      console.log(`skipped  conformance/${name}: needs ${needs}`);
      continue;
    }
    try {
      const output = join(work, `${name}.wasm`);
      build(output);
      writeFileSync(join(bin, `${name}.wasm`), readFileSync(output));
      built++;
    } catch (error) {
      failures++;
      console.error(`failed   conformance/${name}: ${error.message}`);
    }
  }
  rmSync(work, { recursive: true });
  console.log(`built    conformance: ${built} programs`);
  return failures;
}
