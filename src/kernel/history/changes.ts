import type { BlockChange, ChunkRef, JournalRecord, NodeRecord } from '../contract/index.ts';
import { chunksOf, sameRef } from '../storage/index.ts';
import type { JournalIndex } from './journal-index.ts';
import { directoryOf, nodeEffects, slotEffects } from './effects.ts';

/** What became of one name of one directory. Inode numbers; `null`: the name was not there. */
export interface SlotChange {
  parent: number;
  name: string;
  before: number | null;
  after: number | null;
  /** Nodes that had the name at any time between. */
  held: Set<number>;
  /** Path of the directory at entry `seq`, the first that touched the name. */
  directory: string;
  seq: number;
}

/** What became of one node. `null`: it did not exist. Records are as the journal has them: contents are in `blocks`. */
export interface NodeChange {
  ino: number;
  before: NodeRecord | null;
  after: NodeRecord | null;
  blocks: Map<number, BlockChange>;
  /** Of one that is no more: its record when its last name went, with its contents. */
  end?: NodeRecord;
  /** Some of its paths, each with the entry at which it had it. */
  paths: { path: string; seq: number }[];
}

/** The net of some records, by what they touched. */
export interface ChangeSet {
  /** By `parent/name`. */
  slots: Map<string, SlotChange>;
  nodes: Map<number, NodeChange>;
}

export const emptyChanges = (): ChangeSet => ({ slots: new Map(), nodes: new Map() });

/** Adds a record; they come in order. */
export function addRecord({ slots, nodes }: ChangeSet, record: JournalRecord): void {
  for (const [i, { parent, name, before, after }] of slotEffects(record).entries()) {
    const key = `${parent}/${name}`;
    let slot = slots.get(key);
    if (slot) slot.after = after;
    else {
      const directory = directoryOf(i === 0 ? record.path : (record.to ?? record.path));
      slots.set(key, (slot = { parent, name, before, after, held: new Set(), directory, seq: record.seq }));
    }
    if (before !== null) slot.held.add(before);
    if (after !== null) slot.held.add(after);
  }
  for (const { ino, before, after } of nodeEffects(record)) {
    let change = nodes.get(ino);
    if (change) change.after = after;
    else nodes.set(ino, (change = { ino, before, after, blocks: new Map(), paths: [] }));
    rememberPath(change, record);
    if (before && !after) change.end = before;
    if (record.op !== 'write') continue;
    for (const block of record.blocks ?? []) change.blocks.set(block.index, { ...block, before: (change.blocks.get(block.index) ?? block).before });
  }
}

/**
 * The net of the records after `from`, up to `to`. Of nodes with several names, names that only older records tell are looked up: those
 * between may all be of a name that went.
 */
export async function changesBetween(index: JournalIndex, from: number, to: number): Promise<ChangeSet> {
  const changes = emptyChanges();
  for await (const page of index.range(from + 1, to)) for (const record of page) addRecord(changes, record);
  for (const change of changes.nodes.values()) {
    if (!change.before || change.before.kind === 'directory' || Math.max(change.before.nlink, change.after?.nlink ?? 0) < 2) continue;
    await index.load(index.oldest - 1);
    for (const record of await index.records(index.ofNode(change.ino, index.oldest - 1, from).slice(-PATHS_MAX))) rememberPath(change, record);
  }
  return changes;
}

/** Paths kept of one node: enough to find one of its names that stayed. */
const PATHS_MAX = 16;

function rememberPath({ ino, paths }: NodeChange, { op, path, to, seq, after }: JournalRecord): void {
  const add = (known: string | undefined, at: number): void => {
    if (known === undefined || paths.length >= PATHS_MAX || paths.some((other) => other.path === known)) return;
    paths.push({ path: known, seq: at });
  };
  if (op === 'rename' && after?.ino === ino) add(path, seq - 1);
  if (op === 'rename') add(to, after?.ino === ino ? seq : seq - 1);
  if (op === 'link') add(to, seq);
  if (op !== 'rename') add(path, seq);
}

/** Whether two references stand for the same bytes. */
export function sameBytes(a: ChunkRef | null | undefined, b: ChunkRef | null | undefined): boolean {
  const left = a && a.length > 0 ? a : null;
  const right = b && b.length > 0 ? b : null;
  if (sameRef(left, right)) return true;
  return left !== null && right !== null && left.hash !== '' && left.hash === right.hash && (left.valid ?? left.length) === (right.valid ?? right.length);
}

/** Whether the contents (or the target) differ between the two ends. */
export function contentDiffers({ before, after, blocks }: NodeChange): boolean {
  if (before?.kind !== after?.kind || before?.size !== after?.size || before?.target !== after?.target) return true;
  return [...blocks.values()].some((block) => !sameBytes(block.before, block.after));
}

/** Whether a node that was made holds, at the end, just what one that is no more held at the start. */
export function replacesSame(gone: NodeChange, made: NodeChange): boolean {
  const { before, end } = gone;
  const { after } = made;
  if (!before || !end || !after || made.before || before.kind !== after.kind || before.size !== after.size || before.target !== after.target) return false;
  if (before.kind !== 'file') return true;
  const refs = chunksOf(end);
  const count = Math.ceil(after.size / 65_536);
  return Array.from({ length: count }).every((_, index) => {
    const old = gone.blocks.has(index) ? gone.blocks.get(index)!.before : refs[index];
    const now = made.blocks.get(index)?.after;
    return sameBytes(old, now) && (old?.pack !== -1 || before.base === after.base);
  });
}
