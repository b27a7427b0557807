import type { ArchiveListing } from './archive-entry.ts';
import { listTar } from './tar.ts';
import { listZip } from './zip.ts';

export { ArchiveError, type ArchiveEntry, type ArchiveListing } from './archive-entry.ts';

/** Lists an archive by the extension of its name. Rejects with `ArchiveError` when it cannot be read. */
export function listArchive(name: string, blob: Blob): Promise<ArchiveListing> {
  return /\.zip$/i.test(name) ? listZip(blob) : listTar(blob);
}
