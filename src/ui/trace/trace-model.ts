import { createStore, type StoreApi } from 'zustand/vanilla';
import type { TraceCalls, TraceFilter, TraceInfo, TraceStats, TracedCall } from '../../shared/abi/index.ts';
import { Watchers } from '../kit/index.ts';
import type { TraceView, TraceWish } from '../stores/index.ts';
import { CallList } from './call-list.ts';
import { parseFilterText, type KnownCalls, type ParsedFilter } from './filter.ts';
import { StripModel } from './strip-model.ts';
import { isWhole, within, type Stretch } from './strip-geometry.ts';

/** Rows that are chosen, from the one that the choice began with to the one that has the focus. */
export interface Selection {
  anchor: number;
  head: number;
  /** The call at `head`; null until it is read. */
  call: TracedCall | null;
}

export interface TraceState {
  /** The newest first. */
  runs: readonly TraceInfo[];
  loaded: boolean;
  run: number | null;
  /** The run was chosen, so that a newer one does not take its place. */
  pinned: boolean;
  info: TraceInfo | null;
  text: string;
  parsed: ParsedFilter;
  view: TraceView;
  /** What of the run is looked at; null: all of it. */
  range: Stretch | null;
  selection: Selection | null;
  /** A row that is to be brought into sight, once. */
  wanted: { index: number } | null;
  slowest: readonly TracedCall[] | null;
  stats: readonly TraceStats[] | null;
  /** The path whose calls are shown in the place of a run's, and those. */
  about: { path: string; calls: readonly { run: number; call: TracedCall }[] | null } | null;
  error: string | null;
}

/** What the model needs of the page. */
export interface TraceWorld {
  api: TraceCalls;
  known: KnownCalls;
  /** Calls `take` while the run goes on, at most ten times a second; returns what ends that. */
  listen(run: number, take: (info: TraceInfo) => void): () => void;
  /** Calls `changed` when a process begins or ends; returns what ends that. */
  onProcesses(changed: () => void): () => void;
  /** Whether a process is the shell of a terminal: its own calls are seldom what one looks for. */
  isPrompt(pid: number): boolean;
  now(): number;
}

const EMPTY: ParsedFilter = { filter: {}, tokens: [], problems: [] };
const NOTHING: Omit<TraceState, 'runs' | 'loaded'> = {
  run: null, pinned: false, info: null, text: '', parsed: EMPTY, view: 'calls', range: null, selection: null, wanted: null, slowest: null, stats: null, about: null, error: null,
};
/** Milliseconds: after typing; between readings of runs, of the list, the strip and the statistics while a run goes on. */
const TYPING = 150;
const PAUSES = { runs: 250, list: 100, strip: 300, lists: 500 } as const;
/** So often a running program that makes no calls is looked at, for its time goes on. */
const IDLE = 1000;
export const SLOWEST = 100;
const ABOUT_MAX = 1000;

