import { NODES_MAX, NodeStore, type Fault, type Kind } from './store.ts';

class JsonFault extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Line and column of a byte, from 1 on; columns are bytes. */
export function placeOf(bytes: Uint8Array, offset: number): { line: number; column: number } {
  let line = 1;
  let begins = 0;
  for (let at = 0; at < Math.min(offset, bytes.length); at++) {
    if (bytes[at] !== 0x0a) continue;
    line += 1;
    begins = at + 1;
  }
  return { line, column: offset - begins + 1 };
}

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/**
 * Reads JSON (RFC 8259) into a store; `lines`: JSON Lines, each line a value of its own, one that is wrong is marked and passed over. Stops at the first
 * fault and keeps what was before. No recursion: depth is bounded by memory only.
 */
export function readJson(bytes: Uint8Array, { lines = false, max = NODES_MAX } = {}): { store: NodeStore; fault: Fault | null } {
  const reader = new JsonReader(bytes, max);
  try {
    if (lines) reader.lines();
    else reader.document();
    return { store: reader.store, fault: null };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    reader.closeAll();
    return { store: reader.store, fault: { message: error.message, offset: error.offset, ...placeOf(bytes, error.offset) } };
  }
}

class JsonReader {
  readonly store = new NodeStore();
  readonly #bytes: Uint8Array;
  readonly #max: number;
  #at: number;
  /** Containers that are open, outermost first. */
  #open: number[] = [];

