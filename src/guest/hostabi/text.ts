import type { MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text that a guest gave, copied first, since another of its threads may change it; or an errno: EFAULT, E2BIG over `most` bytes, EILSEQ. */
export function textAt(memory: MemoryWindow, pointer: number, length: number, most: number): string | number {
  if (!memory.has(pointer, length)) return Errno.EFAULT;
  if (length > most) return Errno.E2BIG;
  try {
    return decoder.decode(memory.u8.slice(pointer, pointer + length));
  } catch {
    return Errno.EILSEQ;
  }
}

/** Nanoseconds as milliseconds; -1 for a negative number. */
export function milliseconds(nanoseconds: bigint): number {
  return nanoseconds < 0n ? -1 : Number(nanoseconds) / 1e6;
}
