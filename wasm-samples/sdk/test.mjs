/**
 * `npm run test:sdk [LANGUAGE…]`: the unit tests of each SDK, natively, against its mock of the host. They need compilers, so they are no
 * part of `npm test`; a language whose compiler is missing is skipped, and said so. Exits with 1 when a test fails.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAssemblyScript } from '../toolchains.mjs';

const here = dirname(fileURLToPath(import.meta.url));

function ran(command, args, options = {}) {
  return spawnSync(command, args, { stdio: 'inherit', ...options }).status === 0;
}

function there(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function testC(work) {
  const compiler = ['clang', 'clang-21', 'clang-20', 'clang-19', 'clang-18', 'gcc'].find((command) => there(command, ['--version']));
  if (!compiler) return undefined;
  const flags = ['-std=c11', '-g', '-Wall', '-Wextra', '-Werror', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
  const sources = ['astrid.c', 'astrid_store.c', 'astrid_mock.c', 'astrid_mock_files.c'];
  // The mock keeps what its tables point at until the program ends.
  const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' };
  return ['check', 'mock_test'].every((test) => {
    const output = join(work, test);
    return ran(compiler, [...flags, '-o', output, `tests/${test}.c`, ...sources], { cwd: join(here, 'c') }) && ran(output, [], { env });
  });
}

function testRust(work) {
  if (!there('cargo', ['--version'])) return undefined;
  // The router's answers are tested in the same way.
  return [join(here, 'rust'), join(here, '../router')].every((cwd) => ran('cargo', ['test', '--quiet', '--offline'], { cwd, env: { ...process.env, CARGO_TARGET_DIR: work } }));
}

function testGo() {
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod' };
  if (!there('go', ['version'])) return undefined;
  return ran('go', ['vet', './...'], { cwd: join(here, 'go'), env }) && ran('go', ['test', './...'], { cwd: join(here, 'go'), env });
}

function testAssemblyScript(work) {
  if (!there('npm', ['--version'])) return undefined;
  const sdk = join(here, 'assemblyscript');
  buildAssemblyScript('npm', sdk, ['check', 'http'].map((name) => ({ main: `tests/${name}.ts`, output: join(work, `${name}.wasm`) })));
  buildAssemblyScript('npm', join(here, '../chat-echo-as'), [{ main: 'main.ts', output: join(work, 'chat.wasm') }]);
  return ran(process.execPath, ['--test', join(sdk, 'tests/mock.mjs')], { env: { ...process.env, MODULES: work } });
}

/** Each gives true, false, or undefined where it cannot be tested here. */
const languages = { c: testC, rust: testRust, go: testGo, assemblyscript: testAssemblyScript };

const wanted = process.argv.slice(2);
let failed = false;
for (const [name, test] of Object.entries(languages)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const work = mkdtempSync(join(tmpdir(), `sdk-${name}-`));
  const passed = test(work);
  rmSync(work, { recursive: true, force: true });
  console.log(`${passed === undefined ? 'skipped' : passed ? 'passed ' : 'FAILED '}  ${name}`);
  failed ||= passed === false;
}
process.exitCode = failed ? 1 : 0;
