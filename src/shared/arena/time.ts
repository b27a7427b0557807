import { Header } from './layout.ts';
import type { ArenaViews } from './views.ts';

/** Moves the coarse clock on; never back. `nanoseconds` since the epoch, a double (256 ns apart in this century). */
export function tickCoarse(arena: ArenaViews, nanoseconds: number): void {
  const at = Header.COARSE_TIME >>> 1;
  if (nanoseconds > arena.f64[at]!) arena.f64[at] = Math.floor(nanoseconds);
}

export function coarseTime(arena: ArenaViews): number {
  return arena.f64[Header.COARSE_TIME >>> 1]!;
}
