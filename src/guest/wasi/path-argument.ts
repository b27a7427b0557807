import { Errno, PATH_MAX } from '../../shared/base/index.ts';
import { checkPath } from '../vfs/index.ts';
import type { GuestContext } from './context.ts';

/** `lookupflags` of preview 1: follow a symbolic link at the path's end. */
export const FOLLOW = 1;

/** Where a checked path lies: in the guest's memory itself, or in a copy when another thread could change it meanwhile. */
export class PathArgument {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  #copy: Uint8Array | null = null;

  /** 0 or an errno. */
  take(context: GuestContext, pointer: number, length: number): number {
    const { memory } = context;
    if (!memory.has(pointer, length)) return Errno.EFAULT;
    this.bytes = memory.u8;
    this.at = pointer;
    if (memory.shared && length <= PATH_MAX) {
      this.#copy ??= new Uint8Array(PATH_MAX);
      this.#copy.set(memory.u8.subarray(pointer, pointer + length));
      this.bytes = this.#copy;
      this.at = 0;
    }
    return checkPath(this.bytes, this.at, length);
  }
}
