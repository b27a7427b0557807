import { Header, type Arena, type MemoryWindow } from '../arena/index.ts';
import type { Extents } from './extents.ts';
import { Frame, FRAME_VERSION } from './frame.ts';
import { ExtentWord } from './layout.ts';

/** Subject and type as a frame has them, one after the other. */
export interface FrameText {
  /** The bytes in words; those beyond the last byte are 0. */
  readonly words: Uint32Array;
  /** Bytes of both. */
  readonly length: number;
  readonly subjectLength: number;
}

export function frameText(subject: Uint8Array, type: Uint8Array | null): FrameText {
  const length = subject.length + (type?.length ?? 0);
  const words = new Uint32Array((length + 3) >>> 2);
  const bytes = new Uint8Array(words.buffer);
  bytes.set(subject);
  if (type) bytes.set(type, subject.length);
  return { words, length, subjectLength: subject.length };
}

const COARSE = Header.COARSE_BITS >>> 1;

/** The one message that a worker is just publishing; filled anew for each. */
export class Outgoing {
  text: FrameText = frameText(new Uint8Array(0), null);
  window!: MemoryWindow;
  /** Payload in the window. */
  pointer = 0;
  length = 0;
  /** `FrameFlag`. */
  flags = 0;
  source = 0;
  idLow = 0;
  idHigh = 0;
  replyTo = 0;
  correlation = 0;
  /** The payload as an extent with a reference of ours; 0: it is only in the window. */
  extent = 0;
  /** Index among the arena's doubles of its time. Default: now. */
  time = COARSE;
  readonly #arena: Arena;
  readonly #extents: Extents;

  constructor(arena: Arena, extents: Extents) {
    this.#arena = arena;
    this.#extents = extents;
  }

  /** Makes the extent, within a section. False: there is no room for it. */
  hold(): boolean {
    if (this.extent !== 0) return true;
    this.extent = this.#extents.create(this.length);
    if (this.extent === 0) return false;
    this.window.toArenaFrom(this.extent + ExtentWord.HEADER, this.pointer, this.length);
    return true;
  }

  letGo(): void {
    if (this.extent === 0) return;
    this.#extents.release(this.extent);
    this.extent = 0;
  }

  /** Bytes of the frame that its reader gets. */
  get size(): number {
    return Frame.HEADER + this.text.length + this.length;
  }

  /** Header, subject and type, up to the next multiple of 4. `address` is a multiple of 8; `flags` are there beside the message's own. */
  writeHeader(address: number, flags: number): void {
    const { u32, f64 } = this.#arena;
    const word = address >>> 2;
    const { words, length, subjectLength } = this.text;
    u32[word] = Frame.HEADER + length + this.length;
    u32[word + 1] = FRAME_VERSION | ((this.flags | flags) << 8) | (subjectLength << 16);
    u32[word + 2] = this.source;
    u32[word + 3] = length - subjectLength;
    u32[word + 4] = this.idLow;
    u32[word + 5] = this.idHigh;
    f64[(word + 6) >>> 1] = f64[this.time]!;
    u32[word + 8] = this.replyTo;
    u32[word + 9] = this.correlation;
    u32[word + 10] = this.length;
    u32[word + 11] = 0;
    for (let i = 0; i < words.length; i++) u32[word + 12 + i] = words[i]!;
  }

  /** Copies the payload to an address of the arena. */
  copyTo(address: number): void {
    if (this.extent === 0) this.window.toArenaFrom(address, this.pointer, this.length);
    else this.#arena.u8.copyWithin(address, this.extent + ExtentWord.HEADER, this.extent + ExtentWord.HEADER + this.length);
  }
}
