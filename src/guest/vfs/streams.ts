import { OfdFlag, OfdKind, Ring, Tty, type MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { Process } from './process.ts';

/** Writes up to this size are not mixed with those of others. */
const PIPE_BUF = 4096;

/** Pipes and terminals: bytes through rings, waiting on the process's doorbell. */
export class Streams {
  readonly #process: Process;
  /** By the address of ring or terminal. A ring lives while we have it open, so an entry is true until a close. */
  readonly #inputs = new Map<number, Ring>();
  readonly #outputs = new Map<number, Ring>();
  readonly #terminals = new Map<number, Tty>();

  constructor(process: Process) {
    this.#process = process;
  }

  /** After a stream was closed: its address may come to mean another. */
  forget(): void {
    this.#inputs.clear();
    this.#outputs.clear();
    this.#terminals.clear();
  }

  terminal(address: number): Tty {
    let tty = this.#terminals.get(address);
    if (!tty) this.#terminals.set(address, (tty = new Tty(this.#process.arena, address)));
    return tty;
  }

  input(ofd: number): Ring {
    const { files, arena } = this.#process;
    const object = files.object(ofd);
    let ring = this.#inputs.get(object);
    if (!ring) {
      ring = files.kind(ofd) === OfdKind.TTY ? this.terminal(object).input : new Ring(arena, object);
      this.#inputs.set(object, ring);
    }
    return ring;
  }

  output(ofd: number): Ring {
    const { files, arena } = this.#process;
    const object = files.object(ofd);
    let ring = this.#outputs.get(object);
    if (!ring) {
      ring = files.kind(ofd) === OfdKind.TTY ? this.terminal(object).output : new Ring(arena, object);
      this.#outputs.set(object, ring);
    }
    return ring;
  }

  /** Bytes read; 0 at the end; -EAGAIN when there are none and the caller or the descriptor does not wait. */
  read(ofd: number, window: MemoryWindow, pointer: number, length: number, mayWait: boolean): number {
    const ring = this.input(ofd);
    const taken = this.#take(ofd, ring, window, pointer, length);
    if (taken !== 0) return Math.max(taken, 0);
    if (!mayWait || this.#process.files.flags(ofd) & OfdFlag.NONBLOCK) return -Errno.EAGAIN;
    return Math.max(this.#waiting(ring, () => this.#take(ofd, ring, window, pointer, length)), 0);
  }

  /** -1 at the end, 0 when there is nothing yet. */
  #take(ofd: number, ring: Ring, window: MemoryWindow, pointer: number, length: number): number {
    const { handle, files } = this.#process;
    if (!this.#isOurTurn(ofd)) return 0;
    handle.enter();
    const taken = ring.tryRead(window, pointer, length);
    const ended = taken === 0 && files.kind(ofd) === OfdKind.TTY && this.terminal(files.object(ofd)).takeEnd();
    handle.leave();
    return ended ? -1 : taken;
  }

  /** What is typed on a terminal belongs to the process in its foreground; a terminal that hung up tells everyone so. */
  #isOurTurn(ofd: number): boolean {
    const { handle, files } = this.#process;
    if (files.kind(ofd) !== OfdKind.TTY) return true;
    const tty = this.terminal(files.object(ofd));
    return tty.mayRead(handle.pid) || tty.input.writers === 0;
  }

  /** Writes all of it, waiting for room, unless the descriptor does not wait: then as much as fits, or -EAGAIN. */
  write(ofd: number, window: MemoryWindow, pointer: number, length: number): number {
    const ring = this.output(ofd);
    const atomic = length <= PIPE_BUF ? length : 1;
    let written = this.#put(ring, window, pointer, length, atomic);
    if (written === length) return written;
    if (written < 0) return written;
    if (this.#process.files.flags(ofd) & OfdFlag.NONBLOCK) return written === 0 ? -Errno.EAGAIN : written;
    while (written < length) {
      const from = written;
      const more = this.#waiting(ring, () => this.#put(ring, window, pointer + from, length - from, atomic));
      if (more < 0) return written > 0 ? written : more;
      written += more;
    }
    return written;
  }

  #put(ring: Ring, window: MemoryWindow, pointer: number, length: number, atomic: number): number {
    const { handle } = this.#process;
    handle.enter();
    const written = ring.tryWrite(window, pointer, length, atomic);
    handle.leave();
    return written;
  }

  /** Repeats `attempt` until it gives something else than 0, asleep in between. */
  #waiting(ring: Ring, attempt: () => number): number {
    const { handle } = this.#process;
    this.watch(ring);
    try {
      for (;;) {
        const seen = handle.bell();
        const result = attempt();
        if (result !== 0) return result;
        this.#process.sleep(seen, Infinity);
      }
    } finally {
      this.unwatch(ring);
    }
  }

  /** From now on the ring's changes move our doorbell. */
  watch(ring: Ring): void {
    const { handle } = this.#process;
    handle.enter();
    ring.addWaiter(handle.slot);
    handle.leave();
  }

  unwatch(ring: Ring): void {
    const { handle } = this.#process;
    handle.enter();
    ring.removeWaiter(handle.slot);
    handle.leave();
  }
}
