import type { LayerInfo, Point, TreeDifference } from '../../shared/abi/index.ts';
import { basename } from '../../shared/base/index.ts';
import type { WindowApi } from '../client/index.ts';
import { pathAt, type DiffSpec } from '../stores/index.ts';

/** A comparison of two trees, with the places where the contents of both are read. */
export interface Comparison {
  changes: TreeDifference[];
  more: boolean;
  /** Where a path of the earlier and of the later tree is read; null where its contents cannot be had. */
  before: (path: string) => string | null;
  after: (path: string) => string | null;
  /** What the two are called. */
  names: { before: string; after: string };
  /** The point before, where there is one: what can be restored from it. */
  from?: Point;
}

type Api = Pick<WindowApi, 'historyDiff' | 'historyRuns' | 'historyEntries' | 'layerDiff' | 'layerList' | 'stat'>;

const name = (point: Point): string => (point === 'now' ? 'now' : typeof point === 'number' ? `after ${point}` : point);

/** Reads what a tab compares. */
export function readComparison(api: Api, spec: DiffSpec): Promise<Comparison> {
  if (spec.kind === 'points') return betweenPoints(api, spec.from, spec.to, spec.path);
  if (spec.kind === 'files') return ofFiles(api, spec.before, spec.after);
  return spec.kind === 'run' ? ofRun(api, spec.run, spec.children === true) : ofLayer(api, spec.layer);
}

async function betweenPoints(api: Api, from: Point, to: Point, path?: string): Promise<Comparison> {
  const { changes, more } = await api.historyDiff(from, to, path);
  return { changes, more, before: (at) => pathAt(from, at), after: (at) => pathAt(to, at), names: { before: name(from), after: name(to) }, from };
}

/** Two files side by side, as they are now. */
async function ofFiles(api: Api, before: string, after: string): Promise<Comparison> {
  const [a, b] = await Promise.all([api.stat(before), api.stat(after)]);
  const change: TreeDifference = { path: after, change: 'changed', kind: b.kind, size: b.size, sizeBefore: a.size, mtime: b.mtime, mtimeBefore: a.mtime, content: true };
  return { changes: [change], more: false, before: () => before, after: () => after, names: { before: basename(before), after: basename(after) } };
}

/** Entries that are read to tell a run's paths from those of others that ran at the same time. */
const ENTRIES_MAX = 10_000;

async function ofRun(api: Api, run: number, children: boolean): Promise<Comparison> {
  const runs = await api.historyRuns({ run, children, limit: ENTRIES_MAX });
  const first = Math.min(...runs.map((each) => each.first));
  const last = Math.max(...runs.map((each) => each.last));
  if (runs.length === 0) throw new Error('This run is not in the history any more, or has changed nothing');
  const whole = await betweenPoints(api, first - 1, last);
  if (runs.reduce((sum, each) => sum + each.entries, 0) >= last - first + 1) return whole;
  const { entries } = await api.historyEntries({ run, children, limit: ENTRIES_MAX });
  const own = new Set(entries.flatMap(({ path, to }) => (to === undefined ? [path] : [path, to])));
  const isOwn = (path: string): boolean => own.has(path) || [...own].some((each) => path.startsWith(`${each}/`));
  return { ...whole, changes: whole.changes.filter(({ path, from }) => isOwn(path) || (from !== undefined && own.has(from))) };
}

async function ofLayer(api: Api, layer: string): Promise<Comparison> {
  const [{ changes, more }, layers] = await Promise.all([api.layerDiff(layer), api.layerList()]);
  const info = layers.find((each) => each.name === layer);
  const places = info ? placesOf(info, layers) : { before: () => null, after: () => null };
  return { changes, more, ...places, names: { before: 'below', after: layer } };
}

/** Only the topmost layer is seen as it is, and what is beside the stack has a place of its own. */
function placesOf(info: LayerInfo, layers: readonly LayerInfo[]): Pick<Comparison, 'before' | 'after'> {
  if (info.kind === 'branch' || info.kind === 'session') return { before: (path) => pathAt(info.at ?? 'now', path), after: (path) => `/branch/${info.name}${path}` };
  const top = layers.filter(({ kind }) => kind !== 'branch' && kind !== 'session').at(-1);
  return { before: () => null, after: (path) => (info.id === top?.id ? path : null) };
}
