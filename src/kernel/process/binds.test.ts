import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MountInfo, SyscallRequest } from '../../shared/abi/index.ts';
import { Arena, FdTable, Inode, InodeFlag, OfdKind, OpenFiles, ProcessHandle } from '../../shared/arena/index.ts';
import { Errno, FsError } from '../../shared/base/index.ts';
import { FOREIGN, Tree } from '../../shared/tree/index.ts';
import { EMPTY_COMMAND, Rig, turn } from './testing/rig.ts';

const encoder = new TextEncoder();
let rig: Rig;

/** A running process, seen from its own side: it walks in the arena by its own namespace record. */
class Walking {
  readonly pid: number;
  readonly pcb: number;
  readonly tree: Tree;
  readonly #files: OpenFiles;
  readonly #fds: FdTable;

  constructor(pid: number) {
    this.pid = pid;
    this.pcb = rig.processes.get(pid)!.pcb;
    const arena = Arena.attach(rig.arena.memory);
    this.tree = new Tree(arena, new ProcessHandle(arena, this.pcb));
    this.#files = new OpenFiles(arena, { releaseInode: () => {}, releaseHandle: () => {} });
    this.#fds = new FdTable(arena, this.#files, this.pcb);
  }

  call(request: SyscallRequest): Promise<unknown> {
    return (async () => (await rig.syscalls.handle(this.pcb, request, new Uint8Array())).value)();
  }

  bind(from: string, to: string, where: 'replace' | 'before' | 'after' = 'replace'): Promise<unknown> {
    return this.call({ op: 'bind', from, to, where });
  }

