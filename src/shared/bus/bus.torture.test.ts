import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { threadBundle } from '../../testing/guest-threads.ts';
import { FdTable, Header, OpenFiles, ProcessHandle, tickCoarse } from '../arena/index.ts';
import { Random } from '../testing/random.ts';
import { BusWord, MailboxWord } from './layout.ts';
import { BusRig } from './testing/bus-rig.ts';
import { Progress, type BusTortureMessage, type BusTortureStart } from './testing/torture-protocol.ts';

const seconds = Number(process.env['TORTURE_SECONDS'] ?? 4);
const workers = Number(process.env['TORTURE_WORKERS'] ?? 4);
const seed = Number(process.env['TORTURE_SEED'] ?? 1);

interface Running {
  worker: Worker;
  handle: ProcessHandle;
  ended: Promise<unknown>;
}

class Torture {
  readonly rig = new BusRig(0, { pages: 64, maxPages: 8192, extentBytes: 8 << 20 });
  readonly faults: string[] = [];
  readonly progress = new Int32Array(new SharedArrayBuffer(64));
  kills = 0;
  readonly #running: Running[] = [];
  readonly #random = new Random(seed);
  readonly #script: string;
  readonly #files: OpenFiles;
  #pid = 10;

  constructor(script: string) {
    this.#script = script;
    this.#files = new OpenFiles(this.rig.arena, {
      releaseInode: () => {}, releaseHandle: () => {}, releaseMailbox: (mailbox) => this.rig.kernel.bus.release(mailbox),
    });
  }

  spawn(): void {
    const { arena, table } = this.rig;
    const pcb = table.allocate(this.#pid++, 1);
    const handle = new ProcessHandle(arena, pcb);
    new FdTable(arena, this.#files, pcb);
    const workerData: BusTortureStart = { memory: arena.memory, pcb, seed: this.#random.below(1e9), progress: this.progress };
    const worker = new Worker(this.#script, { workerData });
    worker.on('message', (message: BusTortureMessage) => this.faults.push(message.fault));
    worker.on('error', (error: unknown) => this.faults.push(`process ${handle.pid}: ${error instanceof Error ? error.stack : error}`));
    this.#running.push({ worker, handle, ended: new Promise((resolve) => worker.once('exit', resolve)) });
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
    new FdTable(this.rig.arena, this.#files, handle.address).destroy();
    expect(this.rig.arena.u32[(this.rig.arena.u32[Header.BUS]! >>> 2) + chargedWord(handle.slot)]).toBe(0);
    this.rig.table.free(handle.address);
    this.kills++;
  }

  async run(): Promise<void> {
    const [end, last] = [seconds, seconds + 40].map((time) => performance.now() + time * 1000) as [number, number];
    // On a busy machine it goes on until everything has happened.
    while (performance.now() < end || (performance.now() < last && !this.#complete())) {
      if (this.faults.length > 0) return;
      tickCoarse(this.rig.arena, Date.now() * 1e6);
      if (this.#random.chance(0.2)) {
        await this.kill(this.#random.below(this.#running.length));
        this.spawn();
      }
      await sleep(this.#random.below(40));
    }
  }

  #complete(): boolean {
    return this.kills >= workers && Object.values(Progress).every((at) => this.progress[at]! > 0);
  }

  async stop(): Promise<void> {
    while (this.#running.length > 0) await this.kill(0);
  }
}

const chargedWord = (slot: number): number => BusWord.CHARGED + slot;

describe('processes in workers', () => {
  it(`BU7 BU8 BU11 BU13 BU22 nothing torn, out of order, stuck or left behind after ${seconds} s of ${workers} workers, some killed: seed ${seed}`, async () => {
    const torture = new Torture(await threadBundle(new URL('./testing/torture-worker.ts', import.meta.url)));
    const { arena, kernel } = torture.rig;
    for (let i = 0; i < workers; i++) torture.spawn();
    await torture.run();
    await torture.stop();
    expect(torture.faults).toEqual([]);
    const bus = arena.u32[Header.BUS]! >>> 2;
    const lasts = kernel.bus.last('>')!;
    // What is left by reference is the last values' payloads; no subscription, no lock.
    expect(arena.u32[bus + BusWord.EXTENT_BYTES]).toBe(lasts.reduce((sum, frame) => sum + new DataView(frame.buffer).getUint32(40, true), 0));
    const table = arena.u32[bus + BusWord.TABLE]! >>> 2;
    expect(arena.u32.slice(table, table + arena.u32[bus + BusWord.TABLE_USED]!).every((address) => address === 0)).toBe(true);
    expect([arena.u32[bus + BusWord.LOCK], arena.u32[Header.ALLOC_LOCK]]).toEqual([0, 0]);
    let free = 0;
    for (let record = arena.u32[bus + BusWord.RECORDS_FREE]!; record !== 0; record = arena.u32[(record >>> 2) + MailboxWord.LINK]!) free++;
    expect(free).toBe(arena.u32[bus + BusWord.RECORDS_USED]);
    const report = Object.entries(Progress).map(([name, at]) => `${torture.progress[at]} ${name.toLowerCase()}`);
    console.log(`${report.join(', ')}, ${torture.kills} kills, ${arena.pages} pages`);
    for (const [name, at] of Object.entries(Progress)) expect(torture.progress[at], name).toBeGreaterThan(0);
    expect(torture.kills).toBeGreaterThanOrEqual(workers);
  }, (seconds + 60) * 1000);
});
