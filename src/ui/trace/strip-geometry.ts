import { TRACE_FAMILIES, type TraceBucket } from '../../shared/abi/index.ts';

/** A stretch of a run, in milliseconds since its start. */
export interface Stretch {
  from: number;
  to: number;
}

/** Nothing shorter is looked at: the clock has no finer steps. */
export const SHORTEST = 0.02;
/** Of one press of a key or turn of the wheel. */
export const ZOOM_STEP = 1.5;
const PAN_SHARE = 0.2;

export const lengthOf = ({ from, to }: Stretch): number => to - from;

/** The stretch moved into the whole, and not longer than it. */
export function within(stretch: Stretch, whole: Stretch): Stretch {
  const length = Math.min(Math.max(SHORTEST, lengthOf(stretch)), Math.max(SHORTEST, lengthOf(whole)));
  const from = Math.max(whole.from, Math.min(stretch.from, whole.to - length));
  return { from, to: from + length };
}

/** Whether it is all of it, but for rounding. */
export function isWhole(stretch: Stretch, whole: Stretch): boolean {
  const slack = lengthOf(whole) * 1e-6;
  return stretch.from <= whole.from + slack && stretch.to >= whole.to - slack;
}

/** `factor` above 1 comes nearer; what is at `at` stays where it is. */
export function zoomed(stretch: Stretch, whole: Stretch, factor: number, at = (stretch.from + stretch.to) / 2): Stretch {
  const length = Math.max(SHORTEST, lengthOf(stretch) / factor);
  const share = lengthOf(stretch) === 0 ? 0.5 : (at - stretch.from) / lengthOf(stretch);
  const from = at - share * length;
  return within({ from, to: from + length }, whole);
}

/** `by` 1: as far as a key goes; a share of the stretch otherwise. */
export function panned(stretch: Stretch, whole: Stretch, by: number): Stretch {
  const step = by * PAN_SHARE * lengthOf(stretch);
  return within({ from: stretch.from + step, to: stretch.to + step }, whole);
}

/** What a key does with the stretch; null: nothing. */
export function stretchAfterKey(key: string, stretch: Stretch, whole: Stretch): Stretch | null {
  const length = lengthOf(stretch);
  switch (key) {
    case 'ArrowLeft': return panned(stretch, whole, -1);
    case 'ArrowRight': return panned(stretch, whole, 1);
    case 'PageUp': return panned(stretch, whole, -1 / PAN_SHARE);
    case 'PageDown': return panned(stretch, whole, 1 / PAN_SHARE);
    case '+': case '=': case 'ArrowUp': return zoomed(stretch, whole, ZOOM_STEP);
    case '-': case '_': case 'ArrowDown': return zoomed(stretch, whole, 1 / ZOOM_STEP);
    case 'Home': return within({ from: whole.from, to: whole.from + length }, whole);
    case 'End': return within({ from: whole.to - length, to: whole.to }, whole);
    case 'Escape': case '0': return whole;
    default: return null;
  }
}

export const timeAt = (x: number, width: number, stretch: Stretch): number => stretch.from + (Math.min(Math.max(0, x), width) / Math.max(1, width)) * lengthOf(stretch);

export const placeOf = (time: number, width: number, stretch: Stretch): number => ((time - stretch.from) / Math.max(SHORTEST / 10, lengthOf(stretch))) * width;

/** Times for a scale: steps of 1, 2 or 5, at least `apart` px from one another. */
export function ticks(stretch: Stretch, width: number, apart = 90): { times: number[]; step: number } {
  const least = (lengthOf(stretch) * apart) / Math.max(1, width);
  if (!(least > 0)) return { times: [], step: 1 };
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= least * 0.999) ?? 10 * power;
  const times: number[] = [];
  for (let n = Math.ceil(stretch.from / step - 1e-6); n * step <= stretch.to + step * 1e-6; n++) times.push(n * step + 0);
  return { times, step };
}

/** One stacked piece of a bar, from below, in shares of the height. */
export interface Piece {
  family: number;
  from: number;
  to: number;
}

/** Heights grow with the root of the count, so that single calls are seen beside floods. */
export function barPieces({ count, families }: TraceBucket, most: number): Piece[] {
  if (count === 0 || most === 0) return [];
  const height = Math.sqrt(count / most);
  const pieces: Piece[] = [];
  let sum = 0;
  for (let family = 0; family < TRACE_FAMILIES.length; family++) {
    const calls = families[family] ?? 0;
    if (calls > 0) pieces.push({ family, from: (sum / count) * height, to: ((sum + calls) / count) * height });
    sum += calls;
  }
  return pieces;
}

/** How many buckets fit: one in two pixels, within what the kernel gives. */
export const bucketsFor = (width: number): number => Math.max(1, Math.min(2048, Math.floor(width / 2)));

/** In words, for who cannot see the strip. */
export function stretchText(stretch: Stretch, whole: Stretch, shown: (ms: number) => string): string {
  return isWhole(stretch, whole) ? `the whole run, ${shown(lengthOf(whole))}` : `${shown(stretch.from)} to ${shown(stretch.to)} of ${shown(whole.to)}`;
}
