import type { Point } from './history.ts';

/** `tar`: POSIX pax. `oci`: a tar of an OCI image layout. */
export type ArchiveFormat = 'tar' | 'tar.gz' | 'oci';

export interface ExportRequest {
  /**
   * `folder`: it and all below it; with `only` (relative paths, at most 10 000) these, with all below them. `workspace`: what the user changed against what is shipped, deletions included; with `base` all that is
   * seen. `layer`: what one layer of the stack changes; by name.
   */
  what: { folder: string; only?: string[] } | { workspace: true; base?: boolean } | { layer: string };
  /** As it was then; of what is stored, and not of a layer. Default `now`. */
  at?: Point;
  /** Default `tar.gz`. */
  format?: ArchiveFormat;
  /** Times in whole seconds and mtime alone, which is smaller. Default: all times, to the nanosecond. */
  coarse?: boolean;
}

/** One file of a folder that is imported; `file` null for a directory. */
export interface ImportItem {
  /** Relative. */
  path: string;
  file: Blob | null;
  /** Milliseconds since the epoch. */
  mtime?: number;
}

export interface ImportRequest {
  /** A tar (plain, gzip, zstd), a zip, an OCI image layout in a tar; or files one by one. */
  source: Blob | readonly ImportItem[];
  /** The directory that it goes to; made if only its last name is missing. */
  to: string;
  /** Of the archive, for the history. */
  name?: string;
  /** A file or link that is there already. Default `keep`: the archive's is left out, and told; so are the deletions that an export of a workspace holds. */
  onExisting?: 'keep' | 'replace';
  /**
   * The name of a layer that the import becomes, read-only, below a new upper; what the upper had is frozen before that under a name of its
   * own. Only for a place that is stored.
   */
  layer?: string;
  /** Symbolic links that lead out of `to`. Default `inside`: they are left out, and told. */
  links?: 'inside' | 'all';
}

/** An export or import that runs. */
export interface ArchiveJob {
  id: number;
  /** Of an export: its bytes, in the byte-stream protocol of `shared/link`. */
  bytes?: MessagePort;
}

export interface ArchiveProgress {
  /** Of the archive for an import, of the contents for an export. */
  bytes: number;
  /** 0 where it is not known. */
  total: number;
  files: number;
  /** What is being read or written. */
  path: string;
}

/** What was left out, or is other than one might think, and why. */
export interface ArchiveRemark {
  path: string;
  why: string;
}

export interface ArchiveResult {
  /** Bytes of the archive. */
  bytes: number;
  /** SHA-256 of the archive, hex; of an image that was imported: of its manifest. Null for a zip and for single files that were imported. */
  sha256: string | null;
  /** Of an image that was exported: its manifest's. */
  digest?: string;
  /** Entries that are in the archive, or that were put to their place. */
  entries: number;
  /** Of an import: those that an attempt that was cut off had left. */
  resumed?: number;
  /** What is not there as it was, and why. */
  skipped: ArchiveRemark[];
  /** What one should know of what is there. */
  notes: ArchiveRemark[];
  /** Remarks beyond those listed. */
  more: number;
  /** Of an import: the run in the history, which can be undone; 0 if it changed nothing that is kept. */
  run?: number;
}

/** What an archive holds, as it says itself. */
export interface ArchiveContents {
  files: number;
  directories: number;
  links: number;
  /** Bytes of the files. */
  bytes: number;
  /** Names of the first entries. */
  first: string[];
  /** `workspace` or `layer`, where it is an export of one. */
  kind?: string;
}

/**
 * The window's calls about archives. Failures are `FsError`: EBADMSG for an archive that is damaged or none, EFBIG for one that unpacks to too
 * much, ECANCELED for what was stopped. A failed import leaves what was there before.
 */
export interface ArchiveCalls {
  archiveExport(request: ExportRequest): Promise<ArchiveJob>;
  archiveImport(request: ImportRequest): Promise<ArchiveJob>;
  /** Reads through an archive and makes nothing. Of an image: the blobs. */
  archiveInspect(source: Blob): Promise<ArchiveContents>;
  archiveProgress(id: number): Promise<ArchiveProgress>;
  /** Resolves when the job is done. To be called once for each. */
  archiveResult(id: number): Promise<ArchiveResult>;
  archiveStop(id: number): Promise<void>;
}
