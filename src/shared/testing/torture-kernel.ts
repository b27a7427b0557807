import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'vite';
import { FileType } from '../abi/index.ts';
import { FdTable, Header, InodeFlag, KERNEL_PCB, OfdFlag, OfdKind, OpenFiles, ProcessHandle, ProcessTable, Ring, ringBell, tickCoarse } from '../arena/index.ts';
import { Random } from './random.ts';
import { LOGS, RECORD, RING_RECORD, type TortureMessage, type TortureStart } from './torture-protocol.ts';
import { TreeRig } from './tree-rig.ts';

interface Running {
  worker: Worker;
  handle: ProcessHandle;
  ended: Promise<unknown>;
}

/** Plays the kernel for processes in real workers: fills, drains, evicts, and ends processes at random moments. */
export class TortureKernel {
  readonly rig = new TreeRig({ pages: 64, journalBytes: 1 << 18 });
  readonly faults: string[] = [];
  readonly progress = new Int32Array(new SharedArrayBuffer(64));
  readonly ring: Ring;
  kills = 0;
  cuts = 0;
  misses = 0;
  evictions = 0;
  adoptions = 0;
  readonly #random: Random;
  readonly #table: ProcessTable;
  readonly #files: OpenFiles;
  readonly #running: Running[] = [];
  #script = '';
  #folder = '';
  #pid = 10;

  constructor(seed: number) {
    const { arena, tree } = this.rig;
    this.#random = new Random(seed);
    this.#table = new ProcessTable(arena);
    this.#files = new OpenFiles(arena, { releaseInode: (inode) => tree.release(inode), releaseHandle: () => undefined });
    this.ring = new Ring(arena, Ring.create(arena, RING_RECORD * 32));
    this.ring.addReader();
    this.ring.addWriter();
    for (const dir of ['logs', 'd0', 'd1', 'd2', 'd3']) this.rig.mkdir(dir);
    for (const log of LOGS) this.rig.put(log, new Uint8Array(0));
    this.rig.cut();
  }

  async start(processes: number): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'torture-'));
    await build({
      configFile: false, logLevel: 'error', publicDir: false,
      build: {
        ssr: fileURLToPath(new URL('./torture-worker.ts', import.meta.url)), outDir: this.#folder, emptyOutDir: false, target: 'node20', minify: false,
        rolldownOptions: { output: { entryFileNames: 'worker.mjs' } },
      },
    });
    this.#script = join(this.#folder, 'worker.mjs');
    for (let i = 0; i < processes; i++) this.#spawn();
  }

  #spawn(): void {
    const { arena, root } = this.rig;
    const pcb = this.#table.allocate(this.#pid++, 1);
    const handle = new ProcessHandle(arena, pcb);
    const fds = new FdTable(arena, this.#files, pcb);
    fds.install(this.#files.create(OfdKind.PIPE_READ, this.ring.address, OfdFlag.READ));
    fds.install(this.#files.create(OfdKind.PIPE_WRITE, this.ring.address, OfdFlag.WRITE));
    const workerData: TortureStart = { memory: arena.memory, pcb, slot: handle.slot, root, seed: this.#random.below(1e9), progress: this.progress };
    const worker = new Worker(this.#script, { workerData });
    worker.on('message', (message: TortureMessage) => this.#onMessage(message));
    worker.on('error', (error: unknown) => this.faults.push(`process ${handle.pid}: ${error instanceof Error ? error.stack : error}`));
    this.#running.push({ worker, handle, ended: new Promise((resolve) => worker.once('exit', resolve)) });
  }

  #onMessage(message: TortureMessage): void {
    if ('fault' in message) return void this.faults.push(message.fault);
    const { keeper, store, tree } = this.rig;
    const { inode, block, ino, slot } = message;
    this.misses++;
    // Who asked may be dead by now, and the address another node's.
    if (tree.inodes.ino(inode) === ino && store.knows(ino)) {
      if (block < 0) keeper.fill(inode, store.populate(ino));
      else keeper.install(inode, block, store.block(ino, block));
    }
    ringBell(this.rig.arena, slot);
  }

  /** Ends a process: dying, the gate, the worker, then what it held. */
  async kill(index: number): Promise<void> {
    const { worker, handle, ended } = this.#running.splice(index, 1)[0]!;
    handle.setDying();
    handle.ring();
    for (let tries = 0; handle.gateSet; tries++) {
      if (tries > 5000) throw new Error(`the gate of process ${handle.pid} stays set; fault so far: ${this.faults.join()}`);
      await sleep(1);
    }
    await worker.terminate();
    await ended;
    // The gate may be set again by now: by one who set it, was to look at `dying` next, and did not come that far.
    new FdTable(this.rig.arena, this.#files, handle.address).destroy();
    this.#table.free(handle.address);
    this.kills++;
  }

  async run(seconds: number): Promise<void> {
    const { rig } = this;
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end && this.faults.length === 0) {
      tickCoarse(rig.arena, Date.now() * 1e6);
      rig.cut();
      this.cuts++;
      this.#checkLogs();
      if (this.#random.chance(0.1)) this.#evict();
      if (this.#random.chance(0.5)) this.#adopt();
      if (this.#random.chance(0.15)) {
        await this.kill(this.#random.below(this.#running.length));
        this.#spawn();
      }
      await sleep(this.#random.below(30));
    }
  }

  /** Appends are whole in every batch. */
  #checkLogs(): void {
    for (const log of LOGS) {
      const size = this.rig.store.file(log)?.length ?? 0;
      if (size % RECORD !== 0) this.faults.push(`${log}: ${size} bytes are stored`);
    }
  }

  #inodes(): number[] {
    const inodes: number[] = [];
    this.rig.arena.forEachAllocation((address, _bytes, kind) => void (kind === 'inode' && inodes.push(address)));
    return inodes;
  }

  /** Other contents for some files that processes may just be writing. */
  #adopt(): void {
    const { tree } = this.rig;
    const logs = new Set(LOGS.map((log) => this.rig.walk(log)));
    for (const inode of this.#inodes()) {
      if (logs.has(inode) || !this.#random.chance(0.05)) continue;
      tree.retain(inode);
      const stored = tree.inodes.nlinkNow(inode) > 0 && tree.inodes.type(inode) === FileType.REGULAR_FILE && !(tree.inodes.flags(inode) & InodeFlag.VOLATILE);
      if (stored && this.rig.adopt(inode, this.#random.bytes(this.#random.below(200_000))) === 0) this.adoptions++;
      tree.release(inode);
    }
  }

  #evict(): void {
    for (const inode of this.#inodes()) if (this.#random.chance(0.5) && this.rig.keeper.evict(inode)) this.evictions++;
  }

  async stop(): Promise<void> {
    while (this.#running.length > 0) await this.kill(0);
    if (this.#folder) await rm(this.#folder, { recursive: true });
    this.rig.cut();
    this.rig.cut();
  }

  /** What the tree does not own. */
  get extra(): Set<number> {
    return new Set([this.ring.address]);
  }

  get locks(): number[] {
    const { i32 } = this.rig.arena;
    return [Header.TREE_LOCK, Header.ALLOC_LOCK, Header.JOURNAL_LOCK].map((word) => i32[word]!).concat(i32[(KERNEL_PCB >>> 2) + 2]!);
  }
}
