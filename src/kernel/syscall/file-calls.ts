import type { Action, SyscallRequest, SyscallValues } from '../../shared/abi/index.ts';
import { FileType, RightBit, SYSCALL_DATA_MAX } from '../../shared/abi/index.ts';
import { LEADS, OfdFlag, OfdKind } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { CallReply } from '../../shared/link/index.ts';
import { OpenFlag } from '../../shared/tree/index.ts';
import type { Authority } from '../contract/index.ts';
import { naming, need, type Location, type Resolution } from '../namespace/index.ts';
import type { Descriptors, HandleControl, OpenHandle, ProcessRecord, SocketGrants } from '../process/index.ts';
import { BusService, type BusFiles } from '../services/bus/index.ts';
import { DevService } from '../services/dev/index.ts';
import { TcpService } from '../services/tcp/index.ts';
import { FileRights, refused, type Start } from './file-rights.ts';
import { encodeFilestat, fileType } from './filestat.ts';

type Request<Op extends SyscallRequest['op']> = Extract<SyscallRequest, { op: Op }>;

/** Preview 1 `fdflags`. */
const FdFlag = { APPEND: 1, NONBLOCK: 4 } as const;
/** Cookies of `.` and `..` come before those of a service. */
const DOTS = 2;
const ENTRIES_MAX = 256;
/** Bytes of JSON: of a UTF-16 unit of a name at most, of an entry beside its name at most, and of one listing. */
const ESCAPED_MAX = 6;
const ENTRY_BYTES = 100;
const LISTING_MAX = 60 * 1024;

export interface FileCallsOptions {
  descriptors: Descriptors;
  authority: Authority;
  /** Default: sockets outlive the right to their port. */
  sockets?: SocketGrants;
  /** Arena address of a process's terminal. @throws FsError ENXIO */
  terminal(process: ProcessRecord): number;
  /** The control of a process's terminal. @throws FsError ENXIO */
  console(process: ProcessRecord): HandleControl;
  /** Default: files of the bus cannot be opened. */
  bus?: BusFiles;
}

/** System calls on files that the process cannot reach in shared memory: those of kernel services. */
export class FileCalls {
  readonly #descriptors: Descriptors;
  readonly #authority: Authority;
  readonly #sockets: SocketGrants | undefined;
  readonly #rights: FileRights;
  readonly #terminal: FileCallsOptions['terminal'];
  readonly #console: FileCallsOptions['console'];
  readonly #bus: BusFiles | undefined;

  constructor(options: FileCallsOptions) {
    this.#descriptors = options.descriptors;
    this.#authority = options.authority;
    this.#sockets = options.sockets;
    this.#rights = new FileRights(options.descriptors);
    this.#terminal = (process) => options.terminal(process);
    this.#console = (process) => options.console(process);
    this.#bus = options.bus;
  }

