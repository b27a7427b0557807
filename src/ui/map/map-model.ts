import { createStore, type StoreApi } from 'zustand/vanilla';
import type { MapSnapshot } from '../../shared/abi/index.ts';
import { Watchers } from '../kit/index.ts';
import { loadSetting, saveSetting, type App } from '../stores/index.ts';
import { Flow } from './flow.ts';
import { GraphBuilder, lingerers, mountId, placeId, type ClusterName, type Graph } from './graph.ts';
import { Layout, type Point } from './layout.ts';

export interface MapState {
  snapshot: MapSnapshot | null;
  graph: Graph;
  places: ReadonlyMap<string, Point>;
  /** Counts up whenever rates have changed. */
  moved: number;
  selected: string | null;
  /** What the selected one reaches, or who reaches it, is lit up. */
  reaching: boolean;
  error: string | null;
}

const NO_GRAPH: Graph = { nodes: [], edges: [], byId: new Map(), edgeIds: new Set(), instead: new Map(), left: [] };
/** Milliseconds between two looks at the traffic; between two at everything, where nothing tells that it has changed; at least between two at all. */
const TRAFFIC_MS = 500;
const SLOW_MS = 3000;
const SOON_MS = 250;
/** Milliseconds for which a program that has ended stays where it was. */
const LINGER_MS = 8000;
const LINGER_MAX = 6;
const PLACES_MAX = 10;
const CLUSTERS: readonly ClusterName[] = ['services', 'subjects', 'ended', 'layers', 'lines'];
const DRAGGED_MAX = 500;

/** What the map shows. It asks the kernel while somebody watches, and not otherwise. */
export class MapModel {
  readonly store: StoreApi<MapState> = createStore<MapState>(() => ({ snapshot: null, graph: NO_GRAPH, places: new Map(), moved: 0, selected: null, reaching: false, error: null }));
  readonly flow = new Flow();
  readonly #app: App;
  readonly #layout = new Layout(loadSetting('map.places', [], acceptPlaces));
  readonly #open: Set<ClusterName>;
  /** Directories in use, with when they were last; and who used them. */
  readonly #places = new Map<string, number>();
  readonly #touches = new Set<string>();
  #ended = new Set<number>();
  /** When running processes were last seen to run, or first to have ended. */
  readonly #seen = new Map<number, number>();
  readonly #watchers = new Watchers(() => this.#begin(), () => this.#stop());
  #ends: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #lastFull = 0;

  constructor(app: App) {
    this.#app = app;
    this.#open = new Set(loadSetting('map.open', [], (value) => (Array.isArray(value) ? CLUSTERS.filter((name) => value.includes(name)) : undefined)));
  }

  /** Returns what ends the watching. */
  watch(): () => void {
    return this.#watchers.watch();
  }

