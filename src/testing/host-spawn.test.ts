import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_GRANTS, type ComponentGrants, type SpawnOptions } from '../shared/abi/index.ts';
import { Errno } from '../shared/base/index.ts';
import { Machine, type Outcome } from './machine.ts';

let machine: Machine;
const GUEST = '/home/host-guest.wasm';
const ALL = ['read', 'write', 'create', 'delete'] as const;

beforeAll(async () => {
  machine = await Machine.boot();
  await machine.write(GUEST, await readFile(new URL('guests/host-guest.wasm', import.meta.url)));
  for (const path of ['/home/s', '/home/s/in']) await machine.api.mkdir(path);
  await machine.write('/home/s/in/a.txt', 'of a\n');
  await machine.write('/home/s/out.txt', 'outside\n');
});
afterAll(() => machine.dispose());

/** The guest, which starts `path` with these grants. */
const spawn = (own: Partial<ComponentGrants>, path: string, grants: unknown, args: string[] = [], options: Partial<Omit<SpawnOptions, 'stdin'>> = {}): Promise<Outcome> =>
  machine.run(GUEST, ['spawn', path, typeof grants === 'string' ? grants : JSON.stringify(grants), ...args], { permissions: { ...NO_GRANTS, ...own }, ...options });

const REFUSED = { code: Errno.ENOTCAPABLE, stdout: '', stderr: `spawn: errno ${Errno.ENOTCAPABLE}\n` };

describe('GS1 a program that may be started', () => {
  test('has the streams of its starter, its arguments, and its end is told', async () => {
    expect(await spawn({ spawn: [GUEST] }, GUEST, '', ['say', 'hello'])).toMatchObject({ code: 0, stdout: 'hello\n', stderr: '' });
    expect(await spawn({ spawn: [GUEST] }, 'host-guest.wasm', '', ['say', 'hello'], { cwd: '/home' })).toMatchObject({ code: 0, stdout: 'hello\n' });
    expect(await spawn({ spawn: [GUEST] }, GUEST, '', ['kv', 'shared', 'get', 'k'])).toMatchObject({ code: Errno.ENOTCAPABLE, stderr: `get: errno ${Errno.ENOTCAPABLE}\n` });
  });

  test('is granted by its path: another is refused, be it there or not', async () => {
    for (const path of ['/bin/hello-c.wasm', '/home/none.wasm', '/home/s/../../bin/hello-c', '../bin/hello-c', '/proc/self/exe']) expect(await spawn({ spawn: [GUEST] }, path, '')).toMatchObject(REFUSED);
    expect(await spawn({}, GUEST, '', ['say', 'hello'])).toMatchObject(REFUSED);
    expect(await spawn({ spawn: ['/home/*.wasm'] }, '/home/none.wasm', '')).toMatchObject({ code: Errno.ENOENT });
  });

  test('is what was found: not what a link or a script leads to', async () => {
    await machine.run('/bin/sh', ['-c', 'ln -s /bin/hello-c /home/link.wasm; echo "#!/bin/hello-c" > /home/script.wasm; echo "#!builtin sh" > /home/shell.wasm']);
    for (const path of ['/home/link.wasm', '/home/script.wasm']) expect(await spawn({ spawn: ['/home/*.wasm'] }, path, '')).toMatchObject(REFUSED);
    expect((await spawn({ spawn: ['/home/*.wasm', '/bin/hello-c'] }, '/home/link.wasm', '')).code).toBe(0);
  });

  test('is never a built-in one, which works on the whole namespace', async () => {
    expect(await spawn({ spawn: ['/**'] }, '/bin/sh', '', ['-c', 'echo out'])).toMatchObject(REFUSED);
    expect(await spawn({ spawn: ['/**'] }, '/home/shell.wasm', '', ['-c', 'echo out'])).toMatchObject(REFUSED);
  });
});

