import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_GRANTS } from '../../shared/abi/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { Machine } from '../../testing/machine.ts';

let machine: Machine;
const CAT = '/home/m/cat';
const manifest = (grants: string, more = ''): string => `[component]\nid = "org.example.cat"\n${more}\n[grants]\n${grants}`;
const files = (path: string, ...rights: string[]): string => `[[grants.files]]\npath = "${path}"\nrights = ${JSON.stringify(rights)}\n`;

beforeAll(async () => {
  machine = await Machine.boot();
  await machine.api.mkdir('/home/m/data', { recursive: true });
  await machine.api.mkdir('/home/n');
  await machine.write('/home/m/data/x', 'inside\n');
  await machine.write('/home/m/outside', 'outside\n');
  for (const place of [CAT, '/home/n/cat.wasm']) await machine.write(place, await machine.api.readFile('/bin/coreutils'));
});

afterAll(() => machine.dispose());

const cat = (path: string, options: Parameters<Machine['run']>[2] = {}) => machine.run(CAT, [path], { name: 'cat', ...options });
const refusal = async (run: Promise<unknown>): Promise<string> => run.then(() => 'it ran', (error: unknown) => (error as Error).message);

describe('MF5: the manifest beside a module says what it gets', () => {
  test('files: what is declared, and nothing else, also where the parent has more', async () => {
    await machine.write('/home/m/cat.component.toml', manifest(files('/home/m/data/**', 'read')));
    expect((await cat('/home/m/data/x')).stdout).toBe('inside\n');
    expect(await cat('/home/m/outside')).toMatchObject({ code: 1, stdout: '' });
    const shell = await machine.run('/bin/sh', ['-c', `${CAT} /home/m/data/x; ${CAT} /home/m/outside 2>/dev/null || echo refused`]);
    expect(shell.stdout).toBe('inside\nrefused\n');
  });

  test('what was ticked counts in its place', async () => {
    await machine.write('/home/m/cat.component.toml', manifest(files('/home/m/data/**', 'read')));
    const none = { files: [], http: [], listen: [], connect: [], publish: [], subscribe: [], kv: [], spawn: [], clocks: false, entropy: false };
    expect(await cat('/home/m/data/x', { permissions: none })).toMatchObject({ code: 1, stdout: '' });
    expect((await cat('/home/m/outside', { permissions: { ...none, files: [{ path: '/home/m/**', rights: ['read'] }] } })).stdout).toBe('outside\n');
  });

  const missing = async (): Promise<string[]> => (await machine.api.notices()).filter(({ id }) => id === 'grants-missing').map(({ title, detail }) => `${title}: ${detail}`);

  test('a directory that is not there is left out, and the user is told', async () => {
    await machine.write('/home/m/cat.component.toml', manifest(files('/home/gone/**', 'read') + files('/home/m/data/**', 'read')));
    expect((await cat('/home/m/data/x')).stdout).toBe('inside\n');
    expect(await missing()).toEqual([expect.stringMatching(/^What cat was granted is not there: It runs without \/home\/gone\./)]);
  });

  test('one in which it may create is made, nothing else, and nothing where a link leads', async () => {
    const grants = ['/home/made/**', '/home/globs/*.txt', '/home/none/below/**', '/home/m/to/made/**', '/home/m/dangling/**', '/dev/made/**', '/home/m/outside/made/**'];
    for (const link of ['to', 'dangling']) await machine.api.symlink(link === 'to' ? '/home/m/data' : '/home/m/data/made', `/home/m/${link}`);
    await machine.write('/home/m/cat.component.toml', manifest(grants.map((path) => files(path, 'read', 'create')).join('') + files('/home/m/data/**', 'read')));
    expect((await cat('/home/m/data/x')).stdout).toBe('inside\n');
    expect(await machine.api.readdir('/home').then((all) => all.map(({ name }) => name))).toEqual(expect.arrayContaining(['made', 'globs']));
    expect((await machine.api.readdir('/home/m/data')).map(({ name }) => name)).toEqual(['x']);
    for (const path of ['/home/none', '/dev/made']) await expect(machine.api.stat(path)).rejects.toThrow('ENOENT');
    expect(await missing()).toEqual([expect.stringContaining('It runs without /home/none/below, /home/m/to/made, /home/m/dangling, /dev/made, /home/m/outside/made.')]);
    for (const path of ['/home/made', '/home/globs', '/home/m/to', '/home/m/dangling']) await machine.api.rm(path, { recursive: true });
  });

  test('what a program starts gets no directory made that its starter’s rights do not cover', async () => {
    await machine.write('/home/m/guest', readFileSync(new URL('../../testing/guests/host-guest.wasm', import.meta.url)));
    const start = (path: string) => machine.run('/home/m/guest', ['spawn', '/home/m/guest', JSON.stringify({ files: [{ path, rights: ['create'] }] }), 'say', 'runs'], {
      permissions: { ...NO_GRANTS, spawn: ['/home/m/guest'], files: [{ path: '/home/m/**', rights: ['read', 'create'] }] },
    });
    expect(await start('/home/made/**')).toMatchObject({ code: Errno.ENOTCAPABLE, stdout: '' });
    await expect(machine.api.stat('/home/made')).rejects.toThrow('ENOENT');
    expect(await start('/home/m/made/**')).toMatchObject({ code: 0, stdout: 'runs\n' });
    await machine.api.rm('/home/m/made', { recursive: true });
  });

  test('limits: the lower of its own and what it is given', async () => {
    await machine.write('/home/m/cat.component.toml', `${manifest(files('/home/m/data/**', 'read'))}[limits]\nmemory = "64 KiB"`);
    expect(await refusal(cat('/home/m/data/x'))).toMatch(/its limit is 64 KiB/);
  });

  test('Component.toml is for the module that it names', async () => {
    await machine.write('/home/n/Component.toml', manifest(files('/home/m/data/**', 'read'), 'module = "cat.wasm"'));
    const run = (path: string) => machine.run('/home/n/cat.wasm', [path], { name: 'cat' });
    expect([(await run('/home/m/data/x')).stdout, (await run('/home/m/outside')).code]).toEqual(['inside\n', 1]);
    await machine.write('/home/n/Component.toml', manifest('', 'module = "dog.wasm"'));
    expect((await run('/home/m/outside')).stdout).toBe('outside\n');
  });
});

