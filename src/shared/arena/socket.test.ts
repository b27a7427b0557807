import { describe, expect, it } from 'vitest';
import { Errno } from '../base/index.ts';
import {
  Arena, BACKLOG, BufferWindow, Connection, FdTable, Listener, OfdFlag, OfdKind, OpenFiles, PCB_BASE, PCB_SIZE, ProcessTable, Shut, SOCKET_RING,
} from './index.ts';

const none = { releaseInode: () => {}, releaseHandle: () => {} };

function setUp() {
  const arena = Arena.create({ pages: 40, maxPages: 400, journalBytes: 1 << 16 });
  const files = new OpenFiles(arena, none);
  const live = (): number => {
    let count = 0;
    arena.forEachAllocation(() => count++);
    return count;
  };
  const before = live();
  const window = new BufferWindow(arena);
  const send = (connection: Connection, text: string): number => {
    const bytes = new TextEncoder().encode(text);
    return connection.output.tryWrite(window.wrap(bytes), 0, bytes.length);
  };
  const receive = (connection: Connection, length = 100): string | number => {
    const bytes = new Uint8Array(length);
    const count = connection.input.tryRead(window.wrap(bytes), 0, length);
    return count > 0 ? new TextDecoder().decode(bytes.subarray(0, count)) : count;
  };
  const pair = (): [Connection, Connection] => {
    const end = Connection.create(arena, 80);
    return [new Connection(arena, end), new Connection(arena, Connection.peerOf(end))];
  };
  /** A listener with one description, and its kernel reference dropped by `free`. */
  const listen = (): { listener: Listener; ofd: number } => {
    const listener = new Listener(arena, Listener.create(arena, 80));
    return { listener, ofd: files.create(OfdKind.LISTENER, listener.address, OfdFlag.READ) };
  };
  return { arena, files, window, send, receive, pair, listen, leaked: () => live() - before };
}

describe('connection', () => {
  it('SK1 carries bytes both ways, each direction for itself', () => {
    const { pair, send, receive } = setUp();
    const [client, server] = pair();
    expect([send(client, 'ping'), send(server, 'answer')]).toEqual([4, 6]);
    expect([receive(server), receive(client), receive(server)]).toEqual(['ping', 'answer', 0]);
    expect([client.port, client.side, server.side]).toEqual([80, 0, 1]);
  });

  it('SK1 is bounded: a direction takes as much as its ring, then nothing until something is read', () => {
    const { pair, send, receive } = setUp();
    const [client, server] = pair();
    expect(send(client, 'x'.repeat(SOCKET_RING + 10))).toBe(SOCKET_RING);
    expect(send(client, 'x')).toBe(0);
    receive(server, 7);
    expect(send(client, 'y'.repeat(10))).toBe(7);
  });

  it('SK2 shutting one direction ends the other side’s reading after what is under way, once', () => {
    const { pair, send, receive } = setUp();
    const [client, server] = pair();
    send(client, 'last');
    client.shut(Shut.WRITE);
    client.shut(Shut.WRITE);
    expect([receive(server), receive(server), client.writeShut, client.readShut]).toEqual(['last', -1, true, false]);
    expect([send(server, 'still'), receive(client)]).toEqual([5, 'still']);
    server.shut(Shut.READ | Shut.WRITE);
    client.shut(Shut.READ);
    expect([client.output.readers, client.output.writers, client.input.readers, client.input.writers]).toEqual([0, 0, 0, 0]);
  });

  it('SK2 who no longer reads leaves the other side EPIPE', () => {
    const { pair, send } = setUp();
    const [client, server] = pair();
    server.shut(Shut.READ);
    expect(send(client, 'x')).toBe(-Errno.EPIPE);
  });

  it('SK3 is freed by the release of its second end, in either order', () => {
    const { pair, receive, leaked } = setUp();
    for (const order of [[0, 1], [1, 0]] as const) {
      const ends = pair();
      ends[order[0]].release();
      expect(receive(ends[order[1]])).toBe(-1);
      ends[order[1]].release();
      expect(leaked()).toBe(0);
    }
  });

  it('SK3 descriptions hold the ends: a dead process leaves its peer the end and EPIPE', () => {
    const { arena, files, pair, send, receive, leaked } = setUp();
    const [client, server] = pair();
    const pcb = new ProcessTable(arena).allocate(9, 1);
    const fds = new FdTable(arena, files, pcb);
    const ofd = files.create(OfdKind.SOCKET, server.end, OfdFlag.READ | OfdFlag.WRITE);
    files.retain(ofd);
    fds.set(0, ofd);
    fds.set(1, ofd);
    send(server, 'bye');
    fds.close(0);
    expect(send(client, 'heard')).toBe(5);
    fds.destroy();
    expect([receive(client), receive(client), send(client, 'x')]).toEqual(['bye', -1, -Errno.EPIPE]);
    client.release();
    expect(leaked()).toBe(0);
  });

  it('SK1 peeking takes nothing and can start further in, also around the ring’s edge', () => {
    const { pair, send, receive, window } = setUp();
    const [client, server] = pair();
    send(client, 'x'.repeat(SOCKET_RING - 3));
    receive(server, SOCKET_RING);
    send(client, 'abcdef');
    const bytes = new Uint8Array(6);
    expect(server.input.peek(window.wrap(bytes), 0, 6, 0)).toBe(6);
    expect(server.input.peek(window.wrap(bytes), 0, 6, 2)).toBe(4);
    expect(server.input.peek(window.wrap(bytes), 0, 6, 9)).toBe(0);
    expect(new TextDecoder().decode(bytes)).toBe('cdefef');
    expect(receive(server)).toBe('abcdef');
  });
});

