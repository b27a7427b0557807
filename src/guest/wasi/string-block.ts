import type { MemoryWindow } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';

const encoder = new TextEncoder();

/**
 * An argument or environment list as the guest wants it: NUL-terminated UTF-8 strings one after another,
 * encoded once. A string is cut at an embedded NUL, which the format cannot carry.
 */
export class StringBlock {
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly #offsets: Uint32Array;

  constructor(strings: readonly string[]) {
    const encoded = strings.map((text) => encoder.encode(text.split('\0', 1)[0]));
    this.count = encoded.length;
    this.bytes = new Uint8Array(encoded.reduce((size, text) => size + text.length + 1, 0));
    this.#offsets = new Uint32Array(encoded.length);
    let at = 0;
    encoded.forEach((text, index) => {
      this.#offsets[index] = at;
      this.bytes.set(text, at);
      at += text.length + 1;
    });
  }

  /** Writes count and size in bytes as two u32. Returns an errno. */
  writeSizes(memory: MemoryWindow, countPtr: number, sizePtr: number): number {
    if (!memory.has(countPtr, 4) || !memory.has(sizePtr, 4)) return Errno.EFAULT;
    memory.view.setUint32(countPtr, this.count, true);
    memory.view.setUint32(sizePtr, this.bytes.length, true);
    return 0;
  }

  /** Writes the pointers to `pointersPtr` and the strings to `stringsPtr`. Returns an errno. */
  write(memory: MemoryWindow, pointersPtr: number, stringsPtr: number): number {
    if (!memory.has(pointersPtr, this.count * 4) || !memory.has(stringsPtr, this.bytes.length)) return Errno.EFAULT;
    memory.u8.set(this.bytes, stringsPtr);
    for (let index = 0; index < this.count; index++) {
      memory.view.setUint32(pointersPtr + index * 4, stringsPtr + this.#offsets[index]!, true);
    }
    return 0;
  }
}
