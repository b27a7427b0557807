import type { TreeCapture } from './capture.ts';

/** One change as the journal ring tells it. */
export interface TreeChange {
  op: 'create' | 'mkdir' | 'symlink' | 'link' | 'unlink' | 'rmdir' | 'rename' | 'write' | 'attr';
  /** Nanoseconds. */
  time: bigint;
  pid: number;
  ino: number;
  parent: number;
  name: string;
  parent2?: number;
  name2?: string;
  /** Ino of the node that a rename replaced. */
  replaced?: number;
  target?: string;
}

/** The entry of a file's creation stands for its maker's first change too: that is put in where no entry of its own tells it. */
export function withFirstWrites(changes: readonly TreeChange[], captures: ReadonlyMap<number, TreeCapture>): TreeChange[] {
  const told = new Set<number>();
  for (const { op, ino } of changes) if (op === 'write' || op === 'attr') told.add(ino);
  return changes.flatMap((change) => (change.op === 'create' && captures.has(change.ino) && !told.has(change.ino)
    ? [change, { op: 'write' as const, time: change.time, pid: change.pid, ino: change.ino, parent: 0, name: '' }]
    : [change]));
}
