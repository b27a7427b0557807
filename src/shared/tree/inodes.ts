import { Inode, InodeFlag, INODE_MAGIC, OriginBit, Header, stampTime, type Arena } from '../arena/index.ts';
import { FileType } from '../abi/index.ts';
import { VolatileSpace } from './volatile-space.ts';

const HIGH = 4294967296;

/** What a new inode starts with. */
export interface InodeInit {
  type: number;
  ino: number;
  /** Times in nanoseconds, doubles. */
  atime: number;
  mtime: number;
  ctime: number;
  nlink: number;
  flags: number;
  origin: number;
}

/** Makes and reads inode records. */
export class Inodes {
  readonly #arena: Arena;
  readonly #space: VolatileSpace;

  constructor(arena: Arena) {
    this.#arena = arena;
    this.#space = new VolatileSpace(arena);
  }

  /** A new inode in the volume of `parent` (0: a new root of device `dev`); 0 when the arena or the volume is full. Under the tree lock. */
  create(type: number, parent: number, dev: number): number {
    const arena = this.#arena;
    if (parent !== 0 && !this.#space.takeNode(parent)) return 0;
    const inode = this.#take();
    if (inode === 0) {
      if (parent !== 0) this.#space.giveNode(parent);
      return 0;
    }
    const { u32, f64 } = arena;
    const word = inode >>> 2;
    const ino = f64[Header.NEXT_INO >>> 1]!;
    f64[Header.NEXT_INO >>> 1] = ino + 1;
    const parentWord = parent >>> 2;
    u32[word + Inode.DEV] = parent === 0 ? dev : u32[parentWord + Inode.DEV]!;
    u32[word + Inode.DEV + 1] = 0;
    this.setIno(inode, ino);
    u32[word + Inode.TYPE] = type;
    u32[word + Inode.TYPE + 1] = 0;
    u32[word + Inode.NLINK] = 1;
    u32[word + Inode.NLINK + 1] = 0;
    u32[word + Inode.SIZE] = 0;
    u32[word + Inode.SIZE + 1] = 0;
    stampTime(arena, word + Inode.ATIME);
    stampTime(arena, word + Inode.MTIME);
    stampTime(arena, word + Inode.CTIME);
    const kept = parent === 0 ? 0 : u32[parentWord + Inode.FLAGS]! & (InodeFlag.VOLATILE | InodeFlag.READ_ONLY);
    u32[word + Inode.FLAGS] = kept | (type === FileType.DIRECTORY ? InodeFlag.POPULATED : 0) | (parent === 0 ? InodeFlag.VOLUME_ROOT : 0);
    u32[word + Inode.PINS] = 0;
    u32[word + Inode.DIRTY_EPOCH] = 0;
    u32[word + Inode.BODY] = 0;
    u32[word + Inode.CAPACITY] = 0;
    u32[word + Inode.COUNT] = 0;
    u32[word + Inode.LIVE] = 0;
    u32[word + Inode.SEQ] = 0;
    u32[word + Inode.PARENT] = parent === 0 ? inode : parent;
    u32[word + Inode.DIRENT] = 0;
    u32[word + Inode.VOLUME] = parent === 0 ? inode : u32[parentWord + Inode.VOLUME]!;
    u32[word + Inode.ORIGIN] = OriginBit.UPPER;
    u32[word + Inode.LOW] = 0;
    u32[word + Inode.MAGIC] = INODE_MAGIC;
    u32[word + Inode.LOW] = 0;
    u32[Header.INODES] = u32[Header.INODES]! + 1;
    return inode;
  }

  #take(): number {
    const { u32 } = this.#arena;
    const inode = u32[Header.FREE_INODES]!;
    if (inode === 0) return this.#arena.allocInode();
    u32[Header.FREE_INODES] = u32[inode >>> 2]!;
    return inode;
  }

  /** Marks the record as nobody's and keeps it for the next inode. Under the tree lock. */
  free(inode: number): void {
    this.#space.giveNode(inode);
    const { u32 } = this.#arena;
    const word = inode >>> 2;
    u32[word + Inode.INO] = 0;
    u32[word + Inode.INO + 1] = 0;
    u32[word + Inode.TYPE] = 0;
    u32[word + Inode.FLAGS] = InodeFlag.FREED;
    u32[word + Inode.MAGIC] = 0;
    u32[word] = u32[Header.FREE_INODES]!;
    u32[Header.FREE_INODES] = inode;
    u32[Header.INODES] = u32[Header.INODES]! - 1;
  }

  setIno(inode: number, ino: number): void {
    const { u32 } = this.#arena;
    u32[(inode >>> 2) + Inode.INO] = ino >>> 0;
    u32[(inode >>> 2) + Inode.INO + 1] = Math.floor(ino / HIGH);
  }

  ino(inode: number): number {
    const { u32 } = this.#arena;
    return u32[(inode >>> 2) + Inode.INO]! + u32[(inode >>> 2) + Inode.INO + 1]! * HIGH;
  }

  type(inode: number): number {
    return this.#arena.u32[(inode >>> 2) + Inode.TYPE]!;
  }

  flags(inode: number): number {
    return this.#arena.u32[(inode >>> 2) + Inode.FLAGS]!;
  }

  isDirectory(inode: number): boolean {
    return this.type(inode) === FileType.DIRECTORY;
  }

  /** Plain: under the tree lock, under which alone it changes, or where an old value does no harm. */
  nlink(inode: number): number {
    return this.#arena.u32[(inode >>> 2) + Inode.NLINK]!;
  }

  /** As of now, in one order with the changes of OPENS. */
  nlinkNow(inode: number): number {
    return Atomics.load(this.#arena.u32, (inode >>> 2) + Inode.NLINK);
  }

  /** Sequentially consistent: whoever drops the last name then reads OPENS, whoever drops the last reference then `nlinkNow`. */
  addLinks(inode: number, by: number): number {
    return Atomics.add(this.#arena.u32, (inode >>> 2) + Inode.NLINK, by) + by;
  }

  /** Nanoseconds. `field` is ATIME, MTIME or CTIME. */
  time(inode: number, field: number): bigint {
    const { u32 } = this.#arena;
    const at = (inode >>> 2) + field;
    return (BigInt(u32[at + 1]!) << 32n) | BigInt(u32[at]!);
  }

  setTimeBig(inode: number, field: number, value: bigint): void {
    const { u32 } = this.#arena;
    const at = (inode >>> 2) + field;
    u32[at] = Number(value & 0xffffffffn);
    u32[at + 1] = Number((value >> 32n) & 0xffffffffn);
  }

  touchDirectory(dir: number): void {
    stampTime(this.#arena, (dir >>> 2) + Inode.MTIME);
    stampTime(this.#arena, (dir >>> 2) + Inode.CTIME);
  }

  touchChanged(inode: number): void {
    stampTime(this.#arena, (inode >>> 2) + Inode.CTIME);
  }
}
