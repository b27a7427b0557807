import type { TreeDifference } from '../../shared/abi/index.ts';
import type { BaseLayer, EntryRecord, NodeRecord, Store } from '../contract/index.ts';
import { chunksOf, LowerStack, ROOT_INO, sameRef, scanLayer, scanLayerNodes } from '../storage/index.ts';
import { Directories } from './directories.ts';

export interface LayerDiffOptions {
  store: Store;
  base: BaseLayer;
  layer: number;
  /** Frozen layers below it, from the bottom to the top. */
  below: readonly number[];
}

/** What a layer's row makes of a name. */
interface Slot {
  parent: number;
  name: string;
  before: NodeRecord | null;
  after: NodeRecord | null;
}

interface Place {
  path: string;
  record: NodeRecord;
}

/** Differences that are told, at most. */
export const DIFFERENCES_MAX = 10_000;

/** What a layer changes against those below it, by path. A directory whose times alone are others is not told. */
export async function layerDiff(options: LayerDiffOptions): Promise<{ changes: TreeDifference[]; more: boolean }> {
  const { store, base, layer, below } = options;
  const lower = new LowerStack({ store, base });
  lower.set(below, Infinity);
  const before = await Directories.of(base, store, below);
  const rows: EntryRecord[] = [];
  for await (const row of scanLayer(store, layer)) rows.push(row);
  const after = before.with(rows);
  const nodes = new Map<number, NodeRecord>();
  for await (const node of scanLayerNodes(store, layer)) nodes.set(node.ino, node);
  const slots: Slot[] = [];
  for (const row of rows) slots.push(await slotOf(row, lower, nodes));
  const told = new Set(slots.map((slot) => slot.after?.ino));
  for (const [ino, node] of nodes) {
    const place = before.linked.get(ino);
    if (ino !== ROOT_INO && place && !told.has(ino)) slots.push({ ...place, before: (await lower.node(ino)) ?? null, after: node });
  }
  const changes = (await differences(slots, before, after, lower)).sort((a, b) => (a.path < b.path ? -1 : 1));
  return { changes: changes.slice(0, DIFFERENCES_MAX), more: changes.length > DIFFERENCES_MAX };
}

async function slotOf({ parent, name, node }: EntryRecord, lower: LowerStack, nodes: ReadonlyMap<number, NodeRecord>): Promise<Slot> {
  const before = (await lower.lookup(parent, name)) ?? null;
  if (node === null) return { parent, name, before, after: null };
  if (!('linked' in node)) return { parent, name, before, after: node };
  return { parent, name, before, after: nodes.get(node.ino) ?? (await lower.node(node.ino)) ?? null };
}

/** Where nodes were that are not there any more: also all that is below a directory that is gone. */
async function lostPlaces(slots: readonly Slot[], from: Directories, lower: LowerStack): Promise<Map<number, Place[]>> {
  const told = new Set(slots.map(({ parent, name }) => `${parent}/${name}`));
  const stays = new Set(slots.map(({ after }) => after?.ino));
  const lost = new Map<number, Place[]>();
  const add = async (record: NodeRecord, path: string): Promise<void> => {
    lost.set(record.ino, [...(lost.get(record.ino) ?? []), { path, record }]);
    if (record.kind !== 'directory' || stays.has(record.ino)) return;
    for (const child of await lower.children(record.ino)) {
      if (!told.has(`${record.ino}/${child.name}`)) await add(child.record, `${path}/${child.name}`);
    }
  };
  for (const { parent, name, before, after } of slots) {
    const path = from.pathOf(parent, name);
    if (before && before.ino !== after?.ino && path !== undefined) await add(before, path);
  }
  return lost;
}

async function differences(slots: readonly Slot[], from: Directories, to: Directories, lower: LowerStack): Promise<TreeDifference[]> {
  const found: TreeDifference[] = [];
  const lost = await lostPlaces(slots, from, lower);
  const made = new Map<string, NodeRecord>();
  for (const { parent, name, before, after } of slots) {
    const path = to.pathOf(parent, name);
    if (!after || path === undefined) continue;
    const was = before?.ino === after.ino ? undefined : lost.get(after.ino)?.shift();
    if (before?.ino === after.ino) found.push(...changed(path, before, after));
    else if (was) found.push({ ...difference(path, was.record, after), change: 'renamed', from: was.path });
    else made.set(path, after);
  }
  // What stands at a path for something else is changed, if it is not the same but for its number.
  for (const { path, record } of [...lost.values()].flat()) {
    const after = made.get(path);
    made.delete(path);
    if (after) found.push(...changed(path, record, after));
    else found.push({ ...difference(path, record, null), change: 'deleted' });
  }
  for (const [path, record] of made) found.push({ ...difference(path, null, record), change: 'added' });
  return found;
}

function* changed(path: string, before: NodeRecord, after: NodeRecord): Generator<TreeDifference> {
  if (after.kind === 'directory' && before.kind === 'directory') return;
  const found = { ...difference(path, before, after), change: 'changed' as const };
  if (found.content || before.mtime !== after.mtime) yield found;
}

function difference(path: string, before: NodeRecord | null, after: NodeRecord | null): Omit<TreeDifference, 'change'> {
  const milliseconds = (node: NodeRecord | null): number => Number((node?.mtime ?? 0n) / 1_000_000n);
  const kind = (after ?? before)!.kind;
  return {
    path, kind, size: after?.size ?? 0, sizeBefore: before?.size ?? 0, mtime: milliseconds(after), mtimeBefore: milliseconds(before),
    content: before === null || after === null ? kind !== 'directory' : contentDiffers(before, after),
    ...(before && before.kind !== kind ? { kindBefore: before.kind } : {}),
  };
}

function contentDiffers(before: NodeRecord, after: NodeRecord): boolean {
  if (before.size !== after.size || before.target !== after.target || before.kind !== after.kind) return true;
  const [a, b] = [chunksOf(before), chunksOf(after)];
  const sameBase = before.base === after.base;
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [x, y] = [a[i] ?? null, b[i] ?? null];
    if (x && y && x.hash !== '' && x.hash === y.hash && x.valid === y.valid) continue;
    const holes = (x?.length ?? 0) === 0 && (y?.length ?? 0) === 0;
    if (!holes && !(sameBase && sameRef(x, y))) return true;
  }
  return false;
}
