import type { FileService, Node, NodeEntry, NodeStat } from '../../contract/index.ts';
import { FsError, type Clock } from '../../../shared/base/index.ts';
import { isLoopback, LOOPBACK, parsePort } from '../../net/index.ts';

export interface TcpServiceOptions {
  dev: number;
  clock: Clock;
  /** Ports on which somebody listens. */
  listening(): readonly number[];
}

const ROOT: Node = 1;
const HOST: Node = 2;
const LISTEN: Node = 3;
/** Added to a port: to call it, and to listen on it. */
const PORTS: Node = 1 << 16;
const LISTENERS: Node = 2 << 16;

const TOP = [{ name: LOOPBACK, node: HOST }, { name: 'listen', node: LISTEN }] as const;

/**
 * `/dev/tcp/<host>/<port>`, as shells know it: opening such a file through a system call connects to whoever listens there
 * (see `port`). The hosts are the names of this tab; ports on which somebody listens are listed. Opening `/dev/tcp/listen/<port>`
 * gives a listening socket (see `listenPort`).
 */
export class TcpService implements FileService {
  readonly name = 'tcp';
  readonly dev: number;
  readonly #made: bigint;
  readonly #listening: () => readonly number[];

  constructor(options: TcpServiceOptions) {
    this.dev = options.dev;
    this.#made = options.clock.realtime();
    this.#listening = () => options.listening();
  }

  root(): Node {
    return ROOT;
  }

  lookup(dir: Node, name: string): Node {
    this.#requireDirectory('lookup', dir);
    const port = dir === ROOT ? null : parsePort(name);
    if (dir === ROOT && name === 'listen') return LISTEN;
    if (dir === ROOT && name !== '' && isLoopback(name)) return HOST;
    if (port === null) throw new FsError('ENOENT', 'lookup', name);
    return (dir === HOST ? PORTS : LISTENERS) + port;
  }

  parent(dir: Node): Node {
    this.#requireDirectory('parent', dir);
    return ROOT;
  }

  stat(node: Node): NodeStat {
    const directory = node <= LISTEN;
    const time = this.#made;
    return {
      kind: directory ? 'directory' : 'socket', size: 0, origin: 'device', dev: this.dev, ino: node,
      nlink: directory ? 2 : 1, atime: time, mtime: time, ctime: time,
    };
  }

  /** Cookies are ports (in the root, nodes), so that they stay valid. */
  readdir(dir: Node, cookie: number, limit: number): NodeEntry[] {
    this.#requireDirectory('readdir', dir);
    if (dir === ROOT) return TOP.filter(({ node }) => node > cookie).slice(0, limit).map(({ name, node }) => ({ name, node, kind: 'directory', ino: node, cookie: node }));
    if (dir === LISTEN) return [];
    return this.#listening().filter((port) => port > cookie).slice(0, limit).map((port) => ({
      name: String(port), node: PORTS + port, kind: 'socket', ino: PORTS + port, cookie: port,
    }));
  }

  read(node: Node): never {
    throw new FsError(node <= LISTEN ? 'EISDIR' : 'ENXIO', 'read', undefined, { detail: 'a connection is opened by a process' });
  }

  write(node: Node): never {
    throw new FsError(node <= LISTEN ? 'EISDIR' : 'ENXIO', 'write', undefined, { detail: 'a connection is opened by a process' });
  }

  seekable(): boolean {
    return false;
  }

  /** The port that opening a node calls. */
  port(node: Node): number | undefined {
    return node > PORTS && node < LISTENERS ? node - PORTS : undefined;
  }

  /** The port that opening a node listens on. */
  listenPort(node: Node): number | undefined {
    return node > LISTENERS ? node - LISTENERS : undefined;
  }

  #requireDirectory(operation: string, dir: Node): void {
    if (dir > LISTEN) throw new FsError('ENOTDIR', operation);
  }
}
