import { Errno } from '../base/index.ts';
import { FileType } from '../abi/index.ts';
import { Header, Inode, InodeFlag, TAKEN_BACK, coarseTime, type Arena, type JournalRing, type ProcessHandle } from '../arena/index.ts';

const HIGH = 4294967296;

/** Tells the journal of the first change of a file's contents or times in each epoch. Under the body lock. */
export class Epochs {
  readonly #arena: Arena;
  readonly #journal: JournalRing;
  readonly #process: ProcessHandle;
  readonly #onWait: (word: number, value: number) => number;

  /** `onWait` notes the header word, and its value, that must move before the change can be tried again; returns WAIT. */
  constructor(arena: Arena, journal: JournalRing, process: ProcessHandle, onWait: (word: number, value: number) => number) {
    this.#arena = arena;
    this.#journal = journal;
    this.#process = process;
    this.#onWait = onWait;
  }

  /**
   * Before contents or times change: the first time in an epoch, appends an entry to the journal, for the kernel's capture. 0; WAIT while the kernel has not captured the last epoch's state of it; -ENOSPC when the store is full.
   */
  begin(inode: number, op: number): number {
    const { u32, i32 } = this.#arena;
    const word = inode >>> 2;
    const flags = u32[word + Inode.FLAGS]!;
    if (flags & (InodeFlag.VOLATILE | InodeFlag.READ_ONLY)) return flags & InodeFlag.READ_ONLY ? -Errno.EROFS : 0;
    // Before all else: while the store takes nothing, no epoch ends and whoever waits for that would wait for ever.
    if (u32[Header.STORE_REFUSES] !== 0) return -u32[Header.STORE_REFUSES]!;
    const dirtyEpoch = u32[word + Inode.DIRTY_EPOCH]!;
    if (dirtyEpoch === Atomics.load(u32, Header.EPOCH)) return 0;
    const captured = Atomics.load(i32, Header.CAPTURED);
    if (dirtyEpoch > captured) return this.#onWait(Header.CAPTURED, captured);
    if (this.#isOwnCreation(word)) return 0;
    if (!this.#journal.begin()) return this.#onWait(Header.JOURNAL_TAIL, Atomics.load(i32, Header.JOURNAL_TAIL));
    // Somebody opened it just before it went: it is nobody's to store.
    if (u32[word + Inode.CREATED_EPOCH] === TAKEN_BACK) {
      u32[word + Inode.FLAGS] = u32[word + Inode.FLAGS]! | InodeFlag.VOLATILE;
      this.#journal.abort();
      return 0;
    }
    const ino = u32[word + Inode.INO]! + u32[word + Inode.INO + 1]! * HIGH;
    this.#journal.append(op, inode, ino, 0, 0, 0, coarseTime(this.#arena), this.#process.actor);
    u32[word + Inode.DIRTY_EPOCH] = u32[Header.EPOCH]!;
    if (u32[word + Inode.TYPE] === FileType.REGULAR_FILE) u32[word + Inode.CHANGED_AT] = this.#journal.position + 1;
    this.#journal.commit();
    return 0;
  }

  /** Whether the file has changes of this epoch that the journal tells of in another's name. */
  isAnothers(inode: number): boolean {
    const { u32 } = this.#arena;
    const word = inode >>> 2;
    if (u32[word + Inode.DIRTY_EPOCH] !== u32[Header.EPOCH]) return false;
    const changedAt = u32[word + Inode.CHANGED_AT]!;
    return this.#journal.pidAt(changedAt === 0 ? u32[word + Inode.CREATED_AT]! : changedAt - 1) !== this.#process.actor;
  }

  /**
   * The entry that made the file in this epoch stands for its first change too: the cut that takes it must get the body lock,
   * which we hold, before it looks at the contents. Only for who made it, so that the journal names who wrote.
   */
  #isOwnCreation(word: number): boolean {
    const { u32 } = this.#arena;
    const epoch = Atomics.load(u32, Header.EPOCH);
    if (u32[word + Inode.CREATED_EPOCH] !== epoch || u32[word + Inode.TYPE] !== FileType.REGULAR_FILE) return false;
    if (this.#journal.pidAt(u32[word + Inode.CREATED_AT]!) !== this.#process.actor) return false;
    u32[word + Inode.DIRTY_EPOCH] = epoch;
    u32[word + Inode.CHANGED_AT] = 0;
    return true;
  }
}
