import type { FolderCalls, FolderCommitOptions } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Folders } from '../folder/index.ts';

/** The window's calls about folders of the user's disk. ENOTSUP on a host that has none. */
export function folderCalls(folders: Folders | null): FolderCalls {
  const there = (): Folders => {
    if (!folders) throw new FsError('ENOTSUP', 'folder', undefined, { detail: 'folders of the disk cannot be mounted here' });
    return folders;
  };
  return {
    folderMount: async (handle, name) => there().mount(handle, name),
    folderList: async () => folders?.list() ?? [],
    folderDiff: async (name) => there().diff(text(name)),
    folderCommit: async (name, options) => there().commit(text(name), commitOptions(options)),
    folderRefresh: async (name) => there().refresh(text(name)),
    folderUnmount: async (name, options) => there().unmount(text(name), { force: options?.force === true }),
    folderStop: async (name) => there().stop(text(name)),
    folderCancel: async (name) => there().cancel(text(name)),
    folderHandle: async (name) => there().handle(text(name)),
    folderAllowed: async (name) => there().allowed(text(name)),
  };
}

/** The choices themselves are checked against the conflicts that there are. */
function commitOptions(options: FolderCommitOptions | undefined): FolderCommitOptions {
  if (options !== undefined && (typeof options !== 'object' || options === null)) throw new FsError('EINVAL', 'commit', undefined, { detail: 'the options are no object' });
  const { onConflict, dryRun, resume } = options ?? {};
  return { ...(onConflict !== undefined && { onConflict }), dryRun: dryRun === true, resume: resume === true };
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new FsError('EINVAL', 'folder', undefined, { detail: 'the name is not a string' });
  return value;
}
