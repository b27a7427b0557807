import type { FolderChange, FolderConflict, FolderDiskChange, NodeKind } from '../../shared/abi/index.ts';
import type { BaseStat, FolderStat } from '../contract/index.ts';
import { referenceOf } from './reference.ts';
import { sameStat, type BaseMap, type FolderMap } from './scan.ts';

/** A node of the workspace below the mount. */
export interface MineEntry {
  kind: NodeKind;
  size: number;
  /** Of a file whose contents are wholly a folder's file's. */
  reference?: string;
  /** Of a file: equal for equal contents that came to be in the same way. */
  fingerprint?: string;
}

export interface ThreeSides {
  id: number;
  /** As the folder was when it was last looked at, or committed to. */
  base: BaseMap;
  /** As it is now. */
  disk: FolderMap;
  mine: ReadonlyMap<string, MineEntry>;
}

export interface PlanItem {
  act: 'write' | 'mkdir' | 'remove' | 'settle';
  change: FolderChange;
  /** What the folder has there. */
  disk: FolderStat | null;
  /** The new place of this file is an item of its own. */
  moved?: boolean;
}

/**
 * What a commit has to do so that the folder becomes what the workspace has, in an order in which it can be done. Pure: three states in, items out;
 * whether two files that both sides made or changed have the same bytes is for the caller to see.
 */
export function planCommit(sides: ThreeSides): PlanItem[] {
  const items: PlanItem[] = [];
  for (const path of new Set([...sides.mine.keys(), ...sides.base.keys()])) {
    const item = planPath(sides, path);
    if (item) items.push(item);
  }
  markRenames(sides, items);
  markBlocked(sides, items);
  return inOrder(items);
}

function planPath(sides: ThreeSides, path: string): PlanItem | null {
  const mine = sides.mine.get(path);
  const base = sides.base.get(path);
  const disk = sides.disk.get(path) ?? null;
  if (!mine) return base ? planRemoval(path, base, disk) : null;
  if (!isChanged(sides.id, path, mine, base)) return null;
  const size = mine.kind === 'directory' ? 0 : mine.size;
  const change: FolderChange = { path, change: base ? 'changed' : 'added', kind: mine.kind, size, sizeBefore: base?.size ?? 0 };
  if (mine.kind !== 'file' && mine.kind !== 'directory') {
    change.problem = mine.kind === 'symlink' ? 'a folder of the disk cannot be given symbolic links from here' : 'only files and directories can be committed';
    return { act: 'write', change, disk };
  }
  if (isThere(sides.id, path, mine, disk)) return { act: 'settle', change: { ...change, change: 'settle' }, disk };
  const conflict = conflictOf(mine, base, disk);
  if (conflict) change.conflict = conflict;
  return { act: mine.kind === 'file' ? 'write' : 'mkdir', change, disk };
}

function planRemoval(path: string, base: FolderStat, disk: FolderStat | null): PlanItem {
  const change: FolderChange = { path, change: 'deleted', kind: base.kind, size: 0, sizeBefore: base.size };
  if (!disk) return { act: 'settle', change: { ...change, change: 'settle' }, disk };
  if (!sameStat(base, disk)) change.conflict = { reason: 'changed-on-disk', detail: 'It was deleted here and changed in the folder.' };
  return { act: 'remove', change, disk };
}

function isChanged(id: number, path: string, mine: MineEntry, base: BaseStat | undefined): boolean {
  if (mine.kind !== base?.kind) return true;
  return mine.kind === 'file' && !sameContent(id, path, mine, base);
}

/** The folder has it already, and it can be seen without reading. */
function isThere(id: number, path: string, mine: MineEntry, disk: FolderStat | null): boolean {
  if (mine.kind !== disk?.kind) return false;
  return mine.kind === 'directory' || sameContent(id, path, mine, disk);
}

/** An empty file has no contents to refer to. */
function sameContent(id: number, path: string, mine: MineEntry, stat: BaseStat): boolean {
  if (mine.size === 0 && stat.size === 0) return true;
  return mine.reference === referenceOf(id, path, stat) || (stat.mine !== undefined && mine.fingerprint === stat.mine);
}

function conflictOf(mine: MineEntry, base: FolderStat | undefined, disk: FolderStat | null): FolderConflict | null {
  // Where nothing is, a directory replaces nothing of anybody's.
  if (sameStat(base, disk) || (!disk && mine.kind === 'directory')) return null;
  if (!disk) return { reason: 'deleted-on-disk', detail: 'It was changed here and deleted in the folder.' };
  if (base) return { reason: 'both-changed', detail: disk.kind === mine.kind ? 'It was changed here and in the folder.' : `It was changed here, and is a ${disk.kind} in the folder now.` };
  return { reason: 'exists-on-disk', detail: `The folder has another ${disk.kind} of this name meanwhile.` };
}

/** A file that was removed at one place and is at a new one was moved. */
function markRenames({ id, base, mine }: ThreeSides, items: PlanItem[]): void {
  const removed = new Map<string, PlanItem>();
  for (const item of items) {
    const stat = item.act === 'remove' && !item.change.conflict ? base.get(item.change.path) : undefined;
    if (stat?.kind === 'file' && stat.size > 0) removed.set(referenceOf(id, item.change.path, stat), item);
  }
  for (const { act, change } of items) {
    const from = act === 'write' && change.change === 'added' ? removed.get(mine.get(change.path)?.reference ?? '') : undefined;
    if (!from || from.moved) continue;
    from.moved = true;
    change.change = 'renamed';
    change.from = from.change.path;
    change.sizeBefore = from.change.sizeBefore;
  }
}

