import { createStore, type StoreApi } from 'zustand/vanilla';
import { isTypedLine, type HistoryCalls, type HistoryCost, type HistoryEntry, type HistoryRun, type Retention, type Snapshot } from '../../shared/abi/index.ts';
import { BINS, densityBins, entryMatches, nextBound, parseFilter, runBounds, timelineRows, type DensityBin, type TimelineRow } from './timeline-rows.ts';

export interface TimelineState {
  rows: readonly TimelineRow[];
  /** Entries that were read, and of them those that the filter lets through. */
  loaded: number;
  shown: number;
  /** There are older entries that were not read yet. */
  more: boolean;
  loading: boolean;
  error: string | null;
  /** Runs of programs, and what the kernel did for the user, by their number. */
  runs: ReadonlyMap<number, HistoryRun>;
  /** What the user did, as far as it was read: entries with no other run's between them. */
  acts: readonly HistoryRun[];
  snapshots: readonly Snapshot[];
  cost: HistoryCost | null;
  retention: Retention | null;
  /** The oldest point, and the newest entry's number: the ends of the track. */
  oldest: number;
  newest: number;
  bins: readonly DensityBin[];
  filter: string;
  /** The shells' notes of typed lines are shown as well, and how many there are of what was read. */
  typed: boolean;
  notes: number;
  /** The moment that is looked at: an entry's number (the state after it); null: now. */
  point: number | null;
  /** That entry, once it is known. */
  pointEntry: HistoryEntry | null;
}

type Api = Pick<HistoryCalls, 'historyEntries' | 'historyRuns' | 'historySnapshots' | 'historyCost' | 'historyRetention'>;

