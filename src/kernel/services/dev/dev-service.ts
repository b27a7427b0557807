import type { FileService, Node, NodeEntry, NodeStat, Random } from '../../contract/index.ts';
import type { Clock } from '../../../shared/base/index.ts';
import { FsError } from '../../../shared/base/index.ts';

interface Device {
  readonly name: string;
  read(length: number): Uint8Array;
  /** Returns the bytes taken. */
  write(data: Uint8Array): number;
}

export interface DevServiceOptions {
  dev: number;
  clock: Clock;
  random: Random;
}

/** Bytes that one read of an endless device gives, at most. */
const READ_MAX = 1 << 20;
const ROOT: Node = 1;
const FIRST: Node = 2;
/** An empty directory, over which the service of connections is mounted. */
const TCP = 'tcp';
const ENTROPY = ['random', 'urandom'];

function devices(random: Random): readonly Device[] {
  const swallow = (data: Uint8Array): number => data.length;
  const zeros = (length: number): Uint8Array => new Uint8Array(Math.min(length, READ_MAX));
  const entropy = (length: number): Uint8Array => {
    const bytes = zeros(length);
    random.fill(bytes);
    return bytes;
  };
  const full = (): number => {
    throw new FsError('ENOSPC', 'write', '/dev/full');
  };
  const noTerminal = (): never => {
    throw new FsError('ENXIO', 'open', '/dev/tty', { detail: 'the caller has no terminal' });
  };
  const directory = (): never => {
    throw new FsError('EISDIR', 'read', `/dev/${TCP}`);
  };
  return [
    { name: 'consctl', read: noTerminal, write: noTerminal },
    { name: 'full', read: zeros, write: full },
    { name: 'null', read: () => new Uint8Array(0), write: swallow },
    { name: 'random', read: entropy, write: swallow },
    { name: TCP, read: directory, write: directory },
    { name: 'tty', read: noTerminal, write: noTerminal },
    { name: 'urandom', read: entropy, write: swallow },
    { name: 'zero', read: zeros, write: swallow },
  ];
}

/**
 * `null zero full random urandom tty consctl`. Reads of the endless ones give at most 1 MiB at once.
 * `tty` stands for the caller's own terminal: opening it through a system call gives that terminal's descriptor
 * (see `isTty`), `consctl` for its control (see `isConsoleControl`); without one they fail with ENXIO.
 */
export class DevService implements FileService {
  readonly name = 'dev';
  readonly dev: number;
  readonly #devices: readonly Device[];
  readonly #made: bigint;

  constructor(options: DevServiceOptions) {
    this.dev = options.dev;
    this.#devices = devices(options.random);
    this.#made = options.clock.realtime();
  }

  root(): Node {
    return ROOT;
  }

  lookup(dir: Node, name: string): Node {
    this.#requireDirectory('lookup', dir);
    const place = dir !== ROOT ? -1 : this.#devices.findIndex((device) => device.name === name);
    if (place < 0) throw new FsError('ENOENT', 'lookup', name);
    return FIRST + place;
  }

  parent(dir: Node): Node {
    this.#requireDirectory('parent', dir);
    return ROOT;
  }

  stat(node: Node): NodeStat {
    const time = this.#made;
    const directory = this.#isDirectory(node);
    if (node !== ROOT) this.#device('stat', node);
    return {
      kind: directory ? 'directory' : 'device', size: 0, origin: 'device', dev: this.dev, ino: node,
      nlink: directory ? 2 : 1, atime: time, mtime: time, ctime: time,
    };
  }

  readdir(dir: Node, cookie: number, limit: number): NodeEntry[] {
    this.#requireDirectory('readdir', dir);
    if (dir !== ROOT) return [];
    return this.#devices.slice(cookie, cookie + limit).map((device, at) => ({
      name: device.name, node: FIRST + cookie + at, kind: device.name === TCP ? 'directory' : 'device', ino: FIRST + cookie + at, cookie: cookie + at + 1,
    }));
  }

  read(node: Node, _position: number, length: number): Uint8Array {
    return this.#device('read', node).read(length);
  }

  write(node: Node, _position: number, data: Uint8Array): number {
    return this.#device('write', node).write(data);
  }

  /** A device has no length to set; opening one with `TRUNC` is no error. */
  truncate(node: Node): void {
    this.#device('truncate', node);
  }

  seekable(): boolean {
    return false;
  }

  /** Whether `node` is `/dev/tty`, which a system call replaces by the caller's terminal. */
  isTty(node: Node): boolean {
    return this.#devices[node - FIRST]?.name === 'tty';
  }

  /** Whether reading `node` gives random bytes. */
  isEntropy(node: Node): boolean {
    return ENTROPY.includes(this.#devices[node - FIRST]?.name ?? '');
  }

  /** Whether `node` is `/dev/consctl`, which a system call replaces by the control of the caller's terminal. */
  isConsoleControl(node: Node): boolean {
    return this.#devices[node - FIRST]?.name === 'consctl';
  }

  #isDirectory(node: Node): boolean {
    return node === ROOT || this.#devices[node - FIRST]?.name === TCP;
  }

  #requireDirectory(operation: string, dir: Node): void {
    if (!this.#isDirectory(dir)) throw new FsError('ENOTDIR', operation);
  }

  #device(operation: string, node: Node): Device {
    if (node === ROOT) throw new FsError('EISDIR', operation);
    const device = this.#devices[node - FIRST];
    if (!device) throw new FsError('ESTALE', operation);
    return device;
  }
}
