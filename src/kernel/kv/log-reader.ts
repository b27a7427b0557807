import type { LogFile } from '../contract/index.ts';
import { crc32, decodeFrame, FRAME_HEAD, FRAME_MAX } from './log-format.ts';
import type { LogIndex } from './log-index.ts';

/** Bytes read at a time. */
const WINDOW = 4 * 1024 * 1024;

export interface LoadResult {
  /** Behind the last whole frame. */
  end: number;
  /** Frames that were skipped: whole ones follow, so it was no torn end. */
  damaged: number;
}

/**
 * Applies the frames from `from` on to `index`. A frame that is not whole ends it, unless a whole one stands where it says
 * that it ends: every frame is on disk before the next is written, so that one was damaged later.
 */
export async function loadFrames(file: LogFile, from: number, index: LogIndex): Promise<LoadResult> {
  const source = new Windowed(file, await file.size());
  let end = from;
  let damaged = 0;
  for (;;) {
    const payload = await frameAt(source, end);
    if (payload === null) return { end, damaged };
    if (payload.whole) {
      for (const op of decodeFrame(payload.bytes, end + FRAME_HEAD)) index.apply(op);
    } else {
      const next = await frameAt(source, end + FRAME_HEAD + payload.bytes.length);
      if (!next?.whole) return { end, damaged };
      damaged++;
    }
    end += FRAME_HEAD + payload.bytes.length;
  }
}

/** null: the file does not hold so much, or there is no frame of a possible length. */
async function frameAt(source: Windowed, at: number): Promise<{ bytes: Uint8Array; whole: boolean } | null> {
  const head = await source.bytes(at, FRAME_HEAD);
  if (!head) return null;
  const view = new DataView(head.buffer, head.byteOffset, FRAME_HEAD);
  const [length, crc] = [view.getUint32(0, true), view.getUint32(4, true)];
  if (length === 0 || length > FRAME_MAX) return null;
  const bytes = await source.bytes(at + FRAME_HEAD, length);
  return bytes && { bytes, whole: crc32(bytes) === crc };
}

class Windowed {
  readonly #file: LogFile;
  readonly #size: number;
  #at = 0;
  #window: Uint8Array = new Uint8Array(0);

  constructor(file: LogFile, size: number) {
    this.#file = file;
    this.#size = size;
  }

  async bytes(at: number, length: number): Promise<Uint8Array | null> {
    if (at + length > this.#size) return null;
    if (at < this.#at || at + length > this.#at + this.#window.length) {
      this.#window = await this.#file.read(at, Math.min(this.#size - at, Math.max(WINDOW, length)));
      this.#at = at;
      if (this.#window.length < length) return null;
    }
    return this.#window.subarray(at - this.#at, at - this.#at + length);
  }
}
