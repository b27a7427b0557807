import { decodeEntries, encodeEntry, HISTORY_MAX } from './history.ts';
import type { LineFiles } from './host.ts';

/** Bytes of the file's end that are read. */
const READ_MAX = 1 << 20;

/**
 * The lines of all sessions, in one file. Each line is appended with one write, so that several terminals mix whole lines. A
 * history that cannot be read or kept (read-only, full) is no reason not to go on: it lives in memory then.
 */
export class HistoryFile {
  readonly #files: LineFiles;
  readonly #path: string;

  constructor(files: LineFiles, path: string) {
    this.#files = files;
    this.#path = path;
  }

  /** The newest lines. A file that has grown to twice of what is kept is written anew, shorter. */
  load(): string[] {
    const read = this.#files.readEnd(this.#path, READ_MAX);
    if (!read) return [];
    const entries = decodeEntries(read.text, read.cut);
    if (read.cut || entries.length > 2 * HISTORY_MAX) {
      this.#files.replace(this.#path, entries.slice(-HISTORY_MAX).map((entry) => encodeEntry(entry) ?? '').join(''));
    }
    return entries.slice(-HISTORY_MAX);
  }

  add(line: string): void {
    const text = encodeEntry(line.trimEnd());
    if (text !== null) this.#files.append(this.#path, text);
  }
}
