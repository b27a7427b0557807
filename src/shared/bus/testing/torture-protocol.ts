/** What the stress test's processes and its kernel know of each other. */
export interface BusTortureStart {
  memory: WebAssembly.Memory;
  pcb: number;
  seed: number;
  /** Counters, by `Progress`. */
  progress: Int32Array;
}

export interface BusTortureMessage {
  fault: string;
}

export const Progress = { PUBLISHED: 0, READ: 1, LOST: 2, WAITED: 3, ASKED: 4, ANSWERED: 5, BIG: 6, SUBSCRIBED: 7 } as const;
export const SUBJECTS = ['a', 'a.b', 'a.c', 'b.c', 'x.y.z'];
export const PATTERNS = ['a', 'a.*', 'a.>', '>', '*.c', 'x.*.z', 'b.c'];

/** A payload that tells whether it is whole: source, number, then bytes that follow from them. */
export function makePayload(bytes: Uint8Array, pid: number, number: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint32(0, pid, true);
  view.setUint32(4, number, true);
  bytes.fill((pid * 31 + number * 7) & 0xff, 8);
}

export function payloadIsWhole(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mark = (view.getUint32(0, true) * 31 + view.getUint32(4, true) * 7) & 0xff;
  for (let at = 8; at < bytes.length; at++) if (bytes[at] !== mark) return false;
  return true;
}