describe('listener', () => {
  it('SK4 gives connections in the order in which they came, and refuses beyond its backlog', () => {
    const { arena, listen, pair } = setUp();
    const { listener } = listen();
    const clients = Array.from({ length: BACKLOG + 1 }, () => pair());
    const answers = clients.map(([, server]) => listener.offer(server.end));
    expect(answers).toEqual([...Array(BACKLOG).fill(0), -Errno.ECONNREFUSED]);
    expect(listener.pending()).toBe(BACKLOG);
    const taken: number[] = [];
    while (listener.accept((end) => taken.push(end)) >= 0);
    expect(taken).toEqual(clients.slice(0, BACKLOG).map(([, server]) => server.end));
    expect(listener.accept(() => 0)).toBe(-Errno.EAGAIN);
    expect(arena.i32[listener.address >>> 2]).toBe(0);
  });

  it('SK4 what cannot be taken stays the oldest', () => {
    const { listen, pair } = setUp();
    const { listener } = listen();
    const [first, second] = [pair(), pair()];
    listener.offer(first[1].end);
    listener.offer(second[1].end);
    expect(listener.accept(() => -Errno.EMFILE)).toBe(-Errno.EMFILE);
    expect([listener.pending(), listener.accept((end) => end)]).toEqual([2, first[1].end]);
  });

  it('SK5 closing the last description resets what waits and refuses what comes; the record goes with the kernel’s reference', () => {
    const { files, listen, pair, send, receive, leaked } = setUp();
    const { listener, ofd } = listen();
    const [client, server] = pair();
    listener.offer(server.end);
    files.retain(ofd);
    files.release(ofd);
    expect([listener.isOpen, client.wasReset]).toEqual([true, false]);
    files.release(ofd);
    expect([listener.isOpen, client.wasReset, receive(client), send(client, 'x')]).toEqual([false, true, -1, -Errno.EPIPE]);
    const late = pair();
    expect(listener.offer(late[1].end)).toBe(-Errno.ECONNREFUSED);
    for (const end of late) end.release();
    client.release();
    listener.dropReference();
    expect(leaked()).toBe(0);
  });

  it('SK4 rings those who wait for a connection', () => {
    const { arena, listen, pair } = setUp();
    const { listener } = listen();
    const pcb = new ProcessTable(arena).allocate(9, 1);
    listener.addWaiter((pcb - PCB_BASE) / PCB_SIZE);
    const bell = (): number => arena.i32[(pcb >>> 2) + 4]!;
    const seen = bell();
    listener.offer(pair()[1].end);
    expect(bell()).toBe(seen + 1);
    listener.removeWaiter((pcb - PCB_BASE) / PCB_SIZE);
    listener.offer(pair()[1].end);
    expect(bell()).toBe(seen + 1);
  });
});
