import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BACKLOG, FD_MAX, OfdFlag, OfdKind, Shut, SOCKET_RING } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { Random } from '../../shared/testing/random.ts';
import { Loopback, type Caller } from '../testing/loopback.ts';
import { at, Rig } from '../testing/rig.ts';

const NONBLOCK = 4;
const PEEK = 1;
const WAITALL = 2;
const READ = 1;
const WRITE = 2;
const FLAGS = at.OUT + 16;
const EVENTS = 0x40000;

let rig: Rig;
let net: Loopback;

beforeEach(() => {
  rig = new Rig();
  net = new Loopback(rig);
});

afterEach(() => {
  rig.close();
  net.listener.dropReference();
});

/** The descriptor, or a negated errno. */
function accept(flags = 0, fd = net.fd): number {
  const errno = rig.calls.sock_accept(fd, flags, at.OUT);
  return errno === 0 ? rig.out32() : -errno;
}

function connected(flags = 0): { caller: Caller; fd: number } {
  const caller = net.call()!;
  return { caller, fd: accept(flags) };
}

/** Vectors of these lengths, one after another in memory. */
function vectors(...lengths: number[]): number {
  lengths.reduce((pointer, length, index) => {
    rig.view.setUint32(at.IOVS + index * 8, pointer, true);
    rig.view.setUint32(at.IOVS + index * 8 + 4, length, true);
    return pointer + length;
  }, at.DATA as number);
  return lengths.length;
}

/** Text received, or a negated errno. */
function recv(fd: number, flags = 0, ...lengths: number[]): string | number {
  rig.view.setUint16(FLAGS, 0xffff, true);
  const errno = rig.calls.sock_recv(fd, at.IOVS, vectors(...(lengths.length ? lengths : [1000])), flags, at.OUT, FLAGS);
  if (errno !== 0) return -errno;
  expect(rig.view.getUint16(FLAGS, true)).toBe(0);
  return new TextDecoder().decode(rig.u8.slice(at.DATA, at.DATA + rig.out32()));
}

function send(fd: number, text: string, flags = 0): number {
  const bytes = new TextEncoder().encode(text);
  rig.u8.set(bytes, at.DATA);
  const errno = rig.calls.sock_send(fd, at.IOVS, vectors(bytes.length), flags, at.OUT);
  return errno === 0 ? rig.out32() : -errno;
}

/** [errno, bytes, hangup] of one subscription, with a clock that is due at once beside it; null when only that came. */
function poll(fd: number, type: 1 | 2): number[] | null {
  rig.u8.fill(0, at.DATA, at.DATA + 96);
  rig.view.setUint8(at.DATA + 8, type);
  rig.view.setUint32(at.DATA + 16, fd, true);
  rig.view.setBigUint64(at.DATA + 48, 1n, true);
  rig.view.setUint32(at.DATA + 48 + 16, 1, true);
  expect(rig.calls.poll_oneoff(at.DATA, EVENTS, 2, at.OUT)).toBe(0);
  if (rig.view.getBigUint64(EVENTS, true) === 1n) return null;
  return [rig.view.getUint16(EVENTS + 8, true), Number(rig.view.getBigUint64(EVENTS + 16, true)), rig.view.getUint16(EVENTS + 24, true)];
}

