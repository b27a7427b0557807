/**
 * Where everything is in the arena. Addresses are byte offsets; the names below ending in no unit are indices of
 * 32-bit words relative to their record. Rules, owners and orders of access: SPEC.md beside this file.
 */

export const PAGE_SIZE = 65536;
export const MAGIC = 0x50414c31;

/** Words of the header, from address 0. Owner and access of each: SPEC.md, "Header". */
export const Header = {
  MAGIC: 0,
  PAGES: 1,
  ALLOC_LOCK: 2,
  TREE_LOCK: 16,
  TREE_SEQ: 32,
  JOURNAL_LOCK: 48,
  EPOCH: 64,
  CAPTURED: 65,
  JOURNAL_HEAD: 66,
  JOURNAL_TAIL: 67,
  JOURNAL_DURABLE: 68,
  JOURNAL_RING: 69,
  JOURNAL_SIZE: 70,
  DIRTY_BLOCKS: 71,
  /** 0, or the errno (ENOSPC, EROFS) with which new data is refused. */
  STORE_REFUSES: 72,
  FAULT: 73,
  /** 1 from the first entry after a cut until the next cut: the kernel has been rung for it. */
  JOURNAL_AWAKE: 74,
  /** What the volatile volume uses, and may use (0: no limit), in units of 64 bytes. */
  VOLATILE_USED: 75,
  VOLATILE_MAX: 76,
  KERNEL_BELL: 80,
  BUCKETS: 96,
  BUCKET_MASK: 97,
  DIRENTS: 98,
  ROOT: 99,
  INODES: 100,
  /** Two words: a double, the next inode number. */
  NEXT_INO: 102,
  /** Two words: a double, nanoseconds of the coarse real-time clock. */
  COARSE_TIME: 112,
  /** The same as a 64-bit integer, so that a time is set by one copy of eight bytes. */
  COARSE_BITS: 114,
  /** Address of the bus's table; 0 before the kernel has made it. */
  BUS: 104,
  /** Inodes that were freed, linked by their first words. Under the tree lock. */
  FREE_INODES: 116,
  /** Dirents of 64 bytes that were freed, linked by their first words, and how many. Under the tree lock. */
  FREE_DIRENTS: 117,
  FREE_DIRENT_COUNT: 118,
  FREE_PAGES: 120,
  FREE_PAGE_COUNT: 121,
  NEXT_PAGE: 122,
  /** Heads of the lists of partly used slab pages, one word a size class. */
  PARTIAL: 128,
} as const;

/** Slab size classes: 64 B … 32 KiB. */
export const CLASS_COUNT = 10;
export const CLASS_MIN_SHIFT = 6;
export const CLASS_MAX_SIZE = 32768;
/** Class index of inodes: a class of its own (128 B), whose pages are never given to anything else. */
export const INODE_CLASS = CLASS_COUNT;

/** The kernel's pid in lock words and in slot 0; 0 means nobody. */
export const KERNEL_PID = 0x3fffffff;

/** Process control blocks: 255 slots of 256 bytes. Slot 0 is the kernel. */
export const PCB_BASE = 8192;
export const PCB_SIZE = 256;
export const PCB_SLOTS = 255;

