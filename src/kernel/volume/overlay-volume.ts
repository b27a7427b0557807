import { FileType } from '../../shared/abi/index.ts';
import { OriginBit, type Arena } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { BLOCK, type FillEntry, type Tree, type TreeKeeper } from '../../shared/tree/index.ts';
import type { FileContents } from '../contract/index.ts';
import type { ChangeSource, CutBatch, CutPart, MergedEntry } from '../storage/index.ts';
import type { VolumeSet } from './volume-set.ts';

/** Blocks loaded at once: 512 KiB, so that reading on finds them there. */
const READ_AHEAD = 8;
/** Bytes of the arena in use from which clean, closed files are let go of, and down to which. */
const HIGH_WATER = 1536 * 1024 * 1024;
const LOW_WATER = 1024 * 1024 * 1024;

const encoder = new TextEncoder();
const KINDS = { file: FileType.REGULAR_FILE, directory: FileType.DIRECTORY, symlink: FileType.SYMBOLIC_LINK } as const;
const ORIGINS = { base: OriginBit.LOWER, new: OriginBit.UPPER, changed: OriginBit.LOWER | OriginBit.UPPER } as const;

/** What a volume is a cache of; see `Overlay`. */
export interface VolumeStore {
  populate(ino: number): Promise<MergedEntry[]>;
  loadBlock(ino: number, index: number): Promise<Uint8Array>;
  contents(ino: number): FileContents | undefined;
  adopt(ino: number, contents: FileContents): void;
  takeAdopted(): ReadonlyMap<number, FileContents>;
}

/**
 * The tree in the arena as a cache of an overlay: fills it from below on a miss, drains it from above for the journal.
 */
export class OverlayVolume implements ChangeSource {
  readonly #tree: Tree;
  readonly #keeper: TreeKeeper;
  readonly #overlay: VolumeStore;
  readonly #others: VolumeSet | null;
  readonly #arena: Arena;
  /** Misses being resolved: all who meet the same one wait for one answer. */
  readonly #resolving = new Map<string, Promise<void>>();
  /** Cut and not yet stored: positions with the KiB that count as dirty until then. */
  readonly #inFlight: { position: number; dirty: number }[] = [];
  #wanted = 0;
  #generation = 0;

  /** `others`: of the first volume, all that are stored: its cuts are cuts of all. */
  constructor(tree: Tree, keeper: TreeKeeper, overlay: VolumeStore, others: VolumeSet | null = null) {
    this.#tree = tree;
    this.#keeper = keeper;
    this.#overlay = overlay;
    this.#others = others;
    this.#arena = tree.arena;
  }