/** Entries of the first page, and of the further ones. */
const FIRST_PAGE = 1000;
const PAGE = 10_000;
const RUNS_MAX = 10_000;
/** While files change, what is new is asked for at most this often, in ms. */
const REFRESH_MS = 400;
/** The strip, which costs a call for each bin, is drawn anew at most this often, in ms. */
const SAMPLE_MS = 3000;
/** What it costs is weighed at most this often while files change, in ms: in a long history that takes seconds. */
const WEIGH_MS = 20_000;

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The journal as the timeline shows it, and the moment that the window looks at. Reads only while a pane uses it. */
export class Timeline {
  readonly store: StoreApi<TimelineState>;
  readonly #api: Api;
  /** Newest first, as the filter asks them of the kernel. */
  #entries: HistoryEntry[] = [];
  #toggled = new Set<string>();
  /** Grows with each new filter: what was asked for before it is thrown away. */
  #asked = 0;
  #users = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #weighed = { key: '', at: -Infinity };
  #sampled = { key: '', at: -Infinity };
  #sampling: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api) {
    this.#api = api;
    this.store = createStore<TimelineState>(() => ({
      rows: [], loaded: 0, shown: 0, more: false, loading: false, error: null, runs: new Map(), acts: [], snapshots: [], cost: null, retention: null,
      oldest: 0, newest: 0, bins: [], filter: '', typed: false, notes: 0, point: null, pointEntry: null,
    }));
  }

  /** Reads the history and follows it, until what is returned is called. */
  use(): () => void {
    this.#users++;
    void this.refresh();
    return () => {
      this.#users--;
    };
  }

  /** Files were changed. */
  changed(): void {
    if (this.#users === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.refresh();
    }, REFRESH_MS);
  }

  /** Reads what is new since the last reading. */
  async refresh(): Promise<void> {
    const asked = this.#asked;
    this.store.setState({ loading: true });
    try {
      const { filter } = parseFilter(this.store.getState().filter);
      const newest = this.#entries[0]?.seq;
      const [page, last, snapshots, retention] = await Promise.all([
        this.#api.historyEntries(newest === undefined ? { ...filter, limit: FIRST_PAGE } : { ...filter, since: newest, limit: PAGE }),
        this.#api.historyEntries({ limit: 1 }), this.#api.historySnapshots(), this.#api.historyRetention(),
      ]);
      if (asked !== this.#asked) return;
      this.#take(page, newest !== undefined);
      this.store.setState((state) => ({ snapshots, retention, newest: last.entries[0]?.seq ?? 0, loading: false, error: null, runs: grown(state.runs, page.entries) }));
      this.#show();
      // What takes long in a long history comes after what can be shown at once.
      await Promise.all([this.#nameRuns(page.entries), this.#weigh()]);
      await this.#sample();
    } catch (error) {
      if (asked === this.#asked) this.store.setState({ loading: false, error: message(error) });
    }
  }

  /** Reads what the history costs, and how far it reaches back; again after a pause only, but when the retention was changed. */
  async #weigh(): Promise<void> {
    const { cost, retention } = this.store.getState();
    const key = JSON.stringify(retention);
    if (cost && key === this.#weighed.key && performance.now() - this.#weighed.at < WEIGH_MS) return;
    this.#weighed = { key, at: performance.now() };
    this.setCost(await this.#api.historyCost());
  }

  /** Takes what the history costs now: after it was trimmed. */
  setCost(cost: HistoryCost): void {
    this.#entries = this.#entries.filter(({ seq }) => seq >= cost.oldest);
    this.store.setState({ cost, oldest: Math.max(0, cost.oldest - 1) });
    this.#show();
  }

  #take(page: { entries: HistoryEntry[]; more: boolean }, further: boolean): void {
    // What lies between a page that is not the whole of the news and what was read before would be a hole.
    const before = further && !page.more ? this.#entries : [];
    this.#entries = [...page.entries, ...before];
    if (!further || page.more) this.store.setState({ more: page.more });
  }

  /** Reads a page of older entries. */
  async loadMore(): Promise<void> {
    const { more, loading, filter: text } = this.store.getState();
    const last = this.#entries.at(-1);
    if (!more || loading || !last) return;
    const asked = this.#asked;
    this.store.setState({ loading: true });
    try {
      const page = await this.#api.historyEntries({ ...parseFilter(text).filter, before: last.seq, limit: PAGE });
      if (asked !== this.#asked) return;
      this.#entries = [...this.#entries, ...page.entries];
      this.store.setState({ more: page.more, loading: false });
      this.#show();
      await this.#nameRuns(page.entries);
    } catch (error) {
      if (asked === this.#asked) this.store.setState({ loading: false, error: message(error) });
    }
  }

  setFilter(filter: string): void {
    const asks = (text: string): string => JSON.stringify(parseFilter(text).filter);
    const same = asks(filter) === asks(this.store.getState().filter);
    this.store.setState({ filter });
    if (same) return this.#show();
    this.#asked++;
    this.#entries = [];
    this.#show();
    void this.refresh();
  }

  /** Shows the shells' notes of typed lines, or leaves them out. */
  setTyped(typed: boolean): void {
    this.store.setState({ typed });
    this.#show();
  }

  toggle(key: string): void {
    if (!this.#toggled.delete(key)) this.#toggled.add(key);
    this.#show();
  }

  /** Looks at the state after an entry; at the newest one, or null: at the present. */
  setPoint(point: number | null): void {
    const { oldest, newest } = this.store.getState();
    const at = point === null || point >= newest ? null : Math.max(oldest, point);
    if (at === this.store.getState().point) return;
    const pointEntry = at === null ? null : (this.#find(at) ?? null);
    this.store.setState({ point: at, pointEntry });
    if (at !== null && !pointEntry && at > 0) void this.#fetchPoint(at);
  }

  /** Steps along the track by entries or by runs. */
  step(by: 'entry' | 'run', direction: 1 | -1): void {
    const { point, oldest, newest, runs, acts } = this.store.getState();
    const at = point ?? newest;
    this.setPoint(by === 'entry' ? at + direction : nextBound(runBounds([...runs.values(), ...acts]), at, direction, oldest, newest));
  }

  #find(seq: number): HistoryEntry | undefined {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.seq ?? 0) > seq) low = middle + 1;
      else high = middle;
    }
    const found = this.#entries[low];
    return found?.seq === seq ? found : undefined;
  }

  async #fetchPoint(point: number): Promise<void> {
    const { entries } = await this.#api.historyEntries({ before: point + 1, limit: 1 }).catch(() => ({ entries: [] }));
    if (this.store.getState().point !== point) return;
    this.store.setState({ pointEntry: entries[0] ?? null });
    // Without its name the run is called by its number.
    await this.#nameRuns(entries).catch(() => undefined);
  }

  /** Reads the names of runs that are not known yet. */
  async #nameRuns(entries: readonly HistoryEntry[]): Promise<void> {
    const { runs } = this.store.getState();
    const unknown = entries.filter(({ run }) => run !== 0 && !runs.has(run));
    const newest = unknown[0];
    const oldest = unknown.at(-1);
    if (!newest || !oldest) return;
    const found = await this.#api.historyRuns({ before: newest.seq + 1, ...(oldest.seq > 1 && { since: oldest.seq - 1 }), limit: RUNS_MAX });
    this.store.setState((state) => ({ runs: withRuns(state.runs, found) }));
    this.#show();
  }

  /** Times at the bounds of the strip's bins: from what is loaded, else asked for one by one. */
  async #sample(): Promise<void> {
    const { oldest, newest, runs, acts } = this.store.getState();
    const bins = Math.min(BINS, newest - oldest);
    const key = `${oldest} ${newest} ${runs.size}`;
    if (bins < 2 || key === this.#sampled.key || this.#sampling !== undefined) return;
    const wait = this.#sampled.at + SAMPLE_MS - performance.now();
    if (wait > 0) {
      this.#sampling = setTimeout(() => {
        this.#sampling = undefined;
        void this.#sample().catch(() => undefined);
      }, wait);
      return;
    }
    this.#sampled = { key, at: performance.now() };
    const times = await Promise.all(Array.from({ length: bins + 1 }, async (_, at) => {
      const seq = Math.max(oldest + 1, Math.round(oldest + (at * (newest - oldest)) / bins));
      return (this.#find(seq) ?? (await this.#api.historyEntries({ before: seq + 1, limit: 1 })).entries[0])?.time ?? 0;
    }));
    this.store.setState({ bins: densityBins(times, [...runs.values(), ...acts], oldest, newest) });
  }

  #show(): void {
    const { filter: text, runs, typed } = this.store.getState();
    const { filter, words } = parseFilter(text);
    const noted = this.#entries.filter((entry) => isTypedLine(entry, runs.get(entry.run)));
    // Who asks for a path or a run means all of it.
    const left = typed || filter.path !== undefined || filter.run !== undefined ? new Set() : new Set(noted);
    const nameOf = (run: number): string => (run === 0 ? 'you' : (runs.get(run)?.name ?? ''));
    const shown = words.length === 0 && left.size === 0 ? this.#entries : this.#entries.filter((entry) => !left.has(entry) && entryMatches(entry, words, nameOf(entry.run)));
    this.store.setState({ rows: timelineRows(shown, this.#toggled), acts: actsOf(this.#entries), loaded: this.#entries.length, shown: shown.length, notes: noted.length });
  }
}

/** The runs with what came to them since they were read. */
function grown(runs: ReadonlyMap<number, HistoryRun>, entries: readonly HistoryEntry[]): ReadonlyMap<number, HistoryRun> {
  const changed = new Map(runs);
  for (const { run, seq } of entries) {
    const known = changed.get(run);
    if (known && seq > known.last) changed.set(run, { ...known, last: seq });
  }
  return changed;
}

function actsOf(entries: readonly HistoryEntry[]): HistoryRun[] {
  const acts: HistoryRun[] = [];
  let before = -1;
  for (const { run, seq, time } of entries) {
    const act = acts.at(-1);
    if (run === 0 && before === 0 && act) Object.assign(act, { first: seq, started: time, entries: act.entries + 1 });
    else if (run === 0) acts.push({ run, pid: 0, kind: 'user', name: 'you', args: [], started: time, first: seq, last: seq, entries: 1 });
    before = run;
  }
  return acts;
}

function withRuns(known: ReadonlyMap<number, HistoryRun>, found: readonly HistoryRun[]): ReadonlyMap<number, HistoryRun> {
  return new Map([...known, ...found.filter(({ run }) => run !== 0).map((run) => [run.run, run] as const)]);
}

/** Where a path is read as it was at a point: below `/history`. */
export function pathAt(point: number | string | null, path: string): string {
  if (point === null || point === 'now') return path;
  return `/history/${point}${path === '/' ? '' : path}`;
}
