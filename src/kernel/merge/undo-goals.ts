import type { JournalRecord, NodeRecord, TreeView } from '../contract/index.ts';
import {
  addRecord, directoryOf, emptyChanges, findInView, joinName, lastPart, Moves, nodeBefore, nodeEffect, type JournalIndex, type NodeChange,
} from '../history/index.ts';
import type { Goals, NodeGoal } from './goals.ts';

/** Paths that are tried for one node, and records in which they are looked for, at most. */
const PATHS_MAX = 32;
const RECORDS_MAX = 256;

/**
 * What takes these records back, as if they alone had not been: names and blocks as each found them first. `now` is the present tree.
 */
export async function undoGoals(index: JournalIndex, now: TreeView, records: readonly JournalRecord[]): Promise<Goals> {
  const changes = emptyChanges();
  for (const record of records) addRecord(changes, record);
  const linked = [...changes.nodes.values()].some(({ before, after }) => [before, after].some((record) => record?.kind === 'file' && record.nlink > 1));
  // A file with several names may be found by one that only older records tell.
  const first = linked ? index.oldest : (records[0]?.seq ?? now.at);
  await index.load(first - 1);
  const moves = await Moves.load(index, first - 1, now.at);
  const slots = [...changes.slots.values()].filter(({ before, after }) => before !== after).map(({ parent, name, before, after, directory, seq }) => ({
    parent, name, from: after, to: before, directory: moves.translate(directory, seq, now.at),
  }));
  const nodes = new Map<number, NodeGoal>();
  for (const change of changes.nodes.values()) {
    const { ino, before, after } = change;
    if (!before && !after) continue;
    const blocks = new Map([...change.blocks].map(([block, { before: to, after: from }]) => [block, { from, to }]));
    const paths = await presentPaths(index, change, first, moves, now.at);
    const own = records.filter((record) => touches(record, ino));
    const to = before && (await inFull(index, now, before, own, paths));
    nodes.set(ino, { ino, from: after, to, whole: before === null || to !== before, blocks, paths });
  }
  return { slots, nodes };
}

/** What a node was before these records, with its contents: from what it is now, or from the record that took its last name. As it was given, where that is not known. */
async function inFull(index: JournalIndex, now: TreeView, before: NodeRecord, own: readonly JournalRecord[], paths: readonly string[]): Promise<NodeRecord> {
  const { ino } = before;
  if (before.kind !== 'file') return { ...before };
  const last = index.ofNode(ino, own[0]!.seq - 1).at(-1);
  const end = last === undefined ? undefined : nodeEffect(await index.record(last), ino);
  if (end?.before && !end.after) return nodeBefore(ino, own, end.before) ?? before;
  for (const path of paths) {
    const found = await findInView(now, path, false);
    if (found?.record.ino === ino) return nodeBefore(ino, own, found.record) ?? before;
  }
  return before;
}

const touches = ({ before, after, replaced }: JournalRecord, ino: number): boolean =>
  (after ?? before)?.ino === ino || replaced?.ino === ino;

/** Paths at which a node may be now, the likeliest first: those that the newest records name. */
async function presentPaths(index: JournalIndex, { ino, paths }: NodeChange, first: number, moves: Moves, now: number): Promise<string[]> {
  const found = new Set<string>();
  const add = (path: string, seq: number): void => void found.add(joinName(moves.translate(directoryOf(path), seq, now), lastPart(path)));
  for (const record of (await index.records(index.ofNode(ino, first - 1).slice(-RECORDS_MAX))).reverse()) {
    const { op, seq, path, to, after } = record;
    if (op === 'rename') {
      if (to !== undefined && after?.ino === ino) add(to, seq);
    } else {
      if (after?.ino === ino) add(path, seq);
      if (op === 'link' && to !== undefined) add(to, seq);
    }
  }
  for (const { path, seq } of paths) add(path, seq);
  return [...found].slice(0, PATHS_MAX);
}
