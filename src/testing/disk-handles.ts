import { lstat, mkdir, mkdtemp, open, readdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names by errno, as the specification has them. */
const DOM_NAMES: Readonly<Record<string, string>> = { ENOENT: 'NotFoundError', ENOTEMPTY: 'InvalidModificationError', EACCES: 'NotAllowedError', ENOSPC: 'QuotaExceededError', ENOTDIR: 'NotFoundError' };

function domError(error: unknown): unknown {
  const code: unknown = (error as NodeJS.ErrnoException).code;
  return typeof code !== 'string' ? error : new DOMException(String(error), DOM_NAMES[code] ?? 'UnknownError');
}

function checkName(name: string): void {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) throw new TypeError('Name is not allowed.');
}

/** Directories of this machine's disk by the interface of `FileSystemDirectoryHandle`, as far as a folder needs it. */
export class DiskDirectory {
  readonly kind = 'directory';
  readonly name: string;
  readonly #path: string;

  constructor(path: string, name: string) {
    this.#path = path;
    this.name = name;
  }

  async *values(): AsyncGenerator<DiskDirectory | DiskFile> {
    for (const name of await readdir(this.#path).catch((error: unknown) => { throw domError(error); })) {
      const kind = await lstat(join(this.#path, name)).catch(() => null);
      if (kind?.isDirectory()) yield new DiskDirectory(join(this.#path, name), name);
      else if (kind?.isFile()) yield new DiskFile(join(this.#path, name), name, this.#path);
    }
  }

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<DiskDirectory> {
    checkName(name);
    const path = join(this.#path, name);
    await this.#require(path, create, (found) => found.isDirectory(), () => mkdir(path));
    return new DiskDirectory(path, name);
  }

  async getFileHandle(name: string, { create = false } = {}): Promise<DiskFile> {
    checkName(name);
    const path = join(this.#path, name);
    await this.#require(path, create, (found) => found.isFile(), () => writeFile(path, '', { flag: 'a' }));
    return new DiskFile(path, name, this.#path);
  }

  async #require(path: string, create: boolean, fits: (found: { isFile(): boolean; isDirectory(): boolean }) => boolean, make: () => Promise<unknown>): Promise<void> {
    try {
      const found = await lstat(path).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT' && create) return null;
        throw error;
      });
      if (!found) await make();
      else if (!fits(found)) throw new DOMException('of another kind', 'TypeMismatchError');
    } catch (error) {
      throw domError(error);
    }
  }

  async removeEntry(name: string): Promise<void> {
    const path = join(this.#path, name);
    try {
      if ((await lstat(path)).isDirectory()) await rmdir(path);
      else await unlink(path);
    } catch (error) {
      throw domError(error);
    }
  }

  async queryPermission(): Promise<string> {
    return 'granted';
  }
}

class DiskFile {
  readonly kind = 'file';
  readonly name: string;
  readonly #path: string;
  readonly #dir: string;

  constructor(path: string, name: string, dir: string) {
    this.#path = path;
    this.name = name;
    this.#dir = dir;
  }

  async getFile(): Promise<{ size: number; lastModified: number; slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> } }> {
    try {
      const { size, mtimeMs } = await lstat(this.#path);
      return { size, lastModified: Math.floor(mtimeMs), slice: (from, to) => ({ arrayBuffer: () => this.#range(from, Math.min(to, size)) }) };
    } catch (error) {
      throw domError(error);
    }
  }

  async #range(from: number, to: number): Promise<ArrayBuffer> {
    const file = await open(this.#path);
    try {
      const bytes = new Uint8Array(Math.max(0, to - from));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
      return bytes.buffer.slice(0, bytesRead);
    } finally {
      await file.close();
    }
  }

  async createWritable(): Promise<{ write(part: Uint8Array): Promise<void>; close(): Promise<void>; abort(): Promise<void> }> {
    const swap = join(await mkdtemp(join(this.#dir, '..', '.swap-')), 'file');
    const file = await open(swap, 'w');
    const end = (): Promise<void> => rm(join(swap, '..'), { recursive: true, force: true });
    return {
      write: async (part) => void (await file.writeFile(part)),
      close: async () => {
        await file.close();
        await rename(swap, this.#path);
        await end();
      },
      abort: async () => {
        await file.close();
        await end();
      },
    };
  }
}
