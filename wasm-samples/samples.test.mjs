import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sets } from './commands/commands.mjs';
import { directories, files, samples } from './samples.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const stored = join(here, '../public/samples');
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));
const { version, entries } = readJson(join(stored, 'index.json'));
const cases = readJson(join(here, 'cases.json'));
const links = sets.flatMap(({ name, commands }) => Object.keys(commands).map((command) => ({ path: `/bin/${command}`, target: name })));
/** What one download may weigh. */
const SET_MAX = 2 * 1024 * 1024;

/** What each imports, as `module.name`. */
function imports(bytes) {
  return WebAssembly.Module.imports(new WebAssembly.Module(bytes)).map(({ module, name }) => `${module}.${name}`);
}

function decode({ url, encoding }) {
  const bytes = readFileSync(join(stored, url));
  return encoding === 'gzip' ? gunzipSync(bytes) : bytes;
}

describe('manifest of the base layer', () => {
  test('lists every directory, sample and file, sorted by path', () => {
    const paths = entries.map(({ path }) => path);
    const expected = [...directories, ...[...samples, ...sets].map(({ name }) => `/bin/${name}`), ...links.map(({ path }) => path), ...files.map(({ path }) => path)];
    expect(version).toBe(1);
    expect(paths).toEqual(expected.toSorted());
  });

  test.each(entries.filter(({ kind }) => kind === 'file'))('$path is the stored file', (entry) => {
    const bytes = decode(entry);
    expect(bytes.length).toBe(entry.size);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(entry.sha256);
  });

  test('each command is a link to its set', () => {
    const found = entries.filter(({ kind }) => kind === 'symlink').map(({ path, target }) => ({ path, target }));
    expect(found).toEqual(links.toSorted((a, b) => (a.path < b.path ? -1 : 1)));
  });

  test.each(files)('$path is what namespace/ holds', ({ path }) => {
    expect(readFileSync(join(stored, 'files', path))).toEqual(readFileSync(join(here, 'namespace', path)));
  });
});

describe('samples', () => {
  test.each([...samples, ...sets])('$name is a preview 1 command', ({ name }) => {
    const bytes = decode(entries.find(({ path }) => path === `/bin/${name}`));
    const exports = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map((one) => one.name);
    expect(exports).toEqual(expect.arrayContaining(['_start', 'memory']));
    const others = imports(bytes).filter((one) => !/^(wasi_snapshot_preview1|astrid)\./.test(one));
    expect(others).toEqual({ threads: ['wasi.thread-spawn', 'env.memory'], probe: ['nowhere.ratio', 'nowhere.call'] }[name] ?? []);
  });

  test('each has a case and a folder with a description', () => {
    const names = samples.map(({ name }) => name).toSorted();
    expect([...new Set(cases.map(({ program }) => program))].toSorted()).toEqual(names);
    for (const name of names) expect(readdirSync(join(here, name))).toContain('README.md');
  });
});

describe('commands', () => {
  const tried = new Set(readJson(join(here, 'commands/cases.json')).map(({ program }) => program));

  test('each has a case', () => {
    const names = sets.flatMap(({ name, commands }) => [name, ...Object.keys(commands)]);
    expect([...tried].toSorted()).toEqual(names.toSorted());
  });

  test.each(sets)('$name is small enough to fetch, and is described', ({ name }) => {
    const { url } = entries.find(({ path }) => path === `/bin/${name}`);
    expect(readFileSync(join(stored, url)).length).toBeLessThanOrEqual(SET_MAX);
    expect(readFileSync(join(here, 'commands/README.md'), 'utf8')).toContain(`\`${name}\``);
  });
});