  /** Makes what a MISS named be there: `block` -1 is a directory's entries. Throws EIO, ENOSPC. */
  resolve(inode: number, block: number): Promise<void> {
    const key = `${inode}:${block}`;
    let running = this.#resolving.get(key);
    if (!running) {
      running = (block < 0 ? this.#populate(inode) : this.#load(inode, block)).finally(() => this.#resolving.delete(key));
      this.#resolving.set(key, running);
    }
    return running;
  }

  /** Another session's changes were taken over: what was being read meanwhile may be older, and is read again. */
  followed(): void {
    this.#generation++;
  }

  async #populate(dir: number): Promise<void> {
    const ino = this.#tree.inodes.ino(dir);
    const generation = this.#generation;
    const entries = await this.#overlay.populate(ino);
    // While we waited, the directory may have gone and its address be another node's.
    if (this.#tree.inodes.ino(dir) !== ino) return;
    if (generation !== this.#generation) return this.#populate(dir);
    if (this.#keeper.fill(dir, entries.map(toFillEntry)) < 0) throw new FsError('ENOSPC', 'populate', this.#keeper.pathOf(dir));
  }

  async #load(inode: number, block: number): Promise<void> {
    const ino = this.#tree.inodes.ino(inode);
    const last = Math.min(block + READ_AHEAD, Math.ceil(this.#tree.size(inode) / BLOCK));
    const wanted = Array.from({ length: Math.max(1, last - block) }, (_, i) => block + i);
    const generation = this.#generation;
    // A block that cannot be read is the affair of who asks for it.
    const loaded = await Promise.all(wanted.map((index) => this.#overlay.loadBlock(ino, index).catch((error: unknown) => {
      if (index === block && generation === this.#generation) throw error;
      return null;
    })));
    if (this.#tree.inodes.ino(inode) !== ino) return;
    if (generation !== this.#generation) return this.#load(inode, block);
    for (const [i, bytes] of loaded.entries()) {
      if (bytes === null) continue;
      // The blocks read ahead are welcome, only the one asked for must fit.
      if (this.#keeper.install(inode, block + i, bytes) < 0 && i === 0) {
        throw new FsError('ENOSPC', 'load', this.#keeper.pathOf(inode), { detail: 'the memory shared by all processes is full' });
      }
    }
  }

  /**
   * Gives a file other contents by reference; at once for all who have it open, and not a byte is copied. `patient`: answers WAIT while
   * the changes since the last cut stand in another's name. As `TreeKeeper.adopt`.
   */
  adopt(inode: number, contents: FileContents, patient = false): number {
    const ino = this.#tree.inodes.ino(inode);
    const result = this.#keeper.adopt(inode, contents.size, patient);
    if (result === 0) this.#overlay.adopt(ino, contents);
    return result;
  }

  /** Contents that were given since the last cut. */
  takeAdopted(): ReadonlyMap<number, FileContents> {
    return this.#overlay.takeAdopted();
  }

  /** What a file holds, as of a batch that was taken after the call. @throws FsError ESTALE if it is gone, and why it cannot be folded */
  async contents(inode: number, folded: () => Promise<void>): Promise<FileContents> {
    const ino = this.#tree.inodes.ino(inode);
    if (this.#tree.journal.head !== this.#tree.journal.tail || this.busy) await folded();
    const contents = this.#overlay.contents(ino);
    if (!contents) throw new FsError('ESTALE', 'copy', undefined, { detail: 'the file is gone' });
    return contents;
  }

  cut(): Promise<CutBatch | null> {
    // The last batch is applied by now, so every clean file's contents are in the overlay.
    this.#evict();
    const cut = this.#keeper.cut();
    if (!cut) return Promise.resolve(null);
    let { dirty } = cut;
    const others = new Map<number, CutPart>();
    for (const [dev, part] of cut.others) {
      const volume = this.#others?.get(dev);
      if (volume) others.set(dev, { ...part, adopted: volume.takeAdopted() });
      dirty += part.dirty;
    }
    this.#inFlight.push({ position: cut.position, dirty });
    return Promise.resolve({ ...cut, adopted: this.#overlay.takeAdopted(), others });
  }

  /** Whether something was cut and is not in the store yet. */
  get busy(): boolean {
    return this.#inFlight.length > 0;
  }

  setDurable(position: number, strict: boolean): void {
    while (this.#inFlight.length > 0 && ((position - this.#inFlight[0]!.position) | 0) >= 0) {
      this.#keeper.settle(this.#inFlight.shift()!.dirty);
    }
    if (strict) this.#tree.journal.setDurable(position);
  }

  /** Before the next cut, lets go of clean files until about `bytes` more are free. */
  reclaim(bytes: number): void {
    this.#wanted = Math.max(this.#wanted, bytes);
  }

  #evict(): void {
    const used = (): number => {
      const { total, free } = this.#arena.stats();
      return total - free;
    };
    const before = used();
    if (before < HIGH_WATER && this.#wanted === 0) return;
    const goal = this.#wanted > 0 ? before - this.#wanted : LOW_WATER;
    this.#wanted = 0;
    const inodes: number[] = [];
    this.#arena.forEachAllocation((address, _bytes, kind) => {
      if (kind === 'inode') inodes.push(address);
    });
    for (const [i, inode] of inodes.entries()) {
      if (i % 64 === 0 && used() <= goal) return;
      this.#keeper.evict(inode);
    }
  }
}

export function toFillEntry({ name, record, origin }: MergedEntry): FillEntry {
  const entry: FillEntry = {
    name: encoder.encode(name), ino: record.ino, type: KINDS[record.kind], size: record.size, nlink: record.nlink,
    atime: record.atime, mtime: record.mtime, ctime: record.ctime, origin: ORIGINS[origin],
  };
  if (record.target !== undefined) entry.target = encoder.encode(record.target);
  return entry;
}
