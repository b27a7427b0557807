import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileService, Node, NodeEntry } from '../../contract/index.ts';
import { FsError } from '../../../shared/base/index.ts';
import type { ErrnoName } from '../../../shared/base/index.ts';

export interface ConformanceOptions {
  /** What the service can do beyond a read-only tree; tests of the rest are left out, and its operations must be absent or fail. */
  writable: boolean;
  symlinks?: boolean;
  links?: boolean;
  times?: boolean;
  /** Names (from the root) that a service has which cannot be written to. */
  file?: string[];
  directory?: string[];
  /** A name that is not there. Default `no-such-name`. */
  missing?: string;
  /** Checked after each test, e.g. that nothing leaked. */
  after?: (service: FileService) => void | Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array): string => new TextDecoder().decode(data);

async function fails(code: ErrnoName | ErrnoName[], action: () => unknown): Promise<void> {
  const codes = Array.isArray(code) ? code : [code];
  let outcome: unknown = 'no failure';
  try {
    outcome = ['no failure', await action()];
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    outcome = error.code;
  }
  expect(codes).toContain(outcome);
}

/** Every entry, read in pages of `page`. */
async function list(service: FileService, dir: Node, page = 100): Promise<NodeEntry[]> {
  const all: NodeEntry[] = [];
  for (let cookie = 0; ; ) {
    const entries = await service.readdir(dir, cookie, page);
    if (entries.length === 0) return all;
    all.push(...entries);
    cookie = (entries.at(-1) as NodeEntry).cookie;
  }
}

const names = async (service: FileService, dir: Node): Promise<string[]> =>
  (await list(service, dir)).map((entry) => entry.name).sort();

/** An optional operation that the options promise. */
function has<K extends keyof FileService>(service: FileService, operation: K): NonNullable<FileService[K]> {
  const method = service[operation];
  if (method === undefined) throw new Error(`${service.name} has no ${operation}`);
  return (typeof method === 'function' ? method.bind(service) : method) as NonNullable<FileService[K]>;
}

async function file(service: FileService, dir: Node, name: string, contents = ''): Promise<Node> {
  const node = await has(service, 'create')(dir, name);
  if (contents) await has(service, 'write')(node, 0, bytes(contents));
  return node;
}

/** The suite that every file service passes. `make` gives a fresh one for each test. */
export function fileServiceConformance(name: string, make: () => FileService | Promise<FileService>, options: ConformanceOptions): void {
  describe(`${name}: a file service`, () => {
    let service: FileService;
    let root: Node;
    beforeEach(async () => {
      service = await make();
      root = service.root();
    });
    afterEach(() => options.after?.(service));

    readingSuite(() => service, options);
    if (!options.writable) return;
    filesSuite(() => service);
    directoriesSuite(() => service);
    renameSuite(() => service);
    if (options.symlinks) symlinkSuite(() => service);
    if (options.links) linkSuite(() => service);
    if (options.times) timesSuite(() => service);

    test('sync resolves', async () => {
      await file(service, root, 'a', 'x');
      await service.sync?.();
    });
  });
}

async function find(service: FileService, path: string[]): Promise<Node> {
  let node = service.root();
  for (const name of path) node = await service.lookup(node, name);
  return node;
}

