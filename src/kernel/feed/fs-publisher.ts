import type { FsChange, FsChanged, FsRead } from '../../shared/abi/index.ts';
import { LAST_READS, Pcb, type Arena } from '../../shared/arena/index.ts';
import { dirname, type Clock } from '../../shared/base/index.ts';
import type { Tree, TreeKeeper } from '../../shared/tree/index.ts';
import type { Bus } from '../bus/index.ts';
import type { CommittedChange } from '../storage/index.ts';

/** Changes of one message, at most; beyond it the receiver reads the directories again. */
const CHANGES_MAX = 1024;
/** Directories of changes that are left out, of one message. */
const WITHIN_MAX = 64;
/** Milliseconds between two messages about reading. */
const READ_INTERVAL = 100;

/** Tells the bus what happens to files: `fs.changed.<top>` once it is stored, `fs.read.<top>` while processes read. */
export class FsPublisher {
  /** Hears of each read that is seen: the control block of the reader, and the path. */
  onRead: (pcb: number, path: string) => void = () => {};
  readonly #bus: Bus;
  readonly #tree: Tree;
  readonly #keeper: TreeKeeper;
  readonly #arena: Arena;
  readonly #clock: Clock;
  #nextSample = 0;

  constructor(bus: Bus, tree: Tree, keeper: TreeKeeper, clock: Clock) {
    this.#bus = bus;
    this.#tree = tree;
    this.#keeper = keeper;
    this.#arena = tree.arena;
    this.#clock = clock;
  }

  committed(changes: readonly CommittedChange[]): void {
    const byTop = new Map<string, FsChanged>();
    const written = new Set<string>();
    for (const { path, op, from, pid } of changes) {
      const top = topOf(path);
      const second = from === undefined ? top : topOf(from);
      if (isFull(byTop.get(top)) && second === top) continue;
      // A file written a thousand times in one batch is one line.
      if (op === 'write' && written.size === written.add(path).size) continue;
      const change: FsChange = { path, op, pid };
      if (from !== undefined) change.from = from;
      add(byTop, top, change);
      if (second !== top) add(byTop, second, change);
    }
    for (const [top, message] of byTop) this.#bus.publish(`fs.changed.${top}`, message);
  }

  /** Looks at what the processes with these control blocks read lately. */
  sampleReads(pcbs: readonly number[]): void {
    const now = this.#clock.monotonic();
    if (now < this.#nextSample) return;
    this.#nextSample = now + READ_INTERVAL;
    this.#publishReads(pcbs);
  }

  /** A process is about to end: what it read and nobody looked at yet. */
  lastReads(pcb: number): void {
    this.#publishReads([pcb]);
  }

  #publishReads(pcbs: readonly number[]): void {
    const byTop = new Map<string, FsRead>();
    for (const pcb of pcbs) {
      for (let i = 0; i < LAST_READS; i++) this.#takeRead(pcb, (pcb >>> 2) + Pcb.LAST_READ + i, byTop);
    }
    for (const [top, message] of byTop) this.#bus.publish(`fs.read.${top}`, message);
  }

  #takeRead(pcb: number, word: number, byTop: Map<string, FsRead>): void {
    const inode = Atomics.exchange(this.#arena.u32, word, 0);
    const path = inode === 0 ? null : this.#pathOf(inode);
    if (path === null) return;
    this.onRead(pcb, path);
    const message = byTop.get(topOf(path)) ?? { paths: [] };
    message.paths.push(path);
    byTop.set(topOf(path), message);
  }

  /** The inode is a hint that may be stale. */
  #pathOf(inode: number): string | null {
    const path = this.#tree.inodes.nlink(inode) > 0 ? this.#keeper.pathOf(inode) : '?';
    return path.startsWith('/') ? path : null;
  }
}

/** Nothing that comes changes such a message. */
const isFull = (message: FsChanged | undefined): boolean => message !== undefined && message.overflow && !message.within;

function add(byTop: Map<string, FsChanged>, top: string, change: FsChange): void {
  const message = byTop.get(top) ?? { changes: [], overflow: false };
  byTop.set(top, message);
  if (message.changes.length < CHANGES_MAX) {
    message.changes.push(change);
    return;
  }
  if (!message.overflow) message.within = [];
  message.overflow = true;
  leaveOut(message, dirname(change.path));
  if (change.from !== undefined) leaveOut(message, dirname(change.from));
}

/** Notes the directory of a change that is left out; beyond the bound any may have been. */
function leaveOut(message: FsChanged, directory: string): void {
  if (!message.within || message.within.at(-1) === directory || message.within.includes(directory)) return;
  if (message.within.length < WITHIN_MAX) message.within.push(directory);
  else delete message.within;
}

/** First part of a path as one token of a subject. */
function topOf(path: string): string {
  const end = path.indexOf('/', 1);
  const part = path.slice(1, end < 0 ? undefined : end);
  return part.replace(/[^\w-]/g, '_').slice(0, 64) || '_';
}
