import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

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
  /** By rows; for rows that went elsewhere. */
  shift(by: number): void;
}

export interface CallRowsOptions {
  count: number;
  rowHeight: number;
  /** Height of the header, which stays. */
  header: number;
  /** The end stays in sight. */
  following?: boolean;
  /** Called when the list was scrolled, with the distance from its end in px. */
  onScroll?: (fromEnd: number) => void;
}

const OVERSCAN = 10;
/** Browsers draw nothing that is further away than some 17 million px: a longer list is scrolled in proportion. */
const HEIGHT_MAX = 8_000_000;
/** A list that is followed is drawn as if it stayed as long as it was, once it is so many screens long: to scroll it ten times a second costs more than to write its rows. */
const SCREENS = 3;

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
export function useCallRows(scroller: RefObject<HTMLElement | null>, { count, rowHeight, header, following = false, onScroll }: CallRowsOptions): CallRows {
  const [view, setView] = useState<View>({ at: 0, scroll: 0, room: 600 });
  const [frozen, setFrozen] = useState(0);
  /** So many rows are as if they were not there, before the others. */
  const skipped = frozen > 0 ? Math.max(0, count - frozen) : 0;
  const length = count - skipped;
  const all = length * rowHeight;
  const height = Math.min(all, HEIGHT_MAX);
  /** How many px of the list one px of the scroll bar is. */
  const ratio = height > view.room && all > height ? (all - view.room) / (height - view.room) : 1;
  const latest = useRef({ ratio, all, onScroll });
  useLayoutEffect(() => {
    latest.current = { ratio, all, onScroll };
  });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const measure = (): void => setView((old) => viewOf(element, latest.current.ratio, rowHeight, header, old));
    const scrolled = (): void => {
      measure();
      const { all: long, ratio: scale, onScroll: tell } = latest.current;
      tell?.(long - element.scrollTop * scale - (element.clientHeight - header));
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
    element.addEventListener('scroll', scrolled, { passive: true });
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', scrolled);
      element.removeEventListener('wheel', onWheel);
    };
  }, [scroller, rowHeight, header]);
  const scrollTo = (at: number): void => {
    const element = scroller.current;
    if (!element) return;
    element.scrollTop = at / ratio;
    setView((old) => viewOf(element, ratio, rowHeight, header, old));
  };
  const go = useRef(scrollTo);
  useLayoutEffect(() => {
    go.current = scrollTo;
  });
  useLayoutEffect(() => {
    if (following) go.current(all);
  }, [following, all, view.room]);
  useFreezing(following, count, count * rowHeight > SCREENS * view.room, frozen, setFrozen, (rows) => go.current((scroller.current?.scrollTop ?? 0) * ratio + rows * rowHeight));
  const first = Math.max(0, Math.min(Math.floor(view.at / rowHeight), Math.max(0, length - 1)));
  const shown = Math.ceil(view.room / rowHeight) + 1;
  const topOf = (index: number): number => (index - skipped) * rowHeight;
  const inSight = (index: number): { at: number; room: number; seen: boolean } => {
    const at = (scroller.current?.scrollTop ?? 0) * ratio;
    const room = (scroller.current?.clientHeight ?? 0) - header;
    return { at, room, seen: topOf(index) >= at && topOf(index) + rowHeight <= at + room };
  };
  return {
    start: skipped + Math.max(0, first - OVERSCAN), end: Math.min(count, skipped + first + shown + OVERSCAN), first: skipped + first, shown: Math.min(length - first, shown), height,
    top: (index) => (ratio === 1 ? topOf(index) : view.scroll + topOf(index) - view.at),
    reveal: (index) => {
      const { at, room, seen } = inSight(index);
      if (!seen) scrollTo(topOf(index) < at ? topOf(index) : topOf(index) + rowHeight - room);
    },
    centre: (index) => {
      const { room, seen } = inSight(index);
      if (!seen) scrollTo(topOf(index) - room / 2);
    },
    shift: (by) => scrollTo((scroller.current?.scrollTop ?? 0) * ratio + by * rowHeight),
  };
}

/** While a long list is followed its length stays; when that ends the rows in sight stay where they are. */
function useFreezing(following: boolean, count: number, long: boolean, frozen: number, setFrozen: (count: number) => void, shift: (rows: number) => void): void {
  const before = useRef(0);
  const latest = useRef(shift);
  useLayoutEffect(() => {
    latest.current = shift;
  });
  useLayoutEffect(() => {
    if (!following || count < frozen) setFrozen(0);
    else if (frozen === 0 && long) setFrozen(count);
  }, [following, count, long, frozen, setFrozen]);
  useLayoutEffect(() => {
    if (frozen === 0 && before.current > 0 && count > before.current) latest.current(count - before.current);
    before.current = frozen;
  }, [frozen, count]);
  useEffect(() => () => void (before.current = 0), []);
}
