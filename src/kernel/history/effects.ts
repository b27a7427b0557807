import type { JournalRecord, NodeRecord } from '../contract/index.ts';

/** What a record did to one name of one directory; inode numbers, `null`: no such name. */
export interface SlotEffect {
  parent: number;
  name: string;
  before: number | null;
  after: number | null;
}

/** What a record did to one node; `null`: it did not exist, or no longer did. Contents are in the record's `blocks`. */
export interface NodeEffect {
  ino: number;
  before: NodeRecord | null;
  after: NodeRecord | null;
}

export const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Of an absolute path; the root's is the root. */
export const directoryOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));

export const joinName = (directory: string, name: string): string => (directory === '/' ? `/${name}` : `${directory}/${name}`);

/** Whether `path` is `above` or lies below it. */
export const isWithin = (path: string, above: string): boolean =>
  above === '/' || path === above || (path.startsWith(above) && path[above.length] === '/');

export function slotEffects(record: JournalRecord): SlotEffect[] {
  const { op, path, parent, before, after } = record;
  switch (op) {
    case 'create':
    case 'mkdir':
    case 'symlink':
    case 'link': return [{ parent, name: lastPart(path), before: null, after: after?.ino ?? null }];
    case 'unlink':
    case 'rmdir': return [{ parent, name: lastPart(path), before: before?.ino ?? null, after: null }];
    case 'rename': return [
      { parent, name: lastPart(path), before: before?.ino ?? null, after: null },
      { parent: record.parent2 ?? parent, name: lastPart(record.to ?? path), before: record.replaced?.ino ?? null, after: after?.ino ?? null },
    ];
    case 'write':
    case 'attr': return [];
  }
}

export function nodeEffects(record: JournalRecord): NodeEffect[] {
  const { before, after, replaced } = record;
  const ino = (after ?? before)?.ino;
  const effects: NodeEffect[] = ino === undefined ? [] : [{ ino, before, after }];
  if (replaced) effects.push({ ino: replaced.ino, before: replaced, after: withoutName(replaced) });
  return effects;
}

export const nodeEffect = (record: JournalRecord, ino: number): NodeEffect | undefined =>
  nodeEffects(record).find((effect) => effect.ino === ino);

function withoutName(record: NodeRecord): NodeRecord | null {
  return record.kind !== 'directory' && record.nlink > 1 ? { ...record, nlink: record.nlink - 1 } : null;
}
