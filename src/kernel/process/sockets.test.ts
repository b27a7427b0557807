import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SocketReply, SpawnOptions, SyscallRequest } from '../../shared/abi/index.ts';
import { BACKLOG, Connection, Listener, OfdFlag, OfdKind, OpenFiles, BufferWindow, SOCKET_RING } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { receiveBytes, sendBytes } from '../../shared/link/index.ts';
import { EMPTY_COMMAND, Rig, collect, turn, type Guest } from './testing/rig.ts';

const encoder = new TextEncoder();

let rig: Rig;
const guests: Guest[] = [];
const outputs: Promise<unknown>[] = [];

beforeEach(async () => {
  rig = await Rig.make({ p: (started) => void guests.push(started) });
});

afterEach(async () => {
  for (const guest of guests.splice(0)) guest.exit(0);
  await Promise.all(outputs.splice(0));
  await turn(20);
  rig.processes.pump();
  expect(rig.leaks()).toEqual([]);
  rig.processes.dispose();
});

async function spawn(options: Partial<SpawnOptions> = {}): Promise<{ pid: number; guest: Guest }> {
  const { pid, stdout, stderr } = await rig.api.spawn({ module: EMPTY_COMMAND, name: 'p', ...options });
  outputs.push(collect(stdout!), collect(stderr!));
  while (guests.at(-1)?.run.pid !== pid) await turn();
  return { pid, guest: guests.at(-1)! };
}

async function code(action: () => unknown): Promise<string> {
  try {
    await action();
    return 'no failure';
  } catch (error) {
    if (error instanceof FsError) return error.code;
    throw error;
  }
}

/** Of the connection that was accepted last. */
let lastFd = 0;

/** As `sock_accept` does: the other end of the oldest connection. */
function accept(guest: Guest, fd = 3): Connection | null {
  const files = new OpenFiles(rig.arena, { releaseInode: () => {}, releaseHandle: () => {} });
  let end = 0;
  lastFd = new Listener(rig.arena, files.object(guest.fds.get(fd))).accept((found) => {
    end = found;
    return guest.fds.install(files.create(OfdKind.SOCKET, found, OfdFlag.READ | OfdFlag.WRITE), 3);
  });
  return end === 0 ? null : new Connection(rig.arena, end);
}

function put(connection: Connection, text: string): number {
  const bytes = encoder.encode(text);
  const count = connection.output.tryWrite(new BufferWindow(rig.arena).wrap(bytes), 0, bytes.length);
  rig.processes.pump();
  return count;
}

async function take(connection: Connection): Promise<string | null> {
  for (let tries = 0; tries < 100 && connection.input.readable() === 0 && connection.input.writers > 0; tries++) await turn(2);
  const bytes = new Uint8Array(SOCKET_RING);
  const count = connection.input.tryRead(new BufferWindow(rig.arena).wrap(bytes), 0, bytes.length);
  rig.processes.pump();
  return count < 0 ? null : new TextDecoder().decode(bytes.subarray(0, count));
}

function streams(reply: SocketReply) {
  const ended = new Promise<void>((resolve) => {
    reply.closed.onmessage = () => {
      reply.closed.close();
      resolve();
    };
  });
  return { readable: receiveBytes(reply.readable as never).getReader(), writable: sendBytes(reply.writable as never).getWriter(), ended };
}

const kindOf = (guest: Guest, fd: number): number => rig.descriptors.files.kind(guest.fds.get(fd));

