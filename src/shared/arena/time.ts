import type { Arena } from './arena.ts';
import { Header } from './layout.ts';

export const COARSE_INIT = 0;

/** Moves the coarse clock on; never back. `nanoseconds` since the epoch, a double (256 ns apart in this century). */
export function tickCoarse(arena: Arena, nanoseconds: number): void {
  const at = Header.COARSE_TIME >>> 1;
  if (nanoseconds > arena.f64[at]!) arena.f64[at] = nanoseconds;
}

export function coarseTime(arena: Arena): number {
  return arena.f64[Header.COARSE_TIME >>> 1]!;
}
