import type { MergeOptions, MergeResult, Point, TreeDifference, WorkspaceApi, WorkspaceCall } from '../../../../shared/abi/index.ts';
import { FsError } from '../../../../shared/base/index.ts';
import { ShellError, type Shell } from '../state/index.ts';
import type { Context } from './builtin.ts';

type Result<Call extends WorkspaceCall> = Awaited<ReturnType<WorkspaceApi[Call]>>;

/** Makes one of the window's calls. @throws ShellError with what failed, for the user */
export function workspace<Call extends WorkspaceCall>(shell: Shell, call: Call, ...args: Parameters<WorkspaceApi[Call]>): Result<Call> {
  const answer = asked(shell, call, args);
  if ('error' in answer) throw new ShellError(answer.error.message, { status: 1 });
  return answer.value as Result<Call>;
}

function asked(shell: Shell, call: WorkspaceCall, args: readonly unknown[]) {
  try {
    return shell.system.workspace(call, args);
  } catch (error) {
    if (error instanceof FsError && error.code === 'ENOTCAPABLE') throw new ShellError('this shell may not change layers and history; do it in a terminal of the workspace', { status: 1 });
    throw error;
  }
}

/** A command with subcommands, each with what it is called with. */
export interface Subcommand {
  usage: string;
  /** It takes the options of merges: `-n`, `--mine`, `--theirs`, `--both`. */
  merges?: true;
  run(context: Context, operands: readonly string[], options: MergeOptions): number | void;
}

const MERGE: Readonly<Record<string, MergeOptions>> = {
  '-n': { dryRun: true }, '--dry-run': { dryRun: true },
  '--mine': { onConflict: 'mine' }, '--theirs': { onConflict: 'theirs' }, '--both': { onConflict: 'both' },
};

/** Runs the subcommand that the first argument names; options of merges are taken out of the others. */
export function dispatch(table: Readonly<Record<string, Subcommand>>, fallback: string, context: Context): number {
  const [name = fallback, ...rest] = context.args;
  const isName = Object.hasOwn(table, name);
  const command = table[isName ? name : fallback]!;
  const operands: string[] = [];
  let options: MergeOptions = {};
  for (const word of isName ? rest : context.args) {
    if (command.merges && Object.hasOwn(MERGE, word)) options = { ...options, ...MERGE[word] };
    else operands.push(word);
  }
  return command.run(context, operands, options) ?? 0;
}

/** `usage: layer push name` as an error, unless there are as many operands as said. */
export function need(context: Context, operands: readonly string[], least: number, most: number, usage: string): void {
  if (operands.length < least || operands.length > most) throw new ShellError(`usage: ${context.name} ${usage}`);
}

/** An entry's number, or a name. */
export function point(word: string): Point {
  return /^\d{1,15}$/.test(word) ? Number(word) : word;
}

/** Control characters of names must not reach the terminal. */
export function shown(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

const MARKS = { added: 'A', changed: 'M', deleted: 'D', renamed: 'R' } as const;

/** A line for each difference, as `git status --short` has them. */
export function printDifferences({ out }: Context, { changes, more }: { changes: readonly TreeDifference[]; more: boolean }): void {
  for (const { change, path, from, kind, size, sizeBefore, content } of changes) {
    const sizes = kind === 'file' && change === 'changed' && content ? `  ${sizeBefore} → ${size} bytes` : '';
    out(`${MARKS[change]} ${from === undefined ? '' : `${shown(from)} → `}${shown(path)}${kind === 'directory' ? '/' : ''}${sizes}\n`);
  }
  if (more) out('… and more\n');
}

/** What was changed, and what could not be. The status: 0, or 1 where there were conflicts. */
export function printMerge(context: Context, { run, changed, conflicts }: MergeResult, options: MergeOptions): number {
  return printUndo(context, { runs: [run], changed, conflicts: new Map(conflicts.map(({ path, detail }) => [path, detail])) }, options);
}

/** The same of several. `runs`: in the order in which they are to be taken back; `conflicts`: sentences by path. */
export function printUndo({ out, errorLine }: Context, { runs, changed, conflicts }: { runs: readonly number[]; changed: readonly string[]; conflicts: ReadonlyMap<string, string> }, { dryRun = false }: MergeOptions): number {
  for (const path of changed.slice(0, 50)) out(`${shown(path)}\n`);
  if (changed.length > 50) out(`… and ${changed.length - 50} more\n`);
  if (changed.length === 0) out('nothing to change\n');
  else if (!dryRun) out(`${runs.length > 1 ? 'runs' : 'run'} ${runs.join(' ')}; \`undo ${runs.join(' ')}\` takes it back\n`);
  for (const [path, detail] of conflicts) errorLine(`conflict: ${shown(path)}: ${detail}`);
  return conflicts.size > 0 ? 1 : 0;
}
