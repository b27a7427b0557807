import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NO_GRANTS } from '../../shared/abi/index.ts';
import { checkGrants, readManifest } from './manifest.ts';

const WHOLE = `
[component]
id = "org.example.chat"
name = "Chat"
version = "1.0"
module = "chat.wasm"
trust = "dev"

[grants]
clocks = true
entropy = false
listen = [8080]
connect = [8080, 9]
publish = ["chat.>"]
subscribe = ["chat.*", ">"]
kv = ["team/shared"]
spawn = ["/bin/**"]

[[grants.files]]
path = "/home/data/**"
rights = ["read", "write"]
reason = "to keep what was said"

[[grants.http]]
host = "*.example.org:8443"
methods = ["GET", "POST"]
insecure = true

[limits]
memory = "64 MiB"
wall = "1.5 min"
cpu = 5000
files = 16
messages = 1000
`;

const problemsOf = async (text: string) => (await readManifest(text)).problems.map(({ line, column, key, message }) => `${line}:${column} ${key}: ${message}`);
const after = (grants: string): string => `[component]\nid = "a.b"\n${grants}`;

describe('MF1: a manifest is read whole', () => {
  test('every part', async () => {
    expect(await readManifest(WHOLE)).toEqual({
      problems: [],
      manifest: {
        component: { id: 'org.example.chat', name: 'Chat', version: '1.0', module: 'chat.wasm', trust: 'dev' },
        grants: {
          files: [{ path: '/home/data/**', rights: ['read', 'write'], reason: 'to keep what was said' }],
          http: [{ host: '*.example.org:8443', methods: ['GET', 'POST'], insecure: true }],
          listen: [8080], connect: [8080, 9], publish: ['chat.>'], subscribe: ['chat.*', '>'], kv: ['team/shared'], spawn: ['/bin/**'], clocks: true, entropy: false,
        },
        limits: { memory: 64 * 1024 * 1024, wall: 90_000, cpu: 5000, files: 16, messages: 1000 },
      },
    });
  });

  test('the least: nothing is granted, trust is unknown', async () => {
    expect((await readManifest('component.id = "a"')).manifest).toEqual({ component: { id: 'a', trust: 'unknown' }, grants: NO_GRANTS, limits: {} });
  });

  test('Windows line ends and a byte order mark', async () => {
    expect((await readManifest(`\uFEFF${WHOLE.replaceAll('\n', '\r\n')}`)).problems).toEqual([]);
  });
});

