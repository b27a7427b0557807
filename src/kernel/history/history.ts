import type {
  BlameRange, HistoryEntry, HistoryFilter, HistoryRun, Point, Provenance, Snapshot, TreeDifference,
} from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { emptyBatch, type RunRecord, type Store, type TreeView } from '../contract/index.ts';
import { blame } from './blame.ts';
import { familyOf } from './family.ts';
import { diffPoints, within } from './differences.ts';
import { trimmed, type JournalIndex } from './journal-index.ts';
import { listEntries, listRuns, type Wanted } from './listing.ts';
import { PastView, type Present } from './past-view.ts';
import { walkView } from './walk.ts';
import { writersOf } from './writers.ts';

export interface HistoryOptions {
  index: JournalIndex;
  present: Present;
  store: Pick<Store, 'commit' | 'snapshots' | 'runs'>;
  /** Runs of this session whose records may not be stored yet. */
  runs: { record(run: number): RunRecord | undefined; from(run: number): Iterable<RunRecord> };
  /** Resolves when everything that was changed so far is in the journal; `durable`: and on disk. */
  settle(durable: boolean): Promise<void>;
  /** Milliseconds since the epoch. */
  now: () => number;
  yield: () => Promise<void>;
  /** Runs between two batches, and not while records are trimmed. Default: at once. */
  between?: <T>(action: () => Promise<T>) => Promise<T>;
  /** The entry on which something else that has a name stands. Default: none has. */
  named?: (name: string) => Promise<number | undefined>;
}

/** Differences that are told at once, at most. */
const DIFFERENCES_MAX = 10_000;
/** Views that are kept, with what they remember; the longest unused go. */
const VIEWS_KEPT = 16;
const SNAPSHOTS_MAX = 10_000;

/** What the workspace was, and who made it what it is. Rules HI*, HV*, HD*, HP*, HW* in SPEC.md. */
export class History {
  readonly index: JournalIndex;
  readonly #options: HistoryOptions;
  readonly #views = new Map<number, PastView>();

  constructor(options: HistoryOptions) {
    this.index = options.index;
    this.#options = options;
  }

  /** The entry of a point. @throws FsError ENOENT for one that is not there or no longer kept, EINVAL for what is none */
  async point(point: Point): Promise<number> {
    if (point === 'now') {
      await this.#options.settle(false);
      return this.index.last;
    }
    const entry = typeof point === 'string' && !/^\d+$/.test(point) ? await this.#namedPoint(point) : Number(point);
    if (!Number.isSafeInteger(entry) || entry < 0) throw new FsError('EINVAL', 'history', undefined, { detail: 'a point is the number of an entry, the name of a snapshot, or now' });
    if (entry > this.index.last) await this.#options.settle(false);
    if (entry > this.index.last) throw new FsError('ENOENT', 'history', undefined, { detail: `there is no entry ${entry} yet; the last one is ${this.index.last}` });
    if (entry < this.index.oldest - 1) throw trimmed(entry, this.index.oldest);
    return entry;
  }

  async #namedPoint(name: string): Promise<number> {
    const found = (await this.#options.store.snapshots()).find((snapshot) => snapshot.name === name)?.entry ?? (await this.#options.named?.(name));
    if (found === undefined) throw new FsError('ENOENT', 'history', undefined, { detail: `there is no snapshot or branch ${name}` });
    return found;
  }

  /** The tree at a point. */
  async view(point: Point): Promise<TreeView> {
    return this.viewAt(await this.point(point));
  }