describe('listening', () => {
  test('NT4 listening sockets are descriptors from 3 on, in the order asked for, before the directories', async () => {
    const { guest } = await spawn({ listen: ['127.0.0.1:8080', 'localhost:81'] });
    expect([3, 4, 5].map((fd) => kindOf(guest, fd))).toEqual([OfdKind.LISTENER, OfdKind.LISTENER, OfdKind.DIRECTORY]);
    expect([3, 4].map((fd) => rig.descriptors.describe(guest.fds.get(fd)))).toEqual(['listen:[127.0.0.1:8080]', 'listen:[127.0.0.1:81]']);
    expect(rig.descriptors.files.flags(guest.fds.get(3))).toBe(OfdFlag.READ | OfdFlag.NONBLOCK);
    expect(guest.run.env).toContain('LISTEN_FDS=2');
    expect(rig.api.list().find(({ pid }) => pid === guest.run.pid)?.listening).toEqual([8080, 81]);
    expect(rig.descriptors.ports.list()).toEqual([81, 8080]);
  });

  test('NT4 without it there is none, and `LISTEN_FDS` is the caller’s own', async () => {
    const plain = await spawn();
    expect([kindOf(plain.guest, 3), plain.guest.run.env.some((line) => line.startsWith('LISTEN_FDS'))]).toEqual([OfdKind.DIRECTORY, false]);
    const own = await spawn({ listen: [':80'], env: { LISTEN_FDS: 'mine' } });
    expect(own.guest.run.env.filter((line) => line.startsWith('LISTEN_FDS'))).toEqual(['LISTEN_FDS=mine']);
  });

  test('NT2 a port that is taken is EADDRINUSE, and nothing is left of that launch; it is free after the process’s end', async () => {
    const { guest, pid } = await spawn({ listen: [':80'] });
    expect(await code(() => rig.api.spawn({ module: EMPTY_COMMAND, name: 'p', listen: [':81', ':80'] }))).toBe('EADDRINUSE');
    expect(rig.descriptors.ports.list()).toEqual([80]);
    guest.exit(0);
    await rig.api.wait(pid);
    await spawn({ listen: [':80'] });
  });

  test('NT1 bad addresses are refused', async () => {
    for (const [listen, expected] of [[['10.0.0.1:80'], 'EADDRNOTAVAIL'], [['80'], 'EINVAL'], ['x', 'EINVAL'], [Array(17).fill(':80'), 'EINVAL']] as const) {
      expect([listen, await code(() => rig.api.spawn({ module: EMPTY_COMMAND, name: 'p', listen: listen as string[] }))]).toEqual([listen, expected]);
    }
  });
});

describe('connections of the window', () => {
  test('NT5 bytes go both ways, each direction ends for itself, and both ends are told', async () => {
    const { guest } = await spawn({ listen: [':80'] });
    const { readable, writable, ended } = streams(rig.api.connect(80));
    const connection = accept(guest)!;
    await writable.write(encoder.encode('question'));
    expect(await take(connection)).toBe('question');
    put(connection, 'answer');
    expect(new TextDecoder().decode((await readable.read()).value)).toBe('answer');
    await writable.close();
    expect(await take(connection)).toBeNull();
    put(connection, 'after');
    expect(new TextDecoder().decode((await readable.read()).value)).toBe('after');
    guest.fds.close(lastFd);
    rig.processes.pump();
    expect((await readable.read()).done).toBe(true);
    await ended;
  });

  test('NT5 a process that ends leaves the window the end, and writes that fail', async () => {
    const { guest, pid } = await spawn({ listen: [':80'] });
    const { readable, writable, ended } = streams(rig.api.connect(80));
    const connection = accept(guest)!;
    put(connection, 'last words');
    await rig.api.kill(pid, 'KILL');
    rig.processes.pump();
    expect(new TextDecoder().decode((await readable.read()).value)).toBe('last words');
    expect((await readable.read()).done).toBe(true);
    await ended;
    await turn();
    await expect(writable.write(encoder.encode('x'))).rejects.toThrow('EPIPE');
  });

  test('NT5 who was never accepted is told the end too', async () => {
    const { pid } = await spawn({ listen: [':80'] });
    const { readable, ended } = streams(rig.api.connect(80));
    await rig.api.kill(pid);
    rig.processes.pump();
    expect((await readable.read()).done).toBe(true);
    await ended;
  });

  test('NT5 a window that cancels reading leaves the process EPIPE', async () => {
    const { guest } = await spawn({ listen: [':80'] });
    const { readable, writable, ended } = streams(rig.api.connect(80));
    const connection = accept(guest)!;
    await readable.cancel();
    await turn(10);
    expect(put(connection, 'x')).toBe(-64);
    await writable.close();
    await ended;
  });

  test('NT5 nobody reads: a window’s writer waits after the ring and the stream’s credit', async () => {
    const { guest } = await spawn({ listen: [':80'] });
    const { writable, readable } = streams(rig.api.connect(80));
    const connection = accept(guest)!;
    let sent = 0;
    const writing = (async () => {
      for (; sent < 64; sent++) await writable.write(new Uint8Array(64 * 1024));
    })();
    writing.catch(() => {});
    await turn(100);
    expect(sent).toBeLessThan(24);
    expect(connection.input.readable()).toBe(SOCKET_RING);
    let bytes = 0;
    while (bytes < 64 * 64 * 1024) bytes += (await take(connection))?.length ?? 0;
    await writing;
    await Promise.all([writable.close(), readable.cancel()]);
    await turn(10);
  });

  test('NT3 refused where nobody listens, beyond the backlog, and for what is no port', async () => {
    expect(await code(() => rig.api.connect(80))).toBe('ECONNREFUSED');
    const { pid } = await spawn({ listen: [':80'] });
    const replies = Array.from({ length: BACKLOG }, () => streams(rig.api.connect(80)));
    expect(await code(() => rig.api.connect(80))).toBe('ECONNREFUSED');
    for (const port of [0, -1, 1.5, 65536, NaN, '80 ', null]) expect([port, await code(() => rig.api.connect(port as number))]).toEqual([port, 'EINVAL']);
    await rig.api.kill(pid);
    rig.processes.pump();
    await Promise.all(replies.map(({ readable }) => readable.read()));
  });
});

