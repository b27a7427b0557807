import { FileType } from '../abi/index.ts';
import { Dirent, Header, Inode, InodeFlag, INODE_MAGIC, type Arena } from '../arena/index.ts';
import { hashName } from './names.ts';
import type { Tree } from './tree.ts';

/** What a check of the whole tree found. `faults` is empty when it is whole and nothing leaked. */
export interface CheckReport {
  faults: string[];
  inodes: number;
  dirents: number;
  /** Live allocations of the arena that nothing reaches. */
  leaked: number;
}

/**
 * Walks everything while nobody changes it, and compares what is reachable with what is allocated.
 * `roots`: the volumes. `extra`: addresses that others own (rings, descriptor tables, descriptions).
 */
export function checkTree(tree: Tree, roots: readonly number[], extra: ReadonlySet<number> = new Set()): CheckReport {
  return new Check(tree, roots, extra).run();
}

class Check {
  readonly #tree: Tree;
  readonly #arena: Arena;
  readonly #roots: readonly number[];
  readonly #reached: Set<number>;
  readonly #links = new Map<number, number>();
  readonly #faults: string[] = [];
  #dirents = 0;

  constructor(tree: Tree, roots: readonly number[], extra: ReadonlySet<number>) {
    this.#tree = tree;
    this.#arena = tree.arena;
    this.#roots = roots;
    this.#reached = new Set(extra);
  }

