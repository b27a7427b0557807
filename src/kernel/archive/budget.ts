import { FsError } from '../../shared/base/index.ts';
import { tooMuch } from './archive-error.ts';

/** Entries of one archive, at most. */
export const ENTRIES_MAX = 1_000_000;
/** Bytes that one member may be long, holes included; the tree's own limit. */
export const FILE_MAX = 256 * 1024 ** 3;
/** Unpacked bytes for each packed one, at most: beyond the first `RATIO_FROM` bytes, zeros not counted. */
export const RATIO_MAX = 500;
export const RATIO_FROM = 64 * 1024 ** 2;
/** Unpacked bytes at most, zeros included, for each byte that may be stored: zeros cost time, not space. */
const ZEROS_FACTOR = 64;

/** Where a long work stands; `stop` is asked for by the user. */
export interface Progress {
  /** Of the archive (import) or of the contents (export). */
  bytes: number;
  total: number;
  files: number;
  path: string;
}

/** A long work: its progress, and whether it is to stop. */
export class Job {
  readonly progress: Progress = { bytes: 0, total: 0, files: 0, path: '' };
  #stopped = false;

  stop(): void {
    this.#stopped = true;
  }

  /** @throws FsError ECANCELED once it is to stop */
  check(): void {
    if (this.#stopped) throw new FsError('ECANCELED', 'archive');
  }
}

/** What an archive may unpack to. */
export class Budget {
  readonly #most: number;
  readonly #job: Job;
  #content = 0;
  #length = 0;
  #entries = 0;

  /** `most`: bytes that may be stored. */
  constructor(job: Job, most: number) {
    this.#job = job;
    this.#most = most;
  }

  /** @throws FsError EFBIG */
  entry(): void {
    if (++this.#entries > ENTRIES_MAX) throw tooMuch(`it has more than ${ENTRIES_MAX} entries`);
  }

  /** Unpacked bytes, of which `content` are to be stored. @throws FsError EFBIG */
  spend(length: number, content: number): void {
    this.#length += length;
    this.#content += content;
    if (this.#content > this.#most) throw tooMuch(`it unpacks to more than the ${this.#most} bytes that there is room for`);
    if (this.#length > this.#most * ZEROS_FACTOR) throw tooMuch(`it unpacks to more than ${this.#most * ZEROS_FACTOR} bytes`);
    if (this.#content > RATIO_FROM && this.#content > this.#job.progress.bytes * RATIO_MAX) {
      throw tooMuch(`it unpacks to more than ${RATIO_MAX} times its size: ${this.#content} bytes from ${this.#job.progress.bytes}`);
    }
  }
}
