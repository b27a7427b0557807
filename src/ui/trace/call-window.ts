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
  calls: TracedCall[];
  /** There were no more when it was read. */
  short: boolean;
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

  /** Rows `[start, end)` are in sight: reads what of them is not there, then the page that comes next in the direction of scrolling. */
  want(start: number, end: number): void {
    const first = Math.floor(start / PAGE);
    const last = Math.floor(Math.max(start, end - 1) / PAGE);
    const down = first >= this.#seen;
    this.#seen = first;
    const wished = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    wished.push(down ? last + 1 : first - 1);
    this.#clock++;
    for (const page of wished) {
      const held = this.#pages.get(page);
      if (held) held.used = this.#clock;
    }
    this.#wanted = wished.filter((page) => page >= 0 && page * PAGE < Math.max(1, this.total) && this.#lacks(page));
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
      const missing = Math.max(0, from - page * PAGE);
      const head = missing > 0 ? (this.#pages.get(page)?.calls ?? []).slice(0, missing) : [];
      const inPage = calls.slice(Math.max(0, page * PAGE - from), (page + 1) * PAGE - from);
      // Of a page whose beginning is not known nothing is kept: it is read when it is wanted.
      if (head.length < missing) this.#pages.delete(page);
      else this.#keep(page, [...head, ...inPage]);
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

  /** Whether a page is not there, or was short when there were fewer. */
  #lacks(page: number): boolean {
    const held = this.#pages.get(page);
    if (!held) return true;
    return held.short && page * PAGE + held.calls.length < this.total;
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
      this.#keep(page, calls);
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

  #keep(page: number, calls: TracedCall[]): void {
    this.#pages.set(page, { calls, short: calls.length < PAGE, used: this.#clock });
    if (this.#pages.size <= PAGES_MAX) return;
    let oldest = -1;
    let used = Infinity;
    for (const [at, held] of this.#pages) {
      if (held.used < used && at !== page) [oldest, used] = [at, held.used];
    }
    this.#pages.delete(oldest);
  }
}
