import type { JournalRecord } from '../contract/index.ts';
import type { CommittedChange } from '../storage/index.ts';

/** What a record of another session is for the bus. */
export function toCommitted({ seq, time, pid, op, path, to, before, after }: JournalRecord): CommittedChange {
  const node = after ?? before;
  const renamed = op === 'rename' && to !== undefined;
  return { seq, time, pid, op, path: renamed ? to : path, ...(renamed && { from: path }), kind: node?.kind ?? 'file', ino: node?.ino ?? 0 };
}
