import { SYSCALL_DATA_MAX, type HostValues } from '../../shared/abi/index.ts';
import type { MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { Process } from '../vfs/index.ts';

/** A value that changes so often while it is read in parts is given up. */
const READS_MAX = 8;
const HEAD = 8;
const decoder = new TextDecoder();

export interface Place {
  namespace: string;
  key: string;
}

/** Values and entries of the kernel's pairs, into a guest's memory of which the caller has checked the bounds. Results are errnos. */
export class PairReader {
  readonly #process: Process;

  constructor(process: Process) {
    this.#process = process;
  }

  /** The whole value; a longer one in parts, from the start again where it changed meanwhile. */
  get(where: Place, memory: MemoryWindow, buf: number, length: number, sizeOut: number): number {
    for (let tries = 0; tries < READS_MAX; tries++) {
      const size = this.#parts(where, memory, buf, length);
      if (size === -Errno.EAGAIN) continue;
      if (size < 0) return -size;
      memory.view.setUint32(sizeOut, size, true);
      return size > length ? Errno.ERANGE : 0;
    }
    return Errno.EAGAIN;
  }

  /** The size of the value, which is in the buffer if it fits; -EAGAIN: its size changed while it was read. */
  #parts(where: Place, memory: MemoryWindow, buf: number, length: number): number {
    for (let from = 0, whole = -1; ;) {
      const { errno, value, data } = this.#process.kernel({ op: 'kv-get', ...where, from });
      if (errno !== 0) return -errno;
      const size = value as HostValues['kv-get'];
      if (whole >= 0 && size !== whole) return -Errno.EAGAIN;
      whole = size;
      if (size > length) return size;
      const part = data.subarray(0, size - from);
      memory.u8.set(part, buf + from);
      from += part.length;
      if (from >= size) return size;
      if (part.length === 0) return -Errno.EIO;
    }
  }

  scan(where: Place, after: string, memory: MemoryWindow, buf: number, length: number, usedOut: number): number {
    const { namespace, key: prefix } = where;
    const { errno, value, data } = this.#process.kernel({ op: 'kv-scan', namespace, prefix, after, length: Math.min(length, SYSCALL_DATA_MAX) });
    if (errno !== 0) return errno;
    const needed = value as HostValues['kv-scan'];
    if (needed > 0) {
      memory.view.setUint32(usedOut, needed, true);
      return needed > length ? Errno.ERANGE : this.#long(namespace, data, memory, buf, length, usedOut);
    }
    const used = data.subarray(0, length);
    memory.u8.set(used, buf);
    memory.view.setUint32(usedOut, used.length, true);
    return 0;
  }

  /** An entry that is too long for one answer, of which we were told the head: its value is got by itself. */
  #long(namespace: string, head: Uint8Array, memory: MemoryWindow, buf: number, length: number, usedOut: number): number {
    if (head.length <= HEAD || head.length > length) return Errno.EIO;
    const failed = this.get({ namespace, key: decoder.decode(head.subarray(HEAD)) }, memory, buf + head.length, length - head.length, usedOut);
    if (failed !== 0 && failed !== Errno.ERANGE) return failed;
    const size = memory.view.getUint32(usedOut, true);
    memory.view.setUint32(usedOut, size + head.length, true);
    if (failed !== 0) return failed;
    memory.u8.set(head, buf);
    memory.view.setUint32(buf + 4, size, true);
    return 0;
  }
}
