import { Errno } from '../../shared/base/index.ts';
import type { GuestContext } from './context.ts';

/** The most that `crypto.getRandomValues` gives at once. */
const PIECE = 65536;

/** `random_get`. Without the grant: ENOTCAPABLE, and nothing is written. Shared memory is refused by the browser's generator, so it gets a copy. */
export function randomCalls(context: GuestContext) {
  return {
    random_get(pointer: number, length: number): number {
      pointer >>>= 0;
      length >>>= 0;
      const { memory } = context;
      if (!memory.has(pointer, length)) return Errno.EFAULT;
      if (!context.grants.entropy) return Errno.ENOTCAPABLE;
      const shared = !(memory.u8.buffer instanceof ArrayBuffer);
      const piece = shared ? new Uint8Array(Math.min(length, PIECE)) : null;
      for (let at = 0; at < length; at += PIECE) {
        const size = Math.min(PIECE, length - at);
        if (piece) memory.u8.set(context.random(piece.subarray(0, size)), pointer + at);
        else context.random(memory.u8.subarray(pointer + at, pointer + at + size) as Uint8Array<ArrayBuffer>);
      }
      return 0;
    },
  };
}