describe('sock_accept', () => {
  it('gives the oldest connection; the process and its caller hear each other', () => {
    const [first, second] = [net.call()!, net.call()!];
    const [one, two] = [accept(), accept()];
    expect([one, two]).toEqual([net.fd + 1, net.fd + 2]);
    first.send('to one');
    second.send('to two');
    expect([rig.read(one), rig.read(two)]).toEqual(['to one', 'to two']);
    expect([rig.write(one, 'a', 'b'), send(two, 'c')]).toEqual([2, 1]);
    expect([first.receive(), second.receive()]).toEqual(['ab', 'c']);
    expect(rig.requests).toEqual([]);
  });

  it('does not wait where NONBLOCK is set, and its own flag is the new descriptor’s', () => {
    expect(rig.calls.fd_fdstat_set_flags(net.fd, NONBLOCK)).toBe(0);
    expect(accept()).toBe(-Errno.EAGAIN);
    const { fd } = connected(NONBLOCK);
    expect([recv(fd), rig.read(fd)]).toEqual([-Errno.EAGAIN, -Errno.EAGAIN]);
    net.call();
    const waiting = accept();
    expect(rig.calls.fd_fdstat_get(waiting, at.OUT)).toBe(0);
    expect(rig.view.getUint16(at.OUT + 2, true)).toBe(0);
  });

  it('refuses other flags, bad pointers, and what does not listen', () => {
    const { fd } = connected();
    net.call();
    expect([accept(1), accept(-1), accept(0, fd), accept(0, 0), accept(0, 3), accept(0, 99)])
      .toEqual([-Errno.EINVAL, -Errno.EINVAL, -Errno.EINVAL, -Errno.ENOTSOCK, -Errno.ENOTSOCK, -Errno.EBADF]);
    expect(rig.calls.sock_accept(net.fd, 0, 0xfffffffe | 0)).toBe(Errno.EFAULT);
    expect(net.listener.pending()).toBe(1);
  });

  it('leaves the connection in the queue when no descriptor is free', () => {
    const { files, table } = rig.vfs.process;
    const filler = files.create(OfdKind.SERVICE, 1, 0);
    while (table.install(filler) >= 0) files.retain(filler);
    net.call();
    expect([accept(), net.listener.pending()]).toEqual([-Errno.EMFILE, 1]);
    rig.calls.fd_close(FD_MAX - 1);
    expect([accept(), net.listener.pending()]).toEqual([FD_MAX - 1, 0]);
  });

  it('a thousand callers and nobody who accepts: those beyond the backlog are refused', () => {
    const answers = Array.from({ length: 1000 }, () => net.call());
    expect(answers.filter((caller) => caller !== null)).toHaveLength(BACKLOG);
    rig.calls.fd_close(net.fd);
    for (const caller of answers) caller?.connection.release();
    expect(answers[0]!.connection).toBeDefined();
  });
});

describe('sock_recv', () => {
  it('PEEK leaves what it copies, over several vectors', () => {
    const { caller, fd } = connected();
    caller.send('abcdef');
    expect([recv(fd, PEEK, 2, 0, 3), recv(fd, PEEK, 100), recv(fd, 0, 4), recv(fd)]).toEqual(['abcde', 'abcdef', 'abcd', 'ef']);
  });

  it('WAITALL takes all that the vectors ask for, or what comes before the end', () => {
    const { caller, fd } = connected();
    caller.send('abcdef');
    expect(recv(fd, WAITALL, 2, 2)).toBe('abcd');
    caller.connection.shut(Shut.WRITE);
    expect([recv(fd, WAITALL, 50), recv(fd, WAITALL, 50), recv(fd, PEEK, 50), recv(fd)]).toEqual(['ef', '', '', '']);
  });

  it('with NONBLOCK, WAITALL and PEEK take what is there', () => {
    const { caller, fd } = connected(NONBLOCK);
    expect([recv(fd, WAITALL, 9), recv(fd, PEEK, 9), recv(fd, PEEK | WAITALL, 9)]).toEqual(Array(3).fill(-Errno.EAGAIN));
    caller.send('abc');
    expect([recv(fd, PEEK | WAITALL, 9), recv(fd, WAITALL, 9), recv(fd, WAITALL, 9)]).toEqual(['abc', 'abc', -Errno.EAGAIN]);
  });

  it('a connection that was never accepted is ECONNRESET, after what is under way', () => {
    const caller = net.call()!;
    const { files, table } = rig.vfs.process;
    const fd = table.install(files.create(OfdKind.SOCKET, caller.connection.end, OfdFlag.READ | OfdFlag.WRITE));
    rig.calls.fd_close(net.fd);
    expect([recv(fd), rig.read(fd), recv(fd, PEEK), recv(fd, WAITALL), send(fd, 'x')])
      .toEqual([...Array(4).fill(-Errno.ECONNRESET), -Errno.EPIPE]);
    expect(poll(fd, 1)).toEqual([0, 0, 1]);
  });

  it('refuses bad flags, bad vectors and what is not connected, and takes nothing then', () => {
    const { caller, fd } = connected();
    caller.send('abc');
    expect([recv(fd, 4), recv(fd, -1), recv(net.fd), recv(0), recv(99)])
      .toEqual([-Errno.EINVAL, -Errno.EINVAL, -Errno.ENOTCONN, -Errno.ENOTSOCK, -Errno.EBADF]);
    const call = (iovs: number, size: number, flags: number, how: number): number => rig.calls.sock_recv(fd, iovs, 1, how, size, flags);
    vectors(10);
    for (const how of [0, PEEK, WAITALL]) {
      expect([call(-8, at.OUT, FLAGS, how), call(at.IOVS, -2, FLAGS, how), call(at.IOVS, at.OUT, -1, how)]).toEqual(Array(3).fill(Errno.EFAULT));
    }
    rig.view.setUint32(at.IOVS, 0xfffffff0, true);
    for (const how of [0, PEEK, WAITALL]) expect(call(at.IOVS, at.OUT, FLAGS, how)).toBe(Errno.EFAULT);
    expect(recv(fd)).toBe('abc');
  });
});

