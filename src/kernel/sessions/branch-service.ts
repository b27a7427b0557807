import { Inode, type Arena } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { FileService, Node, NodeEntry, NodeStat } from '../contract/index.ts';
import type { TreeService } from '../services/tree/index.ts';
import type { Mounted } from './mounts.ts';

export interface BranchServiceOptions {
  dev: number;
  arena: Arena;
  /** By name. */
  branches(): Promise<readonly { id: number; name: string; created: number }[]>;
  /** @throws FsError ENOENT */
  see(name: string): Promise<Mounted>;
}

const ROOT: Node = -1;
/** A node is a branch's node times this, and the branch's place. */
const PLACES = 16;

/**
 * The branches as directories, which can be written: `<name>/…`. Names and links stay in their branch (EXDEV). At most 16 of them are open
 * at one time, from the first look into each until it is dropped.
 */
export class BranchService implements FileService {
  readonly name = 'branch';
  readonly keepsDirectories = true;
  readonly dev: number;
  readonly #options: BranchServiceOptions;
  readonly #places: (Mounted | undefined)[] = Array.from({ length: PLACES }, () => undefined);

  constructor(options: BranchServiceOptions) {
    this.dev = options.dev;
    this.#options = options;
  }

  root(): Node {
    return ROOT;
  }

  async lookup(dir: Node, name: string): Promise<Node> {
    if (dir === ROOT) return this.#top(await this.#options.see(name));
    const { service, node, place } = this.#at('lookup', dir);
    return lift(await service.lookup(node, name), place);
  }

