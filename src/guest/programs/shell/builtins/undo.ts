import { isPrompt, isTypedLine, type HistoryEntry, type HistoryRun, type MergeOptions, type UndoTarget } from '../../../../shared/abi/index.ts';
import { ShellError, type Shell } from '../state/index.ts';
import { number, type Builtin, type Context } from './builtin.ts';
import { dispatch, printUndo, workspace, type Subcommand } from './workspace.ts';

/** Entries among which the last change is looked for, and how many of a prompt's own are taken back at once. */
const LOOKED_AT = 10_000;
const PARTS_MAX = 100;

/** What a word names: `12` a run, `@12` an entry. @throws ShellError */
export const undoTarget = (word: string): UndoTarget => (word.startsWith('@') ? { entry: number(word.slice(1)) } : { run: number(word) });

const COMMAND: Subcommand = {
  usage: '[-n] [--mine | --theirs | --both] [run | @entry] …',
  merges: true,
  run(context, operands, options) {
    if (!operands.every((word) => /^@?\d+$/.test(word))) throw new ShellError(`usage: undo ${this.usage}`);
    const targets = operands.length === 0 ? lastChange(context.shell) : operands.map(undoTarget);
    return takeBack(context, targets, options);
  },
};

export const undo: Builtin = {
  usage: COMMAND.usage,
  summary: 'take back what a run did (without one: what was changed last by a program or a line and is not taken back yet); later runs stay',
  run: (context) => dispatch({ '': COMMAND }, '', context),
};

function takeBack(context: Context, targets: readonly UndoTarget[], options: MergeOptions): number {
  const runs: number[] = [];
  const changed = new Set<string>();
  const conflicts = new Map<string, string>();
  for (const target of targets) {
    const result = workspace(context.shell, 'historyUndo', target, options);
    if (result.run !== 0) runs.unshift(result.run);
    // Where nothing is done what was to be taken back before it stands in the way.
    for (const { path, detail } of result.conflicts) if (!options.dryRun || !changed.has(path)) conflicts.set(path, detail);
    for (const path of result.changed) changed.add(path);
  }
  return printUndo(context, { runs, changed: [...changed], conflicts }, options);
}

/** The newest change by a program, or by a prompt itself (`echo x > file`), that is not taken back. */
function lastChange(shell: Shell): UndoTarget[] {
  const { entries } = workspace(shell, 'historyEntries', { limit: LOOKED_AT });
  const last = entries.at(-1);
  const runs = last ? workspace(shell, 'historyRuns', { since: last.seq - 1, limit: LOOKED_AT }) : [];
  const targets = lastChanges(entries, runs);
  if (targets.length === 0) throw new ShellError('nothing that a program or a line changed is left to take back', { status: 1 });
  return targets;
}

/**
 * What that consists of: the run of the program that a prompt or the page started, with all that it started, and with what its shell did to the
 * files it opened for it (`seq 3 > file`); or what a line changed without a program. Newest first, as `entries` and `runs` are.
 */
export function lastChanges(entries: readonly HistoryEntry[], runs: readonly HistoryRun[]): UndoTarget[] {
  const byNumber = new Map(runs.map((run) => [run.run, run]));
  const undone = takenBack(runs);
  const isLine = (entry: HistoryEntry): boolean => isTypedLine(entry, byNumber.get(entry.run));
  const isUndone = ({ run, seq }: HistoryEntry): boolean => undone.has(`entry ${seq}`) || undone.has(`run ${run}`)
    || [run, ...(byNumber.get(run)?.ancestors ?? [])].some((each) => undone.has(`run ${each} and what it started`));
  const at = entries.findIndex((entry) => byNumber.get(entry.run)?.kind === 'program' && !isLine(entry) && !isUndone(entry));
  const newest = entries[at];
  if (!newest) return [];
  const byPrompt = isPrompt(byNumber.get(newest.run));
  const command = byNumber.get(newest.run)?.ancestors?.at(-1) ?? newest.run;
  const family = new Set([command, ...runs.filter(({ ancestors }) => ancestors?.includes(command)).map(({ run }) => run)]);
  const touched = new Set(entries.filter(({ run }) => family.has(run)).flatMap(({ path, to }) => [path, to]));
  const end = entries.findIndex((entry, index) => index > at && isLine(entry));
  const own = entries.slice(at, end < 0 ? at + 1 : end).filter(({ run, seq, path }) => isPrompt(byNumber.get(run)) && !undone.has(`entry ${seq}`)
    && (byPrompt ? run === newest.run : touched.has(path)));
  return [...(byPrompt ? [] : [{ run: command, ...(family.size > 1 && { children: true }) }]), ...own.slice(0, PARTS_MAX).map(({ seq }) => ({ entry: seq }))];
}

/** `run 7`, `run 7 and what it started` and `entry 12` for what was undone, by an undo that was not undone itself. `runs`: newest first. */
function takenBack(runs: readonly HistoryRun[]): Set<string> {
  const undone = new Set<string>();
  for (const { run, kind, name } of runs) {
    if (kind === 'undo' && !undone.has(`run ${run}`)) undone.add(name.replace(/^undo of /, ''));
  }
  return undone;
}
