export { exportNamespace, importNamespace, type ArchiveHasher, type ArchiveSource } from './archive.ts';
export { decodeKey, encodeKey, KEY_MAX, VALUE_MAX } from './keys.ts';
export { KvStore, type BatchWrite, type KvInfo, type KvPage, type RangeOptions, type WriteOptions } from './kv-store.ts';
export { LogKvBackend, type LogKvOptions } from './log-kv.ts';
export { MemoryKvBackend, MemoryKvDisk } from './memory-kv.ts';
export { DEFAULT_QUOTA, PACKAGE_QUOTA } from './quota.ts';
export { openKv, type KvTrouble } from './open-kv.ts';
export { GuestKv, type GuestKvOptions, type GuestStore, type KvCaller } from './guest-kv.ts';
export { ScratchKv } from './scratch-kv.ts';
