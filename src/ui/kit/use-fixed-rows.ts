import { useLayoutEffect, useState, type RefObject } from 'react';

export interface FixedRows {
  /** Rows to mount: `[start, end)`. */
  start: number;
  end: number;
  /** Height of all rows in px. */
  height: number;
  /** Scrolls as little as is needed to show a row. */
  reveal(index: number): void;
}

const OVERSCAN = 12;

/** Which of `count` rows of the same height are on screen; costs the same for ten and for a million. */
export function useFixedRows(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number): FixedRows {
  const [view, setView] = useState({ first: 0, shown: 40 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const measure = (): void => setView((old) => {
      const first = Math.floor(element.scrollTop / rowHeight);
      const shown = Math.ceil(element.clientHeight / rowHeight) + 1;
      return first === old.first && shown === old.shown ? old : { first, shown };
    });
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
    if (top < element.scrollTop) element.scrollTo({ top });
    else if (top + rowHeight > element.scrollTop + element.clientHeight) element.scrollTo({ top: top + rowHeight - element.clientHeight });
  };
  const start = Math.max(0, Math.min(view.first, count) - OVERSCAN);
  return { start, end: Math.min(count, view.first + view.shown + OVERSCAN), height: count * rowHeight, reveal };
}

/** The indexes of `[start, end)`, with `extra` added where it lies outside but below `count`. */
export function indexesWith(start: number, end: number, extra: number, count: number): number[] {
  const indexes = Array.from({ length: Math.max(0, end - start) }, (_, at) => start + at);
  if (extra < start && extra >= 0) indexes.unshift(extra);
  else if (extra >= end && extra < count) indexes.push(extra);
  return indexes;
}
