import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SyscallRequest, SyscallValues } from '../../shared/abi/index.ts';
import { OfdFlag, OfdKind } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { CallReply } from '../../shared/link/index.ts';
import { EMPTY_COMMAND, Rig, collect, turn, type Guest } from '../process/testing/rig.ts';

let rig: Rig;
let guest: Guest;
let pid: number;
let streams: Promise<unknown>;

/** Descriptor 3 is `/`, 4 is `.` (`/home`). */
beforeEach(async () => {
  rig = await Rig.make({ p: (started) => void (guest = started) });
  const reply = await rig.api.spawn({ module: EMPTY_COMMAND, name: 'p' });
  pid = reply.pid;
  streams = Promise.all([collect(reply.stdout!), collect(reply.stderr!)]);
  await turn();
});

afterEach(async () => {
  guest.exit(0);
  await rig.api.wait(pid);
  await streams;
  await turn(20);
  expect([...rig.leaks(), rig.descriptors.handles.size]).toEqual([0]);
  rig.processes.dispose();
});

const call = async (request: SyscallRequest, data = new Uint8Array(0)): Promise<CallReply> => rig.syscalls.handle(guest.run.pcb, request, data);

async function code(request: SyscallRequest): Promise<string> {
  try {
    await call(request);
    return 'no failure';
  } catch (error) {
    if (error instanceof FsError) return error.code;
    throw error;
  }
}

const opening = (path: string, more: Partial<Extract<SyscallRequest, { op: 'open' }>> = {}): SyscallRequest =>
  ({ op: 'open', dirfd: 3, path, oflags: 0, fdflags: 0, read: true, write: false, follow: true, ...more });

async function open(path: string, more: Partial<Extract<SyscallRequest, { op: 'open' }>> = {}): Promise<{ fd: number; ofd: number }> {
  const ofd = (await call(opening(path, more))).value as number;
  return { fd: guest.fds.install(ofd, 3), ofd };
}

/** As the guest does it: the last reference away, then the kernel is told of the handle. */
async function close(fd: number, ofd: number): Promise<void> {
  const { files } = rig.descriptors;
  const handle = files.kind(ofd) === OfdKind.SERVICE ? files.object(ofd) : 0;
  guest.fds.close(fd);
  if (handle) await call({ op: 'close', handle });
}