/** What cannot be done because of what is above or below it. */
function markBlocked(sides: ThreeSides, items: PlanItem[]): void {
  const byPath = new Map(items.map((item) => [item.change.path, item]));
  const kept = keptBelow(sides, byPath);
  for (const item of items) {
    const { change, disk } = item;
    if (item.act === 'settle' || change.problem !== undefined) continue;
    if (change.conflict && disk && change.change !== 'deleted' && disk.kind !== change.kind) {
      change.problem = `${change.conflict.detail} One of the two must be renamed first.`;
    } else if (disk?.kind === 'directory' && item.act !== 'mkdir' && kept.has(change.path)) {
      change.conflict = { reason: 'not-empty', detail: 'The folder has something in it that is not to be deleted.' };
      if (item.act === 'write') change.problem = 'a directory of this name in the folder is not empty';
    }
  }
  blockBelow(items);
}

/** Nothing can be put into a directory that cannot be made. */
export function blockBelow(items: readonly PlanItem[]): void {
  const byPath = new Map(items.map((item) => [item.change.path, item]));
  for (const { act, change } of items) {
    const blocked = act === 'write' || act === 'mkdir' ? above(change.path).find((path) => byPath.get(path)?.change.problem !== undefined) : undefined;
    if (blocked !== undefined) change.problem ??= `its directory ${blocked} cannot be made`;
  }
}

/** Directories of the disk in which something stays. */
function keptBelow({ disk }: ThreeSides, byPath: ReadonlyMap<string, PlanItem>): Set<string> {
  const kept = new Set<string>();
  for (const path of disk.keys()) {
    const item = byPath.get(path);
    if (item?.act === 'remove' && !item.change.conflict) continue;
    for (const directory of above(path)) kept.add(directory);
  }
  return kept;
}

/** The directories above a path, the outermost first. */
export function above(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('/'));
}

const depth = (path: string): number => path.split('/').length;

/**
 * What stands where a file is to be goes first; then directories from the outside in, files, and removals from the inside out, so that what
 * was moved is at its new place before it goes from the old one.
 */
function inOrder(items: PlanItem[]): PlanItem[] {
  const inTheWay = new Set(items.filter(({ act, disk }) => act === 'write' && disk?.kind === 'directory').map(({ change }) => change.path));
  const phase = ({ act, change: { path } }: PlanItem): number => {
    if (act === 'remove') return above(path).some((directory) => inTheWay.has(directory)) ? 1 : 4;
    return { settle: 0, mkdir: 2, write: 3 }[act];
  };
  return items.map((item) => ({ item, phase: phase(item), depth: depth(item.change.path) * (item.act === 'remove' ? -1 : 1) }))
    .toSorted((a, b) => a.phase - b.phase || a.depth - b.depth || (a.item.change.path < b.item.change.path ? -1 : 1))
    .map(({ item }) => item);
}

/** What happened in the folder, and what it means for the workspace: `take` and `drop` change that, `settle` is only to be noted. */
export interface RefreshItem {
  act: 'take' | 'drop' | 'settle' | 'leave';
  change: FolderDiskChange;
  disk: FolderStat | null;
  /** With `settle`: the fingerprint of the workspace's own contents, which are the same. */
  mine?: string;
}

/** What a refresh has to do so that the workspace follows the folder where it made no change itself. In an order in which it can be done. */
export function planRefresh(sides: ThreeSides): RefreshItem[] {
  const items: RefreshItem[] = [];
  for (const path of new Set([...sides.disk.keys(), ...sides.base.keys()])) {
    const base = sides.base.get(path);
    const disk = sides.disk.get(path) ?? null;
    if (!sameStat(base, disk)) items.push(planTaking(sides, path, base, disk));
  }
  return items.toSorted((a, b) => {
    const removes = Number(a.act === 'take') - Number(b.act === 'take');
    const order = depth(a.change.path) - depth(b.change.path);
    return removes || (a.act === 'take' ? order : -order);
  });
}

/** What both sides made or changed to the same bytes (`settled`, by path) is no conflict of a refresh either. */
export function withSettled(items: readonly RefreshItem[], settled: ReadonlySet<string>, mine: ThreeSides['mine']): RefreshItem[] {
  return items.map((item) => {
    const fingerprint = mine.get(item.change.path)?.fingerprint;
    if (item.act !== 'leave' || !settled.has(item.change.path)) return item;
    return { act: 'settle', change: item.change, disk: item.disk, ...(fingerprint !== undefined && { mine: fingerprint }) };
  });
}

function planTaking({ id, mine: all }: ThreeSides, path: string, base: BaseStat | undefined, disk: FolderStat | null): RefreshItem {
  const mine = all.get(path);
  const change: FolderDiskChange = { path, change: !disk ? 'deleted' : base ? 'changed' : 'added', kind: (disk ?? base)?.kind ?? 'file' };
  if (!mine) {
    if (!disk) return { act: 'settle', change, disk };
    if (!base) return { act: 'take', change, disk };
    return { act: 'leave', change: { ...change, conflict: { reason: 'changed-on-disk', detail: 'It was deleted here and changed in the folder.' } }, disk };
  }
  if (isThere(id, path, mine, disk)) return { act: 'settle', change, disk };
  if (!isChanged(id, path, mine, base)) return { act: disk ? 'take' : 'drop', change, disk };
  const conflict = conflictOf(mine, base, disk);
  return { act: 'leave', change: conflict ? { ...change, conflict } : change, disk };
}