  /** An inode, or a negative result of the tree. */
  walk(path: string, fd = 3): number {
    const ofd = this.#fds.get(fd);
    const bytes = encoder.encode(path);
    return this.tree.walk(this.#files.object(ofd), this.#files.confine(ofd), bytes, 0, bytes.length, true);
  }

  /** The descriptor of what `openAt` and the guest's `install` make of a directory. */
  opendir(path: string, fd = 3): number {
    const inode = this.walk(path, fd);
    if (inode < 0) throw new Error(`${path}: ${inode}`);
    const via = this.tree.walker.via;
    const confine = this.#files.confine(this.#fds.get(fd));
    this.tree.retain(inode);
    return this.#fds.install(this.#files.create(OfdKind.DIRECTORY, inode, 1, confine - (confine % 64) + via), 3);
  }

  /** A descriptor of a directory, from which `..` leads up to `top`. */
  async given(path: string, top: string): Promise<number> {
    const { namespace, mirrored } = rig.processes.get(this.pid)!;
    const ofd = await rig.descriptors.preopen(await namespace.walk(path), { name: path, path }, mirrored, await namespace.walk(top));
    return this.#fds.install(ofd, 3);
  }

  async mounts(): Promise<string[]> {
    return ((await this.call({ op: 'mounts' })) as MountInfo[]).map(({ path }) => path);
  }
}

async function process(options: { preopens?: Record<string, string> } = {}): Promise<Walking> {
  const { pid } = await rig.api.spawn({ module: EMPTY_COMMAND, name: 'p', cwd: '/', ...options });
  return new Walking(pid);
}

/** Of the kernel's own namespace: no bind is seen there. */
function inode(path: string): number {
  const bytes = encoder.encode(path);
  return rig.tree.walk(rig.root, 0, bytes, 0, bytes.length, true);
}

beforeEach(async () => {
  rig = await Rig.make({ p: () => {} });
  for (const path of ['/home/x/sub/deep', '/jail/in', '/other', '/home/y']) await rig.files.mkdir(path, { recursive: true });
});

afterEach(async () => {
  await Promise.allSettled(rig.processes.running().map(({ pid }) => rig.processes.kill(pid, 'KILL')));
  await turn(20);
  expect(rig.faults).toEqual([]);
  await expect.poll(() => rig.mirror.size).toBe(1);
  const flagged = ['jail', 'jail/in', 'other', 'home'].filter((path) => rig.arena.u32[(inode(path) >>> 2) + Inode.FLAGS]! & InodeFlag.MOUNTPOINT);
  expect(flagged).toEqual([]);
  rig.processes.dispose();
});

describe('binds of a process', () => {
  test('BN1: what is bound is seen at the new place, at once, and walked in the arena; unbound, what was there is back', async () => {
    const one = await process();
    await one.bind('/home/x', '/other');
    expect(one.walk('other')).toBe(inode('home/x'));
    expect(one.walk('other/sub/deep')).toBe(inode('home/x/sub/deep'));
    expect(await one.mounts()).toContain('/other');
    expect(rig.processes.get(one.pid)!.namespace.script().at(-1)).toBe('bind /home/x /other');
    await one.call({ op: 'unbind', to: '/other' });
    expect(one.walk('other')).toBe(inode('other'));
    expect(await one.mounts()).not.toContain('/other');
  });

  test('BN2: a bind in one process is not seen in another, nor by one that was there or comes later', async () => {
    const [one, two] = [await process(), await process()];
    await one.bind('/home/x', '/other');
    expect(two.walk('other')).toBe(inode('other'));
    expect((await process()).walk('other')).toBe(inode('other'));
    expect(await two.mounts()).not.toContain('/other');
  });

  test('BN3: a shared namespace is one for both, also for what comes after; a copy is not', async () => {
    const parent = await process();
    const record = rig.processes.get(parent.pid)!;
    await rig.files.writeFile('/home/p.wasm', EMPTY_COMMAND);
    const child = async (namespace: 'copy' | 'share'): Promise<Walking> => new Walking(await rig.api.spawnChild(record, { op: 'spawn', path: '/home/p.wasm', argv: ['p'], env: {}, cwd: '/', namespace } as never));
    await parent.bind('/home/x', '/other');
    const [shared, copied] = [await child('share'), await child('copy')];
    expect([shared.walk('other'), copied.walk('other')]).toEqual([inode('home/x'), inode('home/x')]);
    await shared.bind('/home/y', '/jail');
    expect([parent.walk('jail'), shared.walk('jail'), copied.walk('jail')]).toEqual([inode('home/y'), inode('home/y'), inode('jail')]);
    await copied.call({ op: 'unbind', to: '/other' });
    expect([parent.walk('other'), copied.walk('other')]).toEqual([inode('home/x'), inode('other')]);
  });

  test('BN4: `..` goes back the way that was taken, through binds in binds', async () => {
    const one = await process();
    await one.bind('/home/x', '/other');
    expect(one.walk('other/..')).toBe(inode('.'));
    expect(one.walk('other/sub/../..')).toBe(inode('.'));
    expect(one.walk('home/x/..')).toBe(inode('home'));
    const sub = one.opendir('other/sub');
    expect([one.walk('..', sub), one.walk('../..', sub), one.walk('../../jail/in', sub)]).toEqual([inode('home/x'), inode('.'), inode('jail/in')]);
    await one.bind('/jail', '/other/sub');
    expect([one.walk('other/sub/in'), one.walk('other/sub/in/../..'), one.walk('other/sub/in/../../..')]).toEqual([inode('jail/in'), inode('home/x'), inode('.')]);
    expect(one.walk('home/x/sub/in')).toBe(-Errno.ENOENT);
    await expect(one.call({ op: 'unbind', to: '/other' })).rejects.toThrow(/EBUSY/);
  });

  test('BN5: who is confined to a directory does not get out through a bind in it, and not into the rest of what is bound', async () => {
    const one = await process();
    const jail = await one.given('/jail', '/jail');
    await one.bind('/home/x', '/jail/in');
    expect(one.walk('in/sub', jail)).toBe(inode('home/x/sub'));
    expect(one.walk('in/sub/../..', jail)).toBe(inode('jail'));
    for (const path of ['..', 'in/../..', 'in/sub/../../..', 'in/../../home/x']) expect([path, one.walk(path, jail)]).toEqual([path, -Errno.EPERM]);
    const sub = one.opendir('in/sub', jail);
    expect([one.walk('../..', sub), one.walk('../../..', sub)]).toEqual([inode('jail'), -Errno.EPERM]);
  });

  test('BN5: a process that was granted a part of the namespace changes nothing of it', async () => {
    const one = await process({ preopens: { '/jail': '/jail' } });
    await expect(one.bind('/home/x', '/jail/in')).rejects.toMatchObject({ code: 'ENOTCAPABLE' });
    await expect(one.call({ op: 'unbind', to: '/dev' })).rejects.toMatchObject({ code: 'ENOTCAPABLE' });
  });

  test('BN6: services are bound like directories, and are the kernel’s to walk', async () => {
    const one = await process();
    await one.bind('/dev', '/other');
    expect(one.walk('other/null')).toBe(FOREIGN);
    expect(await one.call({ op: 'stat', dirfd: 3, path: 'other/null', follow: true })).toBeUndefined();
    await rig.files.mkdir('/mem/m');
    await one.bind('/home/x', '/mem/m');
    expect(await one.call({ op: 'stat', dirfd: 3, path: 'mem/m/sub/../../..', follow: true })).toBeUndefined();
    const fd = await one.given('/mem/m/sub', '/');
    expect([one.walk('deep', fd), one.walk('../..', fd)]).toEqual([inode('home/x/sub/deep'), FOREIGN]);
  });

  test('BN6: a union shows both, the first one first', async () => {
    const one = await process();
    await rig.files.writeFile('/home/x/same', encoder.encode('bound'));
    await rig.files.writeFile('/other/same', encoder.encode('there'));
    await rig.files.writeFile('/other/only', encoder.encode('there'));
    await one.bind('/home/x', '/other', 'before');
    const open = (path: string): Promise<unknown> => one.call({ op: 'open', dirfd: 3, path, oflags: 0, fdflags: 0, read: true, write: false, follow: true });
    const inodeOf = async (path: string): Promise<number> => {
      const ofd = (await open(path)) as number;
      const found = rig.descriptors.files.object(ofd);
      rig.descriptors.files.release(ofd);
      return found;
    };
    expect([await inodeOf('other/same'), await inodeOf('other/only')]).toEqual([inode('home/x/same'), inode('other/only')]);
    const directory = (await open('other/sub')) as number;
    expect(rig.descriptors.files.kind(directory)).toBe(OfdKind.SERVICE);
    rig.descriptors.files.release(directory);
  });

  test('BN7: a mountpoint and what is bound are kept: one cannot be removed, the other lives on', async () => {
    const one = await process();
    await one.bind('/home/y', '/other');
    await expect(rig.files.rm('/other', { recursive: true })).rejects.toThrow(/EBUSY/);
    await rig.files.rm('/home/y', { recursive: true });
    expect(one.walk('other')).toBeGreaterThan(0);
    await one.call({ op: 'unbind', to: '/other' });
    await rig.files.rm('/other', { recursive: true });
  });

  test('BN8: there are 63 mounts at most, and a bind that fails has changed nothing', async () => {
    const one = await process();
    for (let n = 0; n < 64; n++) await rig.files.mkdir(`/home/x/m${n}`);
    for (let n = 0; n < 60; n++) await one.bind('/home/y', `/home/x/m${n}`);
    await expect(one.bind('/home/y', '/home/x/m61')).rejects.toMatchObject({ code: 'ENFILE' });
    expect(one.walk('home/x/m61')).toBe(inode('home/x/m61'));
    expect(await one.mounts()).toHaveLength(64);
    await expect(one.bind('/nowhere', '/other')).rejects.toThrow(/ENOENT/);
    await expect(one.bind('/home/p', '/other')).rejects.toThrow(FsError);
  });

  test('BN9: changes that come at once are made one after the other', async () => {
    const one = await process();
    await Promise.all(['in', 'other'].map((name) => one.bind('/home/x', name === 'in' ? '/jail/in' : '/other')));
    expect([one.walk('jail/in'), one.walk('other')]).toEqual([inode('home/x'), inode('home/x')]);
    const results = await Promise.allSettled([one.call({ op: 'unbind', to: '/other' }), one.call({ op: 'unbind', to: '/other' })]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});
