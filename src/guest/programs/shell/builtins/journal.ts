import { isTypedLine, type HistoryEntry, type HistoryFilter, type HistoryRun } from '../../../../shared/abi/index.ts';
import { ShellError, type Shell } from '../state/index.ts';
import { letters, number, type Builtin, type Context } from './builtin.ts';
import { undoTarget } from './undo.ts';
import { dispatch, need, point, printDifferences, printMerge, shown, workspace, type Subcommand } from './workspace.ts';

const DEFAULT_COUNT = 20;

const when = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
const by = (run: number): string => (run === 0 ? 'you' : `run ${run}`);

const bytes = (count: number): string => {
  if (count < 10_000) return `${count} bytes`;
  return count < 10_000_000 ? `${(count / 1024).toFixed(0)} KiB` : `${(count / 1048576).toFixed(1)} MiB`;
};

function entryLine({ seq, time, run, op, path, to, sizeAfter }: HistoryEntry): string {
  const size = sizeAfter === undefined || op !== 'write' ? '' : `  ${sizeAfter} bytes`;
  return `${String(seq).padStart(7)}  ${when(time)}  ${by(run).padEnd(8)}  ${op.padEnd(7)} ${shown(path)}${to === undefined ? '' : ` → ${shown(to)}`}${size}\n`;
}

function runLine({ run, name, args, started, entries, first, last }: HistoryRun): string {
  return `${String(run).padStart(7)}  ${when(started)}  ${`${entries} in ${first}…${last}`.padEnd(20)}  ${shown([name, ...args].join(' '))}\n`;
}

const COMMANDS: Readonly<Record<string, Subcommand>> = {
  list: {
    usage: '[list] [-a] [-n count] [-r run] [path]',
    run(context, operands) {
      const { shell, out } = context;
      const { flags, rest } = letters(operands, 'an:r:');
      need(context, rest, 0, 1, this.usage);
      const count = number(flags.get('n') ?? String(DEFAULT_COUNT));
      const filter: HistoryFilter = {};
      if (flags.has('r')) filter.run = number(flags.get('r')!);
      if (rest[0] !== undefined) filter.path = shell.files.resolve(rest[0]);
      const all = flags.has('a') || flags.has('r') || rest[0] !== undefined;
      const entries = all ? workspace(shell, 'historyEntries', { ...filter, limit: count }).entries : meant(shell, count);
      if (entries.length === 0 && rest[0] !== undefined) throw new ShellError(`nothing was changed at ${shown(filter.path!)}; \`journal help\` lists the commands`, { status: 1 });
      for (const entry of entries.toReversed()) out(entryLine(entry));
    },
  },
  runs: {
    usage: 'runs [-n count]',
    run({ shell, out }, operands) {
      const { flags } = letters(operands, 'n:');
      const runs = workspace(shell, 'historyRuns', { limit: number(flags.get('n') ?? String(DEFAULT_COUNT)) });
      for (const run of runs.toReversed()) out(runLine(run));
    },
  },
  diff: {
    usage: 'diff from [to [path]]',
    run(context, operands) {
      need(context, operands, 1, 3, this.usage);
      const [from, to = 'now', path] = operands;
      const below = path === undefined ? [] : ([context.shell.files.resolve(path)] as const);
      printDifferences(context, workspace(context.shell, 'historyDiff', point(from!), point(to), ...below));
    },
  },
  undo: {
    usage: 'undo [-n] [--mine | --theirs | --both] run | @entry',
    merges: true,
    run(context, operands, options) {
      need(context, operands, 1, 1, this.usage);
      return printMerge(context, workspace(context.shell, 'historyUndo', undoTarget(operands[0]!), options), options);
    },
  },
  restore: {
    usage: 'restore [-n] [--mine | --theirs | --both] path point',
    merges: true,
    run(context, operands, options) {
      need(context, operands, 2, 2, this.usage);
      const path = context.shell.files.resolve(operands[0]!);
      return printMerge(context, workspace(context.shell, 'historyRestore', path, point(operands[1]!), options), options);
    },
  },
  snapshot: {
    usage: 'snapshot name',
    run(context, operands) {
      need(context, operands, 1, 1, this.usage);
      const { name, entry } = workspace(context.shell, 'historySnapshot', operands[0]!);
      context.out(`${shown(name)} is entry ${entry}; see /history/${shown(name)}\n`);
    },
  },
  snapshots: {
    usage: 'snapshots',
    run: ({ shell, out }) => workspace(shell, 'historySnapshots').forEach(({ name, entry, time }) => out(`${String(entry).padStart(7)}  ${when(time)}  ${shown(name)}\n`)),
  },
  forget: {
    usage: 'forget snapshot',
    run(context, operands) {
      need(context, operands, 1, 1, this.usage);
      workspace(context.shell, 'historyDropSnapshot', operands[0]!);
    },
  },
  who: {
    usage: 'who file',
    run(context, operands) {
      need(context, operands, 1, 1, this.usage);
      const path = context.shell.files.resolve(operands[0]!);
      for (const { seq, time, run, name, op, size } of workspace(context.shell, 'historyWriters', path)) {
        context.out(`${String(seq).padStart(7)}  ${when(time)}  ${by(run).padEnd(8)}  ${op.padEnd(7)} ${bytes(size).padStart(12)}  ${shown(name)}\n`);
      }
    },
  },
  blame: {
    usage: 'blame file',
    run(context, operands) {
      need(context, operands, 1, 1, this.usage);
      for (const { from, count, seq, run, name } of workspace(context.shell, 'historyBlame', context.shell.files.resolve(operands[0]!))) {
        const lines = count === 1 ? `${from}` : `${from}-${from + count - 1}`;
        context.out(`${lines.padEnd(12)} ${seq === 0 ? 'older than the history' : `entry ${seq}, ${by(run)} (${shown(name)})`}\n`);
      }
    },
  },
  cost: { usage: 'cost', run: (context) => printCost(context) },
  trim: {
    usage: 'trim point',
    run(context, operands) {
      need(context, operands, 1, 1, this.usage);
      const { freed } = workspace(context.shell, 'historyTrim', point(operands[0]!));
      context.out(`${bytes(freed)} freed\n`);
      printCost(context);
    },
  },
  help: {
    usage: 'help',
    run: ({ name, out }) => Object.values(COMMANDS).forEach(({ usage }) => out(`${name} ${usage}\n`)),
  },
};

/** The newest entries without those that note the lines which were typed; of those that are looked at, where there are many of these. */
function meant(shell: Shell, count: number): HistoryEntry[] {
  const { entries } = workspace(shell, 'historyEntries', { limit: Math.min(10_000, 20 * count + 100) });
  const last = entries.at(-1);
  if (!last) return [];
  const runs = new Map(workspace(shell, 'historyRuns', { since: last.seq - 1, limit: 10_000 }).map((run) => [run.run, run]));
  return entries.filter((entry) => !isTypedLine(entry, runs.get(entry.run))).slice(0, count);
}

function printCost({ shell, out }: Context): void {
  const { entries, oldest, journal, present, past } = workspace(shell, 'historyCost');
  out(`${entries} entries from ${oldest} on: journal ${bytes(journal)}, contents ${bytes(present)} of the present and ${bytes(past)} that only the past needs\n`);
}

export const journal: Builtin = {
  usage: '[list] [-a] [-n count] [-r run] [path] | runs | diff from [to [path]] | undo run | restore path point | snapshot name | snapshots | forget snapshot | who file | blame file | cost | trim point',
  summary: 'every change of the workspace; a point is an entry’s number, a snapshot’s name or now',
  run: (context) => dispatch(COMMANDS, 'list', context),
};