  #begin(): void {
    this.#ends = ['proc.>', 'workspace.changed', 'folder.>'].map((pattern) => this.#app.page.bus.subscribe(pattern, () => this.#refreshSoon()));
    void this.refresh();
    this.#look();
  }

  #stop(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
    clearTimeout(this.#timer);
    clearTimeout(this.#soon);
    this.#soon = undefined;
    this.flow.clear();
  }

  #refreshSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.refresh();
    }, SOON_MS);
  }

  #look(): void {
    this.#timer = setTimeout(() => {
      void this.#takeTraffic().finally(() => {
        if (this.#watchers.any) this.#look();
      });
    }, TRAFFIC_MS);
  }

  /** Looks at everything anew. Never rejects. */
  async refresh(): Promise<void> {
    this.#lastFull = performance.now();
    try {
      const snapshot = await this.#app.client.api.mapSnapshot();
      const now = performance.now();
      const known = this.store.getState().snapshot !== null;
      for (const { pid, state } of snapshot.processes.items) if (state !== 'exited' || (known && !this.#ended.has(pid))) this.#seen.set(pid, now);
      this.#ended = new Set(snapshot.processes.items.filter(({ state }) => state === 'exited').map(({ pid }) => pid));
      for (const [pid, at] of this.#seen) if (now - at > LINGER_MS) this.#seen.delete(pid);
      this.#show(snapshot);
    } catch (error) {
      this.store.setState({ error: error instanceof Error ? error.message : String(error) });
    }
  }

  async #takeTraffic(): Promise<void> {
    if (performance.now() - this.#lastFull > SLOW_MS) await this.refresh();
    const { snapshot } = this.store.getState();
    const traffic = await this.#app.client.api.mapTraffic().catch(() => null);
    if (!traffic || !snapshot || !this.#watchers.any) return;
    const before = this.#places.size + this.#touches.size;
    for (const { pid, path } of traffic.files) this.#touch(pid, path, snapshot);
    if (this.#places.size + this.#touches.size !== before) this.#show(snapshot);
    const moved = this.flow.live || this.flow.processes.size > 0;
    this.flow.take(traffic, snapshot, this.store.getState().graph, (path) => placeOf(path, snapshot));
    if (moved || this.flow.live || this.flow.processes.size > 0) this.store.setState((state) => ({ moved: state.moved + 1 }));
  }

  #touch(pid: number, path: string, snapshot: MapSnapshot): void {
    if (placeOf(path, snapshot) === placeId(path)) {
      this.#places.set(path, performance.now());
      if (this.#places.size > PLACES_MAX) {
        const [oldest] = [...this.#places].reduce((a, b) => (b[1] < a[1] ? b : a));
        this.#places.delete(oldest);
        for (const touch of this.#touches) if (touch.endsWith(` ${oldest}`)) this.#touches.delete(touch);
      }
    }
    if (pid === 0 || snapshot.processes.items.some((one) => one.pid === pid)) this.#touches.add(`${pid} ${path}`);
  }

  #show(snapshot: MapSnapshot | null): void {
    if (!snapshot) return;
    const running = new Set(snapshot.processes.items.map(({ pid }) => pid).concat(0));
    for (const touch of this.#touches) if (!running.has(Number(touch.slice(0, touch.indexOf(' '))))) this.#touches.delete(touch);
    const graph = new GraphBuilder(snapshot, { open: this.#open, places: [...this.#places.keys()], lingering: lingerers(snapshot.processes.items, new Set(this.#seen.keys()), LINGER_MAX), touches: this.#touches }).build();
    const places = this.#layout.update(graph);
    this.store.setState(({ selected, reaching }) => {
      const there = selected !== null && graph.byId.has(selected);
      return { snapshot, graph, places, error: null, selected: there ? selected : null, reaching: there && reaching };
    });
  }

  select(id: string | null): void {
    this.store.setState(({ reaching, selected }) => ({ selected: id, reaching: id !== null && id === selected && reaching }));
  }

  setReaching(reaching: boolean): void {
    this.store.setState({ reaching });
  }

  toggle(name: ClusterName): void {
    if (!this.#open.delete(name)) this.#open.add(name);
    saveSetting('map.open', [...this.#open]);
    this.#show(this.store.getState().snapshot);
  }

  drag(id: string, place: Point): void {
    this.store.setState({ places: this.#layout.drag(id, place) });
  }

  /** Keeps what was dragged; of processes, whose numbers begin anew with the page, nothing. */
  dropped(): void {
    saveSetting('map.places', [...this.#layout.dragged].filter(([id]) => !id.startsWith('process ')).slice(-DRAGGED_MAX));
  }

  tidy(): void {
    this.store.setState(({ graph }) => ({ places: this.#layout.tidy(graph) }));
    this.dropped();
  }
}

/** The node of a directory: that of a usual mount at this path, or its own. */
function placeOf(path: string, { mounts }: MapSnapshot): string {
  const mount = mounts.items.find((one) => one.usual && one.path === path);
  return mount ? mountId(mount.id) : placeId(path);
}

function acceptPlaces(value: unknown): (readonly [string, Point])[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.slice(0, DRAGGED_MAX).flatMap((entry: unknown) => {
    const [id, place] = Array.isArray(entry) ? (entry as unknown[]) : [];
    const { x, y } = (typeof place === 'object' && place !== null ? place : {}) as Partial<Record<'x' | 'y', unknown>>;
    return typeof id === 'string' && Number.isFinite(x) && Number.isFinite(y) ? [[id, { x: x as number, y: y as number }] as const] : [];
  });
}

const models = new WeakMap<App, MapModel>();

export function mapModelOf(app: App): MapModel {
  let model = models.get(app);
  if (!model) models.set(app, (model = new MapModel(app)));
  return model;
}
