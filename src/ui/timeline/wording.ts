import type { HistoryEntry, HistoryRun, RunKind } from '../../shared/abi/index.ts';
import { formatBytes, formatMoment, visibleName } from '../kit/index.ts';

interface OpWords {
  /** Colour and mark as for where an entry of the explorer comes from. */
  origin: 'new' | 'changed' | 'deleted' | 'mount';
  mark: string;
  text: string;
}

export const OPS: Record<HistoryEntry['op'], OpWords> = {
  create: { origin: 'new', mark: '+', text: 'created' },
  mkdir: { origin: 'new', mark: '+', text: 'made folder' },
  symlink: { origin: 'new', mark: '+', text: 'made link' },
  link: { origin: 'new', mark: '+', text: 'linked' },
  write: { origin: 'changed', mark: '~', text: 'wrote' },
  attr: { origin: 'changed', mark: '~', text: 'changed times of' },
  rename: { origin: 'mount', mark: '→', text: 'renamed' },
  unlink: { origin: 'deleted', mark: '−', text: 'deleted' },
  rmdir: { origin: 'deleted', mark: '−', text: 'removed folder' },
};

const KINDS: Record<RunKind, string> = {
  program: 'program', user: 'in the window', undo: 'undo', restore: 'restore', merge: 'merge', import: 'import', discard: 'discard', repair: 'repair',
};

/** `You`, a program's name, or what was done. */
export function runName(run: number, info: HistoryRun | undefined): string {
  if (run === 0) return 'You';
  return info ? visibleName(info.name) : `run ${run}`;
}

export function runKind(run: number, info: HistoryRun | undefined): string {
  return KINDS[run === 0 ? 'user' : (info?.kind ?? 'program')];
}

/** `1.2 KB → 3 KB`, where the size changed; else the size that it has or had. */
export function sizeChange({ sizeBefore, sizeAfter }: HistoryEntry): string {
  if (sizeBefore !== undefined && sizeAfter !== undefined && sizeBefore !== sizeAfter) return `${formatBytes(sizeBefore)} → ${formatBytes(sizeAfter)}`;
  const size = sizeAfter ?? sizeBefore;
  return size === undefined ? '' : formatBytes(size);
}

export function entryPath({ path, to }: HistoryEntry): string {
  return to === undefined ? visibleName(path) : `${visibleName(path)} → ${visibleName(to)}`;
}

/** What is read of a moment: `after entry 1234, 14:03:22, by sh`. */
export function momentText(point: number | null, oldest: number, entry: HistoryEntry | null, name: string): string {
  if (point === null) return 'now';
  if (point <= oldest) return point === 0 ? 'before all changes' : `after entry ${point}, the oldest that is kept`;
  return entry ? `after entry ${point}, ${formatMoment(entry.time)}, by ${name}` : `after entry ${point}`;
}