export const Pcb = {
  PID: 0, PPID: 1, GATE: 2, CONTROL: 3, BELL: 4, SIGNAL: 5,
  CALL_STATE: 6, CALL_BUFFER: 7, CALL_LENGTH: 8, CALL_DATA_LENGTH: 9, CALL_ERRNO: 10,
  FD_TABLE: 11, FD_CAPACITY: 12, SYSCALLS: 13, NAMESPACE: 14, WAITING: 15, FENCE: 16, SLOT: 17,
  /** 1 once the process put an entry into the journal. */
  CHANGED: 18,
  /** Process group. */
  GROUP: 19,
  /**
   * Inodes that this process read lately, for the explorer's glow: LAST_READS words, 0 for none. Written by the process with
   * plain stores, taken (exchanged for 0) by the kernel; hints, no references.
   */
  LAST_READ: 22,
  /** Doubles, written by the process. Milliseconds that its waits took; of running, when its present wait began. */
  WAITED: 32, RAN: 34,
  /** Double, written by the process: bytes that went into pipes and terminals. */
  OUTPUT: 36,
  /** Double, written by the kernel: the most that OUTPUT may become; 0 is no limit. */
  OUTPUT_MAX: 38,
  /** Pages of linear memory, written by the process when it notices a change; 0 while it has none. */
  MEMORY: 40,
  /** Address of a request's text that is too long for the call buffer; 0: it is there. Written by the process, behind its gate. */
  CALL_TEXT: 41,
  /** Moved on by the kernel when what the process may do has changed: decisions that it remembers from before are void. */
  GRANT_EPOCH: 42,
  /** Mailbox of a request whose publication waits for room, and which no descriptor has yet; 0 for none. Written by the process, behind its gate. */
  INBOX: 43,
  /** Messages that the process may publish in a second, and one; 0 is no limit. Written by the kernel. */
  MESSAGES_MAX: 44,
  /** Slot and one of the process whose full mailbox it waits for; 0 for none. Written by the process. */
  BLOCKED_ON: 45,
  /** Tokens that were made for the process and wait to be redeemed. Written by the kernel. */
  TOKENS: 47,
  /** Address of the thread's trace block; 0: its calls are not noted. Written by the kernel before the thread starts. */
  TRACE: 52,
  /** Doubles, written by the process, each thread in its own block: bytes that its reads and writes moved. */
  READ: 48, WRITTEN: 50,
  /** Two freed descriptions that this process keeps for its next opens; 0 for none. */
  SPARE_OFDS: 20,
  /** Of a further thread's block: the address of its process's. 0 in that one. */
  PROCESS: 30,
  /** Of processes that may have threads: a `Held` record of this thread, which the others' blocks have too. 0 for all others. */
  HELD: 31,
} as const;

/**
 * Trace block of a thread: words. The first five are used in the block of the process's own thread only: it has the ring. PENDING to the end is the call that
 * runs: a double (when it began), then its record as far as it is known; its first word is 0 while none runs.
 */
export const TraceWord = {
  /** Position up to which the ring is written, in words; wraps at 32 bits. */ HEAD: 0, /** Position from which on the kernel has not taken it, a multiple of TRACE_SEGMENT. */ TAKEN: 1,
  /** Address of the ring. */ RING: 2, /** Calls that are in the ring or were; wraps. */ CALLS: 3, /** Where there are threads. */ LOCK: 4, PENDING: 16, RECORD: 18,
} as const;
/** Words of a record, at most. */
export const TRACE_RECORD_MAX = 255;
/** Bytes of a trace block. */
export const TRACE_BLOCK = (TraceWord.RECORD + TRACE_RECORD_MAX + 1) * 4;
/** Words of a segment of the ring, and segments of a ring; powers of two. */
export const TRACE_SEGMENT = 4096;
export const TRACE_SEGMENTS = 32;
/** Head of a segment: words. FIRST: the place in the run of its first call; BASE: a double, milliseconds since the epoch, from which the times in it count. */
export const SegmentWord = { FIRST: 0, /** 1: records have a tid. */ THREADS: 1, BASE: 2, RECORDS: 4, /** 1: a call in it changed what is open. */ CHANGES: 5 } as const;

/** Most descriptors of one process. */
export const FD_MAX = 1024;

/** Bits of `Pcb.CONTROL`: what the process is to do before its next section, and after each wait. */
export const Control = { DYING: 1, STOPPED: 2, /** While the kernel takes grants back. */ HELD: 4 } as const;

/**
 * What a thread of a process with threads holds: words. LOCK and CLOSES (descriptors closed so far, for caches) count in the record of the
 * process's own block only; from FIRST to SIZE the descriptions that the thread has a reference to during its call, 0 after the last.
 */
export const Held = { LOCK: 0, CLOSES: 1, FIRST: 16, SIZE: 1024 } as const;

/** Words of `Pcb.SPARE_OFDS`. */
export const SPARE_OFDS = 2;

