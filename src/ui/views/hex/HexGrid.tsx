import { memo, useCallback, useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef, useState, type ClipboardEvent, type KeyboardEvent, type PointerEvent, type ReactElement, type RefObject, type UIEvent } from 'react';
import { useStore } from 'zustand';
import { hexOffset, scrollScale } from '../../viewer/index.ts';
import { selectionOf } from './cursor.ts';
import type { HexSession } from './hex-session.ts';
import { parseHex } from './search.ts';

const LINE = 20;

interface HexGridProps {
  session: HexSession;
  label: string;
  size: number;
  readOnly: boolean;
}

/** The dump: only what is on screen is there. One stop for the Tab key; the arrows go from byte to byte. */
export function HexGrid({ session, label, size, readOnly }: HexGridProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const { cursor } = useStore(session.store);
  const [view, setView] = useState({ height: 400, width: 800 });
  const [row, setRow] = useState(() => Math.floor(cursor.at / 16));
  const width = view.width < 560 ? 8 : 16;
  const rows = Math.ceil(size / width);
  const page = Math.max(1, Math.floor(view.height / LINE) - 1);
  const scale = useMemo(() => scrollScale(rows, LINE, view.height), [rows, view.height]);
  const top = Math.max(0, Math.min(row, rows - 1));
  const shown = Math.min(rows - top, Math.ceil(view.height / LINE) + 1);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setView({ height: element.clientHeight, width: element.clientWidth }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => session.pages.want(top * width, Math.min(size, (top + shown) * width)));
  const goTo = useCallback((next: number): void => {
    const clamped = Math.max(0, Math.min(Math.max(0, rows - page), next));
    setRow(clamped);
    if (scroller.current) scroller.current.scrollTop = scale.topOf(clamped);
  }, [rows, page, scale]);
  // The cursor is brought into sight when it moves, not when the user scrolls away from it.
  const follow = useEffectEvent((cursorAt: number) => {
    const at = Math.floor(cursorAt / width);
    if (at < top) goTo(top - at > page ? at - Math.floor(page / 2) : at);
    else if (at >= top + page) goTo(at - top > 2 * page ? at - Math.floor(page / 2) : at - page + 1);
  });
  useEffect(() => session.store.subscribe((state, before) => {
    if (state.cursor !== before.cursor) follow(state.cursor.at);
  }), [session]);
  useWheel(scroller, scale.height < rows * LINE, top, goTo);
  const keys = useKeys(session, { size, width, page }, readOnly);
  const point = usePointer(session);
  const onScroll = (event: UIEvent<HTMLElement>): void => {
    const { scrollTop } = event.currentTarget;
    // A step by key or wheel moves less than a pixel in a huge file: keep it.
    if (Math.abs(scale.topOf(top) - scrollTop) >= 1) setRow(Math.min(rows - 1, scale.rowAt(scrollTop)));
  };
  return (
    <div
      ref={scroller} className="hex" tabIndex={0} role="grid" aria-label={label} aria-rowcount={rows} aria-colcount={width + 2} aria-readonly={readOnly} aria-multiselectable="true" aria-activedescendant={`byte-${cursor.at}`}
      onScroll={onScroll} {...keys} {...point}
    >
      <div role="presentation" style={{ height: scale.height }}>
        <div className="hex-rows" role="rowgroup">
          {Array.from({ length: shown }, (_, index) => <HexRow key={top + index} session={session} offset={(top + index) * width} width={Math.min(width, size - (top + index) * width)} full={width} />)}
        </div>
      </div>
    </div>
  );
}

/** In a huge file a pixel of the scroll bar is many rows: the wheel goes by rows. */
function useWheel(scroller: RefObject<HTMLElement | null>, huge: boolean, top: number, goTo: (row: number) => void): void {
  useEffect(() => {
    const element = scroller.current;
    if (!element || !huge) return undefined;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      goTo(top + (Math.round(event.deltaY / LINE) || Math.sign(event.deltaY)));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [scroller, huge, top, goTo]);
}

function useKeys(session: HexSession, extent: { size: number; width: number; page: number }, readOnly: boolean) {
  const withControl = (key: string, shift: boolean): boolean => {
    const acts: Readonly<Record<string, () => void>> = {
      a: () => session.select(0, extent.size), ...(!readOnly && { z: () => (shift ? session.redo() : session.undo()), y: () => session.redo() }),
    };
    const act = acts[key.toLowerCase()];
    act?.();
    return act !== undefined;
  };
  const plain = (key: string): boolean => {
    const { column } = session.store.getState().cursor;
    const { at } = session.store.getState().cursor;
    if (key === 'Escape') session.place(at, false, 'hex');
    else if (key === 't' && column === 'hex') session.place(at, false, 'text');
    else if (key === 'Backspace') session.place(Math.max(0, at - 1));
    else return !readOnly && session.type(key);
    return true;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey) return;
    const control = event.ctrlKey || event.metaKey;
    const done = session.move(event.key, control, event.shiftKey, extent) || (control ? withControl(event.key, event.shiftKey) : plain(event.key));
    if (done) event.preventDefault();
  };
  const onCopy = (event: ClipboardEvent): void => {
    event.preventDefault();
    const { column } = session.store.getState().cursor;
    session.selected().then((bytes) => navigator.clipboard.writeText(column === 'text' ? new TextDecoder().decode(bytes) : hexText(bytes)).then(() => session.tell(`${bytes.length} bytes copied`)))
      .catch((error: unknown) => session.tell(`Not copied: ${error instanceof Error ? error.message : String(error)}`));
  };
  const onPaste = (event: ClipboardEvent): void => {
    event.preventDefault();
    if (readOnly) return;
    const text = event.clipboardData.getData('text/plain');
    const bytes = session.store.getState().cursor.column === 'text' ? new TextEncoder().encode(text) : parseHex(text);
    if (bytes) session.paste(bytes);
    else session.tell('Not pasted: those are no bytes in hex. To paste text, go to the column of text (T)');
  };
  return { onKeyDown, onCopy, onPaste };
}

