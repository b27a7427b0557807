import type { Arena } from '../arena/index.ts';

const HIGH = 4294967296;

/** Stores a double of nanoseconds as a 64-bit integer in two words. */
export function setTime(arena: Arena, at: number, nanoseconds: number): void {
  const high = Math.floor(nanoseconds / HIGH);
  arena.u32[at] = nanoseconds - high * HIGH;
  arena.u32[at + 1] = high;
}
