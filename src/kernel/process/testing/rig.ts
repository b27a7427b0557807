import type { FromGuest, GuestRun, ToGuest } from '../../../shared/abi/index.ts';
import { Arena, BufferWindow, FdTable, KERNEL_PCB, moveGrantEpoch, OpenFiles, ProcessHandle, Ring, Tty } from '../../../shared/arena/index.ts';
import type { BusAccess } from '../../../shared/bus/index.ts';
import { CallServer } from '../../../shared/link/index.ts';
import { Tree, TreeKeeper, checkTree } from '../../../shared/tree/index.ts';
import type { Authority } from '../../authority/index.ts';
import { memoryAuthority } from '../../authority/testing/index.ts';
import { Bus } from '../../bus/index.ts';
import type { GuestWorker } from '../../contract/index.ts';
import { Namespace, NamespaceFiles } from '../../namespace/index.ts';
import { DevService } from '../../services/dev/index.ts';
import { TcpService } from '../../services/tcp/index.ts';
import { MemoryService } from '../../services/memory/index.ts';
import { TreeService } from '../../services/tree/index.ts';
import { Syscalls, type CallWorkspace, type HostHandlers } from '../../syscall/index.ts';
import { Binds, Descriptors, NamespaceMirror, Processes, Programs, RunChanges, WorkerPool } from '../index.ts';

export const clock = { realtime: () => BigInt(Date.now()) * 1_000_000n, monotonic: () => performance.now() };

/** What a program of these tests does, in the kernel's own thread: it never blocks. */
export interface Guest {
  readonly run: GuestRun;
  readonly arena: Arena;
  readonly fds: FdTable;
  /** Bytes taken from a pipe or terminal; null at the end. */
  read(fd: number, length?: number): Uint8Array | null;
  /** Bytes put into a pipe or terminal, or -errno. */
  write(fd: number, data: Uint8Array | string): number;
  exit(code: number, reason?: 'exit' | 'trap' | 'error', message?: string): void;
}

export type Program = (guest: Guest) => void | Promise<void>;




/** A guest worker in this thread: the process's side of the arena is real, only the thread is not another one. */
class LocalWorker implements GuestWorker {
  terminated = false;
  #listener: (message: FromGuest) => void = () => {};
  #onError: (message: string) => void = () => {};
  readonly #rig: Rig;

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  post(message: ToGuest): void {
    if (message.type === 'init') queueMicrotask(() => this.#tell({ type: 'ready' }));
    else setTimeout(() => void this.#run(message), 0);
  }

  onMessage(listener: (message: FromGuest) => void): void {
    this.#listener = listener;
  }

  onError(listener: (message: string) => void): void {
    this.#onError = listener;
  }

  terminate(): void {
    this.terminated = true;
  }

  dispose(): void {
    this.terminate();
  }

  #tell(message: FromGuest): void {
    if (!this.terminated) this.#listener(message);
  }

  async #run(run: GuestRun): Promise<void> {
    if (this.terminated) return;
    const program = this.#rig.programs[run.args[0] as string];
    if (!program) {
      this.#onError(`no program ${run.args[0]}`);
      return;
    }
    await program(this.#rig.guest(run, (message) => this.#tell(message)));
  }
}

/** The kernel's process part on a real arena, tree and namespace. `/dev` and `/mem` are kernel services. */
export class Rig {
  readonly arena = Arena.create({ pages: 1024, journalBytes: 1 << 20 });
  readonly tree = new Tree(this.arena, new ProcessHandle(this.arena, KERNEL_PCB));
  readonly keeper = new TreeKeeper(this.tree);
  readonly root: number;
  readonly bus = new Bus({ clock });
  readonly changes = new RunChanges();
  readonly faults: unknown[] = [];
  readonly workers: LocalWorker[] = [];
  readonly descriptors: Descriptors;
  readonly pool: WorkerPool;
  readonly mirror: NamespaceMirror;
  readonly calls: CallServer;
  readonly processes: Processes;
  readonly namespace: Namespace;
  readonly files: NamespaceFiles;
  readonly authority: Authority;
  /** The kernel's side of the bus, for tests that have one. */
  arenaBus: Pick<BusAccess, 'release'> | null = null;
  programs: Record<string, Program> = {};
  api!: Programs;
  syscalls!: Syscalls;
  /** Who answers the calls behind the host ABI; to be added to. */
  readonly host: HostHandlers = {};
  /** What answers the calls about layers and history. */
  workspace: CallWorkspace = async () => null;
  #allocations = 0;

