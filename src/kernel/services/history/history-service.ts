import type { Point, Snapshot } from '../../../shared/abi/index.ts';
import { FsError } from '../../../shared/base/index.ts';
import type { FileService, Node, NodeEntry, NodeRecord, NodeStat, TreeView } from '../../contract/index.ts';
import { PastNodes } from './past-nodes.ts';

/** The points of the history. */
export interface PastPoints {
  /** The entry of a point. @throws FsError ENOENT, EINVAL */
  point(point: Point): Promise<number>;
  viewAt(at: number): TreeView;
  snapshots(): Promise<Snapshot[]>;
}

export interface HistoryServiceOptions {
  dev: number;
  history: PastPoints;
  /** Inode numbers from which on a node is one of the base layer's. */
  base: number;
  /** Nodes that are known at one time. Default 262 144. */
  nodes?: number;
}

const ROOT: Node = 1;
/** The tree as of each entry has a root with this number in it. */
const TREE_ROOT = 1;
const BLOCK = 65_536;
const READ_MAX = 1 << 20;

/**
 * The past as files: `<entry>/…` and `<snapshot>/…`, read-only. Only snapshots are listed, so that who walks everything does not walk every
 * entry's tree; each can be looked up by its number, and `now` is the present at the moment of the look-up. Rules HS* in ../../history/SPEC.md.
 */
export class HistoryService implements FileService {
  readonly name = 'history';
  readonly dev: number;
  readonly #options: HistoryServiceOptions;
  readonly #nodes: PastNodes;
  /** Cookies of snapshots' names, given in the order in which they were first listed. */
  readonly #cookies = new Map<string, number>();
  #lastCookie = 0;

  constructor(options: HistoryServiceOptions) {
    this.dev = options.dev;
    this.#options = options;
    this.#nodes = new PastNodes(ROOT + 1, options.nodes);
  }

  root(): Node {
    return ROOT;
  }

  async lookup(dir: Node, name: string): Promise<Node> {
    if (dir === ROOT) return this.#tree(await this.#point(name));
    const { at, ino } = this.#nodes.get(dir, 'lookup');
    const view = this.#options.history.viewAt(at);
    await this.#directory(view, ino, 'lookup');
    const found = await view.lookup(ino, name);
    if (!found) throw new FsError('ENOENT', 'lookup', name);
    return this.#nodes.number(at, found.ino, dir);
  }

  parent(dir: Node): Node {
    return dir === ROOT ? ROOT : this.#nodes.get(dir, 'parent').parent;
  }

  async stat(node: Node): Promise<NodeStat> {
    if (node === ROOT) {
      const times = { atime: 0n, mtime: 0n, ctime: 0n };
      return { kind: 'directory', size: 0, origin: 'base', dev: this.dev, ino: ROOT, nlink: 1, ...times };
    }
    const { kind, size, ino, nlink, atime, mtime, ctime } = await this.#record(node, 'stat');
    return { kind, size, origin: ino >= this.#options.base || ino === TREE_ROOT ? 'base' : 'new', dev: this.dev, ino: node, nlink, atime, mtime, ctime };
  }

  async readdir(dir: Node, cookie: number, limit: number): Promise<NodeEntry[]> {
    if (dir === ROOT) return this.#snapshots(cookie, limit);
    const { at, ino } = this.#nodes.get(dir, 'readdir');
    const view = this.#options.history.viewAt(at);
    await this.#directory(view, ino, 'readdir');
    const entries = [...(await view.entries(ino))].sort((a, b) => (a.name < b.name ? -1 : 1));
    return entries.slice(cookie, cookie + limit).map(({ name, record }, i) => {
      const node = this.#nodes.number(at, record.ino, dir);
      return { name, node, kind: record.kind, ino: node, cookie: cookie + i + 1 };
    });
  }

  async readlink(node: Node): Promise<string> {
    const record = node === ROOT ? undefined : await this.#record(node, 'readlink');
    if (record?.kind !== 'symlink') throw new FsError('EINVAL', 'readlink');
    return record.target ?? '';
  }

  async read(node: Node, position: number, length: number): Promise<Uint8Array> {
    const record = node === ROOT ? undefined : await this.#record(node, 'read');
    if (!record || record.kind === 'directory') throw new FsError('EISDIR', 'read');
    if (record.kind !== 'file') throw new FsError('EINVAL', 'read');
    const view = this.#options.history.viewAt(this.#nodes.get(node, 'read').at);
    const end = Math.min(record.size, position + Math.min(length, READ_MAX));
    const data = new Uint8Array(Math.max(0, end - position));
    for (let at = position; at < end;) {
      const index = Math.floor(at / BLOCK);
      const upto = Math.min(end, (index + 1) * BLOCK);
      data.set((await view.block(record, index)).subarray(at - index * BLOCK, upto - index * BLOCK), at - position);
      at = upto;
    }
    return data;
  }

  retain(node: Node): void {
    this.#nodes.retain(node, 1);
  }

  release(node: Node): void {
    this.#nodes.retain(node, -1);
  }

  /** Entries whose trees somebody has open: they must be kept. */
  held(): Iterable<number> {
    return this.#nodes.held();
  }

  #tree(at: number): Node {
    return this.#nodes.number(at, TREE_ROOT, ROOT);
  }

  /** What is no point at all is no name either. */
  async #point(name: string): Promise<number> {
    try {
      return await this.#options.history.point(name);
    } catch (error) {
      if (error instanceof FsError && error.code === 'EINVAL') throw new FsError('ENOENT', 'lookup', name, { cause: error, ...(error.detail === undefined ? {} : { detail: error.detail }) });
      throw error;
    }
  }

  async #record(node: Node, operation: string): Promise<NodeRecord> {
    const { at, ino, parent } = this.#nodes.get(node, operation);
    const view = this.#options.history.viewAt(at);
    const known = await view.node(ino);
    if (known || parent === ROOT) return known ?? view.root();
    // Neither in memory nor in the journal: its directory's listing has it.
    const found = (await view.entries(this.#nodes.get(parent, operation).ino)).find(({ record }) => record.ino === ino);
    if (!found) throw new FsError('ESTALE', operation);
    return found.record;
  }

  async #directory(view: TreeView, ino: number, operation: string): Promise<void> {
    if (ino === TREE_ROOT) return;
    const record = await view.node(ino);
    if (record && record.kind !== 'directory') throw new FsError('ENOTDIR', operation);
  }

  async #snapshots(after: number, limit: number): Promise<NodeEntry[]> {
    const snapshots = await this.#options.history.snapshots();
    for (const { name } of snapshots) if (!this.#cookies.has(name)) this.#cookies.set(name, ++this.#lastCookie);
    if (this.#cookies.size > snapshots.length) {
      const names = new Set(snapshots.map(({ name }) => name));
      for (const name of this.#cookies.keys()) if (!names.has(name)) this.#cookies.delete(name);
    }
    const entries: NodeEntry[] = [];
    for (const { name, entry } of snapshots) {
      const cookie = this.#cookies.get(name)!;
      if (cookie <= after) continue;
      const node = this.#tree(entry);
      entries.push({ name, node, kind: 'directory', ino: node, cookie });
    }
    return entries.sort((a, b) => a.cookie - b.cookie).slice(0, limit);
  }
}