describe('sock_send', () => {
  it('with NONBLOCK sends what there is room for, then EAGAIN, until the other side has read', () => {
    const { caller, fd } = connected(NONBLOCK);
    const much = 'x'.repeat(100_000);
    expect([send(fd, much), send(fd, much), poll(fd, 2)]).toEqual([SOCKET_RING, -Errno.EAGAIN, null]);
    caller.receive(10);
    expect(poll(fd, 2)).toEqual([0, 10, 0]);
    expect(send(fd, 'y'.repeat(100))).toBe(10);
  });

  it('refuses flags, and what is not connected', () => {
    const { fd } = connected();
    expect([send(fd, 'x', 1), send(net.fd, 'x'), send(1, 'x'), send(99, 'x')])
      .toEqual([-Errno.EINVAL, -Errno.ENOTCONN, -Errno.ENOTSOCK, -Errno.EBADF]);
    expect([rig.write(net.fd, 'x'), rig.read(net.fd)]).toEqual([-Errno.ENOTCONN, -Errno.ENOTCONN]);
    expect(rig.calls.sock_send(fd, -8, 1, 0, at.OUT)).toBe(Errno.EFAULT);
  });

  it('is EPIPE once the other side is gone', () => {
    const { caller, fd } = connected();
    caller.send('kept');
    caller.connection.release();
    expect([send(fd, 'x'), rig.write(fd, 'x'), recv(fd), recv(fd)]).toEqual([-Errno.EPIPE, -Errno.EPIPE, 'kept', '']);
  });
});

describe('sock_shutdown', () => {
  it('of writing: the other side meets the end, ours EPIPE, and what it sends still comes', () => {
    const { caller, fd } = connected();
    send(fd, 'last');
    expect([rig.calls.sock_shutdown(fd, WRITE), rig.calls.sock_shutdown(fd, WRITE)]).toEqual([0, 0]);
    expect([caller.receive(), caller.receive(), send(fd, 'x'), poll(fd, 2)?.[2]]).toEqual(['last', null, -Errno.EPIPE, 1]);
    caller.send('answer');
    expect(recv(fd)).toBe('answer');
  });

  it('of reading: what is there is read, then the end; the other side meets EPIPE', () => {
    const { caller, fd } = connected();
    caller.send('there');
    expect(rig.calls.sock_shutdown(fd, READ)).toBe(0);
    expect([caller.send('x'), recv(fd), recv(fd), rig.read(fd)]).toEqual([-Errno.EPIPE, 'there', '', '']);
    expect([send(fd, 'out'), caller.receive()]).toEqual([3, 'out']);
  });

  it('refuses bad directions, and what is not connected', () => {
    const { fd } = connected();
    expect([0, 4, 7, -1].map((how) => rig.calls.sock_shutdown(fd, how))).toEqual(Array(4).fill(Errno.EINVAL));
    expect([net.fd, 0, 99].map((each) => rig.calls.sock_shutdown(each, 3))).toEqual([Errno.ENOTCONN, Errno.ENOTSOCK, Errno.EBADF]);
  });
});