const hexText = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

function usePointer(session: HexSession) {
  const [dragging, setDragging] = useState(false);
  const placeOf = (event: PointerEvent): { at: number; column: 'hex' | 'text' } | null => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-at]') : null;
    return cell ? { at: Number(cell.dataset['at']), column: cell.dataset['column'] === 'text' ? 'text' : 'hex' } : null;
  };
  return {
    onPointerDown: (event: PointerEvent): void => {
      const place = placeOf(event);
      if (!place || event.button !== 0) return;
      session.place(place.at, event.shiftKey, place.column);
      setDragging(event.pointerType === 'mouse');
    },
    onPointerMove: (event: PointerEvent): void => {
      const place = dragging && event.buttons === 1 ? placeOf(event) : null;
      if (place) session.place(place.at, true, place.column);
    },
    onPointerUp: () => setDragging(false),
  };
}

interface HexRowProps {
  session: HexSession;
  offset: number;
  /** Bytes of this row, and of a full one. */
  width: number;
  full: number;
}

function HexRow({ session, offset, width, full }: HexRowProps): ReactElement {
  // What of the state this row shows, in one text: it is drawn again only when that changes.
  const look = useStore(session.store, ({ cursor }) => {
    const { from, to } = selectionOf(cursor);
    const low = Math.max(0, from - offset);
    const high = Math.min(width, to - offset);
    const here = cursor.at >= offset && cursor.at < offset + width ? `${cursor.at - offset}${cursor.column}${cursor.low}` : '';
    return `${high > low ? `${low}-${high}` : ''}|${here}|${bytesKey(session, offset, width)}`;
  });
  return <RowCells session={session} offset={offset} width={width} full={full} look={look} />;
}

function bytesKey(session: HexSession, offset: number, width: number): string {
  let key = '';
  for (let at = offset; at < offset + width; at++) {
    const pending = session.edits.at(at);
    key += pending !== undefined ? `*${pending}` : `.${session.pages.at(at) ?? ''}`;
  }
  return key;
}

const RowCells = memo(({ session, offset, width, full }: HexRowProps & { look: string }): ReactElement => {
  const { cursor } = session.store.getState();
  const { from, to } = selectionOf(cursor);
  const hex: ReactElement[] = [];
  const text: ReactElement[] = [];
  for (let index = 0; index < width; index++) {
    const at = offset + index;
    const byte = session.byteAt(at);
    const pending = session.edits.at(at) !== undefined;
    const selected = at >= from && at < to;
    const mark = `${selected && to - from > 1 ? ' selected' : ''}${pending ? ' pending' : ''}`;
    const own = at === cursor.at;
    const digits = byte === undefined ? '··' : byte.toString(16).padStart(2, '0');
    const character = byte !== undefined && byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
    hex.push(
      <span
        key={at} id={`byte-${at}`} role="gridcell" aria-colindex={index + 2} aria-selected={selected} data-at={at} className={`${own ? (cursor.column === 'hex' ? `cursor${cursor.low ? ' low' : ''}` : 'twin') : ''}${mark}`}
        aria-label={own ? `${digits}, ${byte ?? 'not read yet'}${character === '·' ? '' : `, ${character}`}, at ${at.toString(16)}${pending ? `, was ${(session.pages.at(at) ?? 0).toString(16).padStart(2, '0')}` : ''}` : undefined}
      >
        {digits}{index + 1 < width ? (index % 8 === 7 ? '  ' : ' ') : ''}
      </span>,
    );
    text.push(<span key={at} data-at={at} data-column="text" className={`${own ? (cursor.column === 'text' ? 'cursor' : 'twin') : ''}${mark}${byte === 0 ? ' zero' : ''}`}>{character}</span>);
  }
  return (
    <div className="hex-row" role="row" aria-rowindex={Math.floor(offset / full) + 1}>
      <span className="hex-offset" role="rowheader" aria-colindex={1}>{hexOffset(offset)}</span>
      <span className="hex-bytes" role="presentation" style={{ minWidth: `${full * 3 + Math.floor((full - 1) / 8) - 1}ch` }}>{hex}</span>
      <span className="hex-text" role="gridcell" aria-colindex={full + 2}>{text}</span>
    </div>
  );
});
