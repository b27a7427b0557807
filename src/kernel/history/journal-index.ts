import { FsError } from '../../shared/base/index.ts';
import type { JournalRecord } from '../contract/index.ts';
import { nodeEffects, slotEffects } from './effects.ts';
import { KeyTable } from './key-table.ts';

export interface JournalIndexOptions {
  /** Records from the store: `from`, `from + 1`, …, at most `limit`. */
  read: (from: number, limit: number) => Promise<JournalRecord[]>;
  /** Lets others run between two pages. */
  yield: () => Promise<void>;
  /** The last record in the store now, and the first that it keeps. */
  last: number;
  oldest: number;
  /** Records in a page, at most 65 536, and pages whose records stay in memory. Default 1024 and 48. */
  page?: number;
  keep?: number;
}

/** Records in one page: what is read, and yielded after, at once. */
const PAGE = 1024;
/** Pages whose tables may be in memory (about 30 KiB each); what needs more is refused. Retention keeps the journal far below. */
const PAGES_MAX = 4096;
/** Pages whose records stay in memory; the longest unused are let go of and read again when needed. */
const RECORD_PAGES = 48;

interface Page {
  readonly first: number;
  count: number;
  records: JournalRecord[] | null;
  /** By the node that a record changed, by the directory in which it changed a name. */
  readonly nodes: KeyTable;
  readonly directories: KeyTable;
  /** By run. */
  readonly runs: KeyTable;
  /** Positions of renames of directories: they change the paths of others. */
  readonly moves: number[];
}

/**
 * The journal by what its records touched. Pages of the stored part are read when something asks for them, from the newest back;
 * what is prepared is added before it is in the store, so that the index is never behind what the store shows. Rules HI* in SPEC.md.
 */
export class JournalIndex {
  readonly #options: JournalIndexOptions;
  readonly #page: number;
  /** The last record of the store when the index was made: stored pages are counted back from it, live ones on from it. */
  readonly #anchor: number;
  readonly #stored: Page[] = [];
  readonly #live: Page[] = [];
  /** Live pages, from the first on, of which nothing is kept. */
  #emptied = 0;
  readonly #loading = new Map<number, Promise<JournalRecord[]>>();
  /** Pages with records that can be read again from the store, the longest unused first. */
  readonly #kept = new Set<Page>();
  #extending: Promise<void> | null = null;
  #last: number;
  #oldest: number;
  #committed: number;

  constructor(options: JournalIndexOptions) {
    this.#options = options;
    this.#anchor = this.#last = this.#committed = options.last;
    this.#oldest = options.oldest;
    this.#page = options.page ?? PAGE;
  }

  /** Of the last record that was prepared. */
  get last(): number {
    return this.#last;
  }

  /** The first record that is kept: the oldest point is the one before it. */
  get oldest(): number {
    return this.#oldest;
  }

  /** The first record of which the questions below know. */
  get firstLoaded(): number {
    return this.#firstKnown();
  }

  /** Records that were prepared; the next ones, in order. */
  add(records: readonly JournalRecord[]): void {
    for (const record of records) {
      let page = this.#live.at(-1);
      if (!page || page.count === this.#page) {
        if (page) freeze(page);
        this.#live.push((page = newPage(record.seq, [])));
      }
      page.records?.push(record);
      page.count++;
      indexRecord(page, record, page.count - 1);
      this.#last = record.seq;
    }
    this.#letGo();
  }

