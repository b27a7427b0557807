import type { WorkspaceInfo } from '../../shared/abi/index.ts';
import { Backup } from './backup.ts';
import { backupRecords } from './backup-records.ts';
import type { KernelClient } from './kernel-client.ts';
import type { PalimpsestArchive } from './palimpsest-archive.ts';

/** The page's backup: goes on with what was chosen earlier, and follows the workspace's changes. */
export function createBackup({ bus, ready }: Pick<KernelClient, 'bus' | 'ready'>, archive: PalimpsestArchive): Backup {
  let workspace: { owner: boolean; entry: number } | null = null;
  const backup = new Backup({
    ...backupRecords,
    export: (to) => archive.export({ what: { workspace: true } }, { to }),
    workspace: () => workspace,
  });
  const see = ({ mode, journalEntries }: WorkspaceInfo): void => {
    workspace = { owner: mode === 'owner', entry: journalEntries };
    backup.changed();
  };
  ready.then((info) => {
    see(info);
    bus.subscribe('workspace.changed', ({ data }) => see(data as WorkspaceInfo));
    return backup.start();
  }).catch(() => undefined);
  return backup;
}
