import type { ProcessInfo } from '../../shared/abi/index.ts';

/** Whether an end is worth a word: a program that only looked is not, one that changed something or broke off is. */
function tells({ exit }: ProcessInfo): boolean {
  if (!exit) return false;
  const { changes, reason } = exit;
  return reason === 'trap' || reason === 'limit' || (changes !== undefined && changes.written.length + changes.deleted.length + changes.more > 0);
}

/**
 * The last program that was typed at a prompt, has ended between two listings, and changed something or broke off; null for none.
 * `prompts`: the pids of the terminals' shells. `since`: programs started before are of another page.
 */
export function endedAtPrompt(before: readonly ProcessInfo[], after: readonly ProcessInfo[], prompts: ReadonlySet<number>, since: number): ProcessInfo | null {
  const known = new Set(before.filter(({ exit }) => exit).map(({ pid }) => pid));
  return after.findLast((process) => prompts.has(process.ppid) && process.tty !== null && process.started >= since && !known.has(process.pid) && tells(process)) ?? null;
}
