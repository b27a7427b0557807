import {
  Arena, BY_NAME, createGlobs, KERNEL_PCB, MemoryWindow, moveGrantEpoch, OfdFlag, OfdKind, ProcessHandle, ProcessTable, Ring, Tty, tickCoarse,
} from '../../shared/arena/index.ts';
import type { ClockGrants, SyscallRequest } from '../../shared/abi/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { ArenaBus, createBus } from '../../shared/bus/index.ts';
import { Tree, TreeKeeper } from '../../shared/tree/index.ts';
import type { CallResult } from '../../shared/link/index.ts';
import { hostAbi, type HostAbi } from '../hostabi/index.ts';
import { Vfs } from '../vfs/index.ts';
import { preview1, ProcessClock, StringBlock, unstable, workerTime, type GuestContext } from '../wasi/index.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Where the rig puts what it passes by pointer. */
const PATH = 0x1000;
const PATH2 = 0x3000;
const OUT = 0x5000;
const IOVS = 0x5100;
const DATA = 0x10000;

export interface RigOptions {
  args?: string[];
  env?: string[];
  pages?: number;
  /** Bytes of the pipes; a power of two. */
  pipeBytes?: number;
  /** Descriptor 2 has a pipe of its own. */
  separateErrors?: boolean;
  grants?: Partial<ClockGrants>;
  kernel?: (request: SyscallRequest, data?: Uint8Array) => Partial<CallResult> | undefined;
}

/** A process on a real arena and tree, in this thread: descriptors 0-2 are pipes, 3 is the root directory as `/`. */
export class Rig {
  readonly arena: Arena;
  readonly kernelTree: Tree;
  readonly keeper: TreeKeeper;
  readonly root: number;
  readonly vfs: Vfs;
  readonly memory: WebAssembly.Memory;
  readonly context: GuestContext;
  readonly calls: ReturnType<typeof preview1>;
  readonly old: ReturnType<typeof unstable>;
  readonly requests: SyscallRequest[] = [];
  readonly stdin: Ring;
  readonly stdout: Ring;
  readonly stderr: Ring;
  #inputEnded = false;
  #host: HostAbi | undefined;
  #kernelBus: ArenaBus | undefined;
  readonly clock = new ProcessClock(workerTime());

  constructor(options: RigOptions = {}) {
    this.arena = Arena.create({ pages: 1024, journalBytes: 1 << 20 });
    tickCoarse(this.arena, Date.now() * 1e6);
    this.kernelTree = new Tree(this.arena, new ProcessHandle(this.arena, KERNEL_PCB));
    this.keeper = new TreeKeeper(this.kernelTree);
    this.root = this.keeper.format(1);
    const pcb = new ProcessTable(this.arena).allocate(7, 1);
    const mine = Arena.attach(this.arena.memory);
    const handle = new ProcessHandle(mine, pcb);
    this.vfs = new Vfs({
      arena: mine, handle, tree: new Tree(mine, handle),
      kernel: (request, data) => this.#answer(options, request, data),
      bus: () => {
        void this.kernelBus;
        return new ArenaBus(mine, handle);
      },
      onWait: (milliseconds) => this.clock.addWaiting(milliseconds),
    });
    const bytes = options.pipeBytes ?? 65536;
    this.stdin = this.#pipe(0, OfdKind.PIPE_READ, bytes);
    this.stdout = this.#pipe(1, OfdKind.PIPE_WRITE, bytes);
    this.stderr = options.separateErrors ? this.#pipe(2, OfdKind.PIPE_WRITE, bytes) : this.stdout;
    const { files, table } = this.vfs.process;
    if (!options.separateErrors) table.set(2, files.create(OfdKind.PIPE_WRITE, this.stdout.address, OfdFlag.WRITE));
    this.preopen(this.root, '/');
    this.memory = new WebAssembly.Memory({ initial: options.pages ?? 8 });
    this.context = {
      memory: new MemoryWindow(mine, this.memory), vfs: this.vfs, clock: this.clock,
      args: new StringBlock(options.args ?? ['test']), env: new StringBlock(options.env ?? []),
      random: (bytes) => crypto.getRandomValues(bytes),
      grants: { clocks: true, entropy: true, ...options.grants },
    };
    this.calls = preview1(this.context);
    this.old = unstable(this.context, this.calls);
  }

