import { parentPort, workerData } from 'node:worker_threads';
import { Arena, MemoryWindow, ProcessHandle } from '../shared/arena/index.ts';
import { Random } from '../shared/testing/random.ts';
import { Tree } from '../shared/tree/index.ts';
import { Vfs } from '../guest/vfs/index.ts';
import { preview1, ProcessClock, StringBlock, workerTime } from '../guest/wasi/index.ts';

/** One process of `socket-race.test.ts`, in a thread of its own: a receiver listens on descriptor 3, a sender is told of its descriptors. */
export interface PeerData {
  memory: WebAssembly.Memory;
  pcb: number;
  seed: number;
  role: 'sender' | 'receiver';
  connections: number;
}

const { memory, pcb, seed, role, connections } = workerData as PeerData;
const arena = Arena.attach(memory);
const handle = new ProcessHandle(arena, pcb);
arena.owner = handle.pid;
const own = new WebAssembly.Memory({ initial: 8 });
const vfs = new Vfs({
  arena, handle, tree: new Tree(arena, handle),
  kernel: () => {
    throw new Error('nothing here needs the kernel');
  },
});
const calls = preview1({
  memory: new MemoryWindow(arena, own), vfs, clock: new ProcessClock(workerTime()), args: new StringBlock([]), env: new StringBlock([]),
  grants: { clocks: true, entropy: true }, random: (bytes) => bytes,
});
const view = new DataView(own.buffer);
const bytes = new Uint8Array(own.buffer);
const [IOVS, OUT, DATA] = [0x100, 0x200, 0x10000];
const random = new Random(seed);

/** The byte at a place of a connection's stream. */
const byteAt = (connection: number, place: number): number => (connection * 31 + place * 7 + (place >>> 8)) & 0xff;

/** Of each connection, the same for both sides. */
const sizes = (() => {
  const shared = new Random(4711);
  return Array.from({ length: connections }, () => shared.pick([0, 1, 5000, 65536, 200_000]) + shared.below(300));
})();

function vector(length: number): void {
  view.setUint32(IOVS, DATA, true);
  view.setUint32(IOVS + 4, length, true);
}

function check(errno: number, what: string): void {
  if (errno !== 0) throw new Error(`${role} ${what}: errno ${errno}`);
}

function send(connection: number, fd: number): void {
  for (let sent = 0; sent < sizes[connection]!;) {
    const length = Math.min(sizes[connection]! - sent, 1 + random.below(random.pick([10, 4096, 100_000])));
    for (let at = 0; at < length; at++) bytes[DATA + at] = byteAt(connection, sent + at);
    vector(length);
    check(calls.sock_send(fd, IOVS, 1, 0, OUT), 'sock_send');
    sent += view.getUint32(OUT, true);
  }
  if (random.chance(0.5)) check(calls.sock_shutdown(fd, 2), 'sock_shutdown');
  check(calls.fd_close(fd), 'fd_close');
}

function receive(connection: number, fd: number): void {
  let received = 0;
  for (;;) {
    const flags = random.pick([0, 0, 1, 2]);
    const length = 1 + random.below(random.pick([10, 4096, 100_000]));
    vector(length);
    check(calls.sock_recv(fd, IOVS, 1, flags, OUT, OUT + 8), 'sock_recv');
    const count = view.getUint32(OUT, true);
    for (let at = 0; at < count; at++) {
      if (bytes[DATA + at] !== byteAt(connection, received + at)) throw new Error(`connection ${connection} differs at ${received + at}`);
    }
    if (flags === 2 && count < length && received + count < sizes[connection]!) throw new Error(`WAITALL gave ${count} of ${length}`);
    if (count === 0) break;
    if (flags !== 1) received += count;
  }
  if (received !== sizes[connection]) throw new Error(`connection ${connection}: ${received} of ${sizes[connection]} bytes`);
  check(calls.fd_close(fd), 'fd_close');
}

/** Waits until there is one. */
function accept(): number {
  check(calls.sock_accept(3, 0, OUT), 'sock_accept');
  return view.getUint32(OUT, true);
}

parentPort!.on('message', (fds: number[]) => {
  for (let connection = 0; connection < connections; connection++) {
    if (role === 'sender') send(connection, fds[connection]!);
    else receive(connection, accept());
  }
  parentPort!.postMessage('done');
});
