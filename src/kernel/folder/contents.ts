import type { BaseLayer, FolderProvider, FolderStore } from '../contract/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { parseReference, type FolderReference } from './reference.ts';

/** Bytes of one part of what is kept. */
export const KEPT_PART = 1 << 20;

/** Bytes read from a folder at once: what a file's opening, and looking at it twice, cost is shared by the blocks of one reading ahead. */
const WINDOW = 512 * 1024;
/** Windows that are remembered, the longest unused dropped first: 8 MiB. */
const WINDOWS_MAX = 16;

export interface FolderContentsOptions {
  store: FolderStore;
  /** Undefined for a folder that is not known any more. */
  provider(id: number): Promise<FolderProvider | undefined>;
  /** A file could not be read: for the user. */
  onTrouble(id: number, error: FsError): void;
}

/**
 * The bytes behind references to files of folders: from the folder as long as the file is as it was, else from what was kept of it when it was
 * written over from here. Never bytes of another state: EACCES, ESTALE, EIO.
 */
export class FolderContents {
  readonly #options: FolderContentsOptions;
  #kept: Promise<Set<string>> | undefined;
  /** By reference and place; a reference never stands for other bytes. */
  readonly #windows = new Map<string, Promise<Uint8Array>>();

  constructor(options: FolderContentsOptions) {
    this.#options = options;
  }

  async read(reference: string, offset: number, length: number): Promise<Uint8Array> {
    const file = parseReference(reference);
    if (!file) throw new FsError('EIO', 'read', reference, { detail: 'no file of a folder' });
    if ((await this.#keptSet()).has(reference)) return this.#readKept(reference, offset, Math.min(length, file.stat.size - offset));
    const start = Math.floor(offset / WINDOW) * WINDOW;
    if (offset + length > start + WINDOW) return this.#fromFolder(file, offset, length);
    return (await this.#window(reference, file, start)).subarray(offset - start, offset - start + length);
  }

  /** Who asks for the same window at one time shares a reading; one that failed is not remembered. */
  #window(reference: string, file: FolderReference, start: number): Promise<Uint8Array> {
    const key = `${start} ${reference}`;
    const bytes = this.#windows.get(key) ?? this.#fromFolder(file, start, Math.min(WINDOW, file.stat.size - start));
    this.#windows.delete(key);
    this.#windows.set(key, bytes);
    bytes.catch(() => this.#windows.delete(key));
    const oldest = this.#windows.keys().next();
    if (this.#windows.size > WINDOWS_MAX && !oldest.done) this.#windows.delete(oldest.value);
    return bytes;
  }

  async #fromFolder({ id, path, stat }: FolderReference, offset: number, length: number): Promise<Uint8Array> {
    const provider = await this.#options.provider(id);
    if (!provider) throw new FsError('EIO', 'read', path, { detail: 'the folder that it is in is not known any more' });
    try {
      return await provider.read(path, stat, offset, length);
    } catch (error) {
      const failure = asFailure(path, error);
      this.#options.onTrouble(id, failure);
      throw failure;
    }
  }

  async #readKept(reference: string, offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, length));
    for (let done = 0; done < length;) {
      const at = offset + done;
      const part = await this.#options.store.keptPart(reference, Math.floor(at / KEPT_PART));
      const piece = part?.subarray(at % KEPT_PART, at % KEPT_PART + length - done);
      if (!piece?.length) throw new FsError('EIO', 'read', reference, { detail: 'what was kept of it is not there' });
      bytes.set(piece, done);
      done += piece.length;
    }
    return bytes;
  }

  /** Keeps the contents of a file before they are written over or removed, so that what refers to them goes on reading them. */
  async keep(reference: string, check: () => void): Promise<void> {
    const file = parseReference(reference);
    if (!file || file.stat.size === 0 || (await this.#keptSet()).has(reference)) return;
    for (let at = 0; at < file.stat.size; at += KEPT_PART) {
      check();
      await this.#options.store.keep(reference, at / KEPT_PART, await this.#fromFolder(file, at, KEPT_PART));
    }
    await this.#options.store.setKept(reference);
    (await this.#keptSet()).add(reference);
  }

  #keptSet(): Promise<Set<string>> {
    this.#kept ??= this.#options.store.kept().then((list) => new Set(list));
    this.#kept.catch(() => { this.#kept = undefined; });
    return this.#kept;
  }
}

function asFailure(path: string, error: unknown): FsError {
  if (!(error instanceof FsError)) return new FsError('EIO', 'read', path, { cause: error });
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR' && error.code !== 'EISDIR') return error;
  return new FsError('ESTALE', 'read', path, { cause: error, detail: 'this file is not in the folder any more' });
}

/** The base layer, and below it the files of folders that nodes refer to. */
export function withFolders(base: BaseLayer, contents: FolderContents): BaseLayer {
  return {
    root: () => base.root(),
    entries: (parent) => base.entries(parent),
    read: (path) => {
      const file = parseReference(path);
      return file ? contents.read(path, 0, file.stat.size) : base.read(path);
    },
    readRange: (path, offset, length) => {
      if (parseReference(path)) return contents.read(path, offset, length);
      return base.read(path).then((bytes) => bytes.subarray(offset, offset + length));
    },
  };
}
