import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OfdFlag, OfdKind, Ring } from '../shared/arena/index.ts';
import { Errno, type FsError } from '../shared/base/index.ts';
import { TokenCalls } from '../kernel/syscall/index.ts';
import { createMac } from '../kernel/storage/index.ts';
import { clock, Rig, turn } from '../kernel/process/testing/rig.ts';
import { Granted } from './granted.ts';

const NO = -Errno.ENOTCAPABLE;
const { READ, WRITE } = OfdFlag;
const CREATE = 1;
const mac = await createMac(new Uint8Array(32));

let rig: Rig;
let tokens: TokenCalls;

beforeEach(async () => {
  rig = await Rig.make({ stays: () => {} });
  tokens = new TokenCalls({ descriptors: rig.descriptors, processes: rig.processes, clock, mac });
  Object.assign(rig.host, tokens.handlers);
  for (const path of ['/home/d', '/home/d/sub', '/home/e']) await rig.files.mkdir(path);
  for (const path of ['/home/d/a.txt', '/home/d/b.csv', '/home/d/sub/c.txt', '/home/e/x']) await rig.files.writeFile(path, new TextEncoder().encode(`of ${path}`));
});

afterEach(async () => {
  await Promise.all(rig.processes.running().map(({ pid }) => rig.processes.kill(pid, 'KILL')));
  await turn(5);
  await rig.files.rm('/home/d', { recursive: true });
  await rig.files.rm('/home/e', { recursive: true });
  expect(rig.leaks().filter((fault) => !String(fault).includes('allocations'))).toEqual([]);
  expect(rig.descriptors.handles.size).toBe(0);
  rig.processes.dispose();
});

/** A process with `/home/d` (grant 11) and `/home/e` (grant 12) as descriptors 3 and 4. */
const two = (): Promise<Granted> => Granted.start(rig, [{ name: '/d', path: '/home/d', grant: 11 }, { name: '/e', path: '/home/e', grant: 12 }]);

