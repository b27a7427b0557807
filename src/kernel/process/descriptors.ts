import { BY_NAME, Connection, createGlobs, FdTable, Inode, Listener, OfdFlag, OfdKind, OpenFiles, TOP_VIA, VIA_MASK, type Arena } from '../../shared/arena/index.ts';
import { FILE_RIGHTS, RightBit } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Tree } from '../../shared/tree/index.ts';
import { ALL_RIGHTS, patternsOf, rightsOfGrant, type DirectoryGrant } from '../capability/index.ts';
import type { Location, Mount, Namespace } from '../namespace/index.ts';
import { LOOPBACK, Ports } from '../net/index.ts';
import { UnionService } from '../services/union/index.ts';
import { HandleTable, type HandleControl } from './handles.ts';
import type { Mirrored } from './namespace-mirror.ts';

/** Where paths of a descriptor start, and what they may not leave. */
export interface Base {
  from: Location;
  confine: Location;
  /** The description. */
  ofd: number;
  /** Where a kernel service's directory lies below what its globs are of. */
  below?: string;
}

/** What paths of a process are walked by. */
export interface Walker {
  namespace: Namespace;
  mirrored: Mirrored | null;
  pcb: number;
}

/** Makes open file descriptions from places in a namespace, and finds the places of descriptions. */
export class Descriptors {
  readonly arena: Arena;
  readonly files: OpenFiles;
  readonly handles = new HandleTable();
  readonly ports: Ports;
  readonly #tree: Tree;
  readonly #pathInVolume: (inode: number) => string;
  #pin: { pcb: number; fd: number; ofd: number } | null = null;

  /** `pathInVolume`: of an inode, by its last name; `?` where it has none. `releaseMailbox`: the bus's; default: there is none. */
  constructor(tree: Tree, pathInVolume: (inode: number) => string = () => '?', releaseMailbox?: (mailbox: number) => void) {
    this.#tree = tree;
    this.#pathInVolume = pathInVolume;
    this.arena = tree.arena;
    this.ports = new Ports(tree.arena);
    this.files = new OpenFiles(tree.arena, {
      releaseInode: (inode) => tree.release(inode),
      releaseHandle: (handle) => this.handles.close(handle),
      ...(releaseMailbox && { releaseMailbox }),
    });
  }

  table(pcb: number): FdTable {
    return new FdTable(this.arena, this.files, pcb);
  }

  /**
   * For a process with threads: until `action` has its result, `fd` is what it is now and stays alive, whatever another thread does with it.
   * What `action` does after an await looks up no descriptor. @throws FsError EBADF
   */
  pinned<T>(pcb: number, fd: number, action: () => T | Promise<T>): T | Promise<T> {
    const ofd = this.table(pcb).acquire(fd);
    if (ofd === 0) throw new FsError('EBADF', 'descriptor');
    const release = (): void => void this.files.release(ofd);
    let result: T | Promise<T>;
    this.#pin = { pcb, fd, ofd };
    try {
      result = action();
    } catch (error) {
      release();
      throw error;
    } finally {
      this.#pin = null;
    }
    if (result instanceof Promise) return result.finally(release);
    release();
    return result;
  }

