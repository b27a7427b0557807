import { KERNEL_SLOT, ringBell } from './process.ts';

/** What a process can wait for: each change of it rings the doorbells of those who registered. */
export interface Waitable {
  addWaiter(slot: number): void;
  removeWaiter(slot: number): void;
}

interface Words {
  readonly i32: Int32Array;
}

/** Where a record has the count of its waiters, and from which word on one bit a slot (eight words). */
const COUNT = 6;
const BITS = 8;

/** Of the record at word `record`. Check the record again after this. */
export function addWaiter({ i32 }: Words, record: number, slot: number): void {
  const bit = 1 << (slot & 31);
  if ((Atomics.or(i32, record + BITS + (slot >>> 5), bit) & bit) === 0) Atomics.add(i32, record + COUNT, 1);
}

export function removeWaiter({ i32 }: Words, record: number, slot: number): void {
  const bit = 1 << (slot & 31);
  if (Atomics.and(i32, record + BITS + (slot >>> 5), ~bit) & bit) Atomics.sub(i32, record + COUNT, 1);
}

/** Rings the doorbells of all waiters. Processes stay registered; the kernel, who looks after many records, is rung once. */
export function wakeWaiters(arena: Parameters<typeof ringBell>[0], record: number): void {
  const { i32 } = arena;
  if (Atomics.load(i32, record + COUNT) === 0) return;
  for (let word = 0; word < 8; word++) {
    for (let bits = Atomics.load(i32, record + BITS + word); bits !== 0; bits &= bits - 1) {
      const slot = word * 32 + 31 - Math.clz32(bits & -bits);
      if (slot === KERNEL_SLOT) removeWaiter(arena, record, slot);
      ringBell(arena, slot);
    }
  }
}
