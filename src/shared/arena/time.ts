import { Header } from './layout.ts';
import type { ArenaViews } from './views.ts';

const HIGH = 4294967296;

/** Moves the coarse clock on; never back. `nanoseconds` since the epoch, a double (256 ns apart in this century). */
export function tickCoarse(arena: ArenaViews, nanoseconds: number): void {
  const at = Header.COARSE_TIME >>> 1;
  if (nanoseconds <= arena.f64[at]!) return;
  const whole = Math.floor(nanoseconds);
  arena.f64[at] = whole;
  bits[0] = whole % HIGH;
  bits[1] = Math.floor(whole / HIGH);
  arena.f64[Header.COARSE_BITS >>> 1] = asDouble[0]!;
}

const bits = new Uint32Array(2);
const asDouble = new Float64Array(bits.buffer);

export function coarseTime(arena: ArenaViews): number {
  return arena.f64[Header.COARSE_TIME >>> 1]!;
}

/**
 * Puts the coarse time into the two words from `word` (even) on. The 64 bits travel as a double, which the times of the next 290 years leave
 * as they are: only those of a NaN might change on the way.
 */
export function stampTime(arena: ArenaViews, word: number): void {
  arena.f64[word >>> 1] = arena.f64[Header.COARSE_BITS >>> 1]!;
}