/** The trace as the pane shows it. Reads, and listens, only while it is looked at. */
export class TraceModel {
  readonly store: StoreApi<TraceState> = createStore<TraceState>(() => ({ ...NOTHING, runs: [], loaded: false }));
  readonly list: CallList;
  readonly strip: StripModel;
  readonly #world: TraceWorld;
  readonly #watchers = new Watchers(() => this.#begin(), () => this.#stop());
  #ends: (() => void)[] = [];
  #deaf: () => void = () => undefined;
  #last = { runs: -Infinity, list: -Infinity, strip: -Infinity, lists: -Infinity };
  #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(world: TraceWorld) {
    this.#world = world;
    this.list = new CallList(world.api, (error) => this.#failed(error));
    this.strip = new StripModel(world.api, (error) => this.#failed(error));
    this.list.store.subscribe(() => this.#completeSelection());
    this.list.onShift = (by) => this.#shift(by);
  }

  /** Rows went to other places, by so many: whoever shows them scrolls with them. */
  onShift: (by: number) => void = () => undefined;

  /** Returns what ends the watching. */
  watch(): () => void {
    return this.#watchers.watch();
  }

  /** Does what another pane asked for. */
  apply(wish: TraceWish): void {
    if (wish.path !== undefined) return void this.showAbout(wish.path);
    const text = wish.filter ?? '';
    this.store.setState({ about: null, text, parsed: this.#parse(text), range: null, view: 'calls', selection: null });
    if (wish.run === undefined) void this.follow();
    else void this.choose(wish.run, wish.seq);
  }

  /** Shows a run until another is chosen, and a call of it. */
  async choose(run: number, seq?: number): Promise<void> {
    this.store.setState({ pinned: true, about: null });
    await this.#switch(run, seq);
  }

  /** The newest run of a program; that of a prompt only where there is no other. */
  newestOf(runs: readonly TraceInfo[]): TraceInfo | undefined {
    return runs.find(({ pid }) => !this.#world.isPrompt(pid)) ?? runs[0];
  }

  /** Shows the newest run, and each that becomes it. */
  async follow(): Promise<void> {
    this.store.setState({ pinned: false, about: null });
    await this.refreshRuns();
  }

  setText(text: string): void {
    this.store.setState({ text, parsed: this.#parse(text) });
    this.#later('typing', TYPING, () => this.#reload());
  }

  setView(view: TraceView): void {
    if (view === this.store.getState().view) return;
    this.store.setState({ view, selection: null });
    this.#reload();
  }

  /** Looks at a stretch of the run; the whole of it is all that comes, too. */
  setRange(range: Stretch | null): void {
    const whole = this.whole();
    const next = range && !isWhole(within(range, whole), whole) ? within(range, whole) : null;
    this.store.setState({ range: next, pinned: next !== null || this.store.getState().pinned });
    this.#readStrip();
    this.#later('typing', TYPING, () => this.#reload());
  }

  /** Chooses a row, or with `extend` all rows to it. */
  select(index: number, extend = false): void {
    const { selection } = this.store.getState();
    this.list.setFollowing(false);
    const call = this.list.row(index) ?? null;
    this.store.setState({ pinned: true, selection: { anchor: extend && selection ? selection.anchor : index, head: index, call } });
  }

  /** Chooses all rows; the first has the focus. */
  selectAll(): void {
    const { total } = this.list.store.getState();
    this.list.setFollowing(false);
    this.store.setState({ pinned: true, selection: total === 0 ? null : { anchor: total - 1, head: 0, call: this.list.row(0) ?? null } });
  }

  /** Chooses a call that is not read from the list: out of the slowest, or of those about a path. */
  selectCall(call: TracedCall): void {
    this.store.setState({ pinned: true, selection: { anchor: -1, head: -1, call } });
  }

  unselect(): void {
    this.store.setState({ selection: null });
  }

  /** Shows a call in the list; where it is filtered out, the next one. */
  async reveal(seq: number): Promise<number> {
    const { view } = this.store.getState();
    if (view !== 'calls') {
      this.store.setState({ view: 'calls' });
      await this.#readList(seq);
    }
    const place = await this.list.place(seq).catch(() => -1);
    if (place < 0) return place;
    this.select(place);
    this.store.setState({ wanted: { index: place } });
    return place;
  }

  /** The call that was begun at a moment, or the next. */
  async revealTime(at: number): Promise<number> {
    const { run } = this.store.getState();
    if (run === null) return -1;
    const { calls } = await this.#world.api.traceRead(run, { ...this.filter(), from: at }, 0, 1);
    return calls[0] ? this.reveal(calls[0].seq) : -1;
  }

  /** Names of the calls that the run made, the most frequent first. */
  async callsMade(): Promise<readonly TraceStats[]> {
    const { run } = this.store.getState();
    if (run === null) return [];
    try {
      return (await this.#world.api.traceStats(run, {})).sort((one, other) => other.count - one.count);
    } catch (error) {
      this.#failed(error);
      return [];
    }
  }

  async showAbout(path: string): Promise<void> {
    this.store.setState({ about: { path, calls: null }, selection: null, error: null });
    try {
      const calls = await this.#world.api.traceOfPath(path, ABOUT_MAX);
      if (this.store.getState().about?.path === path) this.store.setState({ about: { path, calls } });
    } catch (error) {
      this.#failed(error);
    }
  }

  leaveAbout(): void {
    this.store.setState({ about: null, selection: null });
    this.#reload();
  }

  /** What of a filter is asked of the kernel, without the stretch of time. */
  plainFilter(): TraceFilter {
    const { parsed: { filter }, view } = this.store.getState();
    return view === 'failed' && filter.errno === undefined ? { ...filter, errno: 'failed' } : filter;
  }

  filter(): TraceFilter {
    const { range } = this.store.getState();
    return range ? { ...this.plainFilter(), from: range.from, to: range.to } : this.plainFilter();
  }

  /** From the run's start to its end, or to now. */
  whole(): Stretch {
    const { info } = this.store.getState();
    return { from: 0, to: info ? Math.max(0, (info.ended ?? this.#world.now()) - info.started) : 0 };
  }

  async clear(): Promise<void> {
    await this.#world.api.traceClear();
    this.store.setState({ run: null, info: null, selection: null });
    this.strip.clear();
    await this.refreshRuns();
  }

  async refreshRuns(): Promise<void> {
    try {
      const runs = await this.#world.api.traceRuns();
      const { run, pinned } = this.store.getState();
      const info = runs.find((each) => each.run === run) ?? null;
      this.store.setState({ runs, loaded: true, ...(info && { info }) });
      const newest = this.newestOf(runs);
      if (newest && (!info || (!pinned && newest.run !== run))) await this.#switch(newest.run);
      else if (info) this.#tick();
    } catch (error) {
      this.#failed(error);
    }
  }

  dispose(): void {
    this.#watchers.end();
    this.list.dispose();
  }

  #begin(): void {
    this.#ends.push(this.#world.onProcesses(() => this.#later('runs', PAUSES.runs, () => void this.refreshRuns())));
    const idle = setInterval(() => {
      const { info } = this.store.getState();
      if (info && info.ended === undefined) this.#tick();
    }, IDLE);
    this.#ends.push(() => clearInterval(idle));
    const { run } = this.store.getState();
    if (run !== null) this.#hear(run);
    void this.refreshRuns();
  }

  #stop(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#deaf();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #hear(run: number): void {
    this.#deaf();
    this.#deaf = this.#world.listen(run, (info) => {
      if (this.store.getState().run !== run) return;
      this.store.setState(({ runs }) => ({ info, runs: runs.map((each) => (each.run === run ? info : each)) }));
      this.#tick();
    });
  }

  async #switch(run: number, seq?: number): Promise<void> {
    const { runs } = this.store.getState();
    const info = runs.find((each) => each.run === run) ?? null;
    this.store.setState({ run, info, range: null, selection: null, slowest: null, stats: null, error: null });
    this.strip.clear();
    if (this.#watchers.any) this.#hear(run);
    if (!info) {
      const all = await this.#world.api.traceRuns().catch(() => []);
      const found = all.find((each) => each.run === run);
      if (this.store.getState().run !== run) return;
      if (!found) return this.store.setState({ runs: all, loaded: true, error: `Nothing is kept of run ${run}: the calls of the last runs are` });
      this.store.setState({ runs: all, loaded: true, info: found });
    }
    this.#readStrip();
    this.#readLists();
    await this.#readList(seq);
    if (seq !== undefined && this.store.getState().run === run) await this.reveal(seq);
  }

  /** Something came, or time went on. */
  #tick(): void {
    this.#paced('list', () => {
      const { view, about } = this.store.getState();
      if (!about && (view === 'calls' || view === 'failed')) void this.list.update();
    });
    this.#paced('strip', () => this.#readStrip());
    this.#paced('lists', () => this.#readLists());
  }

  #reload(): void {
    if (this.store.getState().run === null) return;
    this.#readStrip();
    this.#readLists();
    void this.#readList();
  }

  /** The chosen call stays chosen where it matches; else a running program is followed. */
  async #readList(seq?: number): Promise<void> {
    const { run, info, range, view, selection, about } = this.store.getState();
    if (run === null || about || (view !== 'calls' && view !== 'failed')) return;
    const chosen = seq ?? selection?.call?.seq;
    const tail = chosen === undefined && info?.ended === undefined && range === null;
    await this.list.show(run, this.filter(), tail);
    if (!tail && chosen === undefined) this.store.setState({ wanted: { index: 0 } });
    if (chosen === undefined || seq !== undefined || this.store.getState().run !== run) return;
    const place = await this.list.place(chosen).catch(() => -1);
    const call = place >= 0 ? this.list.row(place) : undefined;
    this.store.setState({ selection: place >= 0 && (!call || call.seq === chosen) ? { anchor: place, head: place, call: call ?? selection?.call ?? null } : null });
  }

  #readStrip(): void {
    const { run, range, about } = this.store.getState();
    const whole = this.whole();
    if (run === null || about || whole.to <= 0) return;
    this.strip.read({ run, filter: this.plainFilter(), whole, shown: range ?? whole });
  }

  #readLists(): void {
    const { run, view, about } = this.store.getState();
    if (run === null || about) return;
    const take = (state: Partial<TraceState>): void => {
      if (this.store.getState().run === run) this.store.setState(state);
    };
    if (view === 'stats') this.#world.api.traceStats(run, this.filter()).then((stats) => take({ stats }), (error: unknown) => this.#failed(error));
    if (view === 'slowest') this.#world.api.traceSlowest(run, this.filter(), SLOWEST).then((slowest) => take({ slowest }), (error: unknown) => this.#failed(error));
  }

