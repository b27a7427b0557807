/** Browsers lay out no more than about 33 million px, Firefox 17; a list that is taller is scrolled through a window of this height. */
export const TALL_MAX = 8_000_000;

/** Where a list that may be taller than a browser can lay out is scrolled to. `top` + `shift` is the place in the whole list. */
export interface TallScroll {
  /** `scrollTop` of the element. */
  top: number;
  shift: number;
}

/** Height that is laid out. */
export const laidOut = (whole: number): number => Math.min(whole, TALL_MAX);

/**
 * The element was scrolled to `top`. A small step moves the whole list by as much, a jump (the thumb is dragged) goes to the same part of it;
 * the ends are where they are.
 */
export function scrolledTo({ top: before, shift }: TallScroll, top: number, whole: number, shown: number): TallScroll {
  if (whole <= TALL_MAX) return { top, shift: 0 };
  const spare = { laid: Math.max(1, TALL_MAX - shown), whole: whole - shown };
  if (top <= 0) return { top, shift: 0 };
  if (top >= spare.laid) return { top, shift: spare.whole - top };
  const next = Math.abs(top - before) < 2 * shown ? shift : Math.round((top / spare.laid) * spare.whole) - top;
  return { top, shift: Math.max(-top, Math.min(spare.whole - top, next)) };
}

/** Where the element must be scrolled to so that the whole list is at `place`. */
export function scrollFor(place: number, whole: number, shown: number): TallScroll {
  if (whole <= TALL_MAX) return { top: place, shift: 0 };
  const end = whole - shown;
  const at = Math.max(0, Math.min(end, place));
  const top = Math.round((at / Math.max(1, end)) * (TALL_MAX - shown));
  return { top, shift: at - top };
}