/** Words from `Pcb.LAST_READ` on. */
export const LAST_READS = 8;

/** Per-page arrays of 32-bit words, one element a page of the whole 4 GiB: descriptor, next, previous, free slots. */
export const MAX_PAGES = 65536;
export const PAGE_INFO = 131072;
export const PAGE_NEXT = PAGE_INFO + MAX_PAGES * 4;
export const PAGE_PREV = PAGE_NEXT + MAX_PAGES * 4;
export const PAGE_SLOTS = PAGE_PREV + MAX_PAGES * 4;
/** First page that can be allocated. */
export const FIRST_PAGE = (PAGE_SLOTS + MAX_PAGES * 4) / PAGE_SIZE;

/** Bytes of the journal ring. A power of two. */
export const JOURNAL_BYTES = 16 * 1024 * 1024;

export const INODE_SIZE = 128;
/**
 * Inode record. The first 64 bytes are preview 1's `filestat` as it stands in guest memory, so that a stat is one copy.
 * Words, except where bytes are said.
 */
export const Inode = {
  DEV: 0, INO: 2, /** byte 16 */ TYPE: 4, NLINK: 6, SIZE: 8, ATIME: 10, MTIME: 12, CTIME: 14,
  LOCK: 16, FLAGS: 17, OPENS: 18, PINS: 19, DIRTY_EPOCH: 20,
  /** Small body, block table, symlink target, or a directory's slots. */
  BODY: 21,
  /** Bytes of a small body; entries of a block table or of a directory's slots. */
  CAPACITY: 22,
  /** File: journal position of the entry that made it, and its epoch (0: not to be taken back any more). */
  CREATED_AT: 23, CREATED_EPOCH: 24,
  /** File: journal position, and one, of the entry of its change in DIRTY_EPOCH; 0 where the entry that made it stands for that. */
  CHANGED_AT: 25,
  /** Directory: slots in use, tombstones included. */
  COUNT: 23,
  /** Directory: live entries. */
  LIVE: 24,
  /** Directory: the last sequence number given. */
  SEQ: 25,
  /** Directory: the inode of its parent. */
  PARENT: 26,
  /** The dirent that last named this inode; a directory has only one. */
  DIRENT: 27,
  /** Root of the volume that it is in; itself for a root. */
  VOLUME: 28,
  ORIGIN: 29,
  MAGIC: 30,
  /** Blocks of the file at its shortest since the last capture, and one; 0: it was not cut. */
  LOW: 31,
} as const;
/** In CREATED_EPOCH: the file lost its name in the epoch that made it, and its entries were taken back. */
export const TAKEN_BACK = 0xffffffff;
export const INODE_MAGIC = 0x1d0de;

export const InodeFlag = {
  POPULATED: 1,
  /** The body is a table of blocks. */
  TABLE: 2,
  /** The small body is not loaded. */
  REMOTE: 4,
  /** The small body has changes that no batch has taken. */
  DIRTY: 8,
  MOUNTPOINT: 16,
  /** Not journaled (`/tmp`). */
  VOLATILE: 32,
  FREED: 64,
  VOLUME_ROOT: 128,
  /** Nothing in its volume can be changed. */
  READ_ONLY: 256,
} as const;

/** Bits of a block table's entry; the rest is the block's address (64 KiB aligned, 0: none). */
export const BlockBit = { DIRTY: 1, REMOTE: 2 } as const;

/** Bits of `Inode.ORIGIN`. */
export const OriginBit = { LOWER: 1, UPPER: 2 } as const;

/** Dirent: 32 bytes, then the name. Words; NAME_LENGTH is a word too. */
export const Dirent = { HASH: 0, NEXT: 1, DIR: 2, INODE: 3, SEQ: 4, NAME_LENGTH: 5, NAME: 32 } as const;

