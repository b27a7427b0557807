import { FsError } from '../../shared/base/index.ts';
import type { LogFile, LogFolder } from '../../kernel/contract/index.ts';

/** Milliseconds for the owner before to let go of its files. */
const PATIENCE = 10_000;
const PAUSE = 50;

/** A folder of the origin's private file system. To write: a sync access handle, which one realm at a time can have. */
export class OpfsLogFolder implements LogFolder {
  readonly #path: readonly string[];
  #folder: Promise<FileSystemDirectoryHandle> | undefined;

  /** @param path names of the folder and those above it */
  constructor(...path: string[]) {
    this.#path = path;
  }

  async names(): Promise<string[]> {
    return naming('list', async () => {
      const names: string[] = [];
      for await (const name of (await this.#open()).keys()) names.push(name);
      return names;
    });
  }

  async open(name: string, writable: boolean): Promise<LogFile> {
    return naming('open', async () => {
      const handle = await (await this.#open()).getFileHandle(name, { create: writable });
      return writable ? new OwnedFile(await takeHandle(handle)) : new SeenFile(handle);
    });
  }

  async remove(name: string): Promise<void> {
    await naming('remove', async () => (await this.#open()).removeEntry(name));
  }

  #open(): Promise<FileSystemDirectoryHandle> {
    this.#folder ??= openFolder(this.#path).catch((error: unknown) => {
      this.#folder = undefined;
      throw error;
    });
    return this.#folder;
  }
}

async function openFolder(path: readonly string[]): Promise<FileSystemDirectoryHandle> {
  let folder = await navigator.storage.getDirectory();
  for (const name of path) folder = await folder.getDirectoryHandle(name, { create: true });
  return folder;
}

async function takeHandle(handle: FileSystemFileHandle): Promise<FileSystemSyncAccessHandle> {
  for (const end = performance.now() + PATIENCE; ;) {
    try {
      return await handle.createSyncAccessHandle();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'NoModificationAllowedError') || performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

class OwnedFile implements LogFile {
  readonly #handle: FileSystemSyncAccessHandle;

  constructor(handle: FileSystemSyncAccessHandle) {
    this.#handle = handle;
  }

  async size(): Promise<number> {
    return naming('size', async () => this.#handle.getSize());
  }

  async read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return naming('read', async () => {
      const bytes = new Uint8Array(length);
      const count = this.#handle.read(bytes, { at });
      return count === length ? bytes : bytes.slice(0, count);
    });
  }

  async write(at: number, bytes: Uint8Array): Promise<void> {
    await naming('write', async () => {
      const written = this.#handle.write(bytes as Uint8Array<ArrayBuffer>, { at });
      if (written !== bytes.length) throw new FsError('ENOSPC', 'write', undefined, { detail: `${written} of ${bytes.length} bytes were written` });
      this.#handle.flush();
    });
  }

  async truncate(size: number): Promise<void> {
    await naming('truncate', async () => {
      this.#handle.truncate(size);
      this.#handle.flush();
    });
  }

  async close(): Promise<void> {
    this.#handle.close();
  }
}

/** Of a file that another tab writes: a snapshot of it cannot be read any more once it has grown. */
class SeenFile implements LogFile {
  readonly #handle: FileSystemFileHandle;
  #file: File | undefined;

  constructor(handle: FileSystemFileHandle) {
    this.#handle = handle;
  }

  async size(): Promise<number> {
    return naming('size', async () => {
      this.#file = await this.#handle.getFile();
      return this.#file.size;
    });
  }

  async read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return naming('read', async () => {
      for (;;) {
        const file = (this.#file ??= await this.#handle.getFile());
        try {
          return new Uint8Array(await file.slice(at, at + length).arrayBuffer());
        } catch (error) {
          if (!(error instanceof DOMException && error.name === 'NotReadableError')) throw error;
          this.#file = undefined;
        }
      }
    });
  }

  async write(): Promise<void> {
    throw new FsError('EROFS', 'write');
  }

  async truncate(): Promise<void> {
    throw new FsError('EROFS', 'truncate');
  }

  async close(): Promise<void> {
    this.#file = undefined;
  }
}

/** Failures of the browser as `FsError`. */
async function naming<T>(operation: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof FsError) throw error;
    const full = error instanceof DOMException && error.name === 'QuotaExceededError';
    throw new FsError(full ? 'ENOSPC' : 'EIO', operation, undefined, { cause: error, detail: `the origin’s private file system: ${String(error)}` });
  }
}
