/** Largest output that a command substitution may have, in bytes: what is longer ends it with an error. */
export const CAPTURE_MAX = 32 * 1024 * 1024;

/** What is being printed inside a `$(…)`: a pipe that the shell empties while it waits for anything else. */
export class Capture {
  readonly reader: number;
  /** The pipe, by which descriptors that lead here are known. */
  readonly ring: number;
  /** Description of its writing end. */
  readonly writer: number;
  readonly #chunks: Uint8Array[] = [];
  /** Bytes taken. */
  size = 0;
  /** More came than may. */
  overflowed = false;

  constructor(reader: number, writer: number, ring: number) {
    this.reader = reader;
    this.writer = writer;
    this.ring = ring;
  }

  /** Takes a copy. */
  add(bytes: Uint8Array): void {
    this.size += bytes.length;
    if (this.size > CAPTURE_MAX) this.overflowed = true;
    else this.#chunks.push(bytes.slice());
  }

  bytes(): Uint8Array {
    const [only] = this.#chunks;
    if (this.#chunks.length === 1) return only!;
    const all = new Uint8Array(this.#chunks.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
}
