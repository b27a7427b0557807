import type { FolderEntry, FolderPermission, FolderProvider, FolderStat } from '../contract/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { foldName } from './names.ts';

export interface MemoryFolderOptions {
  /** Names that differ by case are one. Default false. */
  ignoreCase?: boolean;
  /** Names that some systems refuse are refused. Default false. */
  windows?: boolean;
}

type MemoryNode = { kind: 'file'; bytes: Uint8Array; mtime: number; writing: boolean } | { kind: 'directory'; children: Map<string, { name: string; node: MemoryNode }> };

/** A folder in memory, by the same contract as one of the disk: what others do to it is done by `put`, `delete` and `access`. */
export class MemoryProvider implements FolderProvider {
  /** What the browser says when it is asked. */
  access: FolderPermission = 'granted';
  readonly #options: MemoryFolderOptions;
  readonly #root: Extract<MemoryNode, { kind: 'directory' }> = { kind: 'directory', children: new Map() };
  #clock = 1_700_000_000_000;

  constructor(options: MemoryFolderOptions = {}) {
    this.#options = options;
  }

  /** As another program would: directories above are made, mtime moves on. `bytes` undefined: a directory. */
  put(path: string, bytes?: Uint8Array | string): void {
    let dir = this.#root;
    const parts = path.split('/');
    const name = parts.pop()!;
    for (const part of parts) {
      let child = dir.children.get(this.#key(part))?.node;
      if (child?.kind !== 'directory') dir.children.set(this.#key(part), { name: part, node: (child = { kind: 'directory', children: new Map() }) });
      dir = child;
    }
    const node: MemoryNode = bytes === undefined ? { kind: 'directory', children: new Map() }
      : { kind: 'file', bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes, mtime: this.#tick(), writing: false };
    dir.children.set(this.#key(name), { name, node });
  }

  delete(path: string): void {
    const { dir, name } = this.#place('remove', path);
    dir.children.delete(this.#key(name));
  }

  /** All files, by path. */
  contents(): Record<string, string> {
    const found: Record<string, string> = {};
    const walk = (node: MemoryNode, path: string): void => {
      if (node.kind === 'file') found[path] = new TextDecoder().decode(node.bytes);
      else for (const child of node.children.values()) walk(child.node, path === '' ? child.name : `${path}/${child.name}`);
    };
    walk(this.#root, '');
    return found;
  }

  async permission(): Promise<FolderPermission> {
    return this.access;
  }

  async *list(dir: string): AsyncGenerator<FolderEntry> {
    this.#allowed('list', dir);
    const node = this.#find(dir);
    if (!node) throw new FsError('ENOENT', 'list', dir);
    if (node.kind === 'file') throw new FsError('ENOTDIR', 'list', dir);
    for (const { name, node: child } of [...node.children.values()]) yield { name, ...statOf(child) };
  }

  async stat(path: string): Promise<FolderStat | undefined> {
    this.#allowed('stat', path);
    const node = this.#find(path);
    return node && statOf(node);
  }

  async read(path: string, expected: FolderStat, offset: number, length: number): Promise<Uint8Array> {
    this.#allowed('read', path);
    const node = this.#find(path);
    if (!node) throw new FsError('ENOENT', 'read', path);
    if (node.kind === 'directory') throw new FsError('EISDIR', 'read', path);
    this.#expect('read', path, expected);
    return node.bytes.slice(offset, offset + length);
  }

  async write(path: string, content: AsyncIterable<Uint8Array>, expected: FolderStat | null): Promise<FolderStat> {
    this.#allowed('write', path);
    this.#expect('write', path, expected);
    const { dir, name } = this.#place('write', path);
    if (this.#refuses(name)) throw new FsError('EINVAL', 'write', path);
    const old = dir.children.get(this.#key(name));
    const was = old?.node.kind === 'file' ? old.node : undefined;
    if (was?.writing) throw new FsError('EBUSY', 'write', path);
    if (was) was.writing = true;
    try {
      const parts: Uint8Array[] = [];
      for await (const part of content) parts.push(part.slice());
      this.#allowed('write', path);
      this.#expect('write', path, expected);
      const bytes = new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
      const node: MemoryNode = { kind: 'file', bytes, mtime: this.#tick(), writing: false };
      dir.children.set(this.#key(name), { name: old?.name ?? name, node });
      return statOf(node);
    } finally {
      if (was) was.writing = false;
    }
  }

  async mkdir(path: string): Promise<void> {
    this.#allowed('mkdir', path);
    const { dir, name } = this.#place('mkdir', path);
    if (dir.children.has(this.#key(name))) throw new FsError('EEXIST', 'mkdir', path);
    if (this.#refuses(name)) throw new FsError('EINVAL', 'mkdir', path);
    dir.children.set(this.#key(name), { name, node: { kind: 'directory', children: new Map() } });
  }

  async remove(path: string, expected: FolderStat): Promise<void> {
    this.#allowed('remove', path);
    this.#expect('remove', path, expected);
    const node = this.#find(path);
    if (node?.kind === 'directory' && node.children.size > 0) throw new FsError('ENOTEMPTY', 'remove', path);
    this.delete(path);
  }

  async nameProblem(_dir: string, name: string): Promise<string | null> {
    return this.#refuses(name) ? 'the system cannot store a file of this name' : null;
  }

  #refuses(name: string): boolean {
    if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) return true;
    return this.#options.windows === true && (/[<>:"\\|?*\u0001-\u001f]|[. ]$/.test(name) || /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i.test(name));
  }

  #key(name: string): string {
    return this.#options.ignoreCase ? foldName(name) : name;
  }

  #tick(): number {
    return (this.#clock += 1000);
  }

  #find(path: string): MemoryNode | undefined {
    let node: MemoryNode | undefined = this.#root;
    for (const part of path === '' ? [] : path.split('/')) {
      node = node?.kind === 'directory' ? node.children.get(this.#key(part))?.node : undefined;
    }
    return node;
  }

  #place(operation: string, path: string): { dir: Extract<MemoryNode, { kind: 'directory' }>; name: string } {
    const cut = path.lastIndexOf('/');
    const dir = this.#find(cut < 0 ? '' : path.slice(0, cut));
    if (!dir) throw new FsError('ENOENT', operation, path);
    if (dir.kind === 'file') throw new FsError('ENOTDIR', operation, path);
    return { dir, name: path.slice(cut + 1) };
  }

  #allowed(operation: string, path: string): void {
    if (this.access !== 'granted') throw new FsError('EACCES', operation, path);
  }

  #expect(operation: string, path: string, expected: FolderStat | null): void {
    const node = this.#find(path);
    const now = node && statOf(node);
    if (!now && !expected) return;
    if (now?.kind !== expected?.kind || now?.size !== expected?.size || now?.mtime !== expected?.mtime) {
      throw new FsError('ESTALE', operation, path, { detail: 'it was changed in the folder since it was last looked at' });
    }
  }
}

function statOf(node: MemoryNode): FolderStat {
  return node.kind === 'file' ? { kind: 'file', size: node.bytes.length, mtime: node.mtime } : { kind: 'directory', size: 0, mtime: 0 };
}
