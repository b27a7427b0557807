import type { TreeDifference } from '../../shared/abi/index.ts';
import { basename, dirname } from '../../shared/base/index.ts';
import { formatBytes, plural, visibleName } from '../kit/index.ts';

/** A directory with differences in it, or one of them. */
export type DiffRow =
  | { type: 'group'; directory: string; count: number; open: boolean }
  | { type: 'change'; change: TreeDifference; position: number; siblings: number };

/** Rows of a comparison of trees: by directories, in the order of paths. `closed`: directories whose differences are not shown. */
export function diffRows(changes: readonly TreeDifference[], closed: ReadonlySet<string>): DiffRow[] {
  const groups = new Map<string, TreeDifference[]>();
  for (const change of changes) {
    const directory = dirname(change.path);
    const group = groups.get(directory);
    if (group) group.push(change);
    else groups.set(directory, [change]);
  }
  return [...groups].flatMap(([directory, members]): DiffRow[] => {
    const open = !closed.has(directory);
    const group: DiffRow = { type: 'group', directory, count: members.length, open };
    return open ? [group, ...members.map((change, at): DiffRow => ({ type: 'change', change, position: at + 1, siblings: members.length }))] : [group];
  });
}

export interface ChangeWords {
  /** Colour and mark as in the explorer. */
  origin: 'new' | 'changed' | 'deleted' | 'mount';
  mark: string;
  /** `added`, `renamed from old.txt and changed`, `type: file → link`, `times only`. */
  text: string;
  /** `12 B → 3 KB`. */
  size: string;
}

const KINDS: Record<TreeDifference['kind'], string> = { file: 'file', directory: 'folder', symlink: 'link', device: 'device', pipe: 'pipe', socket: 'socket' };

/** A difference in words. */
export function changeWords(change: TreeDifference): ChangeWords {
  const { kind, kindBefore, size, sizeBefore } = change;
  const file = kind === 'file' || kindBefore === 'file';
  if (change.change === 'added') return { origin: 'new', mark: '+', text: kind === 'file' ? 'added' : `${KINDS[kind]} added`, size: kind === 'file' ? formatBytes(size) : '' };
  if (change.change === 'deleted') return { origin: 'deleted', mark: '−', text: kind === 'file' ? 'deleted' : `${KINDS[kind]} deleted`, size: kind === 'file' ? formatBytes(sizeBefore || size) : '' };
  const sizes = file && size !== sizeBefore ? `${formatBytes(sizeBefore)} → ${formatBytes(size)}` : '';
  const what = kindBefore !== undefined && kindBefore !== kind ? `type: ${KINDS[kindBefore]} → ${KINDS[kind]}` : change.content ? 'changed' : 'times only';
  if (change.change !== 'renamed') return { origin: 'changed', mark: '~', text: what, size: sizes };
  const from = change.from === undefined ? '' : ` from ${visibleName(dirname(change.from) === dirname(change.path) ? basename(change.from) : change.from)}`;
  return { origin: 'mount', mark: '→', text: `renamed${from}${what === 'times only' ? '' : `, ${what}`}`, size: sizes };
}

/** `2 added, 1 changed`. */
export function countsText(changes: readonly TreeDifference[], more: boolean): string {
  const counts = (['added', 'changed', 'deleted', 'renamed'] as const).map((kind) => ({ kind, count: changes.filter(({ change }) => change === kind).length }));
  const text = counts.filter(({ count }) => count > 0).map(({ kind, count }) => `${count} ${kind}`).join(', ');
  return `${text === '' ? 'no differences' : text}${more ? `; only the first ${plural(changes.length, 'difference')} are listed` : ''}`;
}
