import type { BaseLayer, EntryRecord, NodeRecord, Store, StoreBatch } from '../contract/index.ts';
import { LayerRows } from './layer-rows.ts';
import { scanLayer, scanLayerNodes } from './layer-scan.ts';
import { LowerStack } from './lower-stack.ts';
import { ROOT_INO } from './manifest.ts';

export interface MergeOptions {
  store: Store;
  base: BaseLayer;
  /** Frozen layers below both, from the bottom to the top. */
  below: readonly number[];
  /** The two, both frozen. */
  lower: number;
  upper: number;
  /** A layer that nothing refers to yet. */
  into: number;
  /** Told of each batch before it is committed. */
  guard: (batch: StoreBatch) => void;
}

type Row = EntryRecord;

function compare(a: Row | undefined, b: Row | undefined): number {
  if (!a || !b) return a ? -1 : 1;
  if (a.parent !== b.parent) return a.parent - b.parent;
  return a.name === b.name ? 0 : a.name < b.name ? -1 : 1;
}

/** Each key once, with the upper's row where it has one. */
async function* joined(store: Store, lower: number, upper: number): AsyncGenerator<{ row: Row; over: boolean }> {
  const rows = [scanLayer(store, lower), scanLayer(store, upper)] as const;
  let [low, high] = (await Promise.all(rows.map((one) => one.next()))).map(({ value }) => value as Row | undefined);
  while (low || high) {
    const order = compare(low, high);
    yield order < 0 ? { row: low!, over: false } : { row: high!, over: order === 0 };
    if (order <= 0) low = (await rows[0].next()).value as Row | undefined;
    if (order >= 0) high = (await rows[1].next()).value as Row | undefined;
  }
}

/**
 * Writes the rows of two frozen layers, as one reads them together, into a layer. In pages: nothing of it counts until
 * that layer stands in the stack for the two. Whiteouts that hide nothing are left out.
 */
export async function mergeLayers({ store, base, below, lower, upper, into, guard }: MergeOptions): Promise<void> {
  const rest = new LowerStack({ store, base });
  rest.set(below, Infinity);
  const linked = new Set<number>();
  const out = new LayerRows(store, into, guard);
  for await (const { row } of joined(store, lower, upper)) {
    if (row.node && 'linked' in row.node) linked.add(row.node.ino);
    if (row.node || (await hides(rest, row))) await out.entry(row);
  }
  await out.flush();
  // A node whose names are all gone is of no use, if no name of it can be further below.
  const wanted = ({ ino }: NodeRecord): boolean => ino === ROOT_INO || linked.has(ino) || below.length > 0;
  for (const layer of [lower, upper]) {
    for await (const node of scanLayerNodes(store, layer)) if (wanted(node)) await out.node(node);
    // One number may be in both: the upper one's row comes after, in a batch of its own.
    await out.flush();
  }
}

async function hides(rest: LowerStack, { parent, name }: Row): Promise<boolean> {
  await rest.preload([parent]);
  return rest.visible(parent)?.has(name) ?? true;
}

/** Puts all rows of a layer into another one, over those that it has. In pages. */
export async function copyLayer(store: Store, layer: number, into: number, guard: (batch: StoreBatch) => void): Promise<void> {
  const out = new LayerRows(store, into, guard);
  for await (const row of scanLayer(store, layer)) await out.entry(row);
  for await (const node of scanLayerNodes(store, layer)) await out.node(node);
  await out.flush();
}