  run(): CheckReport {
    const { u32 } = this.#arena;
    for (const word of [Header.TREE_LOCK, Header.ALLOC_LOCK, Header.JOURNAL_LOCK]) {
      if (u32[word] !== 0) this.#fault(`lock word ${word} is held by ${u32[word]}`);
    }
    if (u32[Header.TREE_SEQ]! & 1) this.#fault('the sequence word is odd');
    this.#reached.add(u32[Header.BUCKETS]!).add(u32[Header.JOURNAL_RING]!);
    const spares = this.#spares(Header.FREE_DIRENTS, u32[Header.FREE_DIRENT_COUNT]!);
    if (spares !== u32[Header.FREE_DIRENT_COUNT]) this.#fault(`${spares} spare dirents, counted ${u32[Header.FREE_DIRENT_COUNT]}`);
    this.#spares(Header.FREE_INODES, Infinity);
    for (const root of this.#roots) {
      this.#links.set(root, 1);
      this.#directory(root, root);
    }
    this.#checkLinks();
    const leaked = this.#checkAllocations();
    if (u32[Header.DIRENTS] !== this.#dirents) this.#fault(`header counts ${u32[Header.DIRENTS]} dirents, ${this.#dirents} reached`);
    return { faults: this.#faults, inodes: this.#links.size, dirents: this.#dirents, leaked };
  }

  /** Reaches the records of a list of freed ones; their number. */
  #spares(head: number, most: number): number {
    const { u32 } = this.#arena;
    let count = 0;
    for (let at = u32[head]!; at !== 0 && count <= most; at = u32[at >>> 2]!, count++) {
      if (this.#reached.has(at)) this.#fault(`${at} is in a list of freed records and in use`);
      this.#reached.add(at);
    }
    return count;
  }

  #fault(text: string): void {
    if (this.#faults.length < 100) this.#faults.push(text);
  }

  #directory(dir: number, parent: number): void {
    const { u32, u8, i32 } = this.#arena;
    const word = dir >>> 2;
    this.#inode(dir);
    if (u32[word + Inode.PARENT] !== parent) this.#fault(`directory ${dir}: parent ${u32[word + Inode.PARENT]} is not ${parent}`);
    const slots = u32[word + Inode.BODY]!;
    if (slots !== 0) this.#reached.add(slots);
    let live = 0;
    let before = 0;
    for (let index = 0; index < u32[word + Inode.COUNT]!; index++) {
      const seq = u32[(slots >>> 2) + index * 2]!;
      const dirent = u32[(slots >>> 2) + index * 2 + 1]!;
      if (seq <= before) this.#fault(`directory ${dir}: slot ${index} is out of order`);
      before = seq;
      if (dirent === 0) continue;
      live++;
      this.#dirents++;
      this.#reached.add(dirent);
      const at = dirent >>> 2;
      const name = u8.slice(dirent + Dirent.NAME, dirent + Dirent.NAME + u32[at + Dirent.NAME_LENGTH]!);
      if (u32[at + Dirent.DIR] !== dir || u32[at + Dirent.SEQ] !== seq) this.#fault(`dirent ${dirent} does not point back`);
      if (i32[at + Dirent.HASH] !== hashName(name, 0, name.length)) this.#fault(`dirent ${dirent}: wrong hash`);
      if (this.#tree.names.lookup(dir, i32[at + Dirent.HASH]!, name, 0, name.length) !== dirent) this.#fault(`dirent ${dirent} is not found by its name`);
      this.#named(u32[at + Dirent.INODE]!, dir);
    }
    if (live !== u32[word + Inode.LIVE]) this.#fault(`directory ${dir}: ${live} live entries, counted ${u32[word + Inode.LIVE]}`);
  }

  #named(inode: number, dir: number): void {
    const count = (this.#links.get(inode) ?? 0) + 1;
    this.#links.set(inode, count);
    if (count > 1) return;
    if (this.#tree.inodes.isDirectory(inode)) this.#directory(inode, dir);
    else this.#inode(inode);
  }

  #inode(inode: number): void {
    const { u32 } = this.#arena;
    const word = inode >>> 2;
    this.#reached.add(inode);
    if (u32[word + Inode.MAGIC] !== INODE_MAGIC) this.#fault(`inode ${inode}: no magic`);
    if (u32[word + Inode.LOCK] !== 0) this.#fault(`inode ${inode} is locked by ${u32[word + Inode.LOCK]}`);
    if (u32[word + Inode.TYPE] !== FileType.DIRECTORY) this.#body(word);
  }

  #body(word: number): void {
    const { u32 } = this.#arena;
    const body = u32[word + Inode.BODY]!;
    if (body === 0) return;
    this.#reached.add(body);
    if (!(u32[word + Inode.FLAGS]! & InodeFlag.TABLE)) return;
    for (let block = 0; block < u32[word + Inode.CAPACITY]!; block++) {
      const address = (u32[(body >>> 2) + block]! & ~0xffff) >>> 0;
      if (address !== 0) this.#reached.add(address);
    }
  }

  #checkLinks(): void {
    for (const [inode, count] of this.#links) {
      const nlink = this.#tree.inodes.nlink(inode);
      // A link from a directory that is not populated is counted in the record but not reached here.
      if (nlink < count) this.#fault(`inode ${inode}: ${count} names, nlink ${nlink}`);
    }
  }

  #checkAllocations(): number {
    const { u32 } = this.#arena;
    const orphans: number[] = [];
    this.#arena.forEachAllocation((address, _bytes, kind) => {
      // Nameless but open or waiting for the journal: alive.
      if (kind === 'inode' && !this.#reached.has(address) && (u32[(address >>> 2) + Inode.OPENS]! > 0 || u32[(address >>> 2) + Inode.PINS]! > 0)) orphans.push(address);
    });
    for (const inode of orphans) this.#inode(inode);
    for (const inode of orphans) if (this.#tree.inodes.isDirectory(inode) && u32[(inode >>> 2) + Inode.BODY] !== 0) this.#reached.add(u32[(inode >>> 2) + Inode.BODY]!);
    let leaked = 0;
    const allocated = new Set<number>();
    this.#arena.forEachAllocation((address, bytes, kind) => {
      allocated.add(address);
      if (this.#reached.has(address)) return;
      leaked++;
      this.#fault(`${kind} of ${bytes} bytes at ${address} is reached by nothing`);
    });
    for (const address of this.#reached) if (!allocated.has(address)) this.#fault(`${address} is used but not allocated`);
    return leaked;
  }
}
