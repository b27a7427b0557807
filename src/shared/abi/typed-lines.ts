import type { HistoryEntry, HistoryRun } from './history.ts';

/** Where a shell at a prompt keeps the lines that were typed: a file in `$HOME`. */
export const TYPED_LINES_FILE = '.history';

/** Whether a run is a shell at a prompt: one that was given no arguments. */
export function isPrompt(run: { kind: HistoryRun['kind']; name: string; args: readonly string[] } | undefined): boolean {
  return run?.kind === 'program' && run.name === 'sh' && run.args.length === 0;
}

/** Whether an entry is only a shell's note of a line that was typed, which nobody means who asks what was changed. */
export function isTypedLine({ path, op }: HistoryEntry, run: HistoryRun | undefined): boolean {
  return (op === 'write' || op === 'create') && path.endsWith(`/${TYPED_LINES_FILE}`) && isPrompt(run);
}