describe('RV1 revoking a grant', () => {
  test('ends all that came from it, at any depth, and nothing else', async () => {
    const process = await two();
    const sub = process.opendir(3, 'sub');
    const [file, deep, other] = [process.open(3, 'a.txt', READ | WRITE), process.open(sub, 'c.txt', READ), process.open(4, 'x', READ | WRITE)];
    expect([process.read(file), process.read(deep)]).toEqual(['of /home/d/a.txt', 'of /home/d/sub/c.txt']);
    await rig.processes.revocation.revoke([11]);
    expect([process.read(file), process.write(file, 'x'), process.read(deep), process.open(3, 'a.txt', READ), process.open(sub, 'c.txt', READ), process.list(sub), process.stat(3, '.')]).toEqual(Array.from({ length: 7 }, () => NO));
    expect([process.read(other), process.write(other, 'y'), process.list(4)]).toEqual(['of /home/e/x', 1, ['x']]);
    expect([process.close(file), process.close(3)]).toEqual([0, 0]);
    expect(await rig.files.readFile('/home/d/a.txt')).toEqual(new TextEncoder().encode('of /home/d/a.txt'));
  });

  test('reaches what other processes inherited, and what they are started with after that', async () => {
    const parent = await two();
    const file = parent.open(3, 'a.txt', READ);
    const child = await Granted.start(rig, parent.record.grants.directories, { ppid: parent.pid, inherit: [parent.vfs.process.table.get(file)] });
    expect([child.read(0), child.read(child.open(3, 'b.csv', READ))]).toEqual(['of /home/d/a.txt', 'of /home/d/b.csv']);
    await rig.processes.revocation.revoke([11]);
    expect([child.read(0), child.open(3, 'b.csv', READ), parent.read(file)]).toEqual([NO, NO, NO]);
    expect([parent, child].map(({ record }) => record.grants.directories.map(({ path }) => path))).toEqual([['/home/e'], ['/home/e']]);
    const late = await Granted.start(rig, parent.record.grants.directories);
    expect(late.list(3)).toEqual(['x']);
  });

  test('a process that is being made meanwhile does not get it', async () => {
    const starting = two();
    const revoking = rig.processes.revocation.revoke([11]);
    const process = await starting;
    await revoking;
    expect([process.list(3), process.list(4), process.record.grants.directories.length]).toEqual([NO, ['x'], 1]);
  });

  test('of several globs of one directory takes what that one gave', async () => {
    const process = await Granted.start(rig, [{ name: '/d', path: '/home/d', globs: [{ path: '/home/d/*.txt', rights: 3, grant: 21 }, { path: '/home/d/*.csv', rights: 1, grant: 22 }] }]);
    const [text, table] = [process.open(3, 'a.txt', READ | WRITE), process.open(3, 'b.csv', READ)];
    await rig.processes.revocation.revoke([21]);
    expect([process.read(text), process.read(table), process.open(3, 'a.txt', READ), process.open(3, 'b.csv', READ) > 0, process.list(3)]).toEqual([NO, 'of /home/d/b.csv', NO, true, ['b.csv']]);
    const { descriptors } = rig;
    expect([3, text].map((fd) => descriptors.rightsNote(process.vfs.process.table.get(fd)))).toEqual([' (read, by name)', ' (revoked)']);
    expect(process.record.grants.directories[0]!.globs!.map(({ path }) => path)).toEqual(['/home/d/*.csv']);
    await rig.processes.revocation.revoke([22]);
    expect([process.read(table), process.list(3)]).toEqual([NO, NO]);
  });

  test('of the root leaves the working directory, from which nothing leads there any more', async () => {
    await rig.files.symlink('/home/e/x', '/home/d/abs');
    const process = await Granted.start(rig, [{ name: '/', path: '/', grant: 31 }, { name: '.', path: '/home/d', grant: 32 }]);
    expect(process.open(4, '../e/x', READ)).toBeGreaterThan(4);
    expect(process.open(4, 'abs', READ)).toBeGreaterThan(4);
    await rig.processes.revocation.revoke([31]);
    expect([process.open(4, '../e/x', READ), process.open(4, 'abs', READ), process.open(3, 'home/e/x', READ)]).toEqual([-Errno.EPERM, -Errno.EPERM, NO]);
    expect(process.open(4, 'a.txt', READ)).toBeGreaterThan(4);
    await rig.files.rm('/home/d/abs');
  });

  test('the root with fewer rights than the working directory is no way for that to reach more', async () => {
    const process = await Granted.start(rig, [{ name: '/', path: '/', rights: 1 }, { name: '.', path: '/home/d', rights: 15 }]);
    expect([process.open(4, '../e/x', READ), process.open(3, 'home/e/x', READ | WRITE), process.open(4, 'a.txt', READ | WRITE) > 0]).toEqual([-Errno.EPERM, NO, true]);
    expect(await process.call({ op: 'bind', from: '/home/e', to: '/home/d/sub', where: 'replace' })).toBe(NO);
  });

  test('listening sockets refuse, connections end for both sides', async () => {
    const process = await two();
    const { descriptors } = rig;
    const from = process.vfs.process.table.get(3);
    const listener = process.record.fds.install(descriptors.listen(8000, from), 3);
    const socket = process.record.fds.install(descriptors.connect(8000, READ | WRITE, from), 3);
    const accepted = process.vfs.sockets.accept(listener, 0);
    const peer = descriptors.ports.connect(8000);
    await rig.processes.revocation.revoke([11]);
    expect([process.vfs.sockets.accept(listener, 0), process.read(socket), process.write(accepted, 'x')]).toEqual([NO, NO, NO]);
    expect(() => descriptors.ports.connect(8000)).toThrow(/ECONNREFUSED/);
    descriptors.files.release(descriptors.create(OfdKind.SOCKET, peer, READ));
  });

  test('of a service’s files too, and of what the kernel opens for a call that was under way', async () => {
    const process = await Granted.start(rig, [{ name: '/', path: '/', grant: 41 }]);
    const reply = await process.call({ op: 'open', dirfd: 3, path: 'dev/zero', oflags: 0, fdflags: 0, follow: true, read: true, write: false });
    const asked = process.vfs.process.handle.grantEpoch;
    const fd = process.vfs.fds.adopt((reply as { value: number }).value, asked);
    const under = await process.call({ op: 'open', dirfd: 3, path: 'dev/null', oflags: 0, fdflags: 0, follow: true, read: true, write: false });
    expect(await process.call({ op: 'read', fd, length: 3, position: null })).toEqual({ data: new Uint8Array(3) });
    await rig.processes.revocation.revoke([41]);
    expect(process.vfs.fds.adopt((under as { value: number }).value, asked)).toBe(NO);
    expect(await process.call({ op: 'read', fd, length: 3, position: null })).toBe(NO);
    expect(await process.call({ op: 'fstat', fd })).toBe(NO);
    expect(await process.call({ op: 'open', dirfd: 3, path: 'dev/null', oflags: 0, fdflags: 0, follow: true, read: true, write: false })).toBe(NO);
    process.close(fd);
  });

  test('waits until nobody is within a section, and lets everyone go on after that', async () => {
    const process = await two();
    const { handle } = process.vfs.process;
    handle.enter();
    let done = false;
    const revoking = rig.processes.revocation.revoke([11]).then(() => (done = true));
    await turn(20);
    expect([done, process.vfs.process.files.isRevoked(process.vfs.process.table.get(3))]).toEqual([false, false]);
    handle.leave();
    await revoking;
    expect([process.list(3), handle.control]).toEqual([NO, 0]);
    expect(rig.faults).toEqual([]);
  });

  test('a stop by a signal stays one', async () => {
    const process = await two();
    process.record.threads.setStopped(true);
    await rig.processes.revocation.revoke([11]);
    expect(process.vfs.process.handle.control).toBe(2);
    process.record.threads.setStopped(false);
  });
});

