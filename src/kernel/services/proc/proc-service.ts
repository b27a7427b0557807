import type { Caller, FileService, Node, NodeEntry, NodeStat } from '../../contract/index.ts';
import type { NodeKind } from '../../../shared/abi/index.ts';
import type { Clock } from '../../../shared/base/index.ts';
import { FsError } from '../../../shared/base/index.ts';
import { parseControl } from './control.ts';
import { PROCESS_FILES, SYSTEM_FILES, type ProcSource } from './proc-files.ts';

/** Nodes are `pid × 2^20 + place`; pid 0 is the top. Descriptors follow the files. */
const SPAN = 2 ** 20;
const DIRECTORY = 1;
const FD_DIRECTORY = 2;
/** `/proc/self`. */
const SELF = 3;
const FILES = 16;
const DESCRIPTORS = 1024;
const ROOT: Node = DIRECTORY;

interface Place {
  pid: number;
  at: number;
}

function placeOf(node: Node): Place {
  const pid = Math.floor(node / SPAN);
  return { pid, at: node - pid * SPAN };
}

function nodeOf(pid: number, at: number): Node {
  return pid * SPAN + at;
}

interface Child {
  name: string;
  node: Node;
  kind: NodeKind;
}

/**
 * What runs, as files: `/proc/<pid>/{status,cmdline,environ,cwd,mounts,ns,limits,ctl,trace,fd/}`, `/proc/self` and
 * `/proc/{meminfo,mounts,uptime,version}`. Everything is generated when read; sizes are 0. Only `ctl` is written to
 * (`parseControl`), by the process itself, its parent, and who may end all: EPERM otherwise. A process that has ended is gone
 * from here: ESTALE for a node that was held, ENOENT for a name.
 */
export class ProcService implements FileService {
  readonly name = 'proc';
  readonly dev: number;
  readonly #source: ProcSource;
  readonly #clock: Clock;

  constructor(options: { dev: number; clock: Clock; source: ProcSource }) {
    this.dev = options.dev;
    this.#clock = options.clock;
    this.#source = options.source;
  }

  root(): Node {
    return ROOT;
  }

  lookup(dir: Node, name: string): Node {
    const child = this.#children('lookup', dir).find((one) => one.name === name);
    if (!child) throw new FsError('ENOENT', 'lookup', name);
    return child.node;
  }

  parent(dir: Node): Node {
    const { pid } = this.#directory('parent', dir);
    return placeOf(dir).at === FD_DIRECTORY ? nodeOf(pid, DIRECTORY) : ROOT;
  }

  stat(node: Node): NodeStat {
    const kind = this.#kind('stat', node);
    const { pid } = placeOf(node);
    const started = pid > 0 ? BigInt(Math.floor((this.#source.process(pid)?.started ?? 0) * 1e6)) : this.#clock.realtime();
    return {
      kind, size: 0, origin: 'device', dev: this.dev, ino: node, nlink: kind === 'directory' ? 2 : 1,
      atime: started, mtime: started, ctime: started,
    };
  }

  /** The cookie is the node, so that a listing goes on rightly while processes come and go. */
  readdir(dir: Node, cookie: number, limit: number): NodeEntry[] {
    return this.#children('readdir', dir)
      .filter((child) => child.node > cookie)
      .slice(0, limit)
      .map((child) => ({ ...child, ino: child.node, cookie: child.node }));
  }

  readlink(node: Node, caller?: Caller): string {
    if (node === SELF) return this.#self(caller);
    const { pid, at } = placeOf(node);
    if (this.#kind('readlink', node) !== 'symlink') throw new FsError('EINVAL', 'readlink');
    const process = this.#source.process(pid);
    if (at < DESCRIPTORS) return process?.cwd ?? '/';
    return this.#source.descriptors(pid).find((one) => one.fd === at - DESCRIPTORS)?.target ?? '';
  }

  read(node: Node, position: number, length: number): Uint8Array {
    const kind = this.#kind('read', node);
    if (kind !== 'file') throw new FsError(kind === 'directory' ? 'EISDIR' : 'EINVAL', 'read');
    const { pid, at } = placeOf(node);
    const file = (pid === 0 ? SYSTEM_FILES : PROCESS_FILES)[at - FILES];
    const bytes = new TextEncoder().encode(file?.text(this.#source, pid) ?? '');
    return bytes.slice(position, position + length);
  }

  #self(caller: Caller): string {
    if (caller === undefined) throw new FsError('ENOENT', 'readlink', '/proc/self', { detail: 'the caller is no process' });
    return String(caller);
  }

  write(node: Node, _position: number, data: Uint8Array, caller?: Caller): number {
    const pid = this.#control('write', node);
    for (const one of parseControl(data)) {
      if ('signal' in one) this.#source.signal(pid, one.signal, caller);
      else this.#source.setLimits(pid, one.limits, caller);
    }
    return data.length;
  }

  /** `ctl` has no length to set; opening it with `TRUNC` is no error. */
  truncate(node: Node): void {
    this.#control('truncate', node);
  }

  /** The process whose `ctl` this is. @throws FsError EACCES for all other files */
  #control(operation: string, node: Node): number {
    const kind = this.#kind(operation, node);
    if (kind === 'directory') throw new FsError('EISDIR', operation);
    const { pid, at } = placeOf(node);
    if (pid === 0 || PROCESS_FILES[at - FILES]?.name !== 'ctl') throw new FsError('EACCES', operation, undefined, { detail: 'only ctl can be written' });
    return pid;
  }

  #kind(operation: string, node: Node): NodeKind {
    const { pid, at } = placeOf(node);
    if (pid > 0 && !this.#source.process(pid)) throw new FsError('ESTALE', operation, `/proc/${pid}`);
    if (at === DIRECTORY || (at === FD_DIRECTORY && pid > 0)) return 'directory';
    if (node === SELF) return 'symlink';
    const file = (pid === 0 ? SYSTEM_FILES : PROCESS_FILES)[at - FILES];
    if (file) return file.kind;
    if (pid > 0 && this.#source.descriptors(pid).some((one) => one.fd === at - DESCRIPTORS)) return 'symlink';
    throw new FsError('ESTALE', operation);
  }

  #directory(operation: string, node: Node): Place {
    if (this.#kind(operation, node) !== 'directory') throw new FsError('ENOTDIR', operation);
    return placeOf(node);
  }

  #children(operation: string, dir: Node): Child[] {
    const { pid, at } = this.#directory(operation, dir);
    if (at === FD_DIRECTORY) {
      return this.#source.descriptors(pid).map(({ fd }) => ({ name: String(fd), node: nodeOf(pid, DESCRIPTORS + fd), kind: 'symlink' }));
    }
    const table = pid === 0 ? SYSTEM_FILES : PROCESS_FILES;
    const files = table.map((file, place): Child => ({ name: file.name, kind: file.kind, node: nodeOf(pid, FILES + place) }));
    if (pid > 0) return [{ name: 'fd', kind: 'directory', node: nodeOf(pid, FD_DIRECTORY) }, ...files];
    const processes = this.#source.pids().map((one): Child => ({ name: String(one), kind: 'directory', node: nodeOf(one, DIRECTORY) }));
    return [{ name: 'self', kind: 'symlink', node: SELF }, ...files, ...processes.sort((a, b) => a.node - b.node)];
  }
}
