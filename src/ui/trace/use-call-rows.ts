import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

export interface CallRows {
  /** Rows to mount: `[start, end)`. */
  start: number;
  end: number;
  /** The first row of which something is seen, and how many there is room for. */
  first: number;
  shown: number;
  /** Height of what is scrolled, and where in it a row is, in px. */
  height: number;
  top(index: number): number;
  /** Scrolls as little as is needed to show a row. */
  reveal(index: number): void;
  /** Shows a row in the middle, if it is not in sight. */
  centre(index: number): void;
  toEnd(): void;
  /** By rows; for rows that went elsewhere. */
  shift(by: number): void;
}

const OVERSCAN = 10;
/** Browsers draw nothing that is further away than some 17 million px: a longer list is scrolled in proportion. */
const HEIGHT_MAX = 8_000_000;

interface View {
  /** Of the list, and of the scroll bar, in px. */
  at: number;
  scroll: number;
  room: number;
}

function viewOf(element: HTMLElement, ratio: number, rowHeight: number, header: number, old: View): View {
  const room = Math.max(rowHeight, element.clientHeight - header);
  const scroll = element.scrollTop;
  const at = scroll * ratio;
  return old.at === at && old.room === room && old.scroll === scroll ? old : { at, scroll, room };
}

/** Places of rows of one height in a list of any length, below a header that stays. */
export function useCallRows(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number, header: number, onUserScroll: (fromEnd: number) => void): CallRows {
  const [view, setView] = useState<View>({ at: 0, scroll: 0, room: 600 });
  const all = count * rowHeight;
  const height = Math.min(all, HEIGHT_MAX);
  /** How many px of the list one px of the scroll bar is. */
  const ratio = height > view.room && all > height ? (all - view.room) / (height - view.room) : 1;
  const latest = useRef({ ratio, all, onUserScroll });
  useLayoutEffect(() => {
    latest.current = { ratio, all, onUserScroll };
  });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const measure = (): void => setView((old) => viewOf(element, latest.current.ratio, rowHeight, header, old));
    const onScroll = (): void => {
      measure();
      const { all: length, ratio: scale, onUserScroll: tell } = latest.current;
      tell(length - element.scrollTop * scale - (element.clientHeight - header));
    };
    // In a scaled list a turn of the wheel goes as far as in any other.
    const onWheel = (event: WheelEvent): void => {
      if (latest.current.ratio === 1 || event.deltaMode !== 0 || event.ctrlKey) return;
      event.preventDefault();
      element.scrollTop += event.deltaY / latest.current.ratio;
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
      element.removeEventListener('wheel', onWheel);
    };
  }, [scroller, rowHeight, header]);
  const scrollTo = (at: number): void => {
    const element = scroller.current;
    if (!element) return;
    element.scrollTop = at / ratio;
    setView((old) => viewOf(element, ratio, rowHeight, header, old));
  };
  const first = Math.max(0, Math.min(Math.floor(view.at / rowHeight), Math.max(0, count - 1)));
  const shown = Math.ceil(view.room / rowHeight) + 1;
  return {
    start: Math.max(0, first - OVERSCAN), end: Math.min(count, first + shown + OVERSCAN), first, shown: Math.min(count - first, shown), height,
    top: (index) => (ratio === 1 ? index * rowHeight : view.scroll + index * rowHeight - view.at),
    reveal: (index) => {
      const element = scroller.current;
      if (!element) return;
      const at = element.scrollTop * ratio;
      const room = element.clientHeight - header;
      if (index * rowHeight < at) scrollTo(index * rowHeight);
      else if ((index + 1) * rowHeight > at + room) scrollTo((index + 1) * rowHeight - room);
    },
    centre: (index) => {
      const element = scroller.current;
      if (!element) return;
      const at = element.scrollTop * ratio;
      const room = element.clientHeight - header;
      if (index * rowHeight < at || (index + 1) * rowHeight > at + room) scrollTo(index * rowHeight - room / 2);
    },
    toEnd: () => scrollTo(all),
    shift: (by) => scrollTo((scroller.current?.scrollTop ?? 0) * ratio + by * rowHeight),
  };
}
