import type {
  FolderCommitOptions, FolderCommitResult, FolderDiff, FolderDiskChange, FolderInfo, FolderProgress, KernelApi,
} from '../../shared/abi/index.ts';
import type { KernelClient } from './kernel-client.ts';

export interface FolderWork {
  /** Ends it: what was asked rejects with `ECANCELED`; a commit ends between two files and says that it was interrupted. */
  signal?: AbortSignal;
  onProgress?: (progress: FolderProgress) => void;
}

/** Folders of the user's disk, `palimpsest.folders`. The folder itself is only read, until `commit`. */
export interface Folders {
  /** Whether this browser lets the user pick one. A handle can come from elsewhere, too: a drop, or the origin's private file system. */
  readonly canPick: boolean;
  /** Shows the folder at `/mnt/<name>`. Default name: the folder's own, as far as it can be one. Asks for permission if need be, in answer to a press. */
  mount(handle: FileSystemDirectoryHandle, name?: string, work?: FolderWork): Promise<FolderInfo>;
  list(): Promise<FolderInfo[]>;
  /** What a commit would do, and what happened in the folder meanwhile. */
  diff(name: string, work?: FolderWork): Promise<FolderDiff>;
  /** Makes the folder what the workspace has, file by file. Asks for permission if need be, in answer to a press. */
  commit(name: string, options?: FolderCommitOptions & FolderWork): Promise<FolderCommitResult>;
  /** Takes what changed in the folder into the workspace. */
  refresh(name: string, work?: FolderWork): Promise<FolderDiskChange[]>;
  unmount(name: string, options?: { force?: boolean }): Promise<void>;
  /** Asks for the permission to read again, in answer to a press. */
  allow(name: string): Promise<FolderInfo>;
  /** Forgets a commit that was interrupted. */
  stop(name: string): Promise<void>;
}

/** What TypeScript's library does not have of the File System Access specification. */
interface AskableHandle {
  queryPermission?(descriptor: { mode: 'read' | 'readwrite' }): Promise<PermissionState>;
  requestPermission?(descriptor: { mode: 'read' | 'readwrite' }): Promise<PermissionState>;
}

export function createFolders({ api, bus }: Pick<KernelClient, 'api' | 'bus'>): Folders {
  const watched = <T>(name: string, work: FolderWork | undefined, call: () => Promise<T>): Promise<T> => watch({ api, bus }, name, work, call);
  return Object.freeze({
    canPick: 'showDirectoryPicker' in globalThis,
    mount: async (handle: FileSystemDirectoryHandle, name = mountName(handle.name), work?: FolderWork) => {
      await ask(handle, 'read');
      return watched(name, work, () => api.folderMount(handle, name));
    },
    list: () => api.folderList(),
    diff: (name: string, work?: FolderWork) => watched(name, work, () => api.folderDiff(name)),
    commit: async (name: string, { signal, onProgress, ...options }: FolderCommitOptions & FolderWork = {}) => {
      if (!options.dryRun) await ask(await api.folderHandle(name), 'readwrite');
      return watched(name, { ...(signal && { signal }), ...(onProgress && { onProgress }) }, () => api.folderCommit(name, options));
    },
    refresh: (name: string, work?: FolderWork) => watched(name, work, () => api.folderRefresh(name)),
    unmount: (name: string, options?: { force?: boolean }) => api.folderUnmount(name, options),
    allow: async (name: string) => {
      await ask(await api.folderHandle(name), 'read');
      return api.folderAllowed(name);
    },
    stop: (name: string) => api.folderStop(name),
  });
}

/** A name below `/mnt` for a folder of the disk. */
export function mountName(label: string): string {
  return label.normalize('NFKD').replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+|-+$/g, '').slice(0, 64) || 'folder';
}

/** What is refused here is refused again by the kernel, with words. */
async function ask(handle: unknown, mode: 'read' | 'readwrite'): Promise<void> {
  const askable = handle as AskableHandle | null;
  if ((await askable?.queryPermission?.({ mode })) === 'prompt') await askable?.requestPermission?.({ mode }).catch(() => undefined);
}

async function watch<T>({ api, bus }: { api: KernelApi; bus: KernelClient['bus'] }, name: string, { signal, onProgress }: FolderWork = {}, call: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  const stop = onProgress && bus.subscribe(`folder.${name}.progress`, (message) => onProgress(message.data as FolderProgress));
  const cancel = (): void => void api.folderCancel(name);
  signal?.addEventListener('abort', cancel);
  try {
    return await call();
  } finally {
    signal?.removeEventListener('abort', cancel);
    stop?.();
  }
}
