import type { FileService, Node, NodeEntry, NodeStat } from '../../contract/index.ts';
import type { Clock } from '../../../shared/base/index.ts';
import { FsError } from '../../../shared/base/index.ts';
import { checkName } from '../names/index.ts';
import {
  addEntry, asDirectory, asFile, newDirectory, newFile, newSymlink,
  type MemoryDirectory, type MemoryNode,
} from './memory-node.ts';
import { MemoryStore } from './memory-store.ts';

export interface MemoryServiceOptions {
  dev: number;
  clock: Clock;
  name?: string;
  /** Bytes of contents and names together. Default 64 MiB. When full: ENOSPC. */
  limit?: number;
}

/** Longest file of this service, in bytes: contents are one buffer. */
const FILE_MAX = 0x7fff_ffff;

/** Files in the kernel's own memory, gone with it: for small mounts and tests. An unlinked node lives while it is retained. */
export class MemoryService implements FileService {
  readonly name: string;
  readonly dev: number;
  readonly #clock: Clock;
  readonly #store: MemoryStore;
  readonly #root: MemoryDirectory;

  constructor(options: MemoryServiceOptions) {
    this.name = options.name ?? 'memory';
    this.dev = options.dev;
    this.#clock = options.clock;
    this.#store = new MemoryStore(options.limit ?? 64 * 1024 * 1024);
    this.#root = this.#store.add((id) => newDirectory(id, this.#now(), null));
  }

  root(): Node {
    return this.#root.id;
  }

  lookup(dir: Node, name: string): Node {
    const entry = this.#directory('lookup', dir).entries.get(name);
    if (!entry) throw new FsError('ENOENT', 'lookup', name);
    return entry.node.id;
  }

  parent(dir: Node): Node {
    const node = this.#directory('parent', dir);
    return (node.parent ?? node).id;
  }

  stat(id: Node): NodeStat {
    const node = this.#store.get('stat', id);
    return {
      kind: node.kind, size: sizeOf(node), origin: 'memory', dev: this.dev, ino: node.id, nlink: node.nlink,
      atime: node.atime, mtime: node.mtime, ctime: node.ctime,
    };
  }

  readdir(dir: Node, cookie: number, limit: number): NodeEntry[] {
    const found: NodeEntry[] = [];
    for (const [name, entry] of this.#directory('readdir', dir).entries) {
      if (found.length >= limit) break;
      if (entry.cookie <= cookie) continue;
      found.push({ name, node: entry.node.id, kind: entry.node.kind, ino: entry.node.id, cookie: entry.cookie });
    }
    return found;
  }

  readlink(id: Node): string {
    const node = this.#store.get('readlink', id);
    if (node.kind !== 'symlink') throw new FsError('EINVAL', 'readlink', undefined, { detail: 'not a symbolic link' });
    return node.target;
  }

