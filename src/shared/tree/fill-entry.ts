/** A child that the kernel puts into a directory from below. Times in nanoseconds. */
export interface FillEntry {
  name: Uint8Array;
  ino: number;
  type: number;
  size: number;
  nlink: number;
  atime: bigint;
  mtime: bigint;
  ctime: bigint;
  /** OriginBit. */
  origin: number;
  /** Of a symlink. */
  target?: Uint8Array;
}