describe('MF2: each fault is told with its line and column', () => {
  test.each<[string, string]>([
    ['', '1:1 component: a manifest has component.id, such as "org.example.name"'],
    ['[component]\nid = "a"\ncolour = "red"', '3:1 component.colour: colour is not known here; there are id, name, version, module, trust'],
    ['[component]\nid = 7', '2:6 component.id: id is a text, not a number'],
    ['[component]\nid = "A"', '2:6 component.id: an id is written as org.example.name: small letters, digits and - between dots'],
    ['component = 3', '1:13 component: component is a table, not a number'],
    ['[component]\nid = "a"\ntrust = "full"', '3:9 component.trust: trust is one of trusted, unknown, dev'],
    ['[component]\nid = "a"\nname = "x\\u202Ey"', '3:8 component.name: the name has control characters'],
    ['[component]\nid = "a"\nmodule = "../sh"', '3:10 component.module: module is the name of a file beside this one'],
    ['[component]\nid = "a"\n[extra]\n', '3:2 extra: extra is not known here; there are component, grants, limits'],
    [after('[grants]\npublish = ["a..b"]'), '4:12 grants.publish[0]: a subject has no empty parts'],
    [after('[grants]\npublish = ["ok", "😀", "a b"]'), '4:24 grants.publish[2]: a subject has no blanks and no control characters'],
    [after('[grants]\npublish = "a"'), '4:11 grants.publish: publish is a list, not a text'],
    [after('[grants]\nlisten = [80, 0]'), '4:15 grants.listen[1]: listen is a list of whole numbers from 1 to 65535'],
    [after('[grants]\nlisten = [8.5]'), '4:11 grants.listen[0]: listen is a list of whole numbers from 1 to 65535'],
    [after('[grants]\nlisten = [80, 81, 80]'), '4:19 grants.listen[2]: 80 stands here twice'],
    [after('[grants]\nspawn = ["/bin/../home/x"]'), '4:10 grants.spawn[0]: a path has no ..: name the directory itself'],
    [after('[grants]\nclocks = "yes"'), '4:10 grants.clocks: clocks is true or false, not a text'],
    [after('[grants]\nkv = ["palimpsest:audit"]'), '4:7 grants.kv[0]: this namespace is the kernel’s own'],
    [after('[[grants.files]]\npath = "/a/../b"\nrights = ["read"]'), '4:8 grants.files[0].path: a path has no ..: name the directory itself'],
    [after('[[grants.files]]\npath = "/a"\nrights = ["read", "execute"]'), '5:19 grants.files[0].rights[1]: a right is one of read, write, create, delete'],
    [after('[[grants.files]]\nrights = ["read"]'), '3:1 grants.files[0]: a grant of files has a path'],
    [after('[[grants.files]]\npath = "/a"\nrights = []'), '5:10 grants.files[0].rights: no rights are named'],
    [after('[[grants.files]]\npath = "/a"\nrights = ["read"]\n[[grants.files]]\npath = "/a"\nrights = ["write"]'), '6:1 grants.files[1]: /a stands here twice'],
    [after('[[grants.http]]\nhost = "xn--a.example"\nmethods = ["get"]'), '5:12 grants.http[0].methods[0]: a method is a word in capitals, such as GET'],
    [after('[[grants.http]]\nhost = "exämple.org"\nmethods = ["GET"]'), '4:8 grants.http[0].host: a host is written in ASCII (punycode, xn--…)'],
    [after('[[grants.http]]\nhost = "0x7f000001"\nmethods = ["GET"]'), '4:8 grants.http[0].host: an address is written as four decimal numbers, such as 127.0.0.1'],
    [after('[[grants.http]]\nhost = "user@example.org"\nmethods = ["GET"]'), '4:8 grants.http[0].host: a host has no user in it'],
    [after('[limits]\nmemory = "64 megs"'), '4:10 limits.memory: memory is bytes, such as "64 MiB"; units are B, KiB, MiB, GiB, kB, MB, GB'],
    [after('[limits]\nmemory = "64 toString"'), '4:10 limits.memory: memory is bytes, such as "64 MiB"; units are B, KiB, MiB, GiB, kB, MB, GB'],
    [after('[limits]\nwall = -1'), '4:8 limits.wall: wall is a whole number from 0 to 9007199254740991'],
    [after('[limits]\ncpu = 1979-05-27'), '4:7 limits.cpu: cpu is a time, such as "10 s", not a date'],
    ['[component]\nid = = 1', '2:6 : Unexpected token'],
    ['[component]\nid = "a"\n[component]', '3:2 : Defining a key multiple times is invalid'],
    ['component.id = "a"\n[component.id]\nx = 1', '2:12 : Defining a key multiple times is invalid'],
    ['component.id = "a"\ncomponent.id.x = 1', '2:11 : Defining a key multiple times is invalid'],
  ])('%j', async (text, expected) => expect(await problemsOf(text)).toContain(expected));

  test('all of them at once, in their order', async () => {
    expect(await problemsOf('[component]\nid = 1\nx = 2\n[limits]\nfiles = 0')).toEqual([
      '2:6 component.id: id is a text, not a number', expect.stringMatching(/^3:1 component.x/), '5:9 limits.files: files is a whole number from 3 to 1024',
    ]);
  });
});

