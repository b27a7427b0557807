/** Where the bus's records have what: indices of 32-bit words, relative to the record. Owners and orders of access: SPEC.md. */

/** Most mailboxes, and most subscriptions. */
export const MAILBOXES_MAX = 16384;
export const SUBSCRIPTIONS_MAX = 16384;
/** Changes of the table of subscriptions that are remembered. A power of two. */
export const LOG_SIZE = 1024;

/** Bytes of a mailbox's record, and of the runs in which they are had. */
export const RECORD_SIZE = 256;
export const CHUNK_SIZE = 65536;
export const RECORDS_IN_CHUNK = CHUNK_SIZE / RECORD_SIZE;
const CHUNKS = MAILBOXES_MAX / RECORDS_IN_CHUNK;

const SLOTS = 256;
const BUCKETS = 256;

/** The bus, at `Header.BUS`. */
export const BusWord = {
  LOCK: 0,
  /** Changes of the table of subscriptions so far; wraps. */
  SEQ: 16,
  /** Bytes of all extents. */
  EXTENT_BYTES: 32,
  /** Most of that. */
  EXTENT_MAX: 33,
  /** Address of SUBSCRIPTIONS_MAX words: a subscription, or 0. */
  TABLE: 34,
  /** Slots of the table that were ever used; the free ones below, linked through FREE_LINKS, index and one. */
  TABLE_USED: 35, TABLE_FREE: 36,
  /** Address of SUBSCRIPTIONS_MAX words. */
  FREE_LINKS: 37,
  /** Mailboxes' records that were ever used; the free ones, linked by LINK. */
  RECORDS_USED: 38, RECORDS_FREE: 39,
  /** Last values: how many, their bytes, the one that was set longest ago, the one set last. */
  LAST_COUNT: 40, LAST_BYTES: 41, LAST_OLDEST: 42, LAST_NEWEST: 43,
  /** Addresses of the runs of records. */
  CHUNKS: 64,
  /** By slot of a process: bytes that its mailboxes take up, those by reference included. */
  CHARGED: 64 + CHUNKS,
  /** Heads of the chains of last values, by hash. */
  LAST_BUCKETS: 64 + CHUNKS + SLOTS,
  /** Slots of the table that were changed. */
  LOG: 64 + CHUNKS + SLOTS + BUCKETS,
  SIZE: 64 + CHUNKS + SLOTS + BUCKETS + LOG_SIZE,
} as const;
export const LAST_BUCKET_COUNT = BUCKETS;

/**
 * A mailbox. The first 16 words are its producers', the next 16 its reader's. WAITERS and WAITER_BITS stand where `waiters.ts` of the
 * arena has them.
 */
export const MailboxWord = {
  LOCK: 0, HEAD: 1, /** Moves whenever the record begins or ceases to be a mailbox. */ GENERATION: 2,
  DATA: 3, CAPACITY: 4, POLICY: 5, WAITERS: 6, /** `MailboxState` */ STATE: 7, /** eight words */ WAITER_BITS: 8,
  TAIL: 16, /** Of DROPPED, what the reader was told. */ TOLD: 17, /** 1: those who wait have been rung for messages, and nobody has looked since. */ RUNG: 18,
  DROPPED: 32, /** Bytes of payloads by reference. */ REFERENCED: 33, /** Slot of the process that it is charged to. */ OWNER: 34,
  /** Its subscriptions, linked: slot and one. */ SUBSCRIPTIONS: 35, /** Of a free record: the next. */ LINK: 36, INDEX: 37,
  /** `MailboxKind` */ KIND: 38,
  /** Of a request: the reply, an extent; 0 before it has come, TAKEN after it was read. */ REPLY: 39,
  CORRELATION: 40, /** Of a request: a double. */ DEADLINE: 42,
} as const;
export const MailboxState = { FREE: 0, OPEN: 1, REVOKED: 2 } as const;
export const MailboxKind = { RING: 1, REQUEST: 2 } as const;
export const TAKEN = 1;

/** In the flags of a frame in a ring: after subject and type (and up to a multiple of 8) comes the address of the payload's extent, and a word. */
export const BY_REFERENCE = 0x80;

/** Subscription: 32 bytes, then the pattern and the group. */
export const SubscriptionWord = {
  MAILBOX: 0, /** The mailbox's next, slot and one. */ NEXT: 1, PATTERN_LENGTH: 2, GROUP_LENGTH: 3, TEXT: 8,
} as const;

/** Bytes shared by frames and last values: 16 bytes, then the bytes. Freed with the last reference. */
export const ExtentWord = { REFS: 0, LENGTH: 1, /** Bytes of header. */ HEADER: 16 } as const;

/** Last value: 32 bytes, then its frame without the payload. */
export const LastWord = { HASH: 0, CHAIN: 1, OLDER: 2, NEWER: 3, EXTENT: 4, BYTES: 5, FRAME: 8 } as const;

/** Bytes that the mailboxes of one process may take up, payloads by reference included. */
export const PROCESS_BYTES_MAX = 64 * 1024 * 1024;
/** Default of `EXTENT_MAX`. */
export const EXTENT_BYTES_MAX = 256 * 1024 * 1024;
/** Last values that are kept, and their bytes. With more, those that were set longest ago are forgotten. */
export const LAST_MAX = 1024;
export const LAST_BYTES_MAX = 32 * 1024 * 1024;
/** Longest frame that is in a ring whole, beside a quarter of the ring. */
export const INLINE_MAX = 16 * 1024;
