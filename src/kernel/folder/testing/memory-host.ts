import { FsError } from '../../../shared/base/index.ts';
import type { FolderHost, FolderProvider } from '../../contract/index.ts';
import { MemoryFolderStore, type MemoryProvider } from '../index.ts';

/** A host whose handles are the names of folders in memory. What it remembers survives the kernel. */
export class MemoryFolderHost implements FolderHost {
  readonly store = new MemoryFolderStore();
  readonly folders = new Map<string, MemoryProvider>();

  open(handle: unknown): { provider: FolderProvider; label: string } {
    const provider = typeof handle === 'string' ? this.folders.get(handle) : undefined;
    if (!provider) throw new FsError('EINVAL', 'mount', undefined, { detail: 'no handle of a folder' });
    return { provider, label: String(handle) };
  }
}
