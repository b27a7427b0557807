export interface KvKey {
  namespace: string;
  key: string;
}

/** `value` null: the key goes. Else it covers its buffer, and is the backend's from then on. */
export interface KvWrite extends KvKey {
  value: Uint8Array<ArrayBuffer> | null;
  /** Size of the value that is stored now; undefined: none. */
  replaces?: number | undefined;
}

/** What a namespace holds, and may hold. A key counts its bytes in UTF-8 and those of its value. */
export interface KvSpace {
  keys: number;
  bytes: number;
  maxKeys: number;
  maxBytes: number;
}

/** What one transaction does. */
export interface KvCommit {
  /** Namespaces that are emptied, before the writes. */
  cleared: readonly string[];
  /** No key twice. */
  writes: readonly KvWrite[];
  /** What holds afterwards, of the namespaces that are touched; null: forgotten, it is empty and has the default quota. */
  spaces: ReadonlyMap<string, KvSpace | null>;
}

/** Part of a namespace in the order of the keys' UTF-8 bytes: keys that begin with `prefix`, after `after` if it is given. */
export interface KvRange {
  prefix: string;
  after?: string;
  limit: number;
  /** Ends before an entry that would bring the values to more than this, but has one. */
  maxBytes: number;
  values: boolean;
}

export interface KvFound {
  key: string;
  /** Of the value, bytes. */
  size: number;
  /** If values were asked for. Never shared. */
  value?: Uint8Array<ArrayBuffer>;
}

/**
 * The persistence below the key-value store, for one workspace. Keys and values are valid and within their bounds.
 * Failures are `FsError`: ENOSPC no space, EROFS not the owner, EIO everything else; also when not open.
 */
export interface KvBackend {
  readonly kind: 'indexeddb' | 'opfs' | 'memory';
  /** `owner` may write; there is one. Any number of others may read meanwhile and see each commit whole. May be opened again after `close`. */
  open(owner: boolean): Promise<void>;
  /** Of all namespaces that are not empty or have a quota of their own. */
  spaces(): Promise<Map<string, KvSpace>>;
  /**
   * One transaction, all or nothing, after those asked for before: tells `plan` the sizes of the values at `keys` (undefined: none),
   * and does what it says; null: nothing. `plan` is called once, and does not wait.
   * @param durable resolves when it is on disk; else when a kill of the tab cannot undo it
   */
  transact(keys: readonly KvKey[], plan: (sizes: readonly (number | undefined)[]) => KvCommit | null, durable: boolean): Promise<void>;
  get(namespace: string, key: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  has(namespace: string, key: string): Promise<boolean>;
  scan(namespace: string, range: KvRange): Promise<KvFound[]>;
  close(): Promise<void>;
}

/** A file of a log on disk. Offsets and lengths in bytes. */
export interface LogFile {
  size(): Promise<number>;
  /** Fewer bytes at the end of the file. */
  read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Resolves when the bytes are on disk. */
  write(at: number, bytes: Uint8Array): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** The folder of a log. */
export interface LogFolder {
  names(): Promise<string[]>;
  /** To write: created if it is not there, and nobody else has it open to write. To read: what the file holds at each call of `size`. */
  open(name: string, writable: boolean): Promise<LogFile>;
  remove(name: string): Promise<void>;
}

/** Keys as a backend may store them. */
export interface KvKeyCodec {
  encodeKey(key: string): Uint8Array<ArrayBuffer>;
  decodeKey(bytes: ArrayBuffer): string;
}

/** Where the host keeps key-value pairs. */
export type KvSource =
  /** `programs`: of a log for the programs' own pairs, which a log is faster for. Default: they are where all others are. */
  | { kind: 'indexeddb'; open(codec: KvKeyCodec, onLost: (reason: string) => void): KvBackend; programs?: LogFolder }
  | { kind: 'opfs'; folder: LogFolder }
  | { kind: 'memory' };
