import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { useApp } from '../app/index.ts';
import { visibleName } from '../kit/index.ts';
import { PAGE, hexOffset, hexRow, scrollScale } from './hex-rows.ts';
import type { ViewerProps } from '../viewer/index.ts';

const LINE = 20;
/** Pages kept, 2 MiB. */
const PAGES_MAX = 128;

/** A dump of a file of any size; only what is on screen is read. */
export function HexView({ path, stat: { size }, version }: ViewerProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ height: 400, width: 800 });
  const [row, setRow] = useState(0);
  const width = view.width < 560 ? 8 : 16;
  const rows = Math.ceil(size / width);
  const scale = useMemo(() => scrollScale(rows, LINE, view.height), [rows, view.height]);
  const shown = Math.min(rows - row, Math.ceil(view.height / LINE) + 1);
  const { bytesAt, error } = usePages(path, size, version, row * width, (row + shown) * width);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setView({ height: element.clientHeight, width: element.clientWidth }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const goTo = (next: number): void => {
    const clamped = Math.max(0, Math.min(rows - 1, next));
    setRow(clamped);
    if (scroller.current) scroller.current.scrollTop = scale.topOf(clamped);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.floor(view.height / LINE);
    const moves: Record<string, number> = { ArrowDown: row + 1, ArrowUp: row - 1, PageDown: row + page, PageUp: row - page, Home: 0, End: rows - page };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    goTo(next);
  };
  if (size === 0) return <div className="empty">The file is empty.</div>;
  if (error) return <div className="empty" role="alert">{visibleName(path)} cannot be read: {error}</div>;
  return (
    <div
      ref={scroller} className="hex" tabIndex={0} role="document" aria-label={`Bytes of ${visibleName(path)}`} onKeyDown={onKeyDown}
      onScroll={(event) => setRow((old) => {
        const next = scale.rowAt(event.currentTarget.scrollTop);
        // A step by key moves less than a pixel in a huge file: keep it.
        return scale.topOf(old) === event.currentTarget.scrollTop ? old : Math.min(rows - 1, next);
      })}
    >
      <div style={{ height: scale.height }}>
        <div className="hex-rows">
          {Array.from({ length: shown }, (_, index) => {
            const offset = (row + index) * width;
            const bytes = bytesAt(offset, width);
            const { hex, text } = bytes ? hexRow(bytes, width) : { hex: '…', text: '' };
            return <div key={offset} className="hex-row"><span className="hex-offset">{hexOffset(offset)}</span><span className="hex-bytes">{hex}</span><span className="hex-text">{text}</span></div>;
          })}
        </div>
      </div>
    </div>
  );
}

/** Reads the pages of `[from, to)` and keeps the last ones; a new version forgets all. */
function usePages(path: string, size: number, version: number, from: number, to: number) {
  const app = useApp();
  const cache = useMemo(() => ({ path, version, pages: new Map<number, Uint8Array | null>() }), [path, version]);
  const [, redraw] = useState(0);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    for (let page = Math.floor(from / PAGE); page * PAGE < Math.min(to, size); page++) {
      if (cache.pages.has(page)) continue;
      cache.pages.set(page, null);
      app.client.api.readRange(path, page * PAGE, PAGE).then((bytes) => {
        cache.pages.set(page, bytes);
        const oldest = cache.pages.keys().next().value;
        if (cache.pages.size > PAGES_MAX && oldest !== undefined) cache.pages.delete(oldest);
        if (!gone) redraw((count) => count + 1);
      }, (cause: unknown) => setError(cause instanceof Error ? cause.message : String(cause)));
    }
    return () => {
      gone = true;
      redraw((count) => count + 1);
    };
  }, [app, cache, path, size, from, to]);
  const bytesAt = (offset: number, length: number): Uint8Array | null => {
    const page = cache.pages.get(Math.floor(offset / PAGE));
    return page ? page.subarray(offset % PAGE, (offset % PAGE) + length) : null;
  };
  return { bytesAt, error };
}
