import { SegmentWord, type Arena } from '../../shared/arena/index.ts';
import { SEGMENT_HEAD, SHAPES, Flag, milliseconds, noted, RecordWord, type RecordShape } from '../../shared/trace/index.ts';
import type { PathNode } from './path-nodes.ts';

/** Some calls of a run that follow each other, as they stood in the ring: a segment of it, or as much as there was. Never changed. */
export interface Chunk {
  words: Uint32Array;
  /** Place in the run of the first one, and how many there are. */
  first: number;
  count: number;
  /** Milliseconds since the epoch from which their times count. */
  base: number;
  /** Records have a tid. */
  threads: boolean;
  /** What the descriptors were before it, by number; what is not known is left out. */
  before: readonly (PathNode | undefined)[];
  /** What it counts. */
  bytes: number;
}

/** Reads a segment's head; `words`: a copy of it, as long as what is to be read. `count`: where it is known. */
export function chunkOf(words: Uint32Array, first: number, count?: number): Chunk {
  const base = new Float64Array(words.buffer, words.byteOffset + SegmentWord.BASE * 4, 1)[0]!;
  const chunk: Chunk = { words, first, count: 0, base, threads: words[SegmentWord.THREADS] === 1, before: [], bytes: 0 };
  chunk.count = count ?? countOf(chunk);
  return chunk;
}

function countOf(chunk: Chunk): number {
  let count = 0;
  for (const cursor = new Cursor(chunk); cursor.next();) count++;
  return count;
}

/** Records of arena memory are copied before they are read: a guest that is ended may still write to them. */
export function copied({ u32 }: Arena, from: number, to: number): Uint32Array {
  // Of shared memory `slice` goes word by word.
  const words = new Uint32Array(to - from);
  words.set(u32.subarray(from, to));
  return words;
}

/** Goes through the records of a chunk. All that it tells is of the record that `next` came to. */
export class Cursor {
  words!: Uint32Array;
  #next = 0;
  #first = 0;
  #base = 0;
  /** Place in the run. */
  seq = 0;
  shape!: RecordShape;
  #head = 0;
  #at = 0;
  #length = 0;

  constructor(chunk: Chunk) {
    this.enter(chunk);
  }

  enter(chunk: Chunk): this {
    this.words = chunk.words;
    this.#next = SEGMENT_HEAD;
    this.#first = chunk.threads ? RecordWord.REST + 1 : RecordWord.REST;
    this.#base = chunk.base;
    this.seq = chunk.first - 1;
    return this;
  }

  /** False after the last; a record that makes no sense is the end. */
  next(): boolean {
    const { words } = this;
    const at = this.#next;
    const head = at < words.length ? words[at]! : 0;
    const length = head & 0xff;
    const shape = SHAPES[(head >>> 8) & 0xff];
    if (shape === undefined || length < this.#first + shape.words || at + length > words.length) return false;
    this.#at = at;
    this.#length = length;
    this.#next = at + length;
    this.seq++;
    this.shape = shape;
    this.#head = head;
    return true;
  }

  /** As `next`, to the next record of a call whose number has something else than 0 in `wanted`. Its `seq` is not told. */
  nextOf(wanted: Uint8Array): boolean {
    const { words } = this;
    let at = this.#next;
    while (at < words.length) {
      const head = words[at]!;
      if (head === 0) break;
      if (wanted[(head >>> 8) & 0xff] !== 0) break;
      at += Math.max(1, head & 0xff);
    }
    this.#next = at;
    return this.next();
  }

  get errno(): number {
    return (this.#head >>> 16) & 0xff;
  }

  get flags(): number {
    return this.#head >>> 24;
  }

  /** Milliseconds. */
  get duration(): number {
    return milliseconds(this.words[this.#at + RecordWord.SPAN]!);
  }

  /** Milliseconds since the epoch. */
  get began(): number {
    return this.#base + (this.words[this.#at + RecordWord.END]! | 0) / 1000 - this.duration;
  }

  get tid(): number {
    return this.#first === RecordWord.REST ? 0 : this.words[this.#at + RecordWord.REST]!;
  }

  /** Milliseconds of the duration. */
  get slept(): number {
    return this.flags & Flag.SLEPT ? milliseconds(this.words[this.#at + this.#length - 1]!) : 0;
  }

  /** A word of the arguments. */
  arg(place: number): number {
    return this.words[this.#at + this.#first + place]!;
  }

  get hasResult(): boolean {
    return (this.flags & Flag.RESULT) !== 0;
  }

  /** Word of the result from its first; 0 where there is none. */
  result(word = 0): number {
    if ((this.flags & Flag.RESULT) === 0) return 0;
    const end = this.#at + this.#length - (this.flags & Flag.SLEPT ? 1 : 0) - (this.flags & Flag.BASED ? 1 : 0);
    return this.words[end - this.shape.resultWords + word]!;
  }

  /** The descriptor from which its path with this index went. */
  base(path: number): number {
    if (this.flags & Flag.BASED) {
      const bases = this.words[this.#at + this.#length - (this.flags & Flag.SLEPT ? 2 : 1)]!;
      const moved = path === 0 ? bases & 0xffff : bases >>> 16;
      if (moved !== 0) return moved - 1;
    }
    return this.arg(this.shape.bases[path]!);
  }

  /** Where a string's bytes begin, as an index of words; -1 where it was not noted. */
  stringAt(index: number): number {
    if (this.flags & Flag.BAD) return -1;
    let at = this.#at + this.#first + this.shape.words;
    for (let before = 0; before < index; before++) at += (noted(this.stringLength(before)) + 3) >>> 2;
    return at + ((noted(this.stringLength(index)) + 3) >>> 2) <= this.#at + this.#length ? at : -1;
  }

  /** Bytes, as it was passed. */
  stringLength(index: number): number {
    return this.arg(this.shape.strings[index]! + 1);
  }
}