describe('RV2 a call under way', () => {
  test('the pipe that it reads lives until it is closed', async () => {
    const process = await two();
    const { files, table, arena } = process.vfs.process;
    const ring = Ring.create(arena, 4096);
    const ofd = files.create(OfdKind.PIPE_READ, ring, READ, 0, table.get(3));
    const fd = table.install(ofd, 3);
    new Ring(arena, ring).addWriter();
    await rig.processes.revocation.revoke([11]);
    expect(process.read(fd)).toBe(NO);
    expect(new Ring(arena, ring).readers).toBe(1);
    process.close(fd);
    expect(new Ring(arena, ring).readers).toBe(0);
    new Ring(arena, ring).dropWriter();
  });
});

test('RV5 a process hands on the directories that it was given, not what it has put into their places', async () => {
  const giver = await Granted.start(rig, [{ name: '/h', path: '/home', rights: 12 }, { name: '/d', path: '/home/d', rights: 15 }, { name: '/q', path: '/home/q', rights: 11, optional: true }]);
  const { directories } = giver.record.grants;
  const child = (): Promise<string> => Granted.start(rig, directories, { ppid: giver.pid }).then(({ vfs }) => `started ${vfs.process.table.count()}`, (error: unknown) => (error as FsError).code);
  expect(await child()).toBe('started 5');
  expect(giver.move('rename', 3, 'e', 3, 'q')).toBe(0);
  expect(await child()).toBe('ENOTCAPABLE');
  expect(giver.move('rename', 3, 'q', 3, 'e')).toBe(0);
  expect([giver.move('rename', 3, 'd', 3, 'gone'), giver.move('rename', 3, 'e', 3, 'd')]).toEqual([0, 0]);
  expect(await child()).toBe('ENOTCAPABLE');
  // Nor what the child names itself: paths below.
  expect(await Granted.start(rig, [{ name: '/d', path: '/home/d', rights: 1 }], { ppid: giver.pid }).then(() => 'started', (error: unknown) => (error as FsError).code)).toBe('ENOTCAPABLE');
  expect([giver.move('rename', 3, 'd', 3, 'e'), giver.move('rename', 3, 'gone', 3, 'd')]).toEqual([0, 0]);
  expect(await child()).toBe('started 5');
});

