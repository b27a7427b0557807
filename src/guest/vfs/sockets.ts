import { Connection, Listener, OfdFlag, OfdKind, Shut, type MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { Process } from './process.ts';
import type { Streams } from './streams.ts';

const ACCESS = OfdFlag.READ | OfdFlag.WRITE;

/** What only sockets do. Results are >= 0, or a negated errno. Bytes go as those of other streams (`Streams`). */
export class Sockets {
  readonly #process: Process;
  readonly #streams: Streams;

  constructor(process: Process, streams: Streams) {
    this.#process = process;
    this.#streams = streams;
  }

  /** The description of a connection: -EBADF, -ENOTSOCK, or -ENOTCONN for a listening socket. */
  connected(fd: number): number {
    const ofd = this.#socket(fd);
    return ofd > 0 && this.#process.files.kind(ofd) === OfdKind.LISTENER ? -Errno.ENOTCONN : ofd;
  }

  #socket(fd: number): number {
    const { table, files, handle } = this.#process;
    handle.countSyscall();
    const ofd = table.get(fd >>> 0);
    if (ofd === 0) return -Errno.EBADF;
    const kind = files.kind(ofd);
    if (files.isRevoked(ofd)) return -Errno.ENOTCAPABLE;
    return kind === OfdKind.SOCKET || kind === OfdKind.LISTENER ? ofd : -Errno.ENOTSOCK;
  }

  /** A descriptor for the oldest connection that waits, with `flags` (`OfdFlag.NONBLOCK` or 0). */
  accept(fd: number, flags: number): number {
    const ofd = this.#socket(fd);
    if (ofd < 0) return ofd;
    const { files, arena } = this.#process;
    if (files.kind(ofd) === OfdKind.SOCKET) return -Errno.EINVAL;
    const listener = new Listener(arena, files.object(ofd));
    const first = this.#take(ofd, listener, flags);
    if (first !== -Errno.EAGAIN || files.flags(ofd) & OfdFlag.NONBLOCK) return first;
    const later = this.#streams.waiting(listener, () => {
      const taken = this.#streams.still(ofd) || this.#take(ofd, listener, flags);
      // Descriptor 0 is one too; nothing yet is 0 here.
      return taken === -Errno.EAGAIN ? 0 : taken < 0 ? taken : taken + 1;
    });
    return later < 0 ? later : later - 1;
  }

  #take(from: number, listener: Listener, flags: number): number {
    const { handle, files, table } = this.#process;
    handle.enter();
    const fd = listener.accept((end) => {
      const ofd = files.create(OfdKind.SOCKET, end, ACCESS | flags, 0, from);
      if (ofd === 0) return -Errno.ENOMEM;
      const installed = table.install(ofd);
      // Without its end, which stays in the queue.
      if (installed < 0) files.forget(ofd);
      return installed;
    });
    handle.leave();
    return fd;
  }

  /** `what`: bits of `Shut`. */
  shutdown(fd: number, what: number): number {
    const ofd = this.connected(fd);
    if (ofd < 0) return ofd;
    const { handle, files, arena } = this.#process;
    handle.enter();
    new Connection(arena, files.object(ofd)).shut(what & Shut.BOTH);
    handle.leave();
    return 0;
  }

  /** Copies bytes from `skip` on and leaves them; the count. 0: there are no more for now. */
  peek(ofd: number, window: MemoryWindow, pointer: number, length: number, skip: number): number {
    const ring = this.#streams.input(ofd);
    const { handle } = this.#process;
    handle.enter();
    const count = ring.peek(window, pointer, length, skip);
    handle.leave();
    return count;
  }

  /**
   * Waits until `wanted` bytes (of at most a ring's capacity) can be read, or the end has come; the bytes that can be read.
   * -EAGAIN when there are none and the descriptor does not wait.
   */
  awaitBytes(ofd: number, wanted: number): number {
    const ring = this.#streams.input(ofd);
    const enough = Math.min(wanted, ring.capacity);
    const look = (): number => {
      // The end is looked for first: what came before it is not missed.
      const ended = this.#streams.ended(ofd);
      const there = ring.readable();
      return there >= enough || ended !== 0 ? there + 1 : 0;
    };
    const now = look();
    if (now > 0) return this.#counted(ofd, now - 1);
    if (this.#process.files.flags(ofd) & OfdFlag.NONBLOCK) return ring.readable() || -Errno.EAGAIN;
    return this.#awaited(ofd, this.#streams.waiting(ring, () => this.#streams.still(ofd) || look()));
  }

  #awaited(ofd: number, result: number): number {
    return result < 0 ? result : this.#counted(ofd, result - 1);
  }

  #counted(ofd: number, there: number): number {
    const ended = there === 0 ? this.#streams.ended(ofd) : 0;
    return ended === -Errno.ECONNRESET ? ended : there;
  }
}
