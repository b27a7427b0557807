import { Connection, OfdFlag, OfdKind, Ring, Tty, type MemoryWindow, type Waitable } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { Process } from './process.ts';

/** Writes up to this size are not mixed with those of others. */
export const PIPE_BUF = 4096;

/** Pipes, terminals and connections: bytes through rings, waiting on the process's doorbell. */
export class Streams {
  readonly #process: Process;
  /** By the address of ring or terminal. A ring lives while we have it open, so an entry is true until a close. */
  readonly #inputs = new Map<number, Ring>();
  readonly #outputs = new Map<number, Ring>();
  readonly #terminals = new Map<number, Tty>();
  readonly #connections = new Map<number, Connection>();

  constructor(process: Process) {
    this.#process = process;
  }

  /** After a stream was closed: its address may come to mean another. */
  forget(): void {
    // To clear a map costs something even where it is empty.
    if (this.#inputs.size > 0) this.#inputs.clear();
    if (this.#outputs.size > 0) this.#outputs.clear();
    if (this.#terminals.size > 0) this.#terminals.clear();
    if (this.#connections.size > 0) this.#connections.clear();
  }

  terminal(address: number): Tty {
    let tty = this.#terminals.get(address);
    if (!tty) this.#terminals.set(address, (tty = new Tty(this.#process.arena, address)));
    return tty;
  }

  connection(end: number): Connection {
    let connection = this.#connections.get(end);
    if (!connection) this.#connections.set(end, (connection = new Connection(this.#process.arena, end)));
    return connection;
  }

  /** Of a connection: 0, or why no bytes come after those that are there: -1 for its end, -ECONNRESET. */
  ended(ofd: number): number {
    const connection = this.connection(this.#process.files.object(ofd));
    if (connection.wasReset) return -Errno.ECONNRESET;
    return connection.readShut || connection.input.writers === 0 ? -1 : 0;
  }

  /** Of a connection: whether we have shut this direction, or it never was; for reading, with `bytes` left to read. */
  isShut(ofd: number, write: boolean, bytes: number): boolean {
    const connection = this.connection(this.#process.files.object(ofd));
    return write ? connection.writeShut : bytes === 0 && (connection.readShut || connection.wasReset);
  }

  input(ofd: number): Ring {
    const { files, arena } = this.#process;
    const object = files.object(ofd);
    let ring = this.#inputs.get(object);
    if (!ring) {
      const kind = files.kind(ofd);
      ring = kind === OfdKind.TTY ? this.terminal(object).input
        : kind === OfdKind.SOCKET ? this.connection(object).input : new Ring(arena, object);
      this.#inputs.set(object, ring);
    }
    return ring;
  }

  output(ofd: number): Ring {
    const { files, arena } = this.#process;
    const object = files.object(ofd);
    let ring = this.#outputs.get(object);
    if (!ring) {
      const kind = files.kind(ofd);
      ring = kind === OfdKind.TTY ? this.terminal(object).output
        : kind === OfdKind.SOCKET ? this.connection(object).output : new Ring(arena, object);
      this.#outputs.set(object, ring);
    }
    return ring;
  }

  /** Bytes read; 0 at the end; -EAGAIN when there are none and the caller or the descriptor does not wait; -EINTR. */
  read(ofd: number, window: MemoryWindow, pointer: number, length: number, mayWait: boolean): number {
    const ring = this.input(ofd);
    // Most reads find something, at once.
    const taken = this.#isOurTurn(ofd) ? this.#take(ofd, ring, window, pointer, length) : 0;
    if (taken !== 0) return atEnd(taken);
    if (!mayWait || this.#process.files.flags(ofd) & OfdFlag.NONBLOCK) return -Errno.EAGAIN;
    return atEnd(this.waiting(ring, () => this.still(ofd) || this.#take(ofd, ring, window, pointer, length), ofd));
  }

  /** -1 at the end, 0 when there is nothing yet, or a failure (-ECONNRESET). */
  #take(ofd: number, ring: Ring, window: MemoryWindow, pointer: number, length: number): number {
    const { handle, files } = this.#process;
    handle.enter();
    const taken = ring.tryRead(window, pointer, length);
    const kind = files.kind(ofd);
    const ended = taken === 0 && kind === OfdKind.TTY && this.terminal(files.object(ofd)).takeEnd();
    handle.leave();
    if (kind === OfdKind.SOCKET && taken <= 0) return this.#nothing(ofd, taken);
    return ended ? -1 : taken;
  }

  /**
   * What a connection's read that took nothing means: -1 is the end that the ring saw (what came just before the end is not
   * missed), 0 that only our own side can have ended it.
   */
  #nothing(ofd: number, taken: number): number {
    const connection = this.connection(this.#process.files.object(ofd));
    if (taken === 0) return connection.readShut ? -1 : 0;
    return connection.wasReset ? -Errno.ECONNRESET : -1;
  }

  /** What is typed on a terminal belongs to the process group in its foreground; a terminal that hung up tells everyone so. */
  #isOurTurn(ofd: number): boolean {
    const { handle, files } = this.#process;
    if (files.kind(ofd) !== OfdKind.TTY) return true;
    const tty = this.terminal(files.object(ofd));
    return tty.mayRead(handle.group) || tty.input.writers === 0;
  }

  /**
   * Who reads in the background asks the kernel, which stops the job until it is in the foreground. 0: it is our turn;
   * -EAGAIN: who leads the session waits for it; other errnos: nothing can be read.
   */
  #awaitTurn(ofd: number): number {
    while (!this.#isOurTurn(ofd)) {
      const { errno } = this.#process.kernel({ op: 'kill', pid: 0, signal: 'TTIN' });
      if (errno !== 0) return -errno;
      if (this.#process.handle.pendingSignal !== 0) return -Errno.EINTR;
    }
    return 0;
  }

  /**
   * Writes all of it, waiting for room, unless the descriptor does not wait: then as much as fits, or -EAGAIN. What goes
   * beyond the process's limit is not written, and the kernel ends the process.
   */
  write(ofd: number, window: MemoryWindow, pointer: number, length: number): number {
    const { handle } = this.#process;
    const room = handle.outputRoom();
    if (length > room) {
      if (room > 0) handle.countOutput(Math.max(0, this.#write(ofd, window, pointer, room)));
      this.#process.kernel({ op: 'exceeded', limit: 'output' });
      return -Errno.EPIPE;
    }
    const written = this.#write(ofd, window, pointer, length);
    if (written > 0) handle.countOutput(written);
    return written;
  }

  #write(ofd: number, window: MemoryWindow, pointer: number, length: number): number {
    const ring = this.output(ofd);
    const { files } = this.#process;
    const socket = files.kind(ofd) === OfdKind.SOCKET ? this.connection(files.object(ofd)) : null;
    // A stream socket has no such promise, and one that does not wait must take what it says it has room for.
    const atomic = length <= PIPE_BUF && !socket ? length : 1;
    let written = this.#put(ring, window, pointer, length, atomic, socket);
    if (written === length) return written;
    if (written < 0) return written;
    if (this.#process.files.flags(ofd) & OfdFlag.NONBLOCK) return written === 0 ? -Errno.EAGAIN : written;
    while (written < length) {
      const from = written;
      const more = this.waiting(ring, () => this.still(ofd) || this.#put(ring, window, pointer + from, length - from, atomic, socket));
      if (more < 0) return written > 0 ? written : more;
      written += more;
    }
    return written;
  }

  #put(ring: Ring, window: MemoryWindow, pointer: number, length: number, atomic: number, socket: Connection | null): number {
    const { handle } = this.#process;
    if (socket?.writeShut) return -Errno.EPIPE;
    handle.enter();
    const written = ring.tryWrite(window, pointer, length, atomic);
    handle.leave();
    return written;
  }

  /** While a call waits: 0, or -ENOTCAPABLE once the grant of its description was revoked. */
  still(ofd: number): number {
    return this.#process.files.isRevoked(ofd) ? -Errno.ENOTCAPABLE : 0;
  }

  /**
   * Repeats `attempt` until it gives something else than 0, asleep in between changes of `source`; -EINTR when a caught
   * signal has come. `reader`: the description that is read; if it is a terminal's, it must be our turn. `patience`: milliseconds after
   * which it is tried again without a change.
   */
  waiting(source: Waitable, attempt: () => number, reader = 0, patience: () => number = forever): number {
    const { handle } = this.#process;
    this.watch(source);
    try {
      for (;;) {
        const failed = reader === 0 ? 0 : this.#awaitTurn(reader);
        if (failed !== 0 && failed !== -Errno.EAGAIN) return failed;
        // The kernel's answer moved the bell, so it is read after that, and the turn looked at again after it.
        const seen = handle.bell();
        const result = reader === 0 || this.#isOurTurn(reader) ? attempt() : 0;
        if (result !== 0) return result;
        if (handle.pendingSignal !== 0) return -Errno.EINTR;
        this.#process.sleep(seen, patience());
      }
    } finally {
      this.unwatch(source);
    }
  }

  /** From now on its changes move our doorbell. */
  watch(source: Waitable): void {
    const { handle } = this.#process;
    handle.enter();
    source.addWaiter(handle.slot);
    handle.leave();
  }

  unwatch(source: Waitable): void {
    const { handle } = this.#process;
    handle.enter();
    source.removeWaiter(handle.slot);
    handle.leave();
  }
}

const forever = (): number => Infinity;

/** A read's result: the end is 0. */
function atEnd(taken: number): number {
  return taken === -1 ? 0 : taken;
}
