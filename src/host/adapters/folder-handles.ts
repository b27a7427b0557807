import type { FolderEntry, FolderPermission, FolderProvider, FolderStat } from '../../kernel/contract/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { handleError } from './folder-errors.ts';

/** What TypeScript's library does not have of the File System Access specification. */
interface AskableHandle {
  queryPermission?(descriptor: { mode: 'read' | 'readwrite' }): Promise<PermissionState>;
}

/** Directories' handles that are remembered, at most; the oldest go first. */
const HANDLES_MAX = 1024;
/** Files that are asked for size and time at once. */
const PARALLEL = 16;

const DIRECTORY: FolderStat = Object.freeze({ kind: 'directory', size: 0, mtime: 0 });

/** A folder behind a `FileSystemDirectoryHandle`: one that the user picked, or one of the origin's private file system. */
export class HandleProvider implements FolderProvider {
  readonly #root: FileSystemDirectoryHandle;
  readonly #directories = new Map<string, FileSystemDirectoryHandle>();

  constructor(root: FileSystemDirectoryHandle) {
    this.#root = root;
  }

  async permission(mode: 'read' | 'readwrite'): Promise<FolderPermission> {
    const state = await (this.#root as AskableHandle).queryPermission?.({ mode }).catch(() => 'denied' as const);
    if (state === 'prompt') return 'ask';
    return state === 'denied' ? 'denied' : 'granted';
  }

  async *list(dir: string): AsyncGenerator<FolderEntry> {
    const directory = await this.#directory('list', dir);
    let files: FileSystemFileHandle[] = [];
    const values = guarded('list', dir, directory.values());
    for await (const handle of values) {
      if (handle.kind === 'directory') yield { name: handle.name, ...DIRECTORY };
      else files.push(handle as FileSystemFileHandle);
      if (files.length < PARALLEL) continue;
      yield* await this.#described(dir, files);
      files = [];
    }
    yield* await this.#described(dir, files);
  }

  /** Files that went since they were listed are left out. */
  async #described(dir: string, files: FileSystemFileHandle[]): Promise<FolderEntry[]> {
    const found = await Promise.all(files.map(async (handle) => {
      const stat = await fileStat(handle).catch((error: unknown) => absent('list', inside(dir, handle.name), error));
      return stat && { name: handle.name, ...stat };
    }));
    return found.filter((entry) => entry !== undefined);
  }

  async stat(path: string): Promise<FolderStat | undefined> {
    if (path === '') return DIRECTORY;
    try {
      const handle = await this.#child('stat', path);
      return handle.kind === 'directory' ? DIRECTORY : await fileStat(handle as FileSystemFileHandle);
    } catch (error) {
      const failure = handleError('stat', path, error);
      // A part of the path that is a file means that nothing is below it.
      if (failure.code === 'ENOENT' || failure.code === 'ENOTDIR') return undefined;
      throw failure;
    }
  }

  async read(path: string, expected: FolderStat, offset: number, length: number): Promise<Uint8Array> {
    try {
      const handle = await this.#file('read', path);
      const file = await handle.getFile();
      requireStat('read', path, statOf(file), expected);
      const bytes = new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
      requireStat('read', path, await fileStat(handle), expected);
      if (bytes.length !== Math.max(0, Math.min(length, expected.size - offset))) throw changed('read', path);
      return bytes;
    } catch (error) {
      throw handleError('read', path, error);
    }
  }

  async write(path: string, content: AsyncIterable<Uint8Array>, expected: FolderStat | null): Promise<FolderStat> {
    const { dir, name } = split(path);
    let made = false;
    try {
      requireExpected('write', path, await this.stat(path), expected);
      const directory = await this.#directory('write', dir);
      const handle = await directory.getFileHandle(name, { create: true });
      made = expected === null;
      await this.#replace(path, handle, content, expected);
      made = false;
      return await fileStat(handle);
    } catch (error) {
      if (made) await this.#takeBack(path);
      throw handleError('write', path, error);
    }
  }

