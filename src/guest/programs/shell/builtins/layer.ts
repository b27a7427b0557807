import type { LayerInfo } from '../../../../shared/abi/index.ts';
import type { Builtin } from './builtin.ts';
import { dispatch, need, point, printDifferences, printMerge, shown, workspace, type Subcommand } from './workspace.ts';

const when = (milliseconds: number): string => (milliseconds === 0 ? '' : new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' '));

function line({ name, kind, entries, whiteouts, created, at, pid }: LayerInfo): string {
  const about = [`${entries} names`, ...(whiteouts > 0 ? [`${whiteouts} deleted`] : []), ...(at === undefined ? [] : [`from entry ${at}`]), ...(pid === undefined ? [] : [`process ${pid}`])];
  return `${shown(name).padEnd(20)} ${kind.padEnd(9)} ${when(created).padEnd(17)} ${about.join(', ')}\n`;
}

const COMMANDS: Readonly<Record<string, Subcommand>> = {
  list: {
    usage: 'list',
    run: ({ shell, out }) => workspace(shell, 'layerList').toReversed().forEach((layer) => out(line(layer))),
  },
  push: {
    usage: 'push name',
    run(context, operands) {
      need(context, operands, 1, 1, this.usage);
      context.out(line(workspace(context.shell, 'layerPush', operands[0]!)));
    },
  },
  commit: {
    usage: 'commit [folder]',
    run(context, operands) {
      need(context, operands, 0, 1, this.usage);
      context.out(line(workspace(context.shell, 'layerCommit', operands[0])));
    },
  },
  discard: {
    usage: 'discard [-n]',
    merges: true,
    run: (context, _operands, options) => printMerge(context, workspace(context.shell, 'layerDiscard', options), options),
  },
  remove: {
    usage: 'remove [-n] [--mine | --theirs | --both] name',
    merges: true,
    run(context, operands, options) {
      need(context, operands, 1, 1, this.usage);
      return printMerge(context, workspace(context.shell, 'layerRemove', operands[0]!, options), options);
    },
  },
  rebase: {
    usage: 'rebase [-n] [--mine | --theirs | --both] layer …',
    merges: true,
    run: (context, operands, options) => printMerge(context, workspace(context.shell, 'layerRebase', [...operands], options), options),
  },
  rename: {
    usage: 'rename name to',
    run(context, operands) {
      need(context, operands, 2, 2, this.usage);
      workspace(context.shell, 'layerRename', operands[0]!, operands[1]!);
    },
  },
  diff: {
    usage: 'diff [name]',
    run(context, operands) {
      need(context, operands, 0, 1, this.usage);
      printDifferences(context, workspace(context.shell, 'layerDiff', operands[0]));
    },
  },
  branch: {
    usage: 'branch name [point]',
    run(context, operands) {
      need(context, operands, 1, 2, this.usage);
      const { name } = workspace(context.shell, 'historyBranch', point(operands[1] ?? 'now'), operands[0]!);
      context.out(`/branch/${shown(name)}\n`);
    },
  },
  merge: {
    usage: 'merge [-n] [--mine | --theirs | --both] name',
    merges: true,
    run(context, operands, options) {
      need(context, operands, 1, 1, this.usage);
      return printMerge(context, workspace(context.shell, 'layerMerge', operands[0]!, options), options);
    },
  },
  keep: {
    usage: 'keep session name',
    run(context, operands) {
      need(context, operands, 2, 2, this.usage);
      context.out(line(workspace(context.shell, 'layerKeep', operands[0]!, operands[1]!)));
    },
  },
  drop: {
    usage: 'drop name',
    run(context, operands) {
      need(context, operands, 1, 1, this.usage);
      workspace(context.shell, 'layerDrop', operands[0]!);
    },
  },
  help: {
    usage: 'help',
    run: ({ name, out }) => Object.values(COMMANDS).forEach(({ usage }) => out(`${name} ${usage}\n`)),
  },
};

export const layer: Builtin = {
  usage: '[list | push name | commit [folder] | discard | remove name | rebase layer … | rename name to | diff [name] | branch name [point] | merge name | keep session name | drop name]',
  summary: 'the layers of the workspace, from the top; -n only says what would be done, --mine --theirs --both settle conflicts',
  run: (context) => dispatch(COMMANDS, context.args.length === 0 ? 'list' : 'help', context),
};