function readingSuite(get: () => FileService, options: ConformanceOptions): void {
  test('the root is a directory and its own parent', async () => {
    const service = get();
    const stat = await service.stat(service.root());
    expect(stat).toMatchObject({ kind: 'directory', dev: service.dev });
    expect(stat.nlink).toBeGreaterThan(0);
    expect(await service.parent(service.root())).toBe(service.root());
  });

  test('a name that is not there is ENOENT', async () => {
    const service = get();
    await fails('ENOENT', () => service.lookup(service.root(), options.missing ?? 'no-such-name'));
  });

  test('what is listed can be looked up, with equal kind, node and inode', async () => {
    const service = get();
    for (const entry of await list(service, service.root())) {
      const node = await service.lookup(service.root(), entry.name);
      const stat = await service.stat(node);
      expect([node, stat.kind, stat.ino]).toEqual([entry.node, entry.kind, entry.ino]);
    }
  });

  test('pages of one entry give the same list', async () => {
    const service = get();
    expect(await list(service, service.root(), 1)).toEqual(await list(service, service.root()));
  });

  test('a directory has no bytes and no target', async () => {
    const service = get();
    await fails('EISDIR', () => service.read(service.root(), 0, 10));
    await fails('EINVAL', () => service.readlink?.(service.root()) ?? Promise.reject(new FsError('EINVAL', 'readlink')));
  });

  const { file: known, directory } = options;
  if (known) {
    test('a file is not a directory', async () => {
      const service = get();
      const node = await find(service, known);
      await fails('ENOTDIR', () => service.lookup(node, 'x'));
      await fails('ENOTDIR', () => service.readdir(node, 0, 10));
    });
    test('ranges of a file agree with the whole', async () => {
      const service = get();
      const node = await find(service, known);
      if (service.seekable?.(node) === false) return;
      const whole = await service.read(node, 0, 65536);
      expect(await service.read(node, 2, 3)).toEqual(whole.slice(2, 5));
      expect((await service.read(node, whole.length, 10)).length).toBe(0);
    });
  }
  if (directory) {
    test('`..` of a directory is the one that lists it', async () => {
      const service = get();
      const node = await find(service, directory);
      expect(await service.parent(node)).toBe(await find(service, directory.slice(0, -1)));
    });
  }
}

function filesSuite(get: () => FileService): void {
  test('create, write, read, stat', async () => {
    const service = get();
    const node = await file(service, service.root(), 'a', 'hello');
    expect(text(await service.read(node, 0, 100))).toBe('hello');
    expect(text(await service.read(node, 1, 3))).toBe('ell');
    expect((await service.read(node, 5, 10)).length).toBe(0);
    expect((await service.read(node, 500, 10)).length).toBe(0);
    expect(await service.stat(node)).toMatchObject({ kind: 'file', size: 5, nlink: 1 });
    expect(await service.lookup(service.root(), 'a')).toBe(node);
  });

  test('bytes that are returned stay as they were', async () => {
    const service = get();
    const node = await file(service, service.root(), 'a', 'before');
    const read = await service.read(node, 0, 10);
    await has(service, 'write')(node, 0, bytes('after!'));
    expect(text(read)).toBe('before');
  });

  test('writing beyond the end leaves zeros between', async () => {
    const service = get();
    const node = await file(service, service.root(), 'a', 'x');
    expect(await has(service, 'write')(node, 100_000, bytes('y'))).toBe(1);
    const read = await service.read(node, 0, 100_001);
    expect((await service.stat(node)).size).toBe(100_001);
    let sum = 0;
    for (let at = 0; at < read.length; at++) sum += read[at] as number;
    if (read.length === 100_001) expect(sum).toBe(120 + 121);
  });

  test('truncate cuts and extends with zeros', async () => {
    const service = get();
    const node = await file(service, service.root(), 'a', 'hello');
    await has(service, 'truncate')(node, 2);
    await has(service, 'truncate')(node, 4);
    expect([...(await service.read(node, 0, 10))]).toEqual([104, 101, 0, 0]);
  });

  test('an existing name is not created again', async () => {
    const service = get();
    await file(service, service.root(), 'a', 'x');
    await fails('EEXIST', () => has(service, 'create')(service.root(), 'a'));
    await fails('EEXIST', () => has(service, 'mkdir')(service.root(), 'a'));
  });

  test('names: odd ones are kept, impossible ones are refused', async () => {
    const service = get();
    const odd = ['with space', 'new\nline', 'ünï', '😀', '-', '...', 'a'.repeat(255), 'é'.repeat(127)];
    for (const name of odd) await file(service, service.root(), name);
    expect(await names(service, service.root())).toEqual(expect.arrayContaining(odd));
    for (const name of ['a'.repeat(256), 'é'.repeat(128)]) await fails('ENAMETOOLONG', () => has(service, 'create')(service.root(), name));
    for (const name of ['', '.', '..', 'a/b', 'a\0b']) {
      await fails(['EINVAL', 'EEXIST', 'ENOENT', 'EILSEQ'], () => has(service, 'create')(service.root(), name));
    }
  });

  test('unlink takes the name away; a directory is not unlinked', async () => {
    const service = get();
    await file(service, service.root(), 'a');
    await has(service, 'mkdir')(service.root(), 'd');
    await has(service, 'unlink')(service.root(), 'a');
    await fails('ENOENT', () => service.lookup(service.root(), 'a'));
    await fails('ENOENT', () => has(service, 'unlink')(service.root(), 'a'));
    await fails('EISDIR', () => has(service, 'unlink')(service.root(), 'd'));
  });

  test('a retained file outlives its name', async () => {
    const service = get();
    const node = await file(service, service.root(), 'a', 'kept');
    service.retain?.(node);
    await has(service, 'unlink')(service.root(), 'a');
    if (service.retain) expect(text(await service.read(node, 0, 10))).toBe('kept');
    service.release?.(node);
  });

  test('a file is no directory', async () => {
    const service = get();
    const node = await file(service, service.root(), 'a');
    await fails('ENOTDIR', () => service.lookup(node, 'x'));
    await fails('ENOTDIR', () => service.readdir(node, 0, 1));
    await fails('ENOTDIR', () => has(service, 'create')(node, 'x'));
    await fails('ENOTDIR', () => has(service, 'rmdir')(service.root(), 'a'));
  });
}