  constructor(bytes: Uint8Array, max: number) {
    this.#bytes = bytes;
    this.#max = max;
    this.#at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  }

  document(): void {
    this.#blank();
    if (this.#at >= this.#bytes.length) throw new JsonFault('there is nothing in it', this.#at);
    this.#value(this.#bytes.length);
    this.#blank();
    if (this.#at < this.#bytes.length) throw new JsonFault('something follows after the end of the value', this.#at);
  }

  lines(): void {
    const root = this.store.add('array', 0, this.#at);
    while (this.#at < this.#bytes.length && !this.store.full) {
      const newline = this.#bytes.indexOf(0x0a, this.#at);
      const end = newline < 0 ? this.#bytes.length : newline;
      this.#line(root, end);
      this.#at = end + 1;
    }
    this.store.close(root, this.#bytes.length);
  }

  #line(root: number, end: number): void {
    this.#blank();
    if (this.#at >= end) return;
    const start = this.#at;
    this.#open = [root];
    try {
      this.#value(end);
      this.#blank();
      if (this.#at < end) throw new JsonFault('something follows after the end of the value', this.#at);
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error;
      while (this.#open.length > 1) this.store.close(this.#open.pop()!, end);
      this.store.close(this.store.add('error', root, start), end);
    }
  }

  closeAll(): void {
    if (this.store.length === 0) this.store.add('error', 0, 0);
    while (this.#open.length > 0) this.store.close(this.#open.pop()!, Math.min(this.#at, this.#bytes.length));
  }

  #blank(): void {
    while (isBlank(this.#bytes[this.#at])) this.#at += 1;
  }

  /** Reads one value, however deep, up to `limit`. */
  #value(limit: number): void {
    const base = this.#open.length;
    let key: { start: number; end: number } | null = null;
    for (;;) {
      this.#blank();
      if (this.#at >= limit) throw new JsonFault('it ends in the middle', this.#at);
      const opened = this.#begin(key);
      key = null;
      if (!opened || this.#closes()) {
        // A value has ended: with it those containers that end here too.
        if (!this.#after(base)) return;
      }
      const container = this.#open.at(-1)!;
      if (this.store.kind(container) === 'object') key = this.#key();
    }
  }

  /** Begins a value; true where it is a container that is now open. */
  #begin(key: { start: number; end: number } | null): boolean {
    if (this.store.length >= this.#max) {
      this.store.full = true;
      throw new JsonFault(`more than ${this.#max} values: the rest is not shown`, this.#at);
    }
    const byte = this.#bytes[this.#at];
    const start = this.#at;
    const parent = this.#open.at(-1) ?? 0;
    const add = (kind: Kind): number => this.store.add(kind, parent, start, key?.start, key?.end);
    if (byte === 0x7b || byte === 0x5b) {
      this.#open.push(add(byte === 0x7b ? 'object' : 'array'));
      this.#at += 1;
      return true;
    }
    if (byte === 0x22) this.#string();
    else if (byte === 0x2d || isDigit(byte)) this.#number();
    else this.#word();
    this.store.close(add(byte === 0x22 ? 'string' : byte === 0x6e ? 'null' : byte === 0x74 || byte === 0x66 ? 'boolean' : 'number'), this.#at);
    return false;
  }

  /** Whether the container that was just opened ends at once. */
  #closes(): boolean {
    this.#blank();
    const container = this.#open.at(-1)!;
    if (this.#bytes[this.#at] !== (this.store.kind(container) === 'object' ? 0x7d : 0x5d)) return false;
    this.#at += 1;
    this.store.close(container, this.#at);
    this.#open.pop();
    return true;
  }

  /** After a value: a comma leads to the next (true), closing brackets end their containers; false once all of the value has ended. */
  #after(base: number): boolean {
    while (this.#open.length > base) {
      this.#blank();
      const byte = this.#bytes[this.#at];
      if (byte === 0x2c) {
        this.#at += 1;
        return true;
      }
      if (!this.#closes()) throw new JsonFault(byte === undefined ? 'it ends in the middle' : 'a comma or a closing bracket is missing', this.#at);
    }
    return false;
  }

  #key(): { start: number; end: number } {
    this.#blank();
    const start = this.#at;
    if (this.#bytes[start] !== 0x22) throw new JsonFault('a key in quotes is missing', start);
    this.#string();
    const end = this.#at;
    this.#blank();
    if (this.#bytes[this.#at] !== 0x3a) throw new JsonFault('a colon is missing after the key', this.#at);
    this.#at += 1;
    return { start, end };
  }

  #string(): void {
    const start = this.#at;
    for (let at = start + 1; at < this.#bytes.length; at++) {
      const byte = this.#bytes[at]!;
      if (byte === 0x22) {
        this.#at = at + 1;
        return;
      }
      if (byte < 0x20) throw new JsonFault('a control character stands in a text', at);
      if (byte === 0x5c) at = this.#escape(at);
    }
    throw new JsonFault('a text has no closing quote', start);
  }

  /** Checks an escape; yields where its last character is. */
  #escape(at: number): number {
    const letter = String.fromCharCode(this.#bytes[at + 1] ?? 0);
    if ('"\\/bfnrt'.includes(letter)) return at + 1;
    const digits = String.fromCharCode(...this.#bytes.subarray(at + 2, at + 6));
    if (letter === 'u' && /^[0-9a-fA-F]{4}$/.test(digits)) return at + 5;
    throw new JsonFault('an escape in a text is unknown', at);
  }

  #number(): void {
    const start = this.#at;
    const digits = (): void => {
      if (!isDigit(this.#bytes[this.#at])) throw new JsonFault('a number is incomplete', start);
      while (isDigit(this.#bytes[this.#at])) this.#at += 1;
    };
    if (this.#bytes[this.#at] === 0x2d) this.#at += 1;
    if (this.#bytes[this.#at] === 0x30) this.#at += 1;
    else digits();
    if (this.#bytes[this.#at] === 0x2e) {
      this.#at += 1;
      digits();
    }
    const exponent = this.#bytes[this.#at];
    if (exponent !== 0x65 && exponent !== 0x45) return;
    this.#at += 1;
    const sign = this.#bytes[this.#at];
    if (sign === 0x2b || sign === 0x2d) this.#at += 1;
    digits();
  }

  #word(): void {
    for (const word of ['true', 'false', 'null']) {
      if (!word.split('').every((letter, index) => this.#bytes[this.#at + index] === letter.charCodeAt(0))) continue;
      this.#at += word.length;
      return;
    }
    throw new JsonFault('a value is missing', this.#at);
  }
}
