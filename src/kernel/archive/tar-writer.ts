import { encodePax, paxTime } from './pax.ts';
import type { Sink } from './streams.ts';
import { OCTAL_MAX, TAR_BLOCK, TarType, encodeHeader, fitsLink, splitName } from './tar-format.ts';

/** What is written of one member. */
export interface TarEntry {
  /** Relative, without a trailing slash. */
  path: string;
  kind: 'file' | 'directory' | 'symlink' | 'hardlink';
  /** Bytes of a file. */
  size: number;
  /** Of a link. */
  target?: string;
  /** Nanoseconds since the epoch. */
  mtime: bigint;
  atime?: bigint;
  ctime?: bigint;
}

/** Where a file has data; all else of it reads as zeros. */
export interface Extent {
  at: number;
  length: number;
}

const SECOND = 1_000_000_000n;
const TYPES = { file: TarType.FILE, directory: TarType.DIRECTORY, symlink: TarType.SYMLINK, hardlink: TarType.HARD_LINK } as const;
const MODES = { file: 0o644, directory: 0o755, symlink: 0o777, hardlink: 0o644 } as const;
const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

/**
 * Writes POSIX.1-2017 `pax`: ustar headers, with extended ones for what does not fit or would lose something. A file with holes is
 * written as GNU's sparse format 1.0.
 */
export class TarWriter {
  readonly #sink: Sink;
  /** Times in whole seconds and no others: a third of the size for small files. */
  readonly #coarse: boolean;

  constructor(sink: Sink, options: { coarse?: boolean } = {}) {
    this.#sink = sink;
    this.#coarse = options.coarse ?? false;
  }

  /** Records that hold for the whole archive. */
  async global(records: ReadonlyMap<string, string>): Promise<void> {
    await this.#extended(TarType.PAX_GLOBAL, 'pax_global_header', records);
  }

  /** One member without contents, or with all of them. */
  async entry(entry: TarEntry, contents: Uint8Array = NOTHING): Promise<void> {
    await this.#head(entry, entry.size, this.#records(entry, entry.size));
    await this.#sink(contents);
    await this.pad(entry.size);
  }

  /** The head of a file whose `entry.size` bytes the caller writes, and then calls `pad`. */
  async fileHead(entry: TarEntry): Promise<void> {
    await this.#head(entry, entry.size, this.#records(entry, entry.size));
  }

  /** The head of a file with holes: the caller writes the bytes of the extents in order, then `pad`s to the length returned. */
  async sparseHead(entry: TarEntry, extents: readonly Extent[]): Promise<number> {
    const map = encoder.encode([extents.length, ...extents.flatMap(({ at, length }) => [at, length])].map((number) => `${number}\n`).join(''));
    const mapped = new Uint8Array(Math.ceil(map.length / TAR_BLOCK) * TAR_BLOCK);
    mapped.set(map);
    const stored = mapped.length + extents.reduce((sum, { length }) => sum + length, 0);
    const records = this.#records({ ...entry, path: sparseName(entry.path) }, stored);
    for (const [key, value] of [['major', '1'], ['minor', '0'], ['name', entry.path], ['realsize', String(entry.size)]] as const) records.set(`GNU.sparse.${key}`, value);
    await this.#head({ ...entry, path: sparseName(entry.path) }, stored, records);
    await this.#sink(mapped);
    return stored;
  }

  /** Fills the last block of contents. */
  async pad(size: number): Promise<void> {
    const rest = size % TAR_BLOCK;
    if (rest > 0) await this.#sink(new Uint8Array(TAR_BLOCK - rest));
  }

  /** The two empty blocks at the end. */
  async end(): Promise<void> {
    await this.#sink(new Uint8Array(2 * TAR_BLOCK));
  }

  #records(entry: TarEntry, size: number): Map<string, string> {
    const records = new Map<string, string>();
    const { path, kind, target = '', mtime, atime, ctime } = entry;
    if (!splitName(kind === 'directory' ? `${path}/` : path)) records.set('path', kind === 'directory' ? `${path}/` : path);
    if (!fitsLink(target)) records.set('linkpath', target);
    if (size > OCTAL_MAX) records.set('size', String(size));
    const seconds = mtime / SECOND;
    if (this.#coarse ? mtime < 0n : mtime % SECOND !== 0n || mtime < 0n || seconds > BigInt(OCTAL_MAX)) records.set('mtime', paxTime(mtime));
    if (!this.#coarse && atime !== undefined) records.set('atime', paxTime(atime));
    if (!this.#coarse && ctime !== undefined) records.set('ctime', paxTime(ctime));
    return records;
  }

  async #head(entry: TarEntry, size: number, records: ReadonlyMap<string, string>): Promise<void> {
    if (records.size > 0) await this.#extended(TarType.PAX, `PaxHeaders/${entry.path.slice(entry.path.lastIndexOf('/') + 1)}`, records);
    const path = entry.kind === 'directory' ? `${entry.path}/` : entry.path;
    const seconds = Number(entry.mtime / SECOND);
    await this.#sink(encodeHeader({
      ...(splitName(path) ?? { name: plainName(path), prefix: NOTHING }), link: plainLink(entry.target ?? ''),
      type: TYPES[entry.kind], mode: MODES[entry.kind], size, mtime: seconds >= 0 && seconds <= OCTAL_MAX ? seconds : 0,
    }));
  }

  async #extended(type: string, name: string, records: ReadonlyMap<string, string>): Promise<void> {
    const body = encodePax(records);
    await this.#sink(encodeHeader({ name: plainName(name), prefix: NOTHING, link: NOTHING, type, mode: 0o644, size: body.length, mtime: 0 }));
    await this.#sink(body);
    await this.pad(body.length);
  }
}

/** What readers that do not know the extended header show. */
function plainName(path: string): Uint8Array {
  return encoder.encode(path.replace(/[^\x20-\x7e]/g, '_').slice(0, 100));
}

function plainLink(target: string): Uint8Array {
  return encoder.encode(target.replace(/[^\x20-\x7e]/g, '_').slice(0, 100));
}

/** A name under which a reader that knows no sparse files keeps the map and the data. */
function sparseName(path: string): string {
  const slash = path.lastIndexOf('/') + 1;
  return `${path.slice(0, slash)}GNUSparseFile.0/${path.slice(slash)}`;
}