  private constructor() {
    this.root = this.keeper.format(1);
    this.keeper.fill(this.root, []);
    const tree = new TreeService({ name: 'tree', dev: 1, tree: this.tree, root: this.root, resolve: () => Promise.reject(new Error('nothing is missing')) });
    this.namespace = Namespace.of(tree);
    this.files = new NamespaceFiles(this.namespace);
    this.descriptors = new Descriptors(this.tree, undefined, (mailbox) => this.arenaBus?.release(mailbox));
    this.pool = new WorkerPool({ spawner: { spawn: () => this.#spawn() }, init: { type: 'init', memory: this.arena.memory } });
    this.calls = new CallServer(this.arena, (pcb, request, data) => this.syscalls.handle(pcb, request, data), (error) => this.faults.push(error));
    const authority = memoryAuthority({ find: (pid) => this.processes.get(pid), running: () => this.processes.running() });
    authority.voidDecisions = (pid) => this.processes.get(pid)?.threads.blocks().forEach((pcb) => moveGrantEpoch(this.arena, pcb));
    this.authority = authority.authority;
    this.mirror = new NamespaceMirror(this.keeper.namespaces);
    this.processes = new Processes({
      descriptors: this.descriptors, mirror: this.mirror, pool: this.pool, calls: this.calls, bus: this.bus, clock, changes: this.changes,
      onFault: (message) => this.faults.push(message),
    });
  }

  static async make(programs: Record<string, Program> = {}): Promise<Rig> {
    const rig = new Rig();
    rig.programs = { sh: () => {}, ...programs };
    await rig.namespace.mount(new DevService({ dev: 3, clock, random: { fill: (bytes) => void bytes.fill(7) } }), '/dev', { makeDirectory: true });
    await rig.namespace.mount(new TcpService({ dev: 5, clock, listening: () => rig.descriptors.ports.list() }), '/dev/tcp');
    await rig.namespace.mount(new MemoryService({ dev: 4, clock }), '/mem', { makeDirectory: true });
    await rig.files.mkdir('/home');
    // A directory keeps the room that its first entry made.
    await rig.files.writeFile('/home/first', new Uint8Array(0));
    await rig.files.rm('/home/first');
    const { arena, processes, descriptors, namespace } = rig;
    rig.api = new Programs({ arena, processes, descriptors, namespace, clock, authority: rig.authority });
    rig.syscalls = new Syscalls({
      processes, programs: rig.api, descriptors, binds: new Binds({ mirror: rig.mirror, running: () => processes.running() }), resolve: () => Promise.resolve(), reclaim: () => 0, sync: () => Promise.resolve(),
      workspace: (call, args) => rig.workspace(call, args), authority: rig.authority, host: rig.host });
    rig.mirror.acquire(namespace);
    rig.keeper.cut();
    rig.#allocations = rig.#count();
    return rig;
  }

  #spawn(): LocalWorker {
    const worker = new LocalWorker(this);
    this.workers.push(worker);
    return worker;
  }

  guest(run: GuestRun, tell: (message: FromGuest) => void): Guest {
    const files = new OpenFiles(this.arena, { releaseInode: (inode) => this.tree.release(inode), releaseHandle: () => {} });
    const fds = new FdTable(this.arena, files, run.pcb);
    const ring = (fd: number, output: boolean): Ring => {
      const ofd = fds.get(fd);
      const object = files.object(ofd);
      if (files.kind(ofd) !== 5) return new Ring(this.arena, object);
      const tty = new Tty(this.arena, object);
      return output ? tty.output : tty.input;
    };
    const window = new BufferWindow(this.arena);
    return {
      run, arena: this.arena, fds,
      read: (fd, length = 65536) => {
        const bytes = new Uint8Array(length);
        const count = ring(fd, false).tryRead(window.wrap(bytes), 0, length);
        return count < 0 ? null : bytes.slice(0, count);
      },
      write: (fd, data) => {
        const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
        return ring(fd, true).tryWrite(window.wrap(bytes), 0, bytes.length);
      },
      exit: (code, reason = 'exit', message) =>
        tell({ type: 'exit', pid: run.pid, code, reason, memory: 65536, ...(message === undefined ? {} : { message }) }),
    };
  }

  #count(): number {
    let live = 0;
    this.arena.forEachAllocation(() => live++);
    return live;
  }

  /** What is wrong: faults of the tree, and allocations beyond those at the start. */
  leaks(): unknown[] {
    this.processes.resting.settle();
    this.keeper.cut();
    const grown = this.#count() - this.#allocations;
    return [...this.faults, ...checkTree(this.tree, [this.root], new Set(this.keeper.namespaces.all())).faults, ...(grown === 0 ? [] : [`${grown} allocations leaked`])];
  }
}

/** A command that does nothing: `(module (memory (export "memory") 1) (func (export "_start")))`. */
export const EMPTY_COMMAND = Uint8Array.from([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  1, 4, 1, 0x60, 0, 0,
  3, 2, 1, 0,
  5, 3, 1, 0, 1,
  7, 19, 2, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 0, 6, 0x5f, 0x73, 0x74, 0x61, 0x72, 0x74, 0, 0,
  10, 4, 1, 2, 0, 0x0b,
]);

export const turn = (milliseconds = 5): Promise<void> => new Promise((resolve) => void setTimeout(resolve, milliseconds));

/** Everything that a byte stream port brings, to its end. */
export async function collect(port: MessagePort): Promise<string> {
  const { receiveBytes } = await import('../../../shared/link/index.ts');
  const reader = receiveBytes(port as never).getReader();
  let text = '';
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
  }
}
