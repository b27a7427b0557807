import {
  FdTable, OpenFiles, ThreadFdTable, type Arena, type ProcessHandle,
} from '../../shared/arena/index.ts';
import type { SyscallRequest } from '../../shared/abi/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { BusAccess } from '../../shared/bus/index.ts';
import type { CallResult, Transport } from '../../shared/link/index.ts';
import { MISS, WAIT, type Tree } from '../../shared/tree/index.ts';

/** A blocking call to the kernel. */
export type KernelCall = Transport['call'];

export interface ProcessParts {
  arena: Arena;
  handle: ProcessHandle;
  tree: Tree;
  kernel: KernelCall;
  /** The process has threads, of which this is one: `prepareThread` was called for it. */
  threads?: boolean;
  /** The bus as this worker uses it; made when it is first wanted. Default: no mailbox ever gets here. */
  bus?: () => BusAccess;
  /** Told of the milliseconds that each wait took. */
  onWait?: (milliseconds: number) => void;
}

/**
 * The process that this worker runs: its control block, its view of the tree, its descriptors, its way to the kernel.
 * Shared structures are changed only inside `guarded` sections, and nothing waits in one.
 */
export class Process {
  readonly arena: Arena;
  readonly handle: ProcessHandle;
  readonly tree: Tree;
  readonly files: OpenFiles;
  readonly table: FdTable;
  /** The same, where other threads use it too. */
  readonly shared: ThreadFdTable | null;
  readonly #kernel: KernelCall;
  readonly #onWait: (milliseconds: number) => void;
  readonly #makeBus: (() => BusAccess) | undefined;
  #bus: BusAccess | null = null;
  /** Service handles whose last description went away inside the gate, where the kernel cannot be called. */
  readonly #orphans: number[] = [];

  constructor(parts: ProcessParts) {
    this.arena = parts.arena;
    this.handle = parts.handle;
    this.tree = parts.tree;
    this.#kernel = parts.kernel;
    this.#onWait = parts.onWait ?? (() => undefined);
    this.#makeBus = parts.bus;
    this.files = new OpenFiles(parts.arena, {
      releaseInode: (inode) => parts.tree.release(inode),
      releaseHandle: (handle) => void this.#orphans.push(handle),
      releaseMailbox: (mailbox) => this.bus.release(mailbox),
    }, parts.handle.address);
    this.shared = parts.threads ? new ThreadFdTable(parts.arena, this.files, parts.handle) : null;
    this.table = this.shared ?? new FdTable(parts.arena, this.files, parts.handle.address);
  }

  get pid(): number {
    return this.handle.pid;
  }

  get bus(): BusAccess {
    if (!this.#bus) {
      if (!this.#makeBus) throw new Error('a process without a bus has a mailbox');
      this.#bus = this.#makeBus();
    }
    return this.#bus;
  }

  kernel(request: SyscallRequest, data?: Uint8Array): CallResult {
    const from = performance.now();
    const reply = this.#kernel(request, data);
    this.#onWait(performance.now() - from);
    this.arena.sync();
    return reply;
  }

  /** Sleeps until the doorbell has moved past `seen` or `milliseconds` have gone by. */
  sleep(seen: number, milliseconds: number): void {
    const from = performance.now();
    this.handle.wait(seen, milliseconds);
    this.#onWait(performance.now() - from);
    this.arena.sync();
  }

  /** After MISS: 0 or -errno. */
  fill(): number {
    const { missInode: inode, missBlock: block } = this.tree;
    const reply = this.kernel(block < 0 ? { op: 'populate', inode } : { op: 'load', inode, block });
    return reply.errno === 0 ? 0 : -reply.errno;
  }

  /**
   * After a result of the tree: 0 when the operation is to be done again (what was missing is there now, or what was in the
   * way has moved), else the result. Not inside the gate.
   */
  retry(result: number): number {
    if (result === MISS) return this.fill();
    if (result !== WAIT) return result;
    this.tree.pause();
    return 0;
  }

  /** When the arena is full: has the kernel evict what is clean. 0 (try again) or -ENOSPC. */
  reclaim(bytes: number): number {
    const reply = this.kernel({ op: 'reclaim', bytes });
    return reply.errno === 0 && (reply.value as number) > 0 ? 0 : -Errno.ENOSPC;
  }

  /** It wrote where nobody reads: ends it, unless PIPE is ignored. */
  brokenPipe(): void {
    this.kernel({ op: 'kill', pid: this.pid, signal: 'PIPE' });
    this.handle.hold();
  }

  /** Calls the kernel for the service handles that were let go meanwhile. */
  closeOrphans(): void {
    for (let handle = this.#orphans.pop(); handle !== undefined; handle = this.#orphans.pop()) {
      this.kernel({ op: 'close', handle });
    }
  }
}
