/**
 * A message as its reader gets it: 48 bytes, subject, type, payload (`wasm-samples/sdk/ABI.md`, "Reading"). Byte offsets; little-endian.
 * In a mailbox frames begin at multiples of 8.
 */
export const Frame = {
  SIZE: 0, /** u8 */ VERSION: 4, /** u8 */ FLAGS: 5, /** u16 */ SUBJECT_LENGTH: 6, SOURCE: 8, /** u16 */ TYPE_LENGTH: 12,
  /** u64 */ ID: 16, /** u64 */ TIME: 24, REPLY_TO: 32, CORRELATION: 36, PAYLOAD_LENGTH: 40, LOST: 44, HEADER: 48,
} as const;

export const FRAME_VERSION = 1;
export const FrameFlag = { LAST: 1, REQUEST: 2 } as const;

/** What happens when a mailbox is full, as the host ABI numbers it. */
export const Policy = { DROP_OLDEST: 0, BLOCK: 1, REFUSE: 2 } as const;

/** Longest payload, its content type included. */
export const PAYLOAD_MAX = 16 * 1024 * 1024;
/** Longest name of a message's type, and of a queue group, in bytes. */
export const TYPE_MAX = 255;
/** Bytes of a mailbox: a power of two between these. */
export const CAPACITY_MIN = 4096;
export const CAPACITY_MAX = 16 * 1024 * 1024;
export const CAPACITY_DEFAULT = 64 * 1024;

/**
 * Result of a publication that met a full mailbox whose policy is BLOCK: wait for `blockedOn`, then `resume`. All other mailboxes have
 * the message.
 */
export const BLOCKED = -4100;
