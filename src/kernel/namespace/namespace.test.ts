import { beforeEach, describe, expect, test } from 'vitest';
import { FsError } from '../../shared/base/index.ts';
import { MemoryService } from '../services/memory/index.ts';
import { BOOT_NAMESPACE, Namespace, NamespaceFiles, buildNamespace, type WalkOptions } from './index.ts';

let now = 1n;
const clock = { realtime: () => now++, monotonic: () => 0 };
const memory = (dev: number) => new MemoryService({ dev, clock, name: `m${dev}` });

let root: MemoryService;
let namespace: Namespace;
let files: NamespaceFiles;

beforeEach(async () => {
  root = memory(1);
  namespace = Namespace.of(root);
  files = new NamespaceFiles(namespace);
  await files.mkdir('/a/b/c', { recursive: true });
  await files.writeFile('/a/f', new Uint8Array([1]));
});

async function code(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return 'no failure';
  } catch (error) {
    if (error instanceof FsError) return error.code;
    throw error;
  }
}
const walked = async (path: string, options?: WalkOptions) => (await namespace.walk(path, options)).path;

describe('walking', () => {
  test('NS1: empty components and dots stay; a file is no directory', async () => {
    expect(await walked('/a//./b/')).toBe('/a/b');
    expect(await walked('a/b')).toBe('/a/b');
    expect(await code(namespace.walk('/a/f/x'))).toBe('ENOTDIR');
    expect(await code(namespace.walk('/a/f/.'))).toBe('ENOTDIR');
    expect(await code(namespace.walk('/a/f/..'))).toBe('ENOTDIR');
    expect(await code(namespace.walk('/a/none/x'))).toBe('ENOENT');
  });

  test('NS2: `..` is the real parent, through links and mounts', async () => {
    await files.symlink('/a/b/c', '/link');
    expect(await walked('/link/..')).toBe('/a/b');
    expect(await walked('/../..')).toBe('/');
    const other = memory(2);
    await namespace.mount(other, '/a/b');
    await files.mkdir('/a/b/x');
    expect((await namespace.walk('/a/b/x/..')).mount.service).toBe(other);
    expect(await walked('/a/b/x/../../f')).toBe('/a/f');
    expect((await namespace.walk('/a/b/..')).mount.service).toBe(root);
  });

  test('NS2: the parent of a directory that is mounted twice depends on the way', async () => {
    await files.mkdir('/z');
    await namespace.bind('/a', '/z');
    expect(await walked('/z/..')).toBe('/');
    await files.mkdir('/z2/deep', { recursive: true });
    await namespace.bind('/a', '/z2/deep');
    expect(await walked('/z2/deep/b/../..')).toBe('/z2');
    expect(await walked('/a/b/../..')).toBe('/');
  });

  test('NS3: links', async () => {
    await files.symlink('b/c', '/a/relative');
    await files.symlink('/a', '/absolute');
    await files.symlink('loop', '/loop');
    await files.symlink('missing', '/dangling');
    expect(await walked('/a/relative')).toBe('/a/b/c');
    expect(await walked('/absolute/f')).toBe('/a/f');
    expect(await walked('/absolute', { follow: false })).toBe('/absolute');
    expect(await code(namespace.walk('/loop'))).toBe('ELOOP');
    expect(await walked('/loop', { follow: false })).toBe('/loop');
    expect(await code(namespace.walk('/dangling'))).toBe('ENOENT');
  });

  test('NS3: forty links are followed, forty-one are not', async () => {
    await files.writeFile('/l0', new Uint8Array(0));
    for (let n = 1; n <= 41; n++) await files.symlink(`l${n - 1}`, `/l${n}`);
    expect(await walked('/l40')).toBe('/l0');
    expect(await code(namespace.walk('/l41'))).toBe('ELOOP');
  });

  test('NS4: a slash at the end wants a directory', async () => {
    await files.symlink('/a', '/link');
    expect(await walked('/link/', { follow: false })).toBe('/a');
    expect(await code(namespace.walk('/a/f/'))).toBe('ENOTDIR');
  });

  test('NS5: paths that are none', async () => {
    expect(await code(namespace.walk(''))).toBe('ENOENT');
    expect(await code(namespace.walk('/a\0'))).toBe('EINVAL');
    expect(await code(namespace.walk(`/${'é'.repeat(128)}`))).toBe('ENAMETOOLONG');
    expect(await code(namespace.walk('/a'.repeat(2049)))).toBe('ENAMETOOLONG');
  });
});

describe('confinement', () => {
  test('NS6: nothing leads out', async () => {
    const from = await namespace.walk('/a/b');
    const options = { from, confine: from };
    await files.symlink('../f', '/a/b/up');
    await files.symlink('/a/f', '/a/b/absolute');
    await files.symlink('c', '/a/b/inner');
    expect(await walked('c/..', options)).toBe('/a/b');
    expect(await walked('inner', options)).toBe('/a/b/c');
    for (const path of ['..', 'c/../..', 'up', 'absolute', '/a/b', '/']) {
      expect([path, await code(namespace.walk(path, options))]).toEqual([path, 'ENOTCAPABLE']);
    }
    expect(await walked('up', { ...options, follow: false })).toBe('/a/b/up');
  });

  test('NS6: a directory that was moved out does not open the way', async () => {
    const confine = await namespace.walk('/a/b');
    const from = await namespace.walk('/a/b/c');
    await files.mkdir('/elsewhere');
    await files.rename('/a/b/c', '/elsewhere/c');
    expect(await code(namespace.walk('../secret', { from, confine }))).toBe('ENOTCAPABLE');
  });

  test('NS6: confined to `/`, absolute paths are allowed', async () => {
    const from = await namespace.walk('/');
    await files.symlink('/a/f', '/absolute');
    expect(await walked('absolute', { from, confine: from })).toBe('/a/f');
    expect(await code(namespace.walk('..', { from, confine: from }))).toBe('ENOTCAPABLE');
  });
});