  /** The bus as the kernel uses it, made when anybody first wants one. */
  get kernelBus(): ArenaBus {
    if (!this.#kernelBus) {
      createBus(this.arena);
      this.#kernelBus = new ArenaBus(this.arena, new ProcessHandle(this.arena, KERNEL_PCB), { kernel: true });
    }
    return this.#kernelBus;
  }

  /** Module `astrid`, made when it is first wanted. */
  get host(): HostAbi {
    return (this.#host ??= hostAbi(this.context));
  }

  /** As the kernel does when what is granted has changed. */
  moveGrantEpoch(): void {
    moveGrantEpoch(this.arena, this.vfs.process.handle.address);
  }

  #pipe(fd: number, kind: number, capacity: number): Ring {
    const ring = new Ring(this.arena, Ring.create(this.arena, capacity));
    this.vfs.process.table.set(fd, this.vfs.process.files.create(kind, ring.address, kind === OfdKind.PIPE_READ ? 1 : 2));
    // The kernel holds the other end.
    if (kind === OfdKind.PIPE_READ) ring.addWriter();
    else ring.addReader();
    return ring;
  }

  #answer(options: RigOptions, request: SyscallRequest, data?: Uint8Array): CallResult {
    this.requests.push(request);
    const reply = { errno: 0, value: null, data: new Uint8Array(0) };
    const own = options.kernel?.(request, data);
    if (own) return { ...reply, ...own };
    if (request.op === 'populate') this.keeper.fill(request.inode, []);
    else if (request.op !== 'sync') return { ...reply, errno: Errno.ENOSYS };
    return reply;
  }

  /** As the kernel does after the process's end: closes its descriptors, takes its changes, lets go of the pipes. */
  close(): void {
    this.vfs.process.table.destroy();
    for (const ring of new Set([this.stdout, this.stderr])) ring.dropReader();
    this.endInput();
    this.keeper.cut();
  }

  /** The end of standard input, once its bytes are read. */
  endInput(): void {
    if (!this.#inputEnded) this.stdin.dropWriter();
    this.#inputEnded = true;
  }

  /** A descriptor for a directory, under a name. `confine`: the directory that `..` may not pass. */
  preopen(inode: number, name: string, confine = inode): number {
    const { files, table, tree } = this.vfs.process;
    tree.retain(inode);
    const ofd = files.create(OfdKind.DIRECTORY, inode, OfdFlag.READ, confine);
    files.setPreopenName(ofd, encoder.encode(name));
    return table.install(ofd);
  }

  /** A descriptor for the directory at a path of the root, with these rights (bits of `RightBit`), or those of globs. */
  granted(path: string, rights: number | Record<string, number>, grant = 1): number {
    const { files, table } = this.vfs.process;
    const bytes = encoder.encode(path);
    const inode = path === '' ? this.root : this.kernelTree.walk(this.root, 0, bytes, 0, bytes.length, true);
    const fd = this.preopen(inode, `/${path}`);
    const ofd = table.get(fd);
    if (typeof rights === 'number') files.restrict(ofd, 15 & ~rights, 0, grant);
    else {
      const all = Object.values(rights).reduce((sum, each) => sum | each, 0);
      this.vfs.process.tree.retain(inode);
      files.restrict(ofd, (15 & ~all) | BY_NAME, createGlobs(this.arena, inode, Object.entries(rights).map(([text, each], at) => ({ text: encoder.encode(text), rights: each, grant: grant + at }))), 0);
    }
    return fd;
  }

  /** Makes descriptor `fd` a terminal. */
  terminal(fd: number): Tty {
    const tty = new Tty(this.arena, Tty.create(this.arena, 1));
    const { files, table } = this.vfs.process;
    table.set(fd, files.create(OfdKind.TTY, tty.address, OfdFlag.READ | OfdFlag.WRITE));
    return tty;
  }

  get view(): DataView {
    return new DataView(this.memory.buffer);
  }

  get u8(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  out32(at = OUT): number {
    return this.view.getUint32(at, true);
  }

  /** Puts a path where a call finds it; its pointer and length. */
  path(text: string | Uint8Array, at = PATH): [number, number] {
    const bytes = typeof text === 'string' ? encoder.encode(text) : text;
    this.u8.set(bytes, at);
    return [at, bytes.length];
  }

  path2(text: string): [number, number] {
    return this.path(text, PATH2);
  }

  /** The descriptor, or a negated errno. */
  open(path: string | Uint8Array, oflags = 0, rights = 2n | 64n, fdflags = 0, follow = 1, dir = 3): number {
    const errno = this.calls.path_open(dir, follow, ...this.path(path), oflags, rights, 0n, fdflags, OUT);
    return errno === 0 ? this.out32() : -errno;
  }

  /** What `path_filestat_get` tells; only `errno` if it fails. */
  stat(path: string, follow = 1): { errno: number; type?: number; nlink?: number; size?: number; atime?: bigint; mtime?: bigint } {
    const errno = this.calls.path_filestat_get(3, follow, ...this.path(path), OUT);
    if (errno !== 0) return { errno };
    const { view } = this;
    return {
      errno, type: view.getUint8(OUT + 16), nlink: Number(view.getBigUint64(OUT + 24, true)),
      size: Number(view.getBigUint64(OUT + 32, true)), atime: view.getBigUint64(OUT + 40, true),
      mtime: view.getBigUint64(OUT + 48, true),
    };
  }

  /** One vector for each part. Returns bytes written or a negated errno. */
  write(fd: number, ...parts: (string | Uint8Array)[]): number {
    const errno = this.calls.fd_write(fd, IOVS, this.#vectors(parts), OUT);
    return errno === 0 ? this.out32() : -errno;
  }

  #vectors(parts: (string | Uint8Array)[]): number {
    let at = DATA;
    parts.forEach((part, index) => {
      const bytes = typeof part === 'string' ? encoder.encode(part) : part;
      this.u8.set(bytes, at);
      this.view.setUint32(IOVS + index * 8, at, true);
      this.view.setUint32(IOVS + index * 8 + 4, bytes.length, true);
      at += bytes.length;
    });
    return parts.length;
  }

  /** Text read, or a negated errno. */
  read(fd: number, length = 1000, offset?: bigint): string | number {
    this.view.setUint32(IOVS, DATA, true);
    this.view.setUint32(IOVS + 4, length, true);
    const errno = offset === undefined
      ? this.calls.fd_read(fd, IOVS, 1, OUT)
      : this.calls.fd_pread(fd, IOVS, 1, offset, OUT);
    return errno === 0 ? decoder.decode(this.u8.slice(DATA, DATA + this.out32())) : -errno;
  }

  /** Names in a directory, read with a buffer of `size` bytes; `each` is told of each name when it is seen. */
  names(fd: number, size = 4096, each: (name: string) => void = () => undefined): string[] {
    const found: string[] = [];
    for (let cookie = 0n; ;) {
      const errno = this.calls.fd_readdir(fd, DATA, size, cookie, OUT);
      if (errno !== 0) throw new Error(`fd_readdir: ${errno}`);
      const used = this.out32();
      const before = found.length;
      let at = 0;
      while (at + 24 <= used) {
        const length = this.view.getUint32(DATA + at + 16, true);
        if (at + 24 + length > used) break;
        const name = decoder.decode(this.u8.slice(DATA + at + 24, DATA + at + 24 + length));
        cookie = this.view.getBigUint64(DATA + at, true);
        found.push(name);
        at += 24 + length;
      }
      for (const name of found.slice(before)) each(name);
      if (used < size) return found;
    }
  }

  /** Bytes that were written to a pipe and not taken yet, as text. */
  printed(ring = this.stdout): string {
    const bytes = new ArrayBuffer(ring.capacity);
    const count = ring.tryRead(new MemoryWindow(this.arena, bytes), 0, ring.capacity);
    return decoder.decode(new Uint8Array(bytes, 0, Math.max(0, count)));
  }

  /** Gives bytes to descriptor 0. */
  type(text: string): void {
    const bytes = encoder.encode(text);
    this.stdin.tryWrite(new MemoryWindow(this.arena, bytes.buffer), 0, bytes.length);
  }
}

export const at = { PATH, PATH2, OUT, IOVS, DATA } as const;
