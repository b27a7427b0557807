import { ShellError } from '../state/index.ts';
import type { Builtin } from './builtin.ts';
import { shown, workspace } from './workspace.ts';

const bytes = (count: number): string => (count < 1024 * 1024 ? `${Math.ceil(count / 1024)} KiB` : `${(count / 1024 / 1024).toFixed(1)} MiB`);

/** Statuses as of fsck(8): 0 nothing wrong, 1 all repaired, 4 something is left. */
export const fsck: Builtin = {
  usage: '[-r]',
  summary: 'check the stored workspace; -r repairs it, into /lost+found',
  run: ({ shell, args, out }) => {
    if (args.length > 1 || (args.length === 1 && args[0] !== '-r')) throw new ShellError('usage: fsck [-r]');
    const { faults, more, clean, reload, checked } = workspace(shell, 'fsck', { repair: args[0] === '-r' });
    for (const { path, detail, repair } of faults) out(`${shown(path)}: ${shown(detail)}${repair === undefined ? '' : `: ${shown(repair)}`}\n`);
    if (more > 0) out(`… and ${more} more\n`);
    out(`${checked.names} names, ${checked.records} records, ${checked.chunks} chunks of ${bytes(checked.bytes)}: ${clean ? 'nothing is wrong now' : 'not all is well'}\n`);
    if (reload) out('reload the page: what it has in memory is older than the repair\n');
    if (!clean) return 4;
    return faults.some(({ repair }) => repair !== undefined) ? 1 : 0;
  },
};
