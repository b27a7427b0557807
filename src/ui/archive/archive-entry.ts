/** One file or directory of an archive; `path` is relative and safe. */
export interface ArchiveEntry {
  path: string;
  kind: 'file' | 'directory';
  /** Bytes when unpacked, as the archive says. */
  size: number;
  /** Unpacks the file. Rejects when the data are damaged or more than `size`. */
  read(): Promise<Blob>;
}

/** What was left out and why, for the user. */
export interface ArchiveListing {
  entries: ArchiveEntry[];
  skipped: { path: string; why: string }[];
}

/** Entries of one archive at most. */
export const ARCHIVE_ENTRIES_MAX = 100_000;

/** The archive cannot be read; the message says why. */
export class ArchiveError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ArchiveError';
  }
}

/** A relative path without `.`, `..` and empty parts; null if the name would leave the directory or is nothing. */
export function safePath(name: string): string | null {
  const parts = name.replaceAll('\\', '/').split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..') || name.includes('\0')) return null;
  return parts.join('/');
}

/** Passes bytes on, and fails once there are more than `limit`. */
export function limited(limit: number): TransformStream<Uint8Array, Uint8Array> {
  let seen = 0;
  return new TransformStream({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > limit) controller.error(new ArchiveError('it unpacks to more than it says'));
      else controller.enqueue(chunk);
    },
  });
}