describe('mounts', () => {
  test('NS7: a mount hides, unbind shows again', async () => {
    const other = memory(2);
    other.create(other.root(), 'g');
    await namespace.mount(other, '/a');
    expect(await walked('/a/g')).toBe('/a/g');
    expect(await code(namespace.walk('/a/f'))).toBe('ENOENT');
    await namespace.unbind('/a');
    expect(await walked('/a/f')).toBe('/a/f');
    expect(await code(namespace.unbind('/a'))).toBe('EINVAL');
  });

  test('NS7: a second mount at one place takes the place of the first', async () => {
    const [one, two] = [memory(2), memory(3)];
    await namespace.mount(one, '/a');
    await namespace.mount(two, '/a');
    expect((await namespace.walk('/a')).mount.service).toBe(two);
    await namespace.unbind('/a');
    expect((await namespace.walk('/a')).mount.service).toBe(root);
  });

  test('NS8: before and after', async () => {
    const [front, back] = [memory(2), memory(3)];
    for (const service of [front, back]) service.create(service.root(), 'same');
    back.create(back.root(), 'only-back');
    await namespace.mount(front, '/a', { order: 'before', create: false });
    await namespace.mount(back, '/a', { order: 'after' });
    const listed = (await files.readdir('/a')).map((entry) => entry.name);
    expect(listed).toEqual(['same', 'b', 'f', 'only-back']);
    expect((await namespace.walk('/a/same')).mount.path).toBe('/a');
    await files.writeFile('/a/new', new Uint8Array(1));
    expect(root.lookup(root.lookup(root.root(), 'a'), 'new')).toBeGreaterThan(0);
    expect(await walked('/a/b/c/../../same')).toBe('/a/same');
  });

  test('NS8: mounts below a directory stay when it becomes a union', async () => {
    const [inner, added] = [memory(2), memory(3)];
    await namespace.mount(inner, '/a/b');
    await namespace.mount(added, '/a', { order: 'after' });
    expect((await namespace.walk('/a/b')).mount.service).toBe(inner);
    expect(await walked('/a/b/..')).toBe('/a');
    await namespace.mount(memory(4), '/', { order: 'after' });
    expect((await namespace.walk('/a/b')).mount.service).toBe(inner);
  });

  test('NS9: mountpoints are busy', async () => {
    const other = memory(2);
    await namespace.mount(other, '/a/b');
    for (const action of [
      files.rm('/a/b', { recursive: true }), files.rename('/a/b', '/x'), files.rename('/a/f', '/a/b'),
      namespace.unbind('/'), namespace.mount(memory(3), '/'), files.rm('/', { recursive: true }),
    ]) expect(await code(action)).toBe('EBUSY');
    other.mkdir(other.root(), 'p');
    await namespace.mount(memory(4), '/a/b/p');
    expect(await code(namespace.unbind('/a/b'))).toBe('EBUSY');
    expect(await code(namespace.mount(memory(5), '/none'))).toBe('ENOENT');
    await namespace.mount(memory(5), '/none', { makeDirectory: true });
    expect(await code(namespace.mount(memory(6), '/a/f'))).toBe('ENOTDIR');
  });

  test('NS10: a bind does not show mounts below its source', async () => {
    await namespace.mount(memory(2), '/a/b');
    await files.mkdir('/z');
    await namespace.bind('/a', '/z');
    expect((await namespace.walk('/z/b')).mount.service).toBe(root);
    expect(await walked('/z/b/c')).toBe('/z/b/c');
  });

  test('NS11: copies part', async () => {
    const copy = namespace.copy();
    await copy.mount(memory(2), '/a');
    expect(await code(copy.walk('/a/f'))).toBe('ENOENT');
    expect(await walked('/a/f')).toBe('/a/f');
    expect(copy.mounts().length).toBe(namespace.mounts().length + 1);
  });

  test('mountsFor tells what covers nodes of a service', async () => {
    const other = memory(2);
    await namespace.mount(other, '/a/b');
    const node = root.lookup(root.lookup(root.root(), 'a'), 'b');
    expect(namespace.mountsFor(root)).toEqual([{ path: '/a/b', service: other, node: other.root(), over: { service: root, node } }]);
    expect(namespace.mountsFor(other)).toEqual([]);
  });

  test('the boot namespace', async () => {
    const services = new Map(['tree', 'tmp', 'dev', 'tcp', 'proc', 'bus', 'logs', 'history', 'branch'].map((name, at) => [name, memory(at + 10)]));
    // The device service brings the directory that connections are mounted on.
    const dev = services.get('dev')!;
    dev.mkdir(dev.root(), 'tcp');
    const booted = await buildNamespace(BOOT_NAMESPACE, services);
    expect(booted.mounts().map((mount) => [mount.path, mount.service])).toEqual(
      BOOT_NAMESPACE.map((line) => [line.path, services.get(line.service)]),
    );
    await expect(buildNamespace(BOOT_NAMESPACE, new Map())).rejects.toThrow(/ENODEV/);
    // A file where the past would be is the user's; the rest is mounted.
    const tree = memory(30);
    tree.create(tree.root(), 'history');
    const without = await buildNamespace(BOOT_NAMESPACE, new Map(services).set('tree', tree));
    expect(without.mounts().map((mount) => mount.path)).toEqual(BOOT_NAMESPACE.map(({ path }) => path).filter((path) => path !== '/history'));
  });
});
