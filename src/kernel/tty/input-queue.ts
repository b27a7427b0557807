import { KERNEL_SLOT, type BufferWindow, type Tty } from '../../shared/arena/index.ts';

/** Bytes that wait for the program to read, beyond those of the ring: a long paste. What comes on top is refused, whole. */
export const INPUT_MAX = 512 * 1024;

/** What was typed, on its way into a terminal's input ring: the program takes it as fast as it reads. */
export class InputQueue {
  readonly #tty: Tty;
  readonly #window: BufferWindow;
  /** Null: the end of a file. */
  readonly #waiting: (Uint8Array | null)[] = [];
  #bytes = 0;

  constructor(tty: Tty, window: BufferWindow) {
    this.#tty = tty;
    this.#window = window;
  }

  /** False if there is no room. */
  add(bytes: Uint8Array): boolean {
    if (this.#bytes + bytes.length > INPUT_MAX) return false;
    this.#bytes += bytes.length;
    this.#waiting.push(bytes);
    this.flush();
    return true;
  }

  /** The reader is told of an end once it has read what was typed before. */
  addEnd(): void {
    this.#waiting.push(null);
    this.flush();
  }

  /** Call when the kernel's bell rang: the program may have read. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const { input } = this.#tty;
    input.removeWaiter(KERNEL_SLOT);
    while (this.#waiting.length > 0) {
      if (this.#step()) continue;
      input.addWaiter(KERNEL_SLOT);
      if (input.writable() === 0) return;
      input.removeWaiter(KERNEL_SLOT);
    }
  }

  /** False if the ring is full. */
  #step(): boolean {
    const first = this.#waiting[0]!;
    if (first === null) {
      this.#waiting.shift();
      this.#tty.markEnd();
      return true;
    }
    const taken = this.#tty.input.tryWrite(this.#window.wrap(first), 0, first.length);
    if (taken === 0) return false;
    // Hung up: nobody will read any more.
    if (taken < 0) {
      this.discard();
      return true;
    }
    this.#bytes -= taken;
    if (taken === first.length) this.#waiting.shift();
    else this.#waiting[0] = first.subarray(taken);
    return true;
  }

  /** All that has not been read, which is forgotten here. */
  takeBack(): Uint8Array {
    const { input } = this.#tty;
    const unread = new Uint8Array(input.readable());
    const taken = unread.length === 0 ? 0 : Math.max(0, input.tryRead(this.#window.wrap(unread), 0, unread.length));
    const parts = [unread.subarray(0, taken), ...this.#waiting.filter((part) => part !== null)];
    this.discard();
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    return all;
  }

  /** Forgets what has not been read, also in the ring. */
  discard(): void {
    this.#waiting.length = 0;
    this.#bytes = 0;
    this.#tty.input.removeWaiter(KERNEL_SLOT);
    this.#tty.flushInput();
  }
}