describe('MF6: a manifest that is not clear keeps its module from starting', () => {
  test('faults are named with their place', async () => {
    await machine.write('/home/m/cat.component.toml', manifest('clocks = 3'));
    expect(await refusal(cat('/home/m/outside'))).toMatch(/spawn \/home\/m\/cat.component.toml: line 5, column 10: clocks is true or false, not a number \(EINVAL\)/);
  });

  test('two at once are refused by name', async () => {
    await machine.write('/home/m/cat.component.toml', manifest(''));
    await machine.write('/home/m/Component.toml', manifest('', 'module = "cat"'));
    expect(await refusal(cat('/home/m/outside'))).toMatch(/two manifests are for it, \/home\/m\/cat.component.toml and \/home\/m\/Component.toml/);
    await machine.api.rm('/home/m/Component.toml');
  });

  test('a directory in its place, one that is too large', async () => {
    await machine.api.rm('/home/m/cat.component.toml');
    await machine.api.mkdir('/home/m/cat.component.toml');
    expect(await refusal(cat('/home/m/outside'))).toMatch(/a manifest is a file, this is a directory/);
    await machine.api.rm('/home/m/cat.component.toml', { recursive: true });
    await machine.write('/home/m/cat.component.toml', `#${'x'.repeat(70_000)}`);
    expect(await refusal(cat('/home/m/outside'))).toMatch(/more than 64 KiB/);
  });
});