describe('connections of processes', () => {
  const opening = (path: string): SyscallRequest => ({ op: 'open', dirfd: 4, path, oflags: 1, fdflags: 0, read: true, write: true, follow: true });
  const open = async (guest: Guest, path: string): Promise<number> => (await rig.syscalls.handle(guest.run.pcb, opening(path), new Uint8Array(0))).value as number;

  test('NT6 opening /dev/tcp/<host>/<port> connects, with the grant', async () => {
    const server = await spawn({ listen: [':80'] });
    const client = await spawn({ grants: { connect: true }, listen: [':81'] });
    const ofd = await open(client.guest, 'dev/tcp/localhost/80');
    client.guest.fds.install(ofd, 3);
    expect([rig.descriptors.files.kind(ofd), rig.descriptors.describe(ofd)]).toEqual([OfdKind.SOCKET, 'socket:[127.0.0.1:80]']);
    const mine = new Connection(rig.arena, rig.descriptors.files.object(ofd));
    const theirs = accept(server.guest)!;
    put(mine, 'hello');
    expect(await take(theirs)).toBe('hello');
    await rig.api.kill(server.pid);
    expect([await take(mine), put(mine, 'x')]).toEqual([null, -64]);
  });

  test('NT7 opening /dev/tcp/listen/<port> listens, with the grant', async () => {
    const server = await spawn({ grants: { bind: true }, listen: [':81'] });
    const ofd = await open(server.guest, 'dev/tcp/listen/80');
    const fd = server.guest.fds.install(ofd, 3);
    expect([rig.descriptors.files.kind(ofd), rig.descriptors.ports.list()]).toEqual([OfdKind.LISTENER, [80, 81]]);
    expect([await code(() => open(server.guest, 'dev/tcp/listen/80')), await code(() => open(server.guest, 'dev/tcp/127.0.0.1/80'))]).toEqual(['EADDRINUSE', 'EACCES']);
    server.guest.fds.close(fd);
    expect(rig.descriptors.ports.list()).toEqual([81]);
  });

  test('NT6 refused without the grant, where nobody listens, and for hosts elsewhere', async () => {
    await spawn({ listen: [':80'] });
    const without = await spawn({ listen: [':81'] });
    const granted = await spawn({ grants: { connect: true }, listen: [':82'] });
    expect(await code(() => open(without.guest, 'dev/tcp/127.0.0.1/80'))).toBe('EACCES');
    expect(await code(() => open(granted.guest, 'dev/tcp/127.0.0.1/83'))).toBe('ECONNREFUSED');
    expect(await code(() => open(granted.guest, 'dev/tcp/10.0.0.1/80'))).toBe('ENOENT');
    expect(await code(() => open(granted.guest, 'dev/tcp/listen/85'))).toBe('EACCES');
    expect((await rig.files.readdir('/dev/tcp/127.0.0.1')).map(({ name }) => name)).toEqual(['80', '81', '82']);
  });
});