  /** A walk from a descriptor, confined to what it was granted. As in the tree, leaving that is EPERM. `right`: what it must leave. */
  async #resolve(process: ProcessRecord, dirfd: number, path: string, follow: boolean, right: number, operation: string): Promise<Resolution & { start: Start }> {
    const start = await this.#rights.start(this.#descriptors.base(process, dirfd), process.namespace, right, operation);
    const { from, confine } = start;
    if (path.startsWith('/')) throw new FsError('EPERM', operation, path, { detail: 'absolute paths start at no descriptor' });
    try {
      const resolution = await process.namespace.resolve(path, { from, confine, follow, operation, caller: process.pid });
      const rights = this.#rights.of(start, placeOf(resolution));
      if (rights === 0 || (rights === LEADS && !resolution.found)) throw refused(operation);
      return { ...resolution, start };
    } catch (error) {
      // What may not be known is not told by what the walk met.
      if (start.globs !== 0 && error instanceof FsError) throw refused(operation);
      if (error instanceof FsError && error.code === 'ENOTCAPABLE') throw new FsError('EPERM', operation, path, { cause: error });
      throw error;
    }
  }

  /** What is there, to be looked at. */
  async #existing(process: ProcessRecord, dirfd: number, path: string, follow: boolean, operation: string): Promise<Location> {
    const { found, start } = await this.#resolve(process, dirfd, path, follow, RightBit.read, operation);
    if (!found) throw new FsError('ENOENT', operation, path);
    if (start.globs !== 0) this.#rights.requireShown(start, found.path, (await found.mount.service.stat(found.node)).kind === 'directory', operation);
    return found;
  }

  async open(process: ProcessRecord, request: Request<'open'>): Promise<CallReply> {
    const { path, oflags, write } = request;
    const wanted = (request.read ? RightBit.read : 0) | (write || oflags & OpenFlag.TRUNCATE ? RightBit.write : 0);
    const exclusive = (oflags & OpenFlag.EXCLUSIVE) !== 0;
    const resolution = await this.#resolve(process, request.dirfd, path, request.follow && !(exclusive && oflags & OpenFlag.CREATE), wanted, 'open');
    const { start } = resolution;
    if (resolution.found && exclusive && oflags & OpenFlag.CREATE) throw new FsError('EEXIST', 'open', path);
    const location = resolution.found ?? (await this.#create(resolution, path, oflags, wanted));
    const { kind } = await location.mount.service.stat(location.node);
    this.#rights.requireOpened(start, location.path, wanted, kind === 'directory');
    if (kind === 'symlink') throw new FsError('ELOOP', 'open', path);
    if (oflags & OpenFlag.DIRECTORY && kind !== 'directory') throw new FsError('ENOTDIR', 'open', path);
    if (kind === 'directory' && (write || oflags & OpenFlag.TRUNCATE)) throw new FsError('EISDIR', 'open', path);
    if (isTty(location)) return { value: this.#openTerminal(process, request, start.ofd) };
    if (isConsoleControl(location)) return { value: this.#descriptors.openControl(location, this.#console(process), flagsOf(request), start.ofd) };
    if (isEntropy(location)) await this.#authority.require(process.pid, { kind: 'entropy' });
    if (location.mount.service instanceof TcpService && kind === 'socket') return { value: await this.#openSocket(process, request, location.mount.service, location.node, start.ofd) };
    if (location.mount.service instanceof BusService && kind === 'device') return { value: await this.#openBus(process, request, location, location.mount.service) };
    if (write && !location.mount.service.write) throw new FsError('EROFS', 'open', path);
    if (oflags & OpenFlag.TRUNCATE) await need(location, 'truncate', path)(location.node, 0);
    const below = start.globs === 0 ? undefined : location.path.slice(1);
    const ofd = this.#descriptors.open(location, kind === 'directory' ? 'directory' : 'file', flagsOf(request), location, process.mirrored, start.ofd, below);
    if (kind !== 'directory') this.#rights.stamp(start, location.path, ofd);
    return { value: ofd };
  }

  async #create({ parent, name, start }: Resolution & { start: Start }, path: string, oflags: number, wanted: number): Promise<Location> {
    if (!(oflags & OpenFlag.CREATE)) throw new FsError('ENOENT', 'open', path);
    if (oflags & OpenFlag.DIRECTORY) throw new FsError('EINVAL', 'open', path);
    this.#rights.require(start, `${parent.path}/${name}`, wanted | RightBit.create, 'open');
    const node = await need(parent, 'create', path)(parent.node, name);
    return { mount: parent.mount, node, path: `${parent.path}/${name}` };
  }

  #openTerminal(process: ProcessRecord, request: Request<'open'>, from: number): number {
    return this.#descriptors.create(OfdKind.TTY, this.#terminal(process), flagsOf(request), 0, from);
  }

  #openBus(process: ProcessRecord, request: Request<'open'>, location: Location, service: BusService): Promise<number> {
    if (!this.#bus) throw new FsError('ENXIO', 'open', request.path);
    return this.#bus.opened(process, location, service, flagsOf(request));
  }

  async #openSocket({ pid }: ProcessRecord, request: Request<'open'>, service: TcpService, node: number, from: number): Promise<number> {
    const [port, listenPort] = [service.port(node), service.listenPort(node)];
    if (port !== undefined) {
      await this.#requirePort(pid, { kind: 'connect', port }, request.path);
      return this.#marked(pid, { kind: 'connect', port }, this.#descriptors.connect(port, flagsOf(request), from));
    }
    if (listenPort === undefined) throw new FsError('EACCES', 'open', request.path);
    await this.#requirePort(pid, { kind: 'listen', port: listenPort }, request.path);
    return this.#marked(pid, { kind: 'listen', port: listenPort }, this.#descriptors.listen(listenPort, from));
  }

  /** What it may not do any more by now is let go. */
  #marked(pid: number, action: { kind: 'connect' | 'listen'; port: number }, ofd: number): number {
    try {
      return this.#sockets?.mark(pid, action, ofd) ?? ofd;
    } catch (error) {
      this.#descriptors.files.release(ofd);
      throw error;
    }
  }

  /** As POSIX has it of sockets, who was not granted one has no permission. @throws FsError EACCES, and what else `Authority.require` throws */
  async #requirePort(pid: number, action: Action, path: string): Promise<void> {
    try {
      await this.#authority.require(pid, action);
    } catch (error) {
      if (!(error instanceof FsError) || error.code !== 'ENOTCAPABLE') throw error;
      throw new FsError('EACCES', 'open', path, { cause: error, ...(error.detail !== undefined && { detail: error.detail }) });
    }
  }

  async stat(process: ProcessRecord, { dirfd, path, follow }: Request<'stat'>): Promise<CallReply> {
    const { mount, node } = await this.#existing(process, dirfd, path, follow, 'stat');
    const stat = await mount.service.stat(node);
    // Rust's library knows files, directories and links only, and `cat` refuses all else; listings say what it is, so that who walks a tree passes it by.
    return { data: encodeFilestat(mount.service instanceof BusService && stat.kind === 'device' ? { ...stat, kind: 'file' } : stat) };
  }

  async readlink(process: ProcessRecord, { dirfd, path }: Request<'readlink'>): Promise<CallReply> {
    const { mount, node } = await this.#existing(process, dirfd, path, false, 'readlink');
    if (!mount.service.readlink) throw new FsError('EINVAL', 'readlink', path);
    return { data: new TextEncoder().encode(await mount.service.readlink(node, process.pid)) };
  }

  async name(process: ProcessRecord, { what, dirfd, path }: Request<'name'>): Promise<CallReply> {
    const trimmed = path.replace(/(.)\/+$/, '$1');
    const right = what === 'mkdir' ? RightBit.create : RightBit.delete;
    const { parent, name, found, start } = await this.#resolve(process, dirfd, trimmed, false, right, what);
    this.#rights.require(start, placeOf({ found, parent, name }), right, what);
    if (what === 'mkdir') {
      if (found) throw new FsError('EEXIST', what, path);
      await naming(what, path, () => need(parent, 'mkdir', path)(parent.node, name));
      return {};
    }
    if (!found) throw new FsError('ENOENT', what, path);
    if (found.node === found.mount.root) throw new FsError('EBUSY', what, path);
    if (name === '') throw new FsError('EINVAL', what, path);
    const { kind } = await found.mount.service.stat(found.node);
    if (trimmed !== path && kind !== 'directory') throw new FsError('ENOTDIR', what, path);
    await naming(what, path, () => need(parent, what, path)(parent.node, name));
    return {};
  }

  #handle(process: ProcessRecord, fd: number, flag: number): OpenHandle {
    const ofd = this.#descriptors.get(process.pcb, fd, OfdKind.SERVICE);
    if (flag !== 0 && !(this.#descriptors.files.flags(ofd) & flag)) throw new FsError('EBADF', 'descriptor');
    return this.#descriptors.handles.get(this.#descriptors.files.object(ofd));
  }

  async read(process: ProcessRecord, { fd, length, position }: Request<'read'>): Promise<CallReply> {
    const handle = this.#handle(process, fd, OfdFlag.READ);
    if (handle.control) return { data: readControl(handle, handle.control, length) };
    // What was opened before does not outlive the grant.
    if (isEntropy(handle.location)) await this.#authority.require(process.pid, { kind: 'entropy' });
    const { mount, node } = handle.location;
    const data = await mount.service.read(node, position ?? handle.position, Math.max(0, Math.min(length, SYSCALL_DATA_MAX)));
    if (position === null) handle.position += data.length;
    return { data };
  }

  async write(process: ProcessRecord, { fd, position }: Request<'write'>, data: Uint8Array): Promise<CallReply> {
    const handle = this.#handle(process, fd, OfdFlag.WRITE);
    if (handle.control) return { value: await handle.control.write(data, process.pid) };
    const count = await need(handle.location, 'write', handle.location.path)(handle.location.node, position ?? handle.position, data, process.pid);
    if (position === null) handle.position += count;
    return { value: count };
  }

  async fstat(process: ProcessRecord, { fd }: Request<'fstat'>): Promise<CallReply> {
    const { mount, node } = this.#handle(process, fd, 0).location;
    const value: SyscallValues['fstat'] = { seekable: mount.service.seekable?.(node) ?? true };
    return { value, data: encodeFilestat(await mount.service.stat(node)) };
  }

  async readdir(process: ProcessRecord, { fd, cookie, limit }: Request<'readdir'>): Promise<CallReply> {
    const ofd = this.#descriptors.get(process.pcb, fd, OfdKind.SERVICE);
    if (this.#descriptors.files.withheld(ofd) & RightBit.read) throw refused('readdir');
    const { location, confine, below = '' } = this.#descriptors.handles.get(this.#descriptors.files.object(ofd));
    const { service } = location.mount;
    const value: SyscallValues['readdir'] = [];
    if (cookie < 1) value.push({ name: '.', ino: (await service.stat(location.node)).ino, type: FileType.DIRECTORY, cookie: 1 });
    if (cookie < DOTS) value.push({ name: '..', ino: await this.#parentIno(process, location, confine), type: FileType.DIRECTORY, cookie: 2 });
    const most = Math.min(ENTRIES_MAX, Math.max(1, limit - value.length));
    let [size, from] = [0, Math.max(0, cookie - DOTS)];
    // What globs hide is passed over, for an empty answer is the end.
    for (let listed = await service.readdir(location.node, from, most); listed.length > 0; listed = await service.readdir(location.node, from, most)) {
      for (const entry of listed) {
        from = entry.cookie;
        if (!this.#rights.shows(ofd, `${below}/${entry.name}`, entry.kind === 'directory')) continue;
        size += entry.name.length * ESCAPED_MAX + ENTRY_BYTES;
        if (size > LISTING_MAX && value.length > 0) return { value };
        value.push({ name: entry.name, ino: entry.ino, type: fileType(entry.kind), cookie: entry.cookie + DOTS });
      }
      if (value.length > 0) break;
    }
    return { value };
  }

  async #parentIno({ namespace }: ProcessRecord, location: Location, confine: Location): Promise<number> {
    const up = location.node === confine.node && location.mount.id === confine.mount.id ? location : await namespace.parent(location);
    return (await up.mount.service.stat(up.node)).ino;
  }

  close({ handle }: Request<'close'>): CallReply {
    this.#descriptors.handles.close(handle);
    return {};
  }
}

/** The path that a walk came to, or would make. */
function placeOf({ found, parent, name }: Resolution): string {
  return found?.path ?? `${parent.path}/${name}`;
}

/** After its end it can be read anew. */
function readControl(handle: OpenHandle, control: HandleControl, length: number): Uint8Array {
  const data = control.read().subarray(handle.position, handle.position + Math.max(0, length));
  handle.position = data.length === 0 ? 0 : handle.position + data.length;
  return data;
}

function isConsoleControl({ mount, node }: Location): boolean {
  return mount.service instanceof DevService && mount.service.isConsoleControl(node);
}

function isTty({ mount, node }: Location): boolean {
  return mount.service instanceof DevService && mount.service.isTty(node);
}

function isEntropy({ mount, node }: Location): boolean {
  return mount.service instanceof DevService && mount.service.isEntropy(node);
}

function flagsOf({ read, write, fdflags }: Request<'open'>): number {
  return (read ? OfdFlag.READ : 0) | (write ? OfdFlag.WRITE : 0)
    | (fdflags & FdFlag.APPEND ? OfdFlag.APPEND : 0) | (fdflags & FdFlag.NONBLOCK ? OfdFlag.NONBLOCK : 0);
}