describe('MF3: hostile texts are refused in bounded time', () => {
  test.each<[string, string]>([
    ['too large', `# ${'x'.repeat(64 * 1024)}`], ['too large in UTF-8 only', `# ${'ä'.repeat(33 * 1024)}`], ['brackets without end', '['.repeat(60_000)], ['nested lists', `a = ${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['nested inline tables', `a = ${'{a='.repeat(15_000)}1${'}'.repeat(15_000)}`], ['dotted keys', `${'a.'.repeat(30_000)}b = 1`], ['a dotted table', `[${'a.'.repeat(30_000)}b]`],
    ['a list that holds itself by name', '[[a]]\n[[a.a]]\n[[a.a.a]]\n[a]\n'], ['too many items', after(`[grants]\nlisten = [${Array.from({ length: 1001 }, (_, n) => n + 1).join()}]`)],
    ['brackets in quotes', `a = "${'['.repeat(100)}"`], ['NUL', 'a = "\u0000"'],
  ])('%s', async (_name, text) => {
    const { manifest, problems } = await readManifest(text);
    expect([manifest, problems.length > 0, problems.every(({ line, column }) => line > 0 && column > 0)]).toEqual([null, true, true]);
  });

  test('names of objects’ own members are names like others', async () => {
    expect(await problemsOf('[component]\nid = "a"\n[grants]\n__proto__ = true\nconstructor = 1\n[toString]\n')).toHaveLength(3);
    expect({}).not.toHaveProperty('clocks');
  });

  test('problems are bounded', async () => {
    expect((await readManifest(after(Array.from({ length: 400 }, (_, n) => `x${n} = 1`).join('\n')))).problems).toHaveLength(100);
  });
});

describe('MF4: grants from another realm', () => {
  test('as they stand in [grants], absent is none', () => {
    expect(checkGrants({ publish: ['a.b'], clocks: true }, 'spawn')).toEqual({ ...NO_GRANTS, publish: ['a.b'], clocks: true });
    expect(checkGrants(undefined, 'spawn')).toEqual(NO_GRANTS);
    expect(checkGrants(JSON.parse('{"files": [{"path": "/a/**", "rights": ["read"]}]}'), 'spawn').files).toEqual([{ path: '/a/**', rights: ['read'] }]);
  });

  const cyclic: { publish: unknown[] } = { publish: [] };
  cyclic.publish.push(cyclic);
  test.each<[string, unknown]>([
    ['no object', 'all'], ['a list', []], ['unknown keys', { everything: true }], ['a cycle', cyclic], ['null inside', { publish: null }], ['too long', { listen: Array.from({ length: 5000 }, () => 1) }],
    ['a method', { clocks: () => true }], ['a bad glob', { files: [{ path: '/a/..', rights: ['read'] }] }], ['__proto__', JSON.parse('{"__proto__": {"clocks": true}}')],
  ])('%s is EINVAL', (_name, value) => expect(() => checkGrants(value, 'spawn')).toThrow('EINVAL'));
});

test('the manifest that the SDKs show has no fault, and says all that one can say', async () => {
  const readme = readFileSync(new URL('../../../wasm-samples/sdk/README.md', import.meta.url), 'utf8');
  const [, section = ''] = /## A manifest\n([^]*?)\n## /.exec(readme) ?? [];
  const { manifest, problems } = await readManifest(section.split('\n').filter((line) => line.startsWith('    ')).map((line) => line.slice(4)).join('\n'));
  expect(problems).toEqual([]);
  expect(Object.values(manifest!.grants).every((granted) => granted === true || (Array.isArray(granted) && granted.length > 0))).toBe(true);
  expect(manifest!.limits).toEqual({ memory: 64 << 20, cpu: 10_000, wall: 60_000, output: 1 << 20, files: 32, processes: 4, messages: 1000 });
  const [, json = ''] = /`(\{"files".*?\})`/.exec(section) ?? [];
  expect(checkGrants(JSON.parse(json), 'spawn')).toEqual({ ...NO_GRANTS, files: [{ path: '/home/data/**', rights: ['read'] }], publish: ['greeting.>'] });
});
