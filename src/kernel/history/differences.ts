import type { TreeDifference } from '../../shared/abi/index.ts';
import type { NodeRecord } from '../contract/index.ts';
import { changesBetween, contentDiffers, replacesSame, type ChangeSet, type NodeChange, type SlotChange } from './changes.ts';
import { ROOT_INO } from '../storage/index.ts';
import { directoryOf, isWithin, joinName, lastPart } from './effects.ts';
import type { JournalIndex } from './journal-index.ts';
import { Moves } from './moves.ts';

interface Place { path: string; slot: SlotChange }

/**
 * The differences that the net of the records after `from`, up to `to`, makes: in no order. A node that lost a name and gained another is
 * renamed; a name that stands for another node of no other name before or after is changed. Of several names of one node one is told.
 */
function differences(changes: ChangeSet, moves: Moves, from: number, to: number): TreeDifference[] {
  const lost = new Map<number, Place[]>();
  const gained = new Map<number, Place[]>();
  for (const slot of changes.slots.values()) {
    const { before, after, directory, seq, name } = slot;
    const now = joinName(moves.translate(directory, seq, to), name);
    if (before === after) continue;
    if (before !== null) push(lost, before, { path: joinName(moves.translate(directory, seq - 1, from), name), slot });
    if (after !== null) push(gained, after, { path: now, slot });
  }
  const found: TreeDifference[] = [];
  for (const [ino, places] of gained) {
    const change = changes.nodes.get(ino);
    const left = lost.get(ino);
    while (places.length > 0 && left && left.length > 0 && change) {
      found.push({ ...changed(places.shift()!.path, change.before, change.after, contentDiffers(change)), change: 'renamed', from: left.shift()!.path });
    }
  }
  found.push(...replacedNames(changes, lost, gained));
  for (const [ino, places] of gained) for (const { path } of places) found.push(added(path, changes.nodes.get(ino)?.after));
  for (const [ino, places] of lost) for (const { path } of places) found.push(deleted(path, changes.nodes.get(ino)?.before));
  const renamed = new Set(found.flatMap(({ change, path }) => (change === 'renamed' ? [path] : [])));
  const slots = slotsByNode(changes);
  for (const change of changes.nodes.values()) {
    const { ino, before, after } = change;
    const path = before && after && nameThatStayed(change, slots.get(ino) ?? [], moves, to);
    if (path === null || path === undefined || renamed.has(path)) continue;
    const content = contentDiffers(change);
    if (content || before!.mtime !== after!.mtime) found.push(changed(path, before, after, content));
  }
  return found;
}

function slotsByNode({ slots }: ChangeSet): Map<number, SlotChange[]> {
  const byNode = new Map<number, SlotChange[]>();
  for (const slot of slots.values()) {
    for (const ino of slot.held) {
      const known = byNode.get(ino);
      if (known) known.push(slot);
      else byNode.set(ino, [slot]);
    }
  }
  return byNode;
}

/** A path, at the later point, of a name that the node had at both ends; undefined if none is known. */
function nameThatStayed({ ino, paths }: NodeChange, slots: readonly SlotChange[], moves: Moves, to: number): string | undefined {
  if (ino === ROOT_INO) return undefined;
  const kept = slots.find((slot) => slot.before === ino && slot.after === ino);
  if (kept) return joinName(moves.translate(kept.directory, kept.seq, to), kept.name);
  for (const { path, seq } of paths) {
    const touched = slots.some((slot) => joinName(moves.translate(slot.directory, slot.seq, seq), slot.name) === path);
    if (!touched) return joinName(moves.translate(directoryOf(path), seq, to), lastPart(path));
  }
  return undefined;
}

/** Names that stand for another node now, where neither has another name that tells of it. */
function replacedNames(changes: ChangeSet, lost: Map<number, Place[]>, gained: Map<number, Place[]>): TreeDifference[] {
  const found: TreeDifference[] = [];
  for (const [ino, places] of gained) {
    for (const place of [...places]) {
      const old = place.slot.before;
      const leaving = old === null ? undefined : lost.get(old)?.find(({ slot }) => slot === place.slot);
      if (old === null || !leaving) continue;
      places.splice(places.indexOf(place), 1);
      lost.get(old)?.splice(lost.get(old)!.indexOf(leaving), 1);
      const [gone, made] = [changes.nodes.get(old), changes.nodes.get(ino)];
      const before = gone?.before ?? null;
      const after = made?.after ?? null;
      const content = !gone || !made || !replacesSame(gone, made);
      if (content || before?.mtime !== after?.mtime) found.push(changed(place.path, before, after, content));
    }
  }
  return found;
}

const MILLION = 1_000_000n;
const milliseconds = (time: bigint | undefined): number => Number((time ?? 0n) / MILLION);

function changed(path: string, before: NodeRecord | null, after: NodeRecord | null, content: boolean): TreeDifference {
  return {
    path, change: 'changed', kind: after?.kind ?? 'file', size: after?.size ?? 0, sizeBefore: before?.size ?? 0,
    mtime: milliseconds(after?.mtime), mtimeBefore: milliseconds(before?.mtime), content,
    ...(before && after && before.kind !== after.kind ? { kindBefore: before.kind } : {}),
  };
}

const added = (path: string, record: NodeRecord | null | undefined): TreeDifference => ({
  ...changed(path, null, record ?? null, true), change: 'added',
});

const deleted = (path: string, record: NodeRecord | null | undefined): TreeDifference => ({
  ...changed(path, record ?? null, null, true), change: 'deleted', kind: record?.kind ?? 'file',
});

function push(map: Map<number, Place[]>, ino: number, place: Place): void {
  const known = map.get(ino);
  if (known) known.push(place);
  else map.set(ino, [place]);
}

/** The same differences, seen from the other end. */
export function inverted(differences: readonly TreeDifference[]): TreeDifference[] {
  const opposite = { added: 'deleted', deleted: 'added', changed: 'changed', renamed: 'renamed' } as const;
  return differences.map(({ from, kindBefore, ...rest }) => ({
    ...rest, change: opposite[rest.change], size: rest.sizeBefore, sizeBefore: rest.size, mtime: rest.mtimeBefore, mtimeBefore: rest.mtime,
    kind: kindBefore ?? rest.kind, ...(kindBefore === undefined ? {} : { kindBefore: rest.kind }),
    ...(from === undefined ? {} : { path: from, from: rest.path }),
  }));
}

export function within(difference: TreeDifference, path: string): boolean {
  return isWithin(difference.path, path) || (difference.from !== undefined && isWithin(difference.from, path));
}

/** The differences of two points of the journal, in no order. */
export async function diffPoints(index: JournalIndex, from: number, to: number): Promise<TreeDifference[]> {
  if (from > to) return inverted(await diffPoints(index, to, from));
  const changes = await changesBetween(index, from, to);
  const first = [...changes.nodes.values()].reduce((least, { paths }) => Math.min(least, ...paths.map(({ seq }) => seq)), from + 1);
  return differences(changes, await Moves.load(index, Math.max(index.oldest, first) - 1, to), from, to);
}
