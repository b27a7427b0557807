/** Bytes given to the terminal at once. The worst case is one line a byte: even 4096 of those are parsed within a frame. */
export const WRITE_MAX = 4 * 1024;

/**
 * Hands output to the terminal in small pieces, the next one when the last is parsed, and returns credit for each.
 * Bounded by the credit: the kernel never has more unacknowledged bytes out than it was granted.
 */
export class OutputQueue {
  readonly #write: (data: Uint8Array, done: () => void) => void;
  readonly #acknowledge: (bytes: number) => void;
  readonly #waiting: Uint8Array[] = [];
  #writing = false;

  constructor(write: (data: Uint8Array, done: () => void) => void, acknowledge: (bytes: number) => void) {
    this.#write = write;
    this.#acknowledge = acknowledge;
  }

  push(data: Uint8Array): void {
    for (let at = 0; at < data.length; at += WRITE_MAX) this.#waiting.push(data.subarray(at, at + WRITE_MAX));
    if (!this.#writing) this.#next();
  }

  #next(): void {
    const data = this.#waiting.shift();
    this.#writing = data !== undefined;
    if (!data) return;
    this.#write(data, () => {
      this.#acknowledge(data.length);
      this.#next();
    });
  }
}