  /** A row was chosen before it was read, or what was chosen is still going on. */
  #completeSelection(): void {
    const { selection } = this.store.getState();
    if (!selection || selection.head < 0 || (selection.call && !selection.call.open)) return;
    const call = this.list.row(selection.head);
    if (call && call !== selection.call && (!selection.call || call.seq === selection.call.seq)) this.store.setState({ selection: { ...selection, call } });
  }

  #shift(by: number): void {
    const { selection } = this.store.getState();
    if (selection && selection.head >= 0) this.store.setState({ selection: { ...selection, anchor: Math.max(0, selection.anchor + by), head: Math.max(0, selection.head + by) } });
    this.onShift(by);
  }

  #parse(text: string): ParsedFilter {
    return parseFilterText(text, this.#world.known);
  }

  #failed(error: unknown): void {
    this.store.setState({ error: error instanceof Error ? error.message : String(error) });
  }

  /** Now, or as soon as the pause after the last time is over. */
  #paced(what: keyof typeof PAUSES, work: () => void): void {
    const wait = this.#last[what] + PAUSES[what] - this.#world.now();
    if (this.#timers.has(what)) return;
    const run = (): void => {
      this.#last[what] = this.#world.now();
      if (this.#watchers.any) work();
    };
    if (wait <= 0) run();
    else this.#later(what, wait, run);
  }

  #later(what: string, pause: number, work: () => void): void {
    clearTimeout(this.#timers.get(what));
    this.#timers.set(what, setTimeout(() => {
      this.#timers.delete(what);
      work();
    }, pause));
  }
}
