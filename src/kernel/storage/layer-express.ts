import type { BaseLayer, EntryRecord, NodeRecord, Store, StoreBatch } from '../contract/index.ts';
import { recordCodec } from './codec.ts';
import { LayerRows } from './layer-rows.ts';
import { scanLayer, scanLayerNodes } from './layer-scan.ts';
import { ROOT_INO } from './manifest.ts';
import { Reachable } from './reachable.ts';

export interface ExpressOptions {
  store: Store;
  base: BaseLayer;
  /** Frozen layers, from the bottom to the top: what they give on the base is to be said. */
  from: readonly number[];
  /** Those on which the new layer will be. */
  onto: readonly number[];
  /** A layer that nothing refers to yet. */
  into: number;
  /** Told of each batch before it is committed. */
  guard: (batch: StoreBatch) => void;
}

/** One key of several layers: the rows by layer. */
type Joined<Row> = Map<number, Row>;

/** Writes a layer that gives on one stack what another stack gives. In pages: nothing of it counts until that layer is in the stack. */
export async function expressLayers({ store, base, from, onto, into, guard }: ExpressOptions): Promise<void> {
  const layers = [...new Set([...from, ...onto])];
  const reachable = await Reachable.of(base, store, from);
  const out = new LayerRows(store, into, guard);
  for await (const rows of join(layers, (layer) => scanLayer(store, layer), compareRows)) {
    const row = entryFor(topmost(rows, from), topmost(rows, onto), base);
    if (row && reachable.directories.has(row.parent)) await out.entry(row);
  }
  for await (const rows of join(layers, (layer) => scanLayerNodes(store, layer), (a, b) => a.ino - b.ino)) {
    const node = nodeFor(topmost(rows, from), topmost(rows, onto), base);
    if (node && (node.ino === ROOT_INO || reachable.linked.has(node.ino))) await out.node(node);
  }
  await out.flush();
}

/** The row that makes of what is below (`there`) what is wanted; undefined: none is needed. */
function entryFor(wanted: EntryRecord | undefined, there: EntryRecord | undefined, base: BaseLayer): EntryRecord | undefined {
  const { parent, name } = (wanted ?? there)!;
  const shipped = base.entries(parent).find((entry) => entry.name === name)?.node ?? null;
  const now = wanted ?? { parent, name, node: shipped };
  const below = there ?? { parent, name, node: shipped };
  return sameBytes(recordCodec.encodeEntry(now), recordCodec.encodeEntry(below)) ? undefined : now;
}

function nodeFor(wanted: NodeRecord | undefined, there: NodeRecord | undefined, base: BaseLayer): NodeRecord | undefined {
  const now = wanted ?? (there?.ino === ROOT_INO ? base.root() : undefined);
  if (!now || (there && sameBytes(recordCodec.encodeNode(now), recordCodec.encodeNode(there)))) return undefined;
  return now;
}

function topmost<Row>(rows: Joined<Row>, layers: readonly number[]): Row | undefined {
  const layer = layers.findLast((id) => rows.has(id));
  return layer === undefined ? undefined : rows.get(layer);
}

/** Each key that a layer has, in order. */
async function* join<Row>(layers: readonly number[], scan: (layer: number) => AsyncGenerator<Row>, compare: (a: Row, b: Row) => number): AsyncGenerator<Joined<Row>> {
  const cursors: { layer: number; rows: AsyncGenerator<Row>; row: Row | undefined }[] = [];
  for (const layer of layers) {
    const rows = scan(layer);
    cursors.push({ layer, rows, row: await next(rows) });
  }
  for (;;) {
    let least: Row | undefined;
    for (const { row } of cursors) if (row !== undefined && (least === undefined || compare(row, least) < 0)) least = row;
    if (least === undefined) return;
    const joined: Joined<Row> = new Map();
    for (const cursor of cursors) {
      if (cursor.row === undefined || compare(cursor.row, least) !== 0) continue;
      joined.set(cursor.layer, cursor.row);
      cursor.row = await next(cursor.rows);
    }
    yield joined;
  }
}

async function next<Row>(rows: AsyncGenerator<Row>): Promise<Row | undefined> {
  const { value, done } = await rows.next();
  return done ? undefined : value;
}

function compareRows(a: EntryRecord, b: EntryRecord): number {
  if (a.parent !== b.parent) return a.parent - b.parent;
  return a.name === b.name ? 0 : a.name < b.name ? -1 : 1;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