describe('GS2 what it is given is at most what its starter has', () => {
  const own: Partial<ComponentGrants> = {
    spawn: ['/home/*.wasm', '/bin/**'], kv: ['shared'], publish: ['a.*'], subscribe: ['b.>'], http: [{ host: '*.example.org', methods: ['GET'] }], listen: [8080], connect: [8081],
    files: [{ path: '/home/s/in/**', rights: ['read', 'create'] }], clocks: true,
  };

  test.each<[string, unknown]>([
    ['nothing', {}], ['all of it', own], ['less', { kv: ['shared'], publish: ['a.x'], subscribe: ['b.c.>'], http: [{ host: 'www.example.org', methods: ['GET'] }], files: [{ path: '/home/s/in/*.txt', rights: ['read'] }] }],
  ])('given: %s', async (_what, grants) => {
    expect(await spawn(own, GUEST, grants, ['say', 'yes'])).toMatchObject({ code: 0, stdout: 'yes\n' });
  });

  test.each<[string, unknown]>([
    ['another namespace', { kv: ['other'] }], ['more subjects', { publish: ['a.>'] }], ['a wildcard', { subscribe: ['*.c'] }], ['the domain itself', { http: [{ host: 'example.org', methods: ['GET'] }] }],
    ['another method', { http: [{ host: 'www.example.org', methods: ['GET', 'POST'] }] }], ['without TLS', { http: [{ host: 'www.example.org', methods: ['GET'], insecure: true }] }], ['another port', { listen: [80] }], ['to connect', { connect: [8080] }],
    ['the directory above', { files: [{ path: '/home/s/**', rights: ['read'] }] }], ['more rights', { files: [{ path: '/home/s/in/**', rights: ['read', 'write'] }] }], ['a path with ..', { files: [{ path: '/home/s/in/../**', rights: ['read'] }] }],
    ['all programs', { spawn: ['/**'] }], ['entropy', { entropy: true }], ['one of several', { kv: ['shared', 'other'] }],
  ])('refused: %s', async (_what, grants) => {
    const { code, stdout } = await spawn(own, GUEST, grants, ['say', 'no']);
    expect([Errno.ENOTCAPABLE, Errno.EINVAL]).toContain(code);
    expect(stdout).toBe('');
  });

  test.each(['{', '[]', 'null', '"all"', '{"kv":"shared"}', '{"all":true}', '{"kv":[1]}', '{"__proto__":{"kv":["shared"]},"x":1}', `{"kv":[${'"a",'.repeat(2000)}"a"]}`])('no grants: %s', async (grants) => {
    expect(await spawn(own, GUEST, grants, ['say', 'no'])).toMatchObject({ code: Errno.EINVAL, stdout: '' });
  });

  test('it can use what it was given, and pass on less', async () => {
    expect(await spawn(own, '/bin/cat', { files: [{ path: '/home/s/in/**', rights: ['read'] }] }, ['/home/s/in/a.txt'])).toMatchObject({ code: 0, stdout: 'of a\n' });
    expect((await spawn(own, '/bin/cat', { files: [{ path: '/home/s/in/**', rights: ['read'] }] }, ['/home/s/out.txt'])).stdout).toBe('');
    expect((await spawn(own, '/bin/cat', {}, ['/home/s/in/a.txt'])).stdout).toBe('');
    const inner = ['spawn', GUEST, JSON.stringify({ kv: ['shared'] }), 'kv', 'shared', 'set', 'k', 'deep'];
    expect(await spawn(own, GUEST, { spawn: [GUEST], kv: ['shared'] }, inner)).toMatchObject({ code: 0 });
    expect(await spawn(own, GUEST, { spawn: [GUEST] }, inner)).toMatchObject({ code: Errno.ENOTCAPABLE });
    expect(new TextDecoder().decode((await machine.api.kvGet('shared', 'k'))!)).toBe('deep');
  });

  test('a directory that has become a link leads nowhere', async () => {
    await machine.run('/bin/sh', ['-c', 'mkdir /home/s/in/sub; ln -s /home/s /home/s/in/up; ln -s sub /home/s/in/beside']);
    const files: ComponentGrants['files'] = [{ path: '/home/s/in/**', rights: [...ALL] }];
    for (const link of ['up', 'beside']) {
      expect(await spawn({ ...own, files }, '/bin/cat', { files: [{ path: `/home/s/in/${link}/**`, rights: ['read'] }] }, [`/home/s/in/${link}/out.txt`])).toMatchObject({ code: Errno.ENOTCAPABLE, stdout: '' });
    }
    expect((await spawn({ ...own, files }, '/bin/cat', { files: [{ path: '/home/s/in/sub/**', rights: ['read'] }] }, ['/home/s/in/up/out.txt'])).stdout).toBe('');
  });
});

test('GS3 its limits are its starter’s', async () => {
  expect(await spawn({ spawn: [GUEST] }, GUEST, '', ['say', 'more than that'], { limits: { output: 5 } })).toMatchObject({ code: 128 + 25 });
  const { code } = await spawn({ spawn: [GUEST] }, GUEST, '', ['say', 'hello'], { limits: { processes: 1 } });
  expect(code).toBe(Errno.EAGAIN);
});
