import { damaged } from './archive-error.ts';

/** The next bytes of a stream, at least one; null at its end. */
export type Pull = () => Promise<Uint8Array | null>;

const EMPTY: Uint8Array = new Uint8Array(0);

/** Takes exact counts of bytes from a stream of chunks of any size. */
export class ByteReader {
  readonly #pull: Pull;
  #chunk: Uint8Array = EMPTY;
  #position = 0;

  constructor(pull: Pull) {
    this.#pull = pull;
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#position;
  }

  async #fill(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const next = await this.#pull();
      if (!next) return false;
      this.#chunk = next;
    }
    return true;
  }

  #cut(count: number): Uint8Array {
    const part = this.#chunk.subarray(0, count);
    this.#chunk = this.#chunk.subarray(part.length);
    this.#position += part.length;
    return part;
  }

  /** Exactly `count` bytes, valid until the next call; null if the stream has ended. @throws EBADMSG if it ends within */
  async take(count: number): Promise<Uint8Array | null> {
    if (!(await this.#fill())) return null;
    if (this.#chunk.length >= count) return this.#cut(count);
    const whole = new Uint8Array(count);
    let used = 0;
    while (used < count) {
      if (!(await this.#fill())) throw endsEarly(this.#position);
      const part = this.#cut(count - used);
      whole.set(part, used);
      used += part.length;
    }
    return whole;
  }

  /** Looks at the next `count` bytes without taking them; fewer at the end. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#chunk.length < count) {
      const next = await this.#pull();
      if (!next) break;
      const wider = new Uint8Array(this.#chunk.length + next.length);
      wider.set(this.#chunk);
      wider.set(next, this.#chunk.length);
      this.#chunk = wider;
    }
    return this.#chunk.subarray(0, count);
  }

  /** The next bytes, at least one and at most `most`. @throws EBADMSG at the end */
  async some(most: number): Promise<Uint8Array> {
    if (!(await this.#fill())) throw endsEarly(this.#position);
    return this.#cut(most);
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) left -= (await this.some(left)).length;
  }

  /** Takes what is left, so that checks at the end of the stream are made. */
  async drain(): Promise<void> {
    while (await this.#fill()) this.#cut(this.#chunk.length);
  }
}

function endsEarly(position: number): Error {
  return damaged(`it ends too early, after ${position} bytes: it is incomplete`);
}