  #top(mounted: Mounted): Node {
    let place = this.#places.indexOf(mounted);
    if (place < 0) place = this.#places.findIndex((one) => one === undefined || one.state === 'gone');
    if (place < 0) throw new FsError('ENFILE', 'lookup', undefined, { detail: `${PLACES} branches are open; run programs in the others, or drop some` });
    this.#places[place] = mounted;
    return lift(mounted.service.root(), place);
  }

  async parent(dir: Node): Promise<Node> {
    if (dir === ROOT) return ROOT;
    const { service, node, place } = this.#at('parent', dir);
    return node === service.root() ? ROOT : lift(service.parent(node), place);
  }

  stat(node: Node): NodeStat | Promise<NodeStat> {
    if (node === ROOT) return this.#statTop();
    const { service, node: inner } = this.#at('stat', node);
    return service.stat(inner);
  }

  async #statTop(): Promise<NodeStat> {
    const size = (await this.#options.branches()).length;
    return { kind: 'directory', size, origin: 'memory', dev: this.dev, ino: 1, nlink: 1, atime: 0n, mtime: 0n, ctime: 0n };
  }

  /** Cookies of branches are their numbers. */
  async readdir(dir: Node, cookie: number, limit: number): Promise<NodeEntry[]> {
    if (dir !== ROOT) {
      const { service, node, place } = this.#at('readdir', dir);
      return (await service.readdir(node, cookie, limit)).map((entry) => ({ ...entry, node: lift(entry.node, place) }));
    }
    const rest = (await this.#options.branches()).filter(({ id }) => id > cookie).sort((a, b) => a.id - b.id).slice(0, limit);
    const found: NodeEntry[] = [];
    for (const { id, name } of rest) {
      const node = await this.lookup(ROOT, name).catch(() => undefined);
      if (node !== undefined) found.push({ name, node, kind: 'directory', ino: id, cookie: id });
    }
    return found;
  }

  readlink(node: Node): string {
    const { service, node: inner } = this.#at('readlink', node);
    return service.readlink(inner);
  }

  read(node: Node, position: number, length: number): Uint8Array | Promise<Uint8Array> {
    const { service, node: inner } = this.#at('read', node);
    return service.read(inner, position, length);
  }

  write(node: Node, position: number, data: Uint8Array): number | Promise<number> {
    const { service, node: inner } = this.#at('write', node);
    return service.write(inner, position, data);
  }

  truncate(node: Node, size: number): void | Promise<void> {
    const { service, node: inner } = this.#at('truncate', node);
    return service.truncate(inner, size);
  }

  async create(dir: Node, name: string): Promise<Node> {
    const { service, node, place } = this.#at('create', dir);
    return lift(await service.create(node, name), place);
  }

  async mkdir(dir: Node, name: string): Promise<Node> {
    const { service, node, place } = this.#at('mkdir', dir);
    return lift(await service.mkdir(node, name), place);
  }

  async symlink(dir: Node, name: string, target: string): Promise<Node> {
    const { service, node, place } = this.#at('symlink', dir);
    return lift(await service.symlink(node, name, target), place);
  }

  async clone(file: Node, dir: Node, name: string): Promise<Node | undefined> {
    const [from, to] = [this.#at('copy', file), this.#at('copy', dir)];
    if (from.service !== to.service) return undefined;
    const made = await to.service.clone(from.node, to.node, name);
    return made === undefined ? undefined : lift(made, to.place);
  }

  async link(dir: Node, name: string, node: Node): Promise<void> {
    const [into, what] = [this.#at('link', dir), this.#at('link', node)];
    if (into.service !== what.service) throw new FsError('EXDEV', 'link', name);
    await into.service.link(into.node, name, what.node);
  }

  async unlink(dir: Node, name: string): Promise<void> {
    const { service, node } = this.#at('unlink', dir);
    await service.unlink(node, name);
  }

  async rmdir(dir: Node, name: string): Promise<void> {
    const { service, node } = this.#at('rmdir', dir);
    await service.rmdir(node, name);
  }

  async rename(fromDir: Node, fromName: string, toDir: Node, toName: string): Promise<void> {
    const [from, to] = [this.#at('rename', fromDir), this.#at('rename', toDir)];
    if (from.service !== to.service) throw new FsError('EXDEV', 'rename', fromName);
    await from.service.rename(from.node, fromName, to.node, toName);
  }

  async setTimes(node: Node, atime: bigint | undefined, mtime: bigint | undefined): Promise<void> {
    const { service, node: inner } = this.#at('setTimes', node);
    await service.setTimes(inner, atime, mtime);
  }

  async sync(): Promise<void> {
    await this.#places.find((one) => one)?.service.sync();
  }

  retain(node: Node): void {
    if (node === ROOT) return;
    const { service, node: inner } = this.#at('retain', node);
    service.retain(inner);
  }

  release(node: Node): void {
    if (node === ROOT) return;
    const inner = Math.floor(node / PLACES);
    this.#places[node - inner * PLACES]?.service.release(inner);
  }

  /** 0 for the top, which only the kernel knows. */
  inode(node: Node): number {
    if (node === ROOT) return 0;
    const { service, node: inner } = this.#at('inode', node);
    return service.inode(inner);
  }

  nodeOfInode(inode: number): Node | undefined {
    const root = this.#options.arena.u32[(inode >>> 2) + Inode.VOLUME];
    const place = this.#places.findIndex((one) => one?.state === 'there' && one.roots[0] === root);
    const node = this.#places[place]?.service.nodeOfInode(inode);
    return node === undefined ? undefined : lift(node, place);
  }

  /** The names of branches are not made, nor removed, as files are. @throws FsError EROFS; ESTALE for a branch that was dropped */
  #at(operation: string, node: Node): { service: TreeService; node: Node; place: number } {
    if (node === ROOT) throw new FsError('EROFS', operation, undefined, { detail: 'branches are made and dropped by the commands about layers' });
    const inner = Math.floor(node / PLACES);
    const place = node - inner * PLACES;
    const mounted = this.#places[place];
    if (mounted?.state !== 'there') throw new FsError('ESTALE', operation, undefined, { detail: 'the branch was dropped' });
    return { service: mounted.service, node: inner, place };
  }
}

const lift = (node: Node, place: number): Node => node * PLACES + place;
