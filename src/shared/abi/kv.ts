/** What a namespace holds, and may hold. A key counts its bytes in UTF-8 and those of its value. */
export interface KvUsage {
  keys: number;
  bytes: number;
  maxKeys: number;
  maxBytes: number;
  backend: 'indexeddb' | 'opfs' | 'memory';
}

/** A part of a namespace in the order of the keys' UTF-8 bytes. */
export interface KvRangeOptions {
  prefix?: string;
  /** Only keys after this one. */
  after?: string;
  /** Default 1000, at most 10 000. */
  limit?: number;
}

export interface KvWriteOptions {
  /** Resolve when it is on disk (default), or already when a kill of the tab cannot undo it. */
  durable?: boolean;
}

/** Without a value the key goes. */
export interface KvBatchWrite {
  key: string;
  value?: Uint8Array | null;
}

/** `next`: what to give as `after` for the next page; null at the end. */
export interface KvEntries {
  entries: { key: string; value: Uint8Array }[];
  next: string | null;
}

/**
 * The window's calls about key-value pairs. Failures are `FsError`: EINVAL for a namespace that is none (1 to 128 letters, digits and
 * `. _ : / -`), EILSEQ for a key that is not valid Unicode, ENAMETOOLONG for one over 1 KiB of UTF-8, EFBIG for a value over 8 MiB, E2BIG
 * for a batch over 10 000 writes or 32 MiB, ENOSPC with the numbers beyond the quota, EAGAIN when over 64 MiB wait to be stored, EROFS when
 * another tab owns the workspace.
 */
export interface KvCalls {
  kvGet(namespace: string, key: string): Promise<Uint8Array | null>;
  kvHas(namespace: string, key: string): Promise<boolean>;
  kvSet(namespace: string, key: string, value: Uint8Array, options?: KvWriteOptions): Promise<void>;
  /** Whether it was there. */
  kvDelete(namespace: string, key: string, options?: KvWriteOptions): Promise<boolean>;
  /** All or nothing, in this order. */
  kvBatch(namespace: string, writes: KvBatchWrite[], options?: KvWriteOptions): Promise<void>;
  kvKeys(namespace: string, options?: KvRangeOptions): Promise<string[]>;
  /** A page has at most `limit` entries and 16 MiB, and one entry at least. */
  kvScan(namespace: string, prefix: string, options?: Omit<KvRangeOptions, 'prefix'>): Promise<KvEntries>;
  /** Everything in the namespace goes; its quota stays. */
  kvClear(namespace: string): Promise<void>;
  kvUsage(namespace: string): Promise<KvUsage>;
  /** What is left out stays as it is. Below what is held the namespace can only shrink. */
  kvQuota(namespace: string, quota: { keys?: number; bytes?: number }): Promise<KvUsage>;
  /** Those that hold something or have a quota of their own, sorted. */
  kvNamespaces(): Promise<string[]>;
  /** The archive as a byte stream (`shared/link`); `done` gets null at its end, or an `FsErrorData`: then it is not whole. */
  kvExport(namespace: string): Promise<{ stream: MessagePort; done: MessagePort }>;
  /** Every hash is checked before the first write (EBADMSG); `replace`: what the archive does not have goes. */
  kvImport(namespace: string, archive: Uint8Array | Blob, options?: { replace?: boolean }): Promise<{ keys: number; bytes: number }>;
}
