import type { HistoryCalls, HistoryEntry, MergeConflict, MergeResult } from '../../shared/abi/index.ts';

type Api = Pick<HistoryCalls, 'historyEntries' | 'historyUndo' | 'historyRestore'>;

/** One thing that the user did: entries with run 0 that follow one another. */
export interface UserAct {
  /** Numbers of its oldest and newest entry. */
  first: number;
  last: number;
  /** Its newest entry, which says best what it was. */
  entry: HistoryEntry;
  /** The entries, newest first. */
  entries: readonly HistoryEntry[];
  /** Of several changes that were one act: what it was, in the past tense, and the run under which they stand. */
  batch?: { title: string; run: number };
}

export interface ActResult {
  act: UserAct;
  changed: string[];
  conflicts: MergeConflict[];
}

const PAGE = 1000;
/** Acts of several changes that are remembered. */
const BATCHES_MAX = 64;

/** The newest act among the user's entries (newest first), and whether older entries could still belong to it. */
export function newestAct(entries: readonly HistoryEntry[]): { act: UserAct; open: boolean } | null {
  const [entry, ...older] = entries;
  if (!entry) return null;
  const belongs = memberOf(entry);
  let count = 0;
  while (count < older.length && belongs(older[count] as HistoryEntry)) count++;
  const own = [entry, ...older.slice(0, count)];
  return { act: { first: own.at(-1)!.seq, last: entry.seq, entry, entries: own }, open: count === older.length };
}

/** A directory is deleted after what is in it; a new file is created, then written. */
function memberOf(entry: HistoryEntry): (older: HistoryEntry) => boolean {
  if (entry.op === 'rmdir') return ({ op, path }) => (op === 'rmdir' || op === 'unlink') && path.startsWith(`${entry.path}/`);
  if (entry.op !== 'write' && entry.op !== 'attr') return () => false;
  let begun = false;
  return ({ op, path }) => {
    const member = !begun && path === entry.path && op === 'create';
    begun ||= member;
    return member;
  };
}

/** `deleted notes.txt`, `renamed a to b`: what an act did, in the past tense. */
export function describeAct({ entry, entries, batch }: UserAct): string {
  if (batch) return batch.title;
  const name = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const created = entries.some(({ op }) => op === 'create');
  if (entry.op === 'rename') return `renamed ${name(entry.path)} to ${name(entry.to ?? entry.path)}`;
  if (entry.op === 'unlink' || entry.op === 'rmdir') return `deleted ${name(entry.path)}${entries.length > 1 ? ` and the ${entries.length - 1} in it` : ''}`;
  if (entry.op === 'mkdir') return `made the folder ${name(entry.path)}`;
  if (created) return `made ${name(entry.path)}`;
  return entry.op === 'write' ? `wrote ${name(entry.path)}` : `changed ${name(entry.path)}`;
}

/** The user's own changes, undone one after the other and redone, as an editor does; programs' changes stay. */
export class MyChanges {
  readonly #api: Api;
  /** What was undone and can be redone; the last one first to be. */
  #undone: { act: UserAct; runs: number[] }[] = [];
  /** The newest of the user's entries when the first of them was undone. */
  #top = 0;
  /** Acts of several changes, the newest last. */
  readonly #batches: UserAct[] = [];

  constructor(api: Api) {
    this.#api = api;
  }

  /** The user did several changes as one act, under a run of its own; `title` says what, in the past tense. */
  async did(run: number, title: string): Promise<void> {
    const { entries } = await this.#api.historyEntries({ run, limit: PAGE });
    const [entry, oldest] = [entries[0], entries.at(-1)];
    if (!entry || !oldest) return;
    this.#undone = [];
    this.#batches.push({ first: oldest.seq, last: entry.seq, entry, entries, batch: { title, run } });
    if (this.#batches.length > BATCHES_MAX) this.#batches.shift();
  }

  /** What such an act did was taken back in another way. */
  forget(run: number): void {
    const at = this.#batches.findIndex(({ batch }) => batch?.run === run);
    if (at >= 0) this.#batches.splice(at, 1);
  }

  /** Undoes the user's last act that is not undone yet; null: there is none. */
  async undo(): Promise<ActResult | null> {
    const { entries } = await this.#api.historyEntries({ run: 0, limit: 1 });
    const newest = entries[0]?.seq ?? 0;
    // What was done since begins a new line: the undone is history then.
    if (newest !== this.#top) this.#undone = [];
    this.#top = newest;
    const before = this.#undone.at(-1)?.act.first;
    const [single, batch] = [await this.#next(before), this.#batches.findLast(({ first }) => before === undefined || first < before)];
    const act = batch && (!single || batch.last > single.last) ? batch : single;
    if (!act) return null;
    const { runs, changed, conflicts } = await this.#takeBack(act);
    if (conflicts.length === 0) this.#undone.push({ act, runs });
    return { act, changed, conflicts };
  }

  /** Does again what was undone last; null: there is nothing. */
  async redo(): Promise<ActResult | null> {
    const { entries } = await this.#api.historyEntries({ run: 0, limit: 1 });
    const last = (entries[0]?.seq ?? 0) === this.#top ? this.#undone.at(-1) : undefined;
    if (!last) return null;
    const results: MergeResult[] = [];
    for (const run of last.runs.toReversed()) results.push(await this.#api.historyUndo({ run }));
    this.#undone.pop();
    return { act: last.act, changed: results.flatMap(({ changed }) => changed), conflicts: results.flatMap(({ conflicts }) => conflicts) };
  }

  async #next(before: number | undefined): Promise<UserAct | null> {
    const entries: HistoryEntry[] = [];
    for (let from = before; ;) {
      const page = await this.#api.historyEntries({ run: 0, limit: PAGE, ...(from !== undefined && { before: from }) });
      entries.push(...page.entries);
      const found = newestAct(entries);
      if (!found) return null;
      if (!found.open || !page.more) return found.act;
      from = entries.at(-1)?.seq;
    }
  }

  async #takeBack(act: UserAct): Promise<{ runs: number[]; changed: string[]; conflicts: MergeConflict[] }> {
    if (act.batch) return summed([await this.#api.historyUndo({ run: act.batch.run })]);
    if (act.entry.op === 'rmdir' && act.entries.length > 1) return summed([await this.#api.historyRestore(act.entry.path, act.first - 1)]);
    const results: MergeResult[] = [];
    for (const { seq } of act.entries) {
      const result = await this.#api.historyUndo({ entry: seq });
      results.push(result);
      if (result.conflicts.length > 0) break;
    }
    return summed(results);
  }
}

function summed(results: readonly MergeResult[]): { runs: number[]; changed: string[]; conflicts: MergeConflict[] } {
  return {
    runs: results.map(({ run }) => run).filter((run) => run !== 0),
    changed: [...new Set(results.flatMap(({ changed }) => changed))], conflicts: results.flatMap(({ conflicts }) => conflicts),
  };
}