  #find(pcb: number, fd: number): number {
    const pin = this.#pin;
    return pin && pin.pcb === pcb && pin.fd === fd ? pin.ofd : this.table(pcb).get(fd);
  }

  /**
   * A description of `location` with one reference. `flags`: OfdFlag. `mirrored`: of the process that gets it.
   * Directories of a union, and of a service that says so, stay with the kernel, for `..` in one is not the tree's. `from`: the description by which
   * it was reached; `below`: where it lies below what that one's globs are of. @throws FsError ENFILE
   */
  open(location: Location, kind: 'file' | 'directory', flags: number, confine: Location, mirrored: Mirrored | null, from = 0, below?: string): number {
    const { service } = location.mount;
    const united = kind === 'directory' && (service instanceof UnionService || service.keepsDirectories === true);
    const inode = united ? 0 : (location.mount.service.inode?.(location.node) ?? 0);
    if (inode === 0) return this.create(OfdKind.SERVICE, this.handles.open(location, confine, undefined, below), flags, 0, from);
    this.#tree.retain(inode);
    const top = (confine.mount.service.inode?.(confine.node) ?? 0) + TOP_VIA * (mirrored?.slotOf(confine.mount) ?? 0);
    return this.create(kind === 'directory' ? OfdKind.DIRECTORY : OfdKind.FILE, inode, flags, top + (mirrored?.slotOf(location.mount) ?? 0), from);
  }

  /** A description of a file whose contents are `control`'s. @throws FsError ENFILE */
  openControl(location: Location, control: HandleControl, flags: number, from = 0): number {
    return this.create(OfdKind.SERVICE, this.handles.open(location, location, control), flags, 0, from);
  }

  /** @throws FsError ENFILE when the arena is full; what was handed over is let go then */
  create(kind: number, object: number, flags: number, confine = 0, from = 0): number {
    const ofd = this.files.create(kind, object, flags, confine, from);
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
  listen(port: number, from = 0): number {
    return this.create(OfdKind.LISTENER, this.ports.bind(port), OfdFlag.READ | OfdFlag.NONBLOCK, 0, from);
  }

  /** A connection to whoever listens on `port`. @throws FsError ECONNREFUSED, ENOMEM, ENFILE */
  connect(port: number, flags: number, from = 0): number {
    return this.create(OfdKind.SOCKET, this.ports.connect(port), flags, 0, from);
  }

  /** A preopened directory, from which `..` leads up to `top`, at most. @throws FsError ENOTDIR, EINVAL, ENFILE */
  async preopen(location: Location, grant: DirectoryGrant, mirrored: Mirrored | null, top = location): Promise<number> {
    const { kind } = await location.mount.service.stat(location.node);
    if (kind !== 'directory') throw new FsError('ENOTDIR', 'spawn', location.path);
    const patterns = patternsOf(grant);
    const ofd = this.open(location, 'directory', OfdFlag.READ, top, mirrored, 0, '');
    const withheld = (ALL_RIGHTS & ~rightsOfGrant(grant)) | (patterns ? BY_NAME : 0);
    const globs = patterns ? this.#globs(ofd, patterns) : 0;
    if ((!patterns || globs !== 0) && this.files.setPreopenName(ofd, new TextEncoder().encode(grant.name))) {
      this.files.restrict(ofd, withheld, globs, grant.grant ?? 0);
      return ofd;
    }
    if (globs !== 0) this.files.releaseGlobs(globs);
    this.files.release(ofd);
    throw new FsError('ENFILE', 'spawn', grant.name, { detail: 'shared memory is full' });
  }

  #globs(ofd: number, patterns: ReturnType<typeof patternsOf> & object): number {
    const base = this.files.kind(ofd) === OfdKind.DIRECTORY ? this.files.object(ofd) : 0;
    const globs = createGlobs(this.arena, base, patterns);
    if (globs !== 0 && base !== 0) this.#tree.retain(base);
    return globs;
  }

  /** As `preopen`, without a name. @throws FsError ENOENT, ENOTDIR, ENOTSUP, EINVAL, ENFILE; ENOTCAPABLE: a link is on the way */
  async directoryAt(process: Pick<Walker, 'namespace' | 'mirrored'>, grant: DirectoryGrant): Promise<number> {
    const place = await process.namespace.walk(grant.path, { operation: 'token' });
    requireLiteral(place, grant.path);
    const ofd = await this.preopen(place, grant, process.mirrored);
    if (this.files.kind(ofd) === OfdKind.DIRECTORY) return ofd;
    this.files.release(ofd);
    throw unsupported(grant.path);
  }

  /** Of a file of the tree that is there, open as `rights` have it; 0: it is none. @throws FsError ENOTSUP, ENFILE; ENOTCAPABLE: a link is on the way */
  async fileAt(process: Pick<Walker, 'namespace' | 'mirrored'>, path: string, rights: number): Promise<number> {
    const { found } = await process.namespace.resolve(path, { operation: 'token' });
    if (!found || (await found.mount.service.stat(found.node)).kind !== 'file') return 0;
    requireLiteral(found, path);
    if (!found.mount.service.inode?.(found.node)) throw unsupported(path);
    return this.open(found, 'file', (rights & RightBit.read ? OfdFlag.READ : 0) | (rights & RightBit.write ? OfdFlag.WRITE : 0), found, process.mirrored);
  }

  /**
   * A description of its own for the node of the tree that another one is of, with at most `rights` of what that one has: of the grant `grant`, and not a preopen. A directory's
   * `..` leads nowhere, and it was reached by no mount, for it is to be another process's. @throws FsError ENFILE
   */
  copyOf(ofd: number, rights: number, grant: number): number {
    const { files } = this;
    const [kind, inode] = [files.kind(ofd), files.object(ofd)];
    const access = (rights & RightBit.read ? OfdFlag.READ : 0) | (rights & RightBit.write ? OfdFlag.WRITE : 0);
    this.#tree.retain(inode);
    const copy = this.create(kind, inode, kind === OfdKind.DIRECTORY ? OfdFlag.READ : files.flags(ofd) & (access | OfdFlag.APPEND), kind === OfdKind.DIRECTORY ? inode : 0, ofd);
    files.withhold(copy, ALL_RIGHTS & ~rights);
    files.adopt(copy, grant, files.patterns(ofd));
    return copy;
  }

  /** The directory behind a descriptor. @throws FsError EBADF, ENOTDIR, ENOTCAPABLE */
  base({ namespace, mirrored, pcb }: Walker, fd: number): Base {
    const ofd = this.#find(pcb, fd);
    if (ofd === 0) throw new FsError('EBADF', 'open');
    if (this.files.isRevoked(ofd)) throw revoked('open');
    const kind = this.files.kind(ofd);
    if (kind === OfdKind.SERVICE) {
      const { location, confine, below } = this.handles.get(this.files.object(ofd));
      return { from: location, confine, ofd, ...(below !== undefined && { below }) };
    }
    if (kind !== OfdKind.DIRECTORY) throw new FsError('ENOTDIR', 'open');
    const packed = this.files.confine(ofd);
    const via = packed & VIA_MASK;
    const from = locate(namespace, this.files.object(ofd), mirrored?.mountAt(via));
    const top = (packed >>> 0) - via;
    return { ofd, from, confine: top === 0 ? from : locate(namespace, top, mirrored?.mountAt(Math.floor(packed / TOP_VIA))) };
  }

  /** The description of `fd`, of the given kind. @throws FsError EBADF; ENOTCAPABLE if a kind is wanted and its grant was revoked */
  get(pcb: number, fd: number, kind?: number): number {
    const ofd = this.#find(pcb, fd);
    if (ofd !== 0 && kind !== undefined && this.files.isRevoked(ofd)) throw revoked('descriptor');
    if (ofd === 0 || (kind !== undefined && this.files.kind(ofd) !== kind)) throw new FsError('EBADF', 'descriptor');
    return ofd;
  }

  /** For listings: what a description leaves of rights, where that is not all; empty else. */
  rightsNote(ofd: number): string {
    const { files } = this;
    const withheld = files.withheld(ofd);
    if (withheld === 0) return '';
    if (files.isRevoked(ofd)) return ' (revoked)';
    return ` (${[...FILE_RIGHTS.filter((right) => !(withheld & RightBit[right])), ...(withheld & BY_NAME ? ['by name'] : [])].join(', ')})`;
  }

  /** For listings: a path of `namespace` where there is one. */
  describe(ofd: number, namespace?: Namespace): string {
    const kind = this.files.kind(ofd);
    const object = this.files.object(ofd);
    if (kind === OfdKind.SERVICE) return this.handles.get(object).location.path;
    if (kind === OfdKind.TTY) return '/dev/tty';
    if (kind === OfdKind.SOCKET) return `socket:[${LOOPBACK}:${new Connection(this.arena, object).port}]`;
    if (kind === OfdKind.LISTENER) return `listen:[${LOOPBACK}:${new Listener(this.arena, object).port}]`;
    if (kind === OfdKind.MAILBOX) return `mailbox:[${object}]`;
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

/**
 * The place of a directory of the tree in a namespace: in the mount by which it was reached, if that is still there and of its
 * volume, else where its volume is mounted. @throws FsError ENOTCAPABLE if it is not mounted
 */
export function locate(namespace: Namespace, inode: number, via?: Mount): Location {
  const whole = namespace.table().filter(({ service, root }) => root === service.root());
  for (const mount of via && namespace.table().includes(via) ? [via, ...whole] : whole) {
    const node = mount.service.nodeOfInode?.(inode);
    if (node !== undefined) return { mount, node, path: mount.path };
  }
  throw new FsError('ENOTCAPABLE', 'open', undefined, { detail: 'the directory is not in this namespace' });
}

function revoked(operation: string): FsError {
  return new FsError('ENOTCAPABLE', operation, undefined, { detail: 'its grant was revoked' });
}

/** What was granted is meant by its name: who may write there could have put a link on the way to something else. @throws FsError ENOTCAPABLE */
function requireLiteral({ path: place }: Location, path: string): void {
  if (place !== path) throw new FsError('ENOTCAPABLE', 'token', path, { detail: `a link leads from there to ${place}` });
}

function unsupported(path: string): FsError {
  return new FsError('ENOTSUP', 'token', path, { detail: 'files of services are not handed on' });
}
