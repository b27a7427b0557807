import { Entry, Header, Inode, JournalOp, OP_BITS, type Arena } from '../arena/index.ts';
import { Capturer, type TreeCapture } from './capture.ts';
import type { Tree } from './tree.ts';
import { withFirstWrites, type TreeChange } from './tree-change.ts';

/** What one volume changed. */
export interface CutPart {
  changes: TreeChange[];
  captures: TreeCapture[];
  /** KiB that count as waiting until `settle`. */
  dirty: number;
}

/** The first volume's part, and those of the others that changed, by their devices. */
export interface Cut extends CutPart {
  /** For `setDurable` once it is in the store. */
  position: number;
  others: ReadonlyMap<number, CutPart>;
}

/** A part while it is collected. Contents by number, for one address may have been several files'. */
interface Collected {
  changes: TreeChange[];
  content: Map<number, number>;
}

const OPS = ['', 'create', 'mkdir', 'symlink', 'link', 'unlink', 'rmdir', 'rename', 'write', 'attr'] as const;
const OP_MASK = (1 << OP_BITS) - 1;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Takes what changed, for the store. The kernel's. */
export class Cutter {
  readonly #tree: Tree;
  readonly #arena: Arena;
  readonly #capturer: Capturer;

  constructor(tree: Tree) {
    this.#tree = tree;
    this.#arena = tree.arena;
    this.#capturer = new Capturer(tree);
  }

  /**
   * Ends the epoch and takes all changes so far, with the contents of the files that they touched. Null if there are none.
   * Writers to a file of the ended epoch wait until this returns.
   */
  cut(): Cut | null {
    const { journal } = this.#tree;
    journal.rest();
    if (journal.head === journal.tail) return null;
    const end = journal.cut();
    this.#arena.sync(); // What the entries name may lie in memory that grew a moment ago.
    const { i32, u32 } = this.#arena;
    const first = u32[(u32[Header.ROOT]! >>> 2) + Inode.DEV]!;
    const collected = new Map<number, Collected>([[first, { changes: [], content: new Map() }]]);
    const links: number[] = [];
    journal.drain(end, (word) => this.#collect(word, collected, links));
    const ended = u32[Header.EPOCH]! - 1;
    const parts = new Map<number, CutPart>();
    for (const [dev, { changes, content }] of collected) parts.set(dev, this.#part(dev, changes, content, ended));
    Atomics.store(i32, Header.CAPTURED, ended);
    Atomics.notify(i32, Header.CAPTURED);
    this.#unpin(links);
    const own = parts.get(first)!;
    parts.delete(first);
    return { ...own, position: end, others: parts };
  }

  #collect(word: number, collected: Map<number, Collected>, links: number[]): void {
    const { u32 } = this.#arena;
    const inode = u32[word + Entry.INODE]!;
    const dev = u32[word + Entry.OP]! >>> OP_BITS;
    const change = this.#decode(word);
    let part = collected.get(dev);
    if (!part) collected.set(dev, (part = { changes: [], content: new Map() }));
    if (change.op === 'symlink') links.push(inode);
    else if (change.op === 'create' || change.op === 'write' || change.op === 'attr') part.content.set(change.ino, inode);
    part.changes.push(change);
  }

  #part(dev: number, changes: TreeChange[], content: ReadonlyMap<number, number>, ended: number): CutPart {
    const captures = new Map<number, TreeCapture>();
    let dirty = 0;
    for (const [ino, inode] of content) {
      const capture = this.#capturer.take(inode, ino, dev, ended);
      if (!capture) continue;
      captures.set(ino, capture);
      for (const block of capture.blocks) dirty += block.bytes.length >>> 10;
    }
    return { changes: withFirstWrites(changes, captures), captures: [...captures.values()], dirty };
  }

  #decode(word: number): TreeChange {
    const { u32, f64, u8 } = this.#arena;
    const op = u32[word + Entry.OP]! & OP_MASK;
    const at = (word << 2 >>> 0) + Entry.NAMES;
    const middle = at + u32[word + Entry.NAME_LENGTH]!;
    const change: TreeChange = {
      op: OPS[op] as TreeChange['op'],
      time: BigInt(f64[(word + Entry.TIME) >>> 1]!),
      pid: u32[word + Entry.PID]!,
      ino: f64[(word + Entry.INO) >>> 1]!,
      parent: f64[(word + Entry.DIR) >>> 1]!,
      name: decoder.decode(u8.slice(at, middle)),
    };
    if (op === JournalOp.RENAME) {
      change.parent2 = f64[(word + Entry.DIR2) >>> 1]!;
      change.name2 = decoder.decode(u8.slice(middle, middle + u32[word + Entry.NAME2_LENGTH]!));
      const replaced = f64[(word + Entry.REPLACED) >>> 1]!;
      if (replaced !== 0) change.replaced = replaced;
    } else if (op === JournalOp.SYMLINK) {
      const inode = u32[word + Entry.INODE]! >>> 2;
      const body = u32[inode + Inode.BODY]!;
      change.target = decoder.decode(u8.slice(body, body + u32[inode + Inode.SIZE]!));
    }
    return change;
  }

  #unpin(inodes: readonly number[]): void {
    const { u32 } = this.#arena;
    for (const inode of inodes) {
      if (Atomics.sub(u32, (inode >>> 2) + Inode.PINS, 1) !== 1 || this.#tree.inodes.nlink(inode) !== 0) continue;
      this.#tree.lock();
      this.#tree.ops.reap(inode);
      this.#tree.unlock();
    }
  }
}