describe('files of kernel services', () => {
  test('write, read back, stat, list, remove', async () => {
    const { fd, ofd } = await open('mem/file', { oflags: 1, write: true });
    expect((await call({ op: 'write', fd, position: 0 }, new TextEncoder().encode('hello'))).value).toBe(5);
    expect(new TextDecoder().decode((await call({ op: 'read', fd, length: 100, position: 1 })).data)).toBe('ello');
    const { value, data } = await call({ op: 'fstat', fd });
    expect(value).toEqual({ seekable: true });
    const view = new DataView(data!.buffer);
    expect([view.getUint8(16), view.getBigUint64(24, true), view.getBigUint64(32, true)]).toEqual([4, 1n, 5n]);
    await close(fd, ofd);
    await call({ op: 'name', what: 'mkdir', dirfd: 3, path: 'mem/d' });
    const dir = await open('mem');
    const names = ((await call({ op: 'readdir', fd: dir.fd, cookie: 0, limit: 100 })).value as SyscallValues['readdir']).map((entry) => entry.name);
    expect(names).toEqual(['.', '..', 'file', 'd']);
    await close(dir.fd, dir.ofd);
    expect(await code({ op: 'name', what: 'rmdir', dirfd: 3, path: 'mem/file' })).toBe('ENOTDIR');
    await call({ op: 'name', what: 'unlink', dirfd: 3, path: 'mem/file' });
    await call({ op: 'name', what: 'rmdir', dirfd: 3, path: 'mem/d/' });
    expect(await code({ op: 'name', what: 'rmdir', dirfd: 3, path: 'mem' })).toBe('EBUSY');
    expect(await code({ op: 'stat', dirfd: 3, path: 'mem/file', follow: true })).toBe('ENOENT');
  });

  test('a listing of names that take six bytes a unit in JSON comes in parts that fit', async () => {
    const made = Array.from({ length: 100 }, (_, at) => `${String(at).padStart(3, '0')}${'\x01'.repeat(250)}`);
    for (const name of made) await rig.files.writeFile(`/mem/${name}`, new Uint8Array(0));
    const { fd, ofd } = await open('mem');
    const names: string[] = [];
    for (let cookie = 0; ;) {
      const page = (await call({ op: 'readdir', fd, cookie, limit: 128 })).value as SyscallValues['readdir'];
      if (page.length === 0) break;
      expect(JSON.stringify(page).length).toBeLessThan(64 * 1024);
      names.push(...page.map((entry) => entry.name));
      cookie = page.at(-1)!.cookie;
    }
    expect(names.slice(2).toSorted()).toEqual(made);
    await close(fd, ofd);
  });

  test('a listing goes on after any cookie', async () => {
    const { fd, ofd } = await open('dev');
    const names: string[] = [];
    for (let cookie = 0; ; ) {
      const page = (await call({ op: 'readdir', fd, cookie, limit: 1 })).value as SyscallValues['readdir'];
      if (page.length === 0) break;
      names.push(...page.map((entry) => entry.name));
      cookie = page.at(-1)!.cookie;
    }
    expect(names).toEqual(['.', '..', 'consctl', 'full', 'null', 'random', 'tcp', 'tty', 'urandom', 'zero']);
    await close(fd, ofd);
  });

  test('a stream has an offset of its own and cannot be sought', async () => {
    const { fd, ofd } = await open('dev/random');
    expect((await call({ op: 'fstat', fd })).value).toEqual({ seekable: false });
    expect((await call({ op: 'read', fd, length: 1 << 20, position: null })).data?.length).toBe(65536);
    await close(fd, ofd);
    expect([await code(opening('dev/tty')), await code(opening('dev/consctl'))]).toEqual(['ENXIO', 'ENXIO']);
  });

  test('flags of the descriptor are kept and enforced', async () => {
    const { fd, ofd } = await open('mem/f', { oflags: 1, read: false, write: true, fdflags: 1 | 4 });
    expect(rig.descriptors.files.flags(ofd)).toBe(OfdFlag.WRITE | OfdFlag.APPEND | OfdFlag.NONBLOCK);
    expect(await code({ op: 'read', fd, length: 1, position: 0 })).toBe('EBADF');
    await close(fd, ofd);
    expect(await code({ op: 'read', fd: 99, length: 1, position: 0 })).toBe('EBADF');
    expect(await code({ op: 'read', fd: 3, length: 1, position: 0 })).toBe('EBADF');
  });

  test('what open refuses', async () => {
    expect(await code(opening('mem/none'))).toBe('ENOENT');
    expect(await code(opening('mem/x', { oflags: 1 | 2 }))).toBe('EINVAL');
    expect(await code(opening('mem', { write: true }))).toBe('EISDIR');
    expect(await code(opening('dev/null', { oflags: 2 }))).toBe('ENOTDIR');
    expect(await code(opening('mem', { oflags: 1 | 4 }))).toBe('EEXIST');
    expect(await code(opening('/mem'))).toBe('EPERM');
    expect(await code(opening('mem', { dirfd: 0 }))).toBe('ENOTDIR');
  });

  test('a path that comes back to the tree gives a descriptor of the tree', async () => {
    await rig.files.writeFile('/home/f', new Uint8Array(3));
    const { fd, ofd } = await open('dev/../home/f');
    expect(rig.descriptors.files.kind(ofd)).toBe(OfdKind.FILE);
    await close(fd, ofd);
    await rig.files.rm('/home/f');
  });
});

