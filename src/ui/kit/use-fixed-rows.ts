import { useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { laidOut, scrolledTo, scrollFor, type TallScroll } from './tall-scroll.ts';

export interface FixedRows {
  /** Rows to mount: `[start, end)`. */
  start: number;
  end: number;
  /** Height in px that is to be laid out: of all rows, but never more than a browser can lay out. */
  height: number;
  /** Where a row is to be put, in px: `index * rowHeight` but in a list that is too tall for that. */
  topOf(index: number): number;
  /** Scrolls as little as is needed to show a row. */
  reveal(index: number): void;
}

const OVERSCAN = 12;

/** Which of `count` rows of the same height are on screen; costs the same for ten and for ten million. */
export function useFixedRows(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number): FixedRows {
  const [view, setView] = useState({ first: 0, shown: 40, shift: 0 });
  const whole = count * rowHeight;
  const wholeNow = useRef(whole);
  useLayoutEffect(() => {
    wholeNow.current = whole;
  }, [whole]);
  const at = useRef<TallScroll>({ top: 0, shift: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const measure = (): void => {
      at.current = scrolledTo(at.current, element.scrollTop, wholeNow.current, element.clientHeight);
      const { top, shift } = at.current;
      setView((old) => {
        const first = Math.floor((top + shift) / rowHeight);
        const shown = Math.ceil(element.clientHeight / rowHeight) + 1;
        return first === old.first && shown === old.shown && shift === old.shift ? old : { first, shown, shift };
      });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, [scroller, rowHeight]);
  const reveal = (index: number): void => {
    const element = scroller.current;
    if (!element) return;
    const top = index * rowHeight;
    const place = element.scrollTop + at.current.shift;
    const shown = element.clientHeight;
    if (top >= place && top + rowHeight <= place + shown) return;
    at.current = scrollFor(top < place ? top : top + rowHeight - shown, whole, shown);
    element.scrollTo({ top: at.current.top });
  };
  const start = Math.max(0, Math.min(view.first, count) - OVERSCAN);
  return {
    start, end: Math.min(count, view.first + view.shown + OVERSCAN), height: laidOut(whole),
    topOf: (index) => index * rowHeight - view.shift, reveal,
  };
}

/** The indexes of `[start, end)`, with `extra` added where it lies outside but below `count`. */
export function indexesWith(start: number, end: number, extra: number, count: number): number[] {
  const indexes = Array.from({ length: Math.max(0, end - start) }, (_, at) => start + at);
  if (extra < start && extra >= 0) indexes.unshift(extra);
  else if (extra >= end && extra < count) indexes.push(extra);
  return indexes;
}