  read(id: Node, position: number, length: number): Uint8Array {
    const file = asFile('read', this.#store.get('read', id));
    file.atime = this.#now();
    return file.bytes.slice(position, Math.min(file.size, position + length));
  }

  write(id: Node, position: number, data: Uint8Array): number {
    const file = asFile('write', this.#store.get('write', id));
    if (data.length === 0) return 0;
    this.#reserve('write', file, position + data.length);
    file.bytes.set(data, position);
    file.size = Math.max(file.size, position + data.length);
    this.#modified(file);
    return data.length;
  }

  truncate(id: Node, size: number): void {
    const file = asFile('truncate', this.#store.get('truncate', id));
    if (size > file.size) this.#reserve('truncate', file, size);
    else this.#store.resize('truncate', file, size);
    file.size = size;
    this.#modified(file);
  }

  create(dir: Node, name: string): Node {
    return this.#make('create', dir, name, (id) => newFile(id, this.#now()));
  }

  mkdir(dir: Node, name: string): Node {
    const parent = this.#directory('mkdir', dir);
    const made = this.#make('mkdir', dir, name, (id) => newDirectory(id, this.#now(), parent));
    parent.nlink++;
    return made;
  }

  symlink(dir: Node, name: string, target: string): Node {
    return this.#make('symlink', dir, name, (id) => newSymlink(id, this.#now(), target));
  }

  link(dir: Node, name: string, id: Node): void {
    const node = this.#store.get('link', id);
    if (node.kind === 'directory') throw new FsError('EPERM', 'link', name, { detail: 'directories have one name' });
    const parent = this.#vacant('link', dir, name);
    this.#store.charge('link', name.length);
    addEntry(parent, name, node);
    node.nlink++;
    node.ctime = this.#now();
    this.#modified(parent);
  }

  unlink(dir: Node, name: string): void {
    const { parent, node } = this.#entry('unlink', dir, name);
    if (node.kind === 'directory') throw new FsError('EISDIR', 'unlink', name);
    this.#detach(parent, name, node);
  }

  rmdir(dir: Node, name: string): void {
    const { parent, node } = this.#entry('rmdir', dir, name);
    if (asDirectory('rmdir', node, name).entries.size > 0) throw new FsError('ENOTEMPTY', 'rmdir', name);
    this.#detach(parent, name, node);
  }

  rename(fromDir: Node, fromName: string, toDir: Node, toName: string): void {
    const { parent, node } = this.#entry('rename', fromDir, fromName);
    checkName('rename', toName);
    const into = this.#directory('rename', toDir);
    const there = into.entries.get(toName)?.node;
    if (there === node) return;
    if (node.kind === 'directory') refuseOwnSubtree(node, into, toName);
    if (there) this.#replace(into, toName, there, node);
    parent.entries.delete(fromName);
    addEntry(into, toName, node);
    if (node.kind === 'directory') moveParent(node, parent, into);
    node.ctime = this.#now();
    this.#modified(parent);
    this.#modified(into);
  }

  setTimes(id: Node, atime: bigint | undefined, mtime: bigint | undefined): void {
    const node = this.#store.get('setTimes', id);
    node.atime = atime ?? node.atime;
    node.mtime = mtime ?? node.mtime;
    node.ctime = this.#now();
  }

  sync(): void {}

  retain(id: Node): void {
    this.#store.get('retain', id).open++;
  }

  release(id: Node): void {
    const node = this.#store.get('release', id);
    node.open--;
    this.#store.collect(node);
  }

  #now(): bigint {
    return this.#clock.realtime();
  }

  #modified(node: MemoryNode): void {
    node.mtime = node.ctime = this.#now();
  }

  #directory(operation: string, id: Node): MemoryDirectory {
    return asDirectory(operation, this.#store.get(operation, id));
  }

  #entry(operation: string, dir: Node, name: string): { parent: MemoryDirectory; node: MemoryNode } {
    const parent = this.#directory(operation, dir);
    const entry = parent.entries.get(name);
    if (!entry) throw new FsError('ENOENT', operation, name);
    return { parent, node: entry.node };
  }

  /** A directory that can take `name`: the name is valid and free, the directory not removed. */
  #vacant(operation: string, dir: Node, name: string): MemoryDirectory {
    checkName(operation, name);
    const parent = this.#directory(operation, dir);
    if (parent.nlink === 0) throw new FsError('ENOENT', operation, name, { detail: 'the directory was removed' });
    if (parent.entries.has(name)) throw new FsError('EEXIST', operation, name);
    return parent;
  }

  #make(operation: string, dir: Node, name: string, build: (id: number) => MemoryNode): Node {
    const parent = this.#vacant(operation, dir, name);
    this.#store.charge(operation, name.length);
    const node = this.#store.add(build);
    addEntry(parent, name, node);
    this.#modified(parent);
    return node.id;
  }

  #detach(parent: MemoryDirectory, name: string, node: MemoryNode): void {
    parent.entries.delete(name);
    this.#store.charge('unlink', -name.length);
    if (node.kind === 'directory') {
      parent.nlink--;
      node.nlink = 0;
    } else node.nlink--;
    node.ctime = this.#now();
    this.#modified(parent);
    this.#store.collect(node);
  }

  /** Takes away what `node` is about to replace, if it may. */
  #replace(into: MemoryDirectory, name: string, there: MemoryNode, node: MemoryNode): void {
    if (there.kind === 'directory') {
      if (node.kind !== 'directory') throw new FsError('EISDIR', 'rename', name);
      if (there.entries.size > 0) throw new FsError('ENOTEMPTY', 'rename', name);
    } else if (node.kind === 'directory') throw new FsError('ENOTDIR', 'rename', name);
    this.#detach(into, name, there);
  }

  #reserve(operation: string, file: Extract<MemoryNode, { kind: 'file' }>, end: number): void {
    if (end > FILE_MAX) throw new FsError('EFBIG', operation);
    if (end > file.bytes.length) this.#store.resize(operation, file, Math.max(end, Math.min(2 * file.bytes.length, end + 1_048_576)));
  }
}

function sizeOf(node: MemoryNode): number {
  if (node.kind === 'file') return node.size;
  return node.kind === 'symlink' ? new TextEncoder().encode(node.target).length : node.entries.size;
}

function moveParent(node: MemoryDirectory, from: MemoryDirectory, to: MemoryDirectory): void {
  node.parent = to;
  from.nlink--;
  to.nlink++;
}

function refuseOwnSubtree(node: MemoryDirectory, into: MemoryDirectory, name: string): void {
  for (let at: MemoryDirectory | null = into; at; at = at.parent) {
    if (at === node) throw new FsError('EINVAL', 'rename', name, { detail: 'a directory cannot move into itself' });
  }
}
