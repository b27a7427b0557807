import { wasi } from '@bjorn3/browser_wasi_shim';
import type { ProcessClock } from './time.ts';

/** Nanoseconds since 1970; -1n leaves a time as it is. */
export interface NewTimes {
  atime: bigint;
  mtime: bigint;
}

/** Times to set by `fstflags`; null if one time is asked for twice or an unknown bit is set. */
export function readTimes(clock: ProcessClock, atime: bigint, mtime: bigint, flags: number): NewTimes | null {
  const { FSTFLAGS_ATIM: atim, FSTFLAGS_ATIM_NOW: atimNow, FSTFLAGS_MTIM: mtim, FSTFLAGS_MTIM_NOW: mtimNow } = wasi;
  const twice = (flags & atim && flags & atimNow) || (flags & mtim && flags & mtimNow);
  if (twice || flags & ~(atim | atimNow | mtim | mtimNow)) return null;
  const now = flags & (atimNow | mtimNow) ? clock.realtimeNs() : 0n;
  const pick = (given: number, present: number, value: bigint): bigint =>
    flags & given ? BigInt.asUintN(64, value) : flags & present ? now : -1n;
  return { atime: pick(atim, atimNow, atime), mtime: pick(mtim, mtimNow, mtime) };
}
