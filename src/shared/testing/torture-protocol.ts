/** What the stress test's processes and its kernel know of each other. */
export interface TortureStart {
  memory: WebAssembly.Memory;
  pcb: number;
  slot: number;
  root: number;
  seed: number;
  /** Appends done, by log; then operations done. */
  progress: Int32Array;
}

export type TortureMessage = { fault: string } | { inode: number; block: number; ino: number; slot: number };

export const LOGS = ['logs/a', 'logs/b', 'logs/c'];
/** Bytes of a record of a log. */
export const RECORD = 100;
/** Bytes of a record in the pipe; divides its capacity. */
export const RING_RECORD = 64;

/** Pid, number, then bytes that follow from them. */
export function makeRecord(bytes: Uint8Array, pid: number, number: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint32(0, pid, true);
  view.setUint32(4, number, true);
  bytes.fill((pid * 31 + number * 7) & 0xff, 8);
}

export function recordIsWhole(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mark = (view.getUint32(0, true) * 31 + view.getUint32(4, true) * 7) & 0xff;
  return bytes.subarray(8).every((byte) => byte === mark);
}