describe('TK tokens of descriptors', () => {
  const create = async (process: Granted, fd: number, holder: Granted, rights: number, lifetime = 10_000): Promise<Uint8Array | number> => {
    const reply = await process.call({ op: 'token-create', fd, holder: holder.pid, rights, lifetime });
    return typeof reply === 'number' ? reply : reply.data!;
  };
  const redeem = async (process: Granted, token: Uint8Array | number): Promise<number> => {
    const asked = process.vfs.process.handle.grantEpoch;
    const reply = await process.call({ op: 'token-redeem' }, token as Uint8Array<ArrayBuffer>);
    return typeof reply === 'number' ? reply : process.vfs.fds.adopt(reply.value as number, asked);
  };

  test('TK5 give what the handle has, or less: of a directory, of what is below, of a file', async () => {
    const [giver, taker] = [await two(), await Granted.start(rig, [])];
    const dir = await redeem(taker, await create(giver, 3, taker, 1));
    expect([taker.list(dir) as unknown, taker.read(taker.open(dir, 'sub/c.txt', READ)), taker.open(dir, 'a.txt', WRITE), taker.open(dir, 'new', 0, CREATE), taker.change('unlink', dir, 'a.txt'), taker.open(dir, '../e/x', READ)])
      .toEqual([['sub', 'a.txt', 'b.csv'], 'of /home/d/sub/c.txt', NO, NO, NO, -Errno.EPERM]);
    const narrow = await redeem(taker, await create(giver, giver.open(3, 'a.txt', READ | WRITE), taker, 2));
    expect([taker.read(narrow), taker.write(narrow, 'OF')]).toEqual([-Errno.EBADF, 2]);
    const again = await create(taker, dir, giver, 3);
    expect(again).toBe(NO);
    expect([await create(giver, 3, taker, 0), await create(giver, 3, taker, 16), await create(giver, 99, taker, 1), await create(giver, 0, taker, 1), await create(giver, 3, { pid: 4711 } as Granted, 1)])
      .toEqual([-Errno.EINVAL, -Errno.EINVAL, -Errno.EBADF, -Errno.EINVAL, -Errno.ESRCH]);
    expect(await create(giver, giver.open(3, 'a.txt', READ), taker, 3)).toBe(NO);
  });

  test('TK5 keep the globs of the directory', async () => {
    const [giver, taker] = [await Granted.start(rig, [{ name: '/d', path: '/home/d', globs: [{ path: '/home/d/*.txt', rights: 3, grant: 51 }] }]), await Granted.start(rig, [])];
    const dir = await redeem(taker, await create(giver, 3, taker, 1));
    expect([taker.list(dir) as unknown, taker.open(dir, 'b.csv', READ), taker.open(dir, 'a.txt', WRITE)]).toEqual([['a.txt'], NO, NO]);
    const waiting = await create(giver, 3, taker, 1);
    giver.close(3);
    await rig.processes.revocation.revoke([51]);
    expect(taker.list(dir)).toBe(NO);
    expect(await redeem(taker, waiting)).toBe(NO);
  });

  test('TK3 are revoked by who made them, and with the grant that they came from, through others', async () => {
    const [giver, taker, third] = [await two(), await Granted.start(rig, []), await Granted.start(rig, [])];
    const first = (await create(giver, 3, taker, 7)) as Uint8Array<ArrayBuffer>;
    const dir = await redeem(taker, first);
    const passed = await redeem(third, await create(taker, dir, third, 1));
    const file = third.open(passed, 'a.txt', READ);
    expect(await taker.call({ op: 'token-revoke' }, first)).toBe(-Errno.EACCES);
    expect(await giver.call({ op: 'token-revoke' }, first)).toEqual({});
    expect([taker.list(dir), third.list(passed), third.read(file), giver.list(3)]).toEqual([NO, NO, NO, ['sub', 'a.txt', 'b.csv']]);
    const second = await redeem(taker, await create(giver, 4, taker, 1));
    const unused = await create(giver, 4, taker, 1);
    await rig.processes.revocation.revoke([12]);
    expect([taker.list(second), await redeem(taker, unused)]).toEqual([NO, NO]);
  });

  test('TK3 of a process that has ended are gone, unless they were redeemed', async () => {
    const [giver, taker] = [await two(), await Granted.start(rig, [])];
    const dir = await redeem(taker, await create(giver, 3, taker, 1));
    const unused = await create(giver, 3, taker, 1);
    await rig.processes.kill(giver.pid, 'KILL');
    expect([await redeem(taker, unused), taker.list(dir)]).toEqual([NO, ['sub', 'a.txt', 'b.csv']]);
  });

  test('TK2 nobody else redeems, and nobody twice', async () => {
    const [giver, taker] = [await two(), await Granted.start(rig, [])];
    const token = await create(giver, 3, taker, 1);
    expect([await redeem(giver, token), await redeem(taker, token) > 0, await redeem(taker, token)]).toEqual([-Errno.EACCES, true, -Errno.EALREADY]);
  });

  test('TK6 what was asked for while it runs is a token of the kernel: a file that is there, or a directory with the glob', async () => {
    const process = await Granted.start(rig, []);
    const file = await redeem(process, await tokens.offer(process.record, '/home/d/a.txt', 1, 61));
    expect([process.read(file), process.write(file, 'x')]).toEqual(['of /home/d/a.txt', -Errno.EBADF]);
    const made = await redeem(process, await tokens.offer(process.record, '/home/d/new.txt', 7, 62));
    expect([process.open(made, 'a.txt', READ), process.write(process.open(made, 'new.txt', WRITE, CREATE), 'made')]).toEqual([NO, 4]);
    const whole = await redeem(process, await tokens.offer(process.record, '/home/e/**', 1, 63));
    expect([process.list(whole) as unknown, process.open(whole, 'x', WRITE)]).toEqual([['x'], NO]);
    await rig.processes.revocation.revoke([61, 63]);
    expect([process.read(file), process.list(whole), process.open(made, 'new.txt', READ) > 0]).toEqual([NO, NO, true]);
  });

  test('TK6 what was asked for by a name is not what a link there leads to', async () => {
    const process = await two();
    const made = [process.symlink('../e/x', 3, 'file'), process.symlink('../e', 3, 'dir')];
    expect(made).toEqual([0, 0]);
    for (const path of ['/home/d/file', '/home/d/dir/**', '/home/d/dir/*', '/home/d/dir/x']) {
      await expect(tokens.offer(process.record, path, 1, 64), path).rejects.toThrow(/a link leads from there to .* \(ENOTCAPABLE\)/);
    }
  });
});
