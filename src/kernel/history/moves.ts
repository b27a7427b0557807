import type { JournalRecord } from '../contract/index.ts';
import { isWithin } from './effects.ts';
import type { JournalIndex } from './journal-index.ts';

/** The renames of directories in a span of the journal: they tell a directory's path at one entry from its path at another. */
export class Moves {
  readonly #records: readonly JournalRecord[];

  private constructor(records: readonly JournalRecord[]) {
    this.#records = records;
  }

  /** Of the records after `after`, up to `until`. */
  static async load(index: JournalIndex, after: number, until: number): Promise<Moves> {
    await index.load(after);
    return new Moves(await index.records(index.moves(after, until)));
  }

  /** The path after entry `to` of the directory that had `path` after entry `from`; it must exist at both. */
  translate(path: string, from: number, to: number): string {
    if (from <= to) {
      for (const { seq, path: old, to: now } of this.#records) if (seq > from && seq <= to && now !== undefined) path = moved(path, old, now);
      return path;
    }
    for (const { seq, path: old, to: now } of this.#records.toReversed()) if (seq > to && seq <= from && now !== undefined) path = moved(path, now, old);
    return path;
  }
}

function moved(path: string, from: string, to: string): string {
  return isWithin(path, from) ? to + path.slice(from.length) : path;
}