/** Open file description: 64 bytes. POSITION is a double at byte 24. */
export const Ofd = {
  KIND: 0, OBJECT: 1, FLAGS: 2, REFS: 3, LOCK: 4, CONFINE: 5, POSITION: 6, NAME: 8, NAME_LENGTH: 9, /** See TOP_VIA. */ TOP_VIA: 10, READ_MARK: 11,
  /** Of directories, and of what was opened below them: bits of `RightBit` that it does not have, `BY_NAME` and `REVOKED`. Changed by the kernel alone once the description can be found, while its processes are held. */ WITHHELD: 12,
  /** Address of the globs that names below it must match, with one reference; 0 for none. */ GLOBS: 13,
  /** Number of the grant that it came from; 0 for none. */ GRANT: 14,
  /** Of what was opened below globs: a bit for each pattern that let it be. */ MATCHED: 15,
} as const;

/** In `Ofd.WITHHELD`, of what has GLOBS: what may be done by a directory depends on the name too. */
export const BY_NAME = 16;
/** In `Ofd.WITHHELD`: the grant was revoked. Every call but the close is ENOTCAPABLE; READ, WRITE and PREOPEN have gone from FLAGS. */
export const REVOKED = 32;

/**
 * Globs below a directory: words, then GLOBS_COUNT patterns of four words (bits of `RightBit`, number of the grant, where the text begins from the record's
 * address on, its bytes), then the texts: relative globs in UTF-8.
 */
export const GlobsWord = { REFS: 0, /** The directory's inode, with a reference; 0: a kernel service's. */ BASE: 1, COUNT: 2, FIRST: 4 } as const;
export const GlobWord = { RIGHTS: 0, GRANT: 1, TEXT: 2, LENGTH: 3, SIZE: 4 } as const;

/** Ring record: 64-byte header, then the bytes. Positions are 32-bit and wrap; capacity is a power of two. */
export const RingWord = {
  LOCK: 0, HEAD: 1, TAIL: 2, CAPACITY: 3, READERS: 4, WRITERS: 5, WAITERS: 6, /** Errno at the end, in the place of the end; 0: none. */ FAILED: 7, /** eight words */ WAITER_BITS: 8,
} as const;
export const RING_HEADER = 64;

/** Connection: 64-byte header, then two rings, the first written by side 0. */
export const SocketWord = { REFS: 0, PORT: 1, /** Bits of `Shut`. */ SHUT: 2 } as const;
export const SOCKET_HEADER = 64;

/** Listening socket: 64-byte header, then BACKLOG words, each an end of a connection. HEAD and TAIL count up and wrap. */
export const ListenerWord = {
  LOCK: 0, HEAD: 1, TAIL: 2, BACKLOG: 3, /** Descriptions. */ OPENS: 4, /** Descriptions, and the kernel's table of ports. */ REFS: 5,
  WAITERS: 6, PORT: 7, /** eight words */ WAITER_BITS: 8, QUEUE: 16,
} as const;

/** Terminal record: 64 bytes. */
export const TtyWord = {
  INPUT: 0, OUTPUT: 1, COLUMNS: 2, ROWS: 3, MODE: 4, FOREGROUND: 5, ID: 6, REFS: 7, END: 8 } as const;

/**
 * Namespace record: the highest slot in use, then slots from 1 on: the inode of the mountpoint (0: the slot is free, or the
 * mountpoint is not in the tree), a MountKind (0: free), the target, the slot of the mount that the mountpoint lies in (0: the root).
 * After the slots: the inode of `/`.
 */
export const NAMESPACE_MOUNTS = 63;
export const MountWord = { MOUNTPOINT: 0, KIND: 1, TARGET: 2, OUTER: 3, SIZE: 4 } as const;
/** Word of a namespace record, and how many it has. */
export const NAMESPACE_ROOT = 1 + NAMESPACE_MOUNTS * 4;
export const NAMESPACE_WORDS = NAMESPACE_ROOT + 1;
/**
 * The directory that `..` may not pass, as a number: its inode's address; in the low bits, which no such address has, the slot of the
 * mount by which the directory where paths start was reached; times TOP_VIA the slot of the mount by which it itself was.
 */
export const VIA_MASK = 63;
export const TOP_VIA = 0x1_0000_0000;
export const MountKind = { TREE: 1, SERVICE: 2 } as const;