function directoriesSuite(get: () => FileService): void {
  test('mkdir, parent, rmdir', async () => {
    const service = get();
    const outer = await has(service, 'mkdir')(service.root(), 'd');
    const inner = await has(service, 'mkdir')(outer, 'e');
    expect(await service.parent(inner)).toBe(outer);
    expect(await service.parent(outer)).toBe(service.root());
    await fails('ENOTEMPTY', () => has(service, 'rmdir')(service.root(), 'd'));
    await has(service, 'rmdir')(outer, 'e');
    await has(service, 'rmdir')(service.root(), 'd');
    await fails('ENOENT', () => has(service, 'rmdir')(service.root(), 'd'));
    expect(await names(service, service.root())).toEqual([]);
  });

  test('a listing goes on rightly while names come and go', async () => {
    const service = get();
    for (let n = 0; n < 40; n++) await file(service, service.root(), `f${n}`);
    const seen: string[] = [];
    for (let cookie = 0; ; ) {
      const page = await service.readdir(service.root(), cookie, 4);
      if (page.length === 0) break;
      cookie = (page.at(-1) as NodeEntry).cookie;
      for (const entry of page) {
        seen.push(entry.name);
        await has(service, 'unlink')(service.root(), entry.name);
      }
    }
    expect(seen.length).toBe(new Set(seen).size);
    expect(seen.length).toBe(40);
  });
}

