import type { FileService, Node, NodeEntry, NodeStat } from '../../contract/index.ts';
import { FsError, type Clock } from '../../../shared/base/index.ts';

/** A log that grows at its end. */
export interface LogSource {
  /** Bytes. */
  size(): Promise<number>;
  /** At most `length` bytes; none at the end. */
  read(position: number, length: number): Promise<Uint8Array>;
}

export interface LogsServiceOptions {
  dev: number;
  clock: Clock;
  audit: LogSource;
}

const ROOT: Node = 1;
const AUDIT: Node = 2;

/** `/logs`: the kernel's logs as files that can be read. `audit` has one JSON record a line, the oldest first; as old ones go, what is left moves to the front. */
export class LogsService implements FileService {
  readonly name = 'logs';
  readonly dev: number;
  readonly #made: bigint;
  readonly #options: LogsServiceOptions;

  constructor(options: LogsServiceOptions) {
    this.dev = options.dev;
    this.#made = options.clock.realtime();
    this.#options = options;
  }

  root(): Node {
    return ROOT;
  }

  lookup(dir: Node, name: string): Node {
    this.#requireDirectory('lookup', dir);
    if (name !== 'audit') throw new FsError('ENOENT', 'lookup', name);
    return AUDIT;
  }

  parent(dir: Node): Node {
    this.#requireDirectory('parent', dir);
    return ROOT;
  }

  async stat(node: Node): Promise<NodeStat> {
    const directory = node === ROOT;
    const time = this.#made;
    const size = directory ? 0 : await this.#options.audit.size();
    return { kind: directory ? 'directory' : 'file', size, origin: 'device', dev: this.dev, ino: node, nlink: directory ? 2 : 1, atime: time, mtime: directory ? time : this.#options.clock.realtime(), ctime: time };
  }

  readdir(dir: Node, cookie: number, limit: number): NodeEntry[] {
    this.#requireDirectory('readdir', dir);
    return cookie < AUDIT && limit > 0 ? [{ name: 'audit', node: AUDIT, kind: 'file', ino: AUDIT, cookie: AUDIT }] : [];
  }

  async read(node: Node, position: number, length: number): Promise<Uint8Array> {
    if (node === ROOT) throw new FsError('EISDIR', 'read');
    return this.#options.audit.read(position, length);
  }

  #requireDirectory(operation: string, node: Node): void {
    if (node !== ROOT) throw new FsError('ENOTDIR', operation);
  }
}
