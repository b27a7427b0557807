import { Connection, FdTable, Inode, Listener, OfdFlag, OfdKind, OpenFiles, type Arena } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Tree } from '../../shared/tree/index.ts';
import type { Location, Namespace } from '../namespace/index.ts';
import { LOOPBACK, Ports } from '../net/index.ts';
import { TreeService } from '../services/tree/index.ts';
import { HandleTable, type HandleControl } from './handles.ts';

/** Where paths of a descriptor start, and what they may not leave. */
export interface Base {
  from: Location;
  confine: Location;
}

/** Makes open file descriptions from places in a namespace, and finds the places of descriptions. */
export class Descriptors {
  readonly arena: Arena;
  readonly files: OpenFiles;
  readonly handles = new HandleTable();
  readonly ports: Ports;
  readonly #tree: Tree;
  readonly #pathInVolume: (inode: number) => string;

  /** `pathInVolume`: of an inode, by its last name; `?` where it has none. */
  constructor(tree: Tree, pathInVolume: (inode: number) => string = () => '?') {
    this.#tree = tree;
    this.#pathInVolume = pathInVolume;
    this.arena = tree.arena;
    this.ports = new Ports(tree.arena);
    this.files = new OpenFiles(tree.arena, {
      releaseInode: (inode) => tree.release(inode),
      releaseHandle: (handle) => this.handles.close(handle),
    });
  }

  table(pcb: number): FdTable {
    return new FdTable(this.arena, this.files, pcb);
  }

  /** A description of `location` with one reference. `flags`: OfdFlag. @throws FsError ENFILE */
  open(location: Location, kind: 'file' | 'directory', flags: number, confine: Location): number {
    const inode = location.mount.service.inode?.(location.node) ?? 0;
    if (inode === 0) return this.create(OfdKind.SERVICE, this.handles.open(location, confine), flags);
    this.#tree.retain(inode);
    const top = confine.mount.service.inode?.(confine.node) ?? 0;
    return this.create(kind === 'directory' ? OfdKind.DIRECTORY : OfdKind.FILE, inode, flags, top);
  }

  /** A description of a file whose contents are `control`'s. @throws FsError ENFILE */
  openControl(location: Location, control: HandleControl, flags: number): number {
    return this.create(OfdKind.SERVICE, this.handles.open(location, location, control), flags);
  }

  /** @throws FsError ENFILE when the arena is full; what was handed over is let go then */
  create(kind: number, object: number, flags: number, confine = 0): number {
    const ofd = this.files.create(kind, object, flags, confine);
    if (ofd !== 0) return ofd;
    if (kind <= OfdKind.DIRECTORY) this.#tree.release(object);
    else if (kind === OfdKind.SERVICE) this.handles.close(object);
    else if (kind === OfdKind.SOCKET) new Connection(this.arena, object).release();
    throw new FsError('ENFILE', 'open', undefined, { detail: 'shared memory is full' });
  }

  /**
   * A listening socket. It does not wait, as those that wasmtime hands out: Go's runtime, for one, looks at the flag to know
   * whether it can poll. @throws FsError EADDRINUSE, ENOMEM, ENFILE
   */
  listen(port: number): number {
    return this.create(OfdKind.LISTENER, this.ports.bind(port), OfdFlag.READ | OfdFlag.NONBLOCK);
  }

  /** A connection to whoever listens on `port`. @throws FsError ECONNREFUSED, ENOMEM, ENFILE */
  connect(port: number, flags: number): number {
    return this.create(OfdKind.SOCKET, this.ports.connect(port), flags);
  }

  /** A preopened directory, from which `..` leads up to `top`, at most. @throws FsError ENOTDIR, ENFILE */
  async preopen(location: Location, name: string, top = location): Promise<number> {
    const { kind } = await location.mount.service.stat(location.node);
    if (kind !== 'directory') throw new FsError('ENOTDIR', 'spawn', location.path);
    const ofd = this.open(location, 'directory', OfdFlag.READ, top);
    if (this.files.setPreopenName(ofd, new TextEncoder().encode(name))) return ofd;
    this.files.release(ofd);
    throw new FsError('ENFILE', 'spawn', name, { detail: 'shared memory is full' });
  }

  /** The directory behind a descriptor. @throws FsError EBADF, ENOTDIR */
  base(namespace: Namespace, pcb: number, fd: number): Base {
    const ofd = this.table(pcb).get(fd);
    if (ofd === 0) throw new FsError('EBADF', 'open');
    const kind = this.files.kind(ofd);
    if (kind === OfdKind.SERVICE) {
      const { location, confine } = this.handles.get(this.files.object(ofd));
      return { from: location, confine };
    }
    if (kind !== OfdKind.DIRECTORY) throw new FsError('ENOTDIR', 'open');
    const confine = this.files.confine(ofd);
    const from = locate(namespace, this.files.object(ofd));
    return { from, confine: confine === 0 ? from : locate(namespace, confine) };
  }

  /** The description of `fd`, of the given kind. @throws FsError EBADF */
  get(pcb: number, fd: number, kind?: number): number {
    const ofd = this.table(pcb).get(fd);
    if (ofd === 0 || (kind !== undefined && this.files.kind(ofd) !== kind)) throw new FsError('EBADF', 'descriptor');
    return ofd;
  }

  /** For listings: a path of `namespace` where there is one. */
  describe(ofd: number, namespace?: Namespace): string {
    const kind = this.files.kind(ofd);
    const object = this.files.object(ofd);
    if (kind === OfdKind.SERVICE) return this.handles.get(object).location.path;
    if (kind === OfdKind.TTY) return '/dev/tty';
    if (kind === OfdKind.SOCKET) return `socket:[${LOOPBACK}:${new Connection(this.arena, object).port}]`;
    if (kind === OfdKind.LISTENER) return `listen:[${LOOPBACK}:${new Listener(this.arena, object).port}]`;
    if (kind === OfdKind.PIPE_READ || kind === OfdKind.PIPE_WRITE) return `pipe:[${object}]`;
    return (namespace && this.#pathOf(namespace, object)) ?? `inode:[${this.#tree.inodes.ino(object)}]`;
  }

  #pathOf(namespace: Namespace, inode: number): string | undefined {
    const path = this.#pathInVolume(inode);
    if (path === '?') return undefined;
    const root = this.arena.u32[(inode >>> 2) + Inode.VOLUME];
    const mount = namespace.table().find(({ service, root: top }) => top === service.root() && service.inode?.(top) === root);
    if (!mount) return undefined;
    return mount.path === '/' ? path : `${mount.path}${path === '/' ? '' : path}`;
  }
}

/** The place of an inode of the tree in a namespace. @throws FsError ENOTCAPABLE if its volume is not mounted there */
export function locate(namespace: Namespace, inode: number): Location {
  for (const mount of namespace.table()) {
    const { service } = mount;
    const node = service instanceof TreeService && mount.root === service.root() ? service.nodeOfInode(inode) : undefined;
    if (node !== undefined) return { mount, node, path: mount.path };
  }
  throw new FsError('ENOTCAPABLE', 'open', undefined, { detail: 'the directory is not in this namespace' });
}