describe('confinement', () => {
  /** `/home` for a program that was granted nothing else. */
  async function grantHome(): Promise<{ fd: number; ofd: number }> {
    const ofd = await rig.descriptors.preopen(await rig.namespace.walk('/home', { operation: 'test' }), { name: 'box', path: '/home' }, null);
    return { fd: guest.fds.install(ofd, 3), ofd };
  }

  test('nothing leads out of a granted directory', async () => {
    await rig.files.symlink('/dev/null', '/home/out');
    const { fd, ofd } = await grantHome();
    for (const path of ['../dev/null', 'out', '../home/../dev/null']) expect([path, await code(opening(path, { dirfd: fd }))]).toEqual([path, 'EPERM']);
    await close(fd, ofd);
    await rig.files.rm('/home/out');
  });

  test('descriptors below a preopen inherit its bound', async () => {
    await rig.files.mkdir('/home/d');
    const home = await grantHome();
    const { fd, ofd } = await open('d', { dirfd: home.fd });
    expect(await code(opening('../../dev/null', { dirfd: fd }))).toBe('EPERM');
    await close(fd, ofd);
    await close(home.fd, home.ofd);
    await rig.files.rm('/home/d');
  });

  test('who was granted the root reaches it from the working directory too', async () => {
    await rig.files.symlink('/dev/null', '/home/out');
    for (const path of ['../dev/null', 'out']) {
      const { fd, ofd } = await open(path, { dirfd: 4 });
      await close(fd, ofd);
    }
    await rig.files.rm('/home/out');
    const { fd, ofd } = await open('mem');
    await call({ op: 'name', what: 'mkdir', dirfd: fd, path: 'inner' });
    for (const path of ['..', '../dev/null', 'inner/../..']) expect([path, await code(opening(path, { dirfd: fd }))]).toEqual([path, 'EPERM']);
    await close(fd, ofd);
  });

  test('calls that no grant covers are refused', async () => {
    const spawning: SyscallRequest = { op: 'spawn', path: '/home/p', argv: ['p'], env: {}, cwd: '/' };
    for (const request of [spawning, { op: 'kill', pid: pid + 1, signal: 'TERM' }, { op: 'kill', pid: 0, signal: 'TERM' }, { op: 'kill', pid: -1, signal: 'TERM' }, { op: 'processes', after: 0 }] as SyscallRequest[]) {
      expect([request.op, await code(request)]).toEqual([request.op, 'ENOTCAPABLE']);
    }
    expect(await code({ op: 'tty-size', fd: 1 })).toBe('ENOTTY');
  });
});

describe('the workspace', () => {
  const ask = { op: 'workspace', call: 'layerList', args: [] } satisfies SyscallRequest;
  const grant = (): void => void Object.assign(rig.processes.at(guest.run.pcb)!, { grants: { ...rig.processes.at(guest.run.pcb)!.grants, workspace: true } });

  test('is refused to programs', async () => {
    expect(await code(ask)).toBe('ENOTCAPABLE');
  });

  test('an answer beyond one buffer comes in parts, and once', async () => {
    grant();
    const names = Array.from({ length: 20_000 }, (_, i) => `layer ${i} ä`);
    rig.workspace = async () => names;
    const first = await call(ask);
    const bytes = new Uint8Array(first.value as number);
    bytes.set(first.data!);
    for (let at = first.data!.length; at < bytes.length;) {
      const { data } = await call({ op: 'workspace-part', from: at });
      bytes.set(data!, at);
      at += data!.length;
    }
    expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual({ value: names });
    expect(await code({ op: 'workspace-part', from: 0 })).toBe('EINVAL');
  });

  test('failures keep their words; what is no call of it is ENOSYS; too much is E2BIG', async () => {
    grant();
    rig.workspace = async () => {
      throw new FsError('ENOENT', 'layerDrop', undefined, { detail: 'there is no layer x' });
    };
    const { data } = await call(ask);
    expect(JSON.parse(new TextDecoder().decode(data))).toEqual({ error: { code: 'ENOENT', message: expect.stringContaining('there is no layer x') } });
    expect(await code({ op: 'workspace', call: 'constructor' as 'layerList', args: [] })).toBe('ENOSYS');
    rig.workspace = async () => 'x'.repeat(5_000_000);
    expect(await code(ask)).toBe('E2BIG');
  });
});
