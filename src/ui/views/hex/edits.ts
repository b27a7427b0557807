/** Bytes that were typed over in one step; `before`: what was pending there, -1 where nothing was. */
interface Step {
  offset: number;
  before: Int16Array;
  after: Int16Array;
}

/** Pending bytes, and those that the steps hold, are bounded; beyond it a step is refused. */
export const EDITS_MAX = 1024 * 1024;

/** What was typed over bytes of a file and is not written yet. Bytes are only replaced: the length stays. */
export class Edits {
  #bytes = new Map<number, number>();
  #done: Step[] = [];
  #undone: Step[] = [];
  #held = 0;

  /** Bytes that are pending. */
  get count(): number {
    return this.#bytes.size;
  }

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  /** The pending byte, undefined where there is none. */
  at(offset: number): number | undefined {
    return this.#bytes.get(offset);
  }

  /** False where it is more than can be kept. */
  write(offset: number, bytes: Uint8Array): boolean {
    if (this.#held + bytes.length > EDITS_MAX) return false;
    const step = { offset, before: new Int16Array(bytes.length), after: Int16Array.from(bytes) };
    for (let at = 0; at < bytes.length; at++) step.before[at] = this.#bytes.get(offset + at) ?? -1;
    this.#held += bytes.length;
    for (const dropped of this.#undone) this.#held -= dropped.after.length;
    this.#undone = [];
    this.#done.push(step);
    this.#apply(step.offset, step.after);
    return true;
  }

  /** Offset of what was taken back, null where there was nothing. */
  undo(): number | null {
    return this.#turn(this.#done, this.#undone, 'before');
  }

  redo(): number | null {
    return this.#turn(this.#undone, this.#done, 'after');
  }

  /** All of it is written, or given up. */
  clear(): void {
    this.#bytes = new Map();
    this.#done = [];
    this.#undone = [];
    this.#held = 0;
  }

  /** What is to be written: pieces without a gap, in order. */
  runs(): { offset: number; bytes: Uint8Array }[] {
    const offsets = [...this.#bytes.keys()].sort((a, b) => a - b);
    const runs: { offset: number; bytes: number[] }[] = [];
    for (const offset of offsets) {
      const last = runs.at(-1);
      const byte = this.#bytes.get(offset) ?? 0;
      if (last && last.offset + last.bytes.length === offset) last.bytes.push(byte);
      else runs.push({ offset, bytes: [byte] });
    }
    return runs.map(({ offset, bytes }) => ({ offset, bytes: Uint8Array.from(bytes) }));
  }

  /** Puts pending bytes over those of the file from `offset` on; a copy where there are any. */
  over(bytes: Uint8Array, offset: number): Uint8Array {
    if (this.#bytes.size === 0) return bytes;
    let copy: Uint8Array | null = null;
    const put = (at: number, byte: number): void => {
      copy ??= bytes.slice();
      copy[at - offset] = byte;
    };
    if (this.#bytes.size < bytes.length) {
      for (const [at, byte] of this.#bytes) if (at >= offset && at < offset + bytes.length) put(at, byte);
    } else {
      for (let at = offset; at < offset + bytes.length; at++) {
        const byte = this.#bytes.get(at);
        if (byte !== undefined) put(at, byte);
      }
    }
    return copy ?? bytes;
  }

  #turn(from: Step[], to: Step[], side: 'before' | 'after'): number | null {
    const step = from.pop();
    if (!step) return null;
    to.push(step);
    this.#apply(step.offset, step[side]);
    return step.offset;
  }

  #apply(offset: number, values: Int16Array): void {
    for (let at = 0; at < values.length; at++) {
      const value = values[at] ?? -1;
      if (value < 0) this.#bytes.delete(offset + at);
      else this.#bytes.set(offset + at, value);
    }
  }
}
