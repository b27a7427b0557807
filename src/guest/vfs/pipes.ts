import { OfdFlag, OfdKind, Ring } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { Descriptors } from './descriptors.ts';
import type { Process } from './process.ts';

/** Bytes of a pipe: several writes of 64 KiB, so that writer and reader need not take turns. A full one lets its writers wait. */
export const PIPE_BYTES = 256 * 1024;

/** The two ends of a pipe. */
export interface Pipe {
  reader: number;
  writer: number;
}

/** Pipes and copies of descriptors, made where the process runs. Results are >= 0 or a negated errno. */
export class Pipes {
  readonly #process: Process;
  readonly #fds: Descriptors;

  constructor(process: Process, fds: Descriptors) {
    this.#process = process;
    this.#fds = fds;
  }

  /** A new pipe of `capacity` bytes (a power of two), its ends at the lowest free descriptors from `minimum` up. */
  create(minimum: number, capacity = PIPE_BYTES): Pipe | number {
    const { arena, files, handle, table } = this.#process;
    // One gate: a ring without ends would be nobody's.
    handle.enter();
    try {
      const ring = Ring.create(arena, capacity);
      if (ring === 0) return -Errno.ENOMEM;
      const input = files.create(OfdKind.PIPE_READ, ring, OfdFlag.READ);
      const output = input === 0 ? 0 : files.create(OfdKind.PIPE_WRITE, ring, OfdFlag.WRITE);
      if (output === 0) {
        if (input === 0) arena.free(ring);
        else files.release(input);
        return -Errno.ENOMEM;
      }
      const reader = table.install(input, minimum);
      const writer = table.install(output, minimum);
      if (writer >= 0) return { reader, writer };
      if (reader < 0) files.release(input);
      else table.close(reader);
      files.release(output);
      return writer;
    } finally {
      handle.leave();
    }
  }

  /** Another descriptor for the same description, the lowest free one from `minimum` up. */
  duplicate(fd: number, minimum: number): number {
    const { files, handle, table } = this.#process;
    const ofd = table.get(fd >>> 0);
    if (ofd === 0) return -Errno.EBADF;
    handle.enter();
    files.retain(ofd);
    const copy = table.install(ofd, minimum);
    if (copy < 0) files.release(ofd);
    handle.leave();
    return copy;
  }

  /** Makes `to` mean what `fd` means; what was there is closed. */
  duplicateTo(fd: number, to: number): number {
    const { files, handle, table } = this.#process;
    const ofd = table.get(fd >>> 0);
    if (ofd === 0) return -Errno.EBADF;
    if (fd === to) return to;
    // It may call the kernel: one more reference is had only after that, for who ends there would leave it to nobody.
    if (table.get(to) !== 0) this.#fds.close(to);
    handle.enter();
    files.retain(ofd);
    table.set(to, ofd);
    handle.leave();
    return to;
  }
}