  /** The bytes go to a file of the browser's, which takes the place of the old one when it is closed. */
  async #replace(path: string, handle: FileSystemFileHandle, content: AsyncIterable<Uint8Array>, expected: FolderStat | null): Promise<void> {
    const stream = await handle.createWritable({ keepExistingData: false, mode: 'exclusive' } as FileSystemCreateWritableOptions);
    try {
      for await (const part of content) await stream.write(part as Uint8Array<ArrayBuffer>);
      requireStat('write', path, await fileStat(handle), expected ?? { kind: 'file', size: 0, mtime: -1 });
    } catch (error) {
      await stream.abort().catch(() => undefined);
      throw error;
    }
    await stream.close();
  }

  /** The empty file that stood for one that could not be written. */
  async #takeBack(path: string): Promise<void> {
    const now = await this.stat(path).catch(() => undefined);
    if (now?.kind === 'file' && now.size === 0) await this.remove(path, now).catch(() => undefined);
  }

  async mkdir(path: string): Promise<void> {
    const { dir, name } = split(path);
    if (await this.stat(path)) throw new FsError('EEXIST', 'mkdir', path);
    try {
      await (await this.#directory('mkdir', dir)).getDirectoryHandle(name, { create: true });
    } catch (error) {
      throw handleError('mkdir', path, error);
    }
  }

  async remove(path: string, expected: FolderStat): Promise<void> {
    const { dir, name } = split(path);
    requireExpected('remove', path, await this.stat(path), expected);
    try {
      await (await this.#directory('remove', dir)).removeEntry(name);
    } catch (error) {
      throw handleError('remove', path, error);
    } finally {
      this.#forget(path);
    }
  }

  /** The system itself is asked: it refuses to look for a name that it could not store. */
  async nameProblem(dir: string, name: string): Promise<string | null> {
    try {
      const directory = await this.#directory('stat', dir).catch(() => this.#root);
      await directory.getFileHandle(name);
      return null;
    } catch (error) {
      return error instanceof TypeError ? 'the system cannot store a file of this name' : null;
    }
  }

  async #child(operation: string, path: string): Promise<FileSystemHandle> {
    const { dir, name } = split(path);
    const directory = await this.#directory(operation, dir);
    try {
      return await directory.getFileHandle(name);
    } catch (error) {
      if (handleError(operation, path, error).code !== 'EISDIR') throw error;
      return directory.getDirectoryHandle(name);
    }
  }

  async #file(operation: string, path: string): Promise<FileSystemFileHandle> {
    const { dir, name } = split(path);
    return (await this.#directory(operation, dir)).getFileHandle(name);
  }

  async #directory(operation: string, path: string): Promise<FileSystemDirectoryHandle> {
    if (path === '') return this.#root;
    const known = this.#directories.get(path);
    if (known) return known;
    const { dir, name } = split(path);
    const above = await this.#directory(operation, dir);
    const handle = await above.getDirectoryHandle(name).catch((error: unknown) => {
      const failure = handleError(operation, path, error);
      throw failure.code === 'EISDIR' ? new FsError('ENOTDIR', operation, path, { cause: error }) : failure;
    });
    this.#directories.set(path, handle);
    const oldest = this.#directories.keys().next();
    if (this.#directories.size > HANDLES_MAX && !oldest.done) this.#directories.delete(oldest.value);
    return handle;
  }

  #forget(path: string): void {
    for (const known of this.#directories.keys()) if (known === path || known.startsWith(`${path}/`)) this.#directories.delete(known);
  }
}

const statOf = (file: File): FolderStat => ({ kind: 'file', size: file.size, mtime: file.lastModified });

async function fileStat(handle: FileSystemFileHandle): Promise<FolderStat> {
  return statOf(await handle.getFile());
}

function absent(operation: string, path: string, error: unknown): undefined {
  const failure = handleError(operation, path, error);
  if (failure.code !== 'ENOENT') throw failure;
  return undefined;
}

const changed = (operation: string, path: string): FsError =>
  new FsError('ESTALE', operation, path, { detail: 'it was changed in the folder since it was last looked at' });

/** `mtime` -1 stands for any. */
function requireStat(operation: string, path: string, now: FolderStat, expected: FolderStat): void {
  if (now.kind !== expected.kind || now.size !== expected.size || (expected.mtime >= 0 && now.mtime !== expected.mtime)) throw changed(operation, path);
}

function requireExpected(operation: string, path: string, now: FolderStat | undefined, expected: FolderStat | null): void {
  if (expected && now) requireStat(operation, path, now, expected);
  else if (expected || now) throw changed(operation, path);
}

function split(path: string): { dir: string; name: string } {
  const cut = path.lastIndexOf('/');
  return { dir: cut < 0 ? '' : path.slice(0, cut), name: path.slice(cut + 1) };
}

const inside = (dir: string, name: string): string => (dir === '' ? name : `${dir}/${name}`);

async function* guarded<T>(operation: string, path: string, values: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* values;
  } catch (error) {
    throw handleError(operation, path, error);
  }
}
