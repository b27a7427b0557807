import type { TracedCall } from '../../shared/abi/index.ts';

/** What a reading yields: the calls from `from` on, and how many match in all. */
export interface CallPage {
  total: number;
  calls: TracedCall[];
}

export type ReadCalls = (from: number, count: number) => Promise<CallPage>;

export const PAGE = 250;
/** Pages that are held: some 16 000 calls, whatever the run has. */
const PAGES_MAX = 64;
const AT_ONCE = 2;

interface Page {
  /** With holes where nothing was read. */
  calls: (TracedCall | undefined)[];
  /** How many there were in all when the whole of it was read; -1: it never was. */
  read: number;
  used: number;
}

/**
 * The calls that are in sight and those near them, out of a list that may have a million. What scrolls by too fast to be seen is not asked for: of what is
 * wanted only the last wish counts.
 */
export class CallWindow {
  readonly #read: ReadCalls;
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  #pages = new Map<number, Page>();
  #asking = new Map<number, number>();
  #wanted: number[] = [];
  #generation = 0;
  #clock = 0;
  #seen = 0;
  #ended = false;
  total = 0;

  constructor(read: ReadCalls, changed: () => void, failed: (error: unknown) => void) {
    this.#read = read;
    this.#changed = changed;
    this.#failed = failed;
  }

  row(index: number): TracedCall | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.calls[index % PAGE];
  }

  /** Rows `[start, end)` are in sight: reads what of them is not there, and with `ahead` then the page that comes next in the direction of scrolling. */
  want(start: number, end: number, ahead = true): void {
    const first = Math.floor(start / PAGE);
    const last = Math.floor(Math.max(start, end - 1) / PAGE);
    const down = first >= this.#seen;
    this.#seen = first;
    this.#clock++;
    this.#wanted = Array.from({ length: last - first + 1 }, (_, at) => first + at).filter((page) => this.#lacks(page, start, end));
    const next = down ? last + 1 : first - 1;
    if (ahead && this.#lacks(next, next * PAGE, (next + 1) * PAGE)) this.#wanted.push(next);
    this.#ask();
  }

  /** There are so many now; nothing before them moved. */
  grow(total: number): void {
    this.total = total;
  }

  /** Takes calls that were read elsewhere, `from` … on. */
  put(total: number, from: number, calls: TracedCall[]): void {
    this.total = total;
    const end = from + calls.length;
    for (let page = Math.floor(from / PAGE); page * PAGE < end; page++) {
      const start = Math.max(from, page * PAGE);
      const held = this.#pages.get(page) ?? { calls: [], read: -1, used: this.#clock };
      calls.slice(start - from, (page + 1) * PAGE - from).forEach((call, at) => (held.calls[start - page * PAGE + at] = call));
      this.#keep(page, held);
    }
  }

  /** All that was read is of another list, or of other places in it. What is asked for still is thrown away. */
  reset(total = 0): void {
    this.#generation++;
    this.#pages = new Map();
    this.#asking = new Map();
    this.#wanted = [];
    this.total = total;
  }

  dispose(): void {
    this.#ended = true;
    this.reset();
  }

  /** Whether of rows `[start, end)` some that are in the page are not there. */
  #lacks(page: number, start: number, end: number): boolean {
    const from = Math.max(start, page * PAGE);
    const to = Math.min(end, (page + 1) * PAGE, this.total);
    if (page < 0 || from >= to) return false;
    const held = this.#pages.get(page);
    if (!held) return true;
    held.used = this.#clock;
    if (held.read === this.total) return false;
    for (let row = from; row < to; row++) if (!held.calls[row - page * PAGE]) return true;
    return false;
  }

  #ask(): void {
    while (this.#asking.size < AT_ONCE) {
      const page = this.#wanted.shift();
      if (page === undefined) return;
      if (!this.#asking.has(page)) void this.#fetch(page);
    }
  }

  async #fetch(page: number): Promise<void> {
    const generation = this.#generation;
    this.#asking.set(page, generation);
    try {
      const { total, calls } = await this.#read(page * PAGE, PAGE);
      if (generation !== this.#generation || this.#ended) return;
      this.#asking.delete(page);
      this.total = Math.max(total, calls.length === 0 ? 0 : page * PAGE + calls.length);
      this.#keep(page, { calls, read: this.total, used: this.#clock });
      this.#changed();
    } catch (error) {
      if (generation !== this.#generation || this.#ended) return;
      this.#asking.delete(page);
      this.#wanted = [];
      this.#failed(error);
      return;
    }
    this.#ask();
  }

  #keep(page: number, held: Page): void {
    this.#pages.set(page, held);
    if (this.#pages.size <= PAGES_MAX) return;
    let oldest = -1;
    let used = Infinity;
    for (const [at, held] of this.#pages) {
      if (held.used < used && at !== page) [oldest, used] = [at, held.used];
    }
    this.#pages.delete(oldest);
  }
}