  /** The tree after an entry that is there. */
  viewAt(at: number): TreeView {
    const view = this.#views.get(at) ?? new PastView(at, this.index, this.#options.present);
    this.#views.delete(at);
    this.#views.set(at, view);
    if (this.#views.size > VIEWS_KEPT) this.#views.delete(this.#views.keys().next().value!);
    return view;
  }

  async entries(filter: HistoryFilter = {}): Promise<{ entries: HistoryEntry[]; more: boolean }> {
    return listEntries(this.index, await this.#wanted(filter));
  }

  async runs(filter: HistoryFilter = {}): Promise<HistoryRun[]> {
    return listRuns(this.index, await this.#wanted(filter), this.run);
  }

  /** The record of a run; undefined for the user, and for one that is not kept. */
  readonly run = async (run: number): Promise<RunRecord | undefined> => {
    if (run === 0) return undefined;
    const stored = this.#options.runs.record(run) ?? (await this.#options.store.runs(run, 1))[0];
    return stored?.run === run ? stored : undefined;
  };

  /** A run with all that it started, directly or not. @throws FsError E2BIG for more than 20 000 */
  family(run: number): Promise<Set<number>> {
    return familyOf(run, this.#options.store, this.#options.runs);
  }

  async diff(from: Point, to: Point, path = '/'): Promise<{ changes: TreeDifference[]; more: boolean }> {
    const [a, b] = [await this.point(from), await this.point(to)];
    const found = (await diffPoints(this.index, a, b)).filter((difference) => within(difference, path));
    found.sort((x, y) => (x.path < y.path ? -1 : x.path > y.path ? 1 : 0));
    return { changes: found.slice(0, DIFFERENCES_MAX), more: found.length > DIFFERENCES_MAX };
  }

  async writers(path: string): Promise<Provenance[]> {
    const { record } = await walkView(await this.view('now'), path);
    return writersOf(this.index, record.ino, this.run);
  }

  async blame(path: string): Promise<BlameRange[]> {
    const view = await this.view('now');
    const { record } = await walkView(view, path);
    if (record.kind !== 'file') throw new FsError('EINVAL', 'blame', path, { detail: 'it is no file' });
    return blame({ index: this.index, viewAt: (at) => this.viewAt(at), lookup: this.run, yield: this.#options.yield }, record.ino, view);
  }

  /** Names a point, the present by default. @throws FsError EEXIST, EINVAL for what is no name, ENOSPC for too many */
  async snapshot(name: string, point: Point = 'now'): Promise<Snapshot> {
    const known = await this.#options.store.snapshots();
    if (!/^[\w.-]{1,64}$/.test(name) || /^\d+$/.test(name) || ['now', '.', '..'].includes(name)) {
      throw new FsError('EINVAL', 'snapshot', name, { detail: 'a name has letters, digits, ".", "_" and "-", at most 64, and is neither a number nor "now"' });
    }
    if (known.some((snapshot) => snapshot.name === name) || (await this.#options.named?.(name)) !== undefined) throw new FsError('EEXIST', 'snapshot', name);
    if (known.length >= SNAPSHOTS_MAX) throw new FsError('ENOSPC', 'snapshot', name, { detail: `there are ${SNAPSHOTS_MAX} snapshots` });
    await this.#options.settle(true);
    const snapshot = { name, entry: await this.point(point), time: this.#options.now() };
    const { between = (action) => action(), store } = this.#options;
    await between(async () => {
      if (snapshot.entry < this.index.oldest - 1) throw trimmed(snapshot.entry, this.index.oldest);
      await store.commit(emptyBatch({ snapshots: [snapshot] }));
    });
    return snapshot;
  }

  /** By entry, then name. */
  async snapshots(): Promise<Snapshot[]> {
    return (await this.#options.store.snapshots()).sort((a, b) => a.entry - b.entry || (a.name < b.name ? -1 : 1));
  }

  async dropSnapshot(name: string): Promise<void> {
    if (!(await this.#options.store.snapshots()).some((snapshot) => snapshot.name === name)) throw new FsError('ENOENT', 'snapshot', name, { detail: `there is no snapshot ${name}` });
    await this.#options.store.commit(emptyBatch({ droppedSnapshots: [name] }));
  }

  async #wanted({ since, run, children = false, ...filter }: HistoryFilter): Promise<Wanted> {
    await this.#options.settle(false);
    const runs = run === undefined ? undefined : children && run !== 0 ? await this.family(run) : new Set([run]);
    return { ...filter, ...(runs && { runs }), since: since === undefined ? this.index.oldest - 1 : await this.point(since) };
  }
}