  /** Records up to this one are in the store. */
  committed(seq: number): void {
    this.#committed = Math.max(this.#committed, seq);
    for (const page of this.#live) if (page.records && page.count === this.#page && this.#isStored(page)) this.#kept.add(page);
    this.#letGo();
  }

  /** Records before this one are kept no more. */
  trim(oldest: number): void {
    this.#oldest = Math.max(this.#oldest, oldest);
    for (let page = this.#stored.at(-1); page && page.first + page.count <= this.#oldest; page = this.#stored.at(-1)) {
      this.#stored.pop();
      this.#kept.delete(page);
    }
    // Live pages keep their places, from which records are found, and nothing else.
    for (let page = this.#live[this.#emptied]; page?.count === this.#page && page.first + page.count <= this.#oldest; page = this.#live[++this.#emptied]) {
      const empty = newPage(page.first, null);
      empty.count = page.count;
      freeze(empty);
      this.#live[this.#emptied] = empty;
      this.#kept.delete(page);
    }
  }

  /** Makes everything after `after` known, so that the questions below can be asked about it. @throws FsError ENOENT if it was trimmed */
  async load(after: number): Promise<void> {
    if (after < this.#oldest - 1) throw trimmed(after, this.#oldest);
    while (this.#firstKnown() > after + 1) {
      await (this.#extending ??= this.#extend().finally(() => (this.#extending = null)));
    }
  }

  /** Numbers of the records after `after`, up to `until`, that changed this node; going up. */
  ofNode(ino: number, after: number, until = Infinity): number[] {
    return this.#find((page) => page.nodes.find(ino), after, until);
  }

  /** Numbers of those that changed names in this directory. */
  ofDirectory(ino: number, after: number, until = Infinity): number[] {
    return this.#find((page) => page.directories.find(ino), after, until);
  }

  /** Numbers of those of this run. */
  ofRun(run: number, after: number, until = Infinity): number[] {
    return this.#find((page) => page.runs.find(run), after, until);
  }

  /** First and last record of a run, and how many there are, of those that are loaded. */
  spanOfRun(run: number): { first: number; last: number; count: number } | undefined {
    let span: { first: number; last: number; count: number } | undefined;
    for (const page of [...this.#stored.toReversed(), ...this.#live]) {
      const { first, last, count } = page.runs.span(run);
      if (count === 0) continue;
      span ??= { first: page.first + first, last: 0, count: 0 };
      span.last = page.first + last;
      span.count += count;
    }
    return span;
  }

  /** Numbers of the renames of directories. */
  moves(after: number, until = Infinity): number[] {
    return this.#find((page) => page.moves, after, until);
  }

  async record(seq: number): Promise<JournalRecord> {
    return (await this.records([seq]))[0]!;
  }

  /** The records of these numbers, in their order. */
  async records(seqs: readonly number[]): Promise<JournalRecord[]> {
    const found: JournalRecord[] = [];
    let page: Page | undefined;
    let records: readonly JournalRecord[] = [];
    for (const seq of seqs) {
      if (!page || seq < page.first || seq >= page.first + page.count) {
        page = this.#pageOf(seq);
        records = page?.records ?? (page ? await this.#read(page) : []);
        if (page) this.#used(page);
      }
      const record = page && records[seq - page.first];
      if (!record) throw trimmed(seq, this.#oldest);
      found.push(record);
    }
    return found;
  }

  /** All records `from` … `to`, page by page. */
  async *range(from: number, to: number): AsyncGenerator<readonly JournalRecord[]> {
    await this.load(from - 1);
    for (let at = from; at <= to;) {
      const page = this.#pageOf(at);
      const end = Math.min(to, page ? page.first + page.count - 1 : at);
      yield await this.records(Array.from({ length: end - at + 1 }, (_, i) => at + i));
      at = end + 1;
    }
  }

  /** Records before `before`, back to `from`, page by page; each page the newest first. `skip` is told the runs of a page, and may leave it unread. */
  async *backward(before: number, from: number, skip?: (runs: Iterable<number>) => boolean): AsyncGenerator<readonly JournalRecord[]> {
    for (let end = Math.min(before - 1, this.#last); end >= from;) {
      await this.load(end - 1);
      const page = this.#pageOf(end);
      const first = Math.max(from, this.#oldest, page?.first ?? end);
      if (first > end) return;
      if (page && skip?.(page.runs.keys())) {
        end = first - 1;
        continue;
      }
      yield (await this.records(Array.from({ length: end - first + 1 }, (_, i) => first + i))).reverse();
      end = first - 1;
    }
  }

  #firstKnown(): number {
    return this.#stored.at(-1)?.first ?? this.#anchor + 1;
  }

  async #extend(): Promise<void> {
    if (this.#stored.length + this.#live.length - this.#emptied >= PAGES_MAX) {
      throw new FsError('ENOMEM', 'history', undefined, { detail: `that is more than ${PAGES_MAX * this.#page} entries back` });
    }
    const end = this.#firstKnown() - 1;
    const first = Math.max(this.#oldest, end - this.#page + 1);
    const page = newPage(first, null);
    page.count = end - first + 1;
    const records = await this.#read(page);
    for (const [at, record] of records.entries()) indexRecord(page, record, at);
    freeze(page);
    this.#stored.push(page);
    await this.#options.yield();
  }

  #read(page: Page): Promise<JournalRecord[]> {
    let running = this.#loading.get(page.first);
    if (!running) {
      running = this.#readOnce(page).finally(() => this.#loading.delete(page.first));
      this.#loading.set(page.first, running);
    }
    return running;
  }

  async #readOnce(page: Page): Promise<JournalRecord[]> {
    const from = Math.max(page.first, this.#oldest);
    const count = page.first + page.count - from;
    const read = count > 0 ? await this.#options.read(from, count) : [];
    // The owner of the workspace has trimmed it, if this is another tab's.
    if (read[0] && read[0].seq > from && read.at(-1)!.seq === from + count - 1) this.trim(read[0].seq);
    else if (count > 0 && (read[0]?.seq !== from || read.length !== count) && from >= this.#oldest) {
      throw new FsError('EIO', 'history', undefined, { detail: `records ${from} to ${from + count - 1} are not in the journal` });
    }
    // What was trimmed leaves its places empty.
    const records: JournalRecord[] = new Array(page.count);
    for (const record of read) records[record.seq - page.first] = record;
    page.records = records;
    this.#used(page);
    this.#letGo();
    return records;
  }

  #used(page: Page): void {
    if (!this.#isStored(page) || (page === this.#live.at(-1))) return;
    this.#kept.delete(page);
    this.#kept.add(page);
  }

  #isStored(page: Page): boolean {
    return page.first + page.count - 1 <= this.#committed;
  }

  #letGo(): void {
    for (const page of this.#kept) {
      if (this.#kept.size <= (this.#options.keep ?? RECORD_PAGES)) return;
      page.records = null;
      this.#kept.delete(page);
    }
  }

  #pageOf(seq: number): Page | undefined {
    if (seq > this.#anchor) return this.#live[Math.floor((seq - this.#anchor - 1) / this.#page)];
    return this.#stored[Math.floor((this.#anchor - seq) / this.#page)];
  }

  #find(positions: (page: Page) => readonly number[], after: number, until: number): number[] {
    const found: number[] = [];
    const from = after >= this.#anchor ? this.#stored.length : Math.min(this.#stored.length, Math.ceil((this.#anchor - after) / this.#page));
    const stored = after >= this.#anchor ? [] : this.#stored.slice(0, from).reverse();
    const live = this.#live.slice(Math.max(0, Math.floor((after - this.#anchor) / this.#page)));
    for (const page of [...stored, ...live]) {
      if (page.first > until) break;
      for (const at of positions(page)) {
        const seq = page.first + at;
        if (seq > after && seq <= until) found.push(seq);
      }
    }
    return found;
  }
}

function newPage(first: number, records: JournalRecord[] | null): Page {
  return { first, count: 0, records, nodes: new KeyTable(), directories: new KeyTable(), runs: new KeyTable(), moves: [] };
}

function freeze({ nodes, directories, runs }: Page): void {
  for (const table of [nodes, directories, runs]) table.freeze();
}

function indexRecord(page: Page, record: JournalRecord, at: number): void {
  page.runs.add(record.run, at);
  for (const { ino } of nodeEffects(record)) page.nodes.add(ino, at);
  for (const { parent } of slotEffects(record)) page.directories.add(parent, at);
  if (record.op === 'rename' && record.after?.kind === 'directory') page.moves.push(at);
}

export function trimmed(at: number, oldest: number): FsError {
  return new FsError('ENOENT', 'history', undefined, {
    detail: oldest <= 1 ? `there is no entry ${at}` : `entry ${at} is no longer kept; the oldest point that is kept is ${oldest - 1}`,
  });
}