describe('sockets among the descriptors', () => {
  it('fd_fdstat_get and fd_filestat_get: stream sockets, with the rights of theirs', () => {
    const { fd } = connected();
    const facts = [net.fd, fd].map((each) => {
      rig.calls.fd_fdstat_get(each, at.OUT);
      return [rig.u8[at.OUT], ['ACCEPT', 'SHUTDOWN', 'READ', 'WRITE', 'SEEK', 'POLL'].filter((_, index) => rig.view.getBigUint64(at.OUT + 8, true) >> [29n, 28n, 1n, 6n, 2n, 27n][index]! & 1n)];
    });
    expect(facts).toEqual([[6, ['ACCEPT', 'POLL']], [6, ['SHUTDOWN', 'READ', 'WRITE', 'POLL']]]);
    expect(rig.calls.fd_filestat_get(fd, at.OUT)).toBe(0);
    expect([rig.u8[at.OUT + 16], rig.view.getBigUint64(at.OUT + 32, true)]).toEqual([6, 0n]);
  });

  it('have no offset and no size', () => {
    const { fd } = connected();
    for (const each of [fd, net.fd]) {
      expect([rig.calls.fd_seek(each, 0n, 0, at.OUT), rig.calls.fd_tell(each, at.OUT), rig.calls.fd_pread(each, at.IOVS, vectors(1), 0n, at.OUT)]).toEqual(Array(3).fill(Errno.ESPIPE));
    }
    expect(rig.calls.fd_filestat_set_size(fd, 0n)).toBe(Errno.EINVAL);
  });

  it('fd_prestat_get does not end a library’s search for preopens at a listening socket', () => {
    const fd = rig.preopen(rig.root, '.');
    expect(fd).toBe(net.fd + 1);
    expect([rig.calls.fd_prestat_get(net.fd, at.OUT), rig.out32(), rig.out32(at.OUT + 4)]).toEqual([0, 1, 0]);
    expect(rig.calls.fd_prestat_dir_name(net.fd, at.DATA, 0)).toBe(0);
    expect([rig.calls.fd_prestat_get(fd, at.OUT), rig.out32(), rig.out32(at.OUT + 4)]).toEqual([0, 0, 1]);
    expect(rig.calls.fd_prestat_get(connected().fd, at.OUT)).toBe(Errno.EBADF);
  });

  it('poll_oneoff: a listener is readable when somebody calls, a connection when there are bytes or the end', () => {
    expect(poll(net.fd, 1)).toBeNull();
    const caller = net.call()!;
    expect([poll(net.fd, 1), poll(net.fd, 2)?.[0]]).toEqual([[0, 1, 0], Errno.EBADF]);
    const fd = accept();
    expect([poll(net.fd, 1), poll(fd, 1), poll(fd, 2)]).toEqual([null, null, [0, SOCKET_RING, 0]]);
    caller.send('abc');
    expect(poll(fd, 1)).toEqual([0, 3, 0]);
    recv(fd);
    caller.connection.release();
    expect([poll(fd, 1), poll(fd, 2)]).toEqual([[0, 0, 1], [0, SOCKET_RING, 1]]);
  });

  it('a closed descriptor, also a renumbered one, leaves the caller the end', () => {
    const [one, two] = [connected(), connected()];
    expect(rig.calls.fd_close(one.fd)).toBe(0);
    expect([one.caller.receive(), one.caller.send('x')]).toEqual([null, -Errno.EPIPE]);
    const other = connected();
    expect(rig.calls.fd_renumber(two.fd, other.fd)).toBe(0);
    expect(other.caller.receive()).toBeNull();
    two.caller.send('moved');
    expect(recv(other.fd)).toBe('moved');
  });
});

describe('sockets', () => {
  const SEED = 20261125;
  it(`whatever a guest passes: an errno, no exception, no leak (seed ${SEED})`, () => {
    const random = new Random(SEED);
    const live = (): number => {
      let count = 0;
      rig.arena.forEachAllocation(() => count++);
      return count;
    };
    const before = live();
    rig.calls.fd_fdstat_set_flags(net.fd, NONBLOCK);
    const callers: Caller[] = [];
    const number = (): number => random.pick([0, 1, 2, 3, 4, 8, net.fd, net.fd + 1, net.fd + 2, at.OUT, at.IOVS, at.DATA, 0x7fffffff, -1, -4, random.below(2 ** 32) | 0]);
    const calls = ['sock_accept', 'sock_recv', 'sock_send', 'sock_shutdown'] as const;
    for (let turn = 0; turn < 20_000; turn++) {
      if (random.chance(0.05)) {
        const caller = net.call();
        if (caller) callers.push(caller);
      }
      const caller = callers.length > 0 ? random.pick(callers) : undefined;
      if (random.chance(0.3)) caller?.send(random.bytes(random.below(200)));
      if (random.chance(0.2)) caller?.receive();
      if (random.chance(0.02)) caller?.connection.shut(1 + random.below(3));
      if (random.chance(0.03)) rig.calls.fd_close(net.fd + 1 + random.below(8));
      if (random.chance(0.5)) vectors(...Array.from({ length: 4 }, () => random.below(300)));
      const name = random.pick(calls);
      // Nobody is there to end a wait.
      const args = name === 'sock_accept' ? [number(), NONBLOCK, number()] : Array.from({ length: 6 }, number);
      const result = (rig.calls[name] as (...args: number[]) => number)(...args);
      expect([name, args, Number.isInteger(result) && result >= 0 && result <= 76]).toEqual([name, args, true]);
    }
    for (let fd = net.fd + 1; fd < FD_MAX; fd++) rig.calls.fd_close(fd);
    while (accept(NONBLOCK) >= 0) rig.calls.fd_close(rig.out32());
    for (const caller of callers) caller.connection.release();
    rig.arena.sync();
    const spares = live() - before;
    expect(spares).toBeGreaterThanOrEqual(0);
    expect(spares).toBeLessThanOrEqual(4);
  });
});
