import type { FolderHost } from '../../kernel/contract/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { HandleProvider } from './folder-handles.ts';
import { IdbFolderStore } from './folder-store.ts';

/** Folders behind the browser's handles, remembered in the database `name`. */
export function browserFolders(name: string): FolderHost {
  return {
    store: new IdbFolderStore(name),
    open: (handle) => {
      if (typeof FileSystemDirectoryHandle === 'undefined' || !(handle instanceof FileSystemDirectoryHandle)) {
        throw new FsError('EINVAL', 'mount', undefined, { detail: 'a FileSystemDirectoryHandle is needed' });
      }
      return { provider: new HandleProvider(handle), label: handle.name };
    },
  };
}