function renameSuite(get: () => FileService): void {
  const rename = (from: Node, name: string, to: Node, newName: string) => has(get(), 'rename')(from, name, to, newName);

  test('rename moves a file and replaces the one that is there', async () => {
    const service = get();
    const root = service.root();
    const node = await file(service, root, 'a', 'new');
    const dir = await has(service, 'mkdir')(root, 'd');
    await file(service, dir, 'b', 'old');
    await rename(root, 'a', dir, 'b');
    expect([await names(service, root), await names(service, dir)]).toEqual([['d'], ['b']]);
    expect(await service.lookup(dir, 'b')).toBe(node);
    expect(text(await service.read(await service.lookup(dir, 'b'), 0, 9))).toBe('new');
  });

  test('rename to itself changes nothing', async () => {
    const service = get();
    await file(service, service.root(), 'a', 'x');
    await rename(service.root(), 'a', service.root(), 'a');
    expect(await names(service, service.root())).toEqual(['a']);
  });

  test('rename moves a directory, whose parent follows', async () => {
    const service = get();
    const root = service.root();
    const one = await has(service, 'mkdir')(root, 'one');
    const two = await has(service, 'mkdir')(root, 'two');
    await file(service, one, 'f');
    await rename(root, 'one', two, 'moved');
    expect(await service.parent(await service.lookup(two, 'moved'))).toBe(two);
    expect(await names(service, await service.lookup(two, 'moved'))).toEqual(['f']);
  });

  test('what rename refuses', async () => {
    const service = get();
    const root = service.root();
    const dir = await has(service, 'mkdir')(root, 'd');
    const inner = await has(service, 'mkdir')(dir, 'inner');
    await has(service, 'mkdir')(root, 'empty');
    await file(service, root, 'f');
    await fails('ENOENT', () => rename(root, 'none', root, 'x'));
    await fails('EINVAL', () => rename(root, 'd', inner, 'x'));
    await fails('EINVAL', () => rename(root, 'd', dir, 'x'));
    await fails('ENOTEMPTY', () => rename(root, 'empty', root, 'd'));
    await fails('EISDIR', () => rename(root, 'f', root, 'empty'));
    await fails('ENOTDIR', () => rename(root, 'empty', root, 'f'));
    expect(await names(service, root)).toEqual(['d', 'empty', 'f']);
  });

  test('rename replaces an empty directory', async () => {
    const service = get();
    const root = service.root();
    const dir = await has(service, 'mkdir')(root, 'd');
    await file(service, dir, 'f');
    await has(service, 'mkdir')(root, 'empty');
    await rename(root, 'd', root, 'empty');
    expect(await names(service, root)).toEqual(['empty']);
    expect(await names(service, await service.lookup(root, 'empty'))).toEqual(['f']);
  });
}

function symlinkSuite(get: () => FileService): void {
  test('a symbolic link keeps its target as it was given', async () => {
    const service = get();
    for (const target of ['../x//y/', 'ünï', 't'.repeat(1000)]) {
      const node = await has(service, 'symlink')(service.root(), `l${target.length}`, target);
      expect(await has(service, 'readlink')(node)).toBe(target);
      expect(await service.stat(node)).toMatchObject({ kind: 'symlink', size: bytes(target).length });
    }
    await fails('EEXIST', () => has(service, 'symlink')(service.root(), 'l3', 'x'));
    await has(service, 'unlink')(service.root(), 'l3');
  });

  test('a file has no target', async () => {
    const service = get();
    const node = await file(service, service.root(), 'a');
    await fails('EINVAL', () => has(service, 'readlink')(node));
  });
}

function linkSuite(get: () => FileService): void {
  test('two names of one file', async () => {
    const service = get();
    const root = service.root();
    const node = await file(service, root, 'a', 'x');
    const dir = await has(service, 'mkdir')(root, 'd');
    await has(service, 'link')(dir, 'b', node);
    expect((await service.stat(node)).nlink).toBe(2);
    expect((await service.stat(await service.lookup(dir, 'b'))).ino).toBe((await service.stat(node)).ino);
    await has(service, 'unlink')(root, 'a');
    expect(text(await service.read(await service.lookup(dir, 'b'), 0, 9))).toBe('x');
    await fails('EEXIST', () => has(service, 'link')(dir, 'b', node));
    await fails('EPERM', () => has(service, 'link')(root, 'x', dir));
  });

  test('rename between two names of one file changes nothing', async () => {
    const service = get();
    const root = service.root();
    const node = await file(service, root, 'a');
    await has(service, 'link')(root, 'b', node);
    await has(service, 'rename')(root, 'a', root, 'b');
    expect(await names(service, root)).toEqual(['a', 'b']);
  });
}

function timesSuite(get: () => FileService): void {
  test('times are set, nanosecond by nanosecond, or left', async () => {
    const service = get();
    const node = await file(service, service.root(), 'a');
    await has(service, 'setTimes')(node, 1_700_000_000_123_456_789n, 5n);
    expect(await service.stat(node)).toMatchObject({ atime: 1_700_000_000_123_456_789n, mtime: 5n });
    await has(service, 'setTimes')(node, undefined, 6n);
    expect(await service.stat(node)).toMatchObject({ atime: 1_700_000_000_123_456_789n, mtime: 6n });
  });
}
