import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { formatCount, formatMoment, indexesWith, useFixedRows, visibleName } from '../kit/index.ts';
import type { App } from '../stores/index.ts';
import type { BusLog, BusRow } from './bus-log.ts';

const rowHeight = (): number => (matchMedia('(max-width: 759px), (max-height: 479px)').matches ? 56 : 26);
const SUBJECT_MAX = 120;
const BODY_SHOWN = 240;
/** As near to the end as this the list follows what comes. */
const NEAR = 40;

interface BusListProps {
  log: BusLog;
  selected: BusRow | null;
  onSelect: (row: BusRow | null) => void;
}

/** The oldest first, virtualised; follows what comes while its end is in sight, else it stands still. */
export function BusList({ log, selected, onSelect }: BusListProps): ReactElement {
  const rows = useStore(log.store, (state) => state.rows);
  const text = useStore(log.store, (state) => state.text);
  const scroller = useRef<HTMLDivElement>(null);
  const height = rowHeight();
  const { start, end, height: all, reveal } = useFixedRows(scroller, rows.length, height);
  useSteady(scroller, rows, height);
  const at = selected ? indexOf(rows, selected.n) : -1;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && selected) {
      event.preventDefault();
      return onSelect(null);
    }
    const next = stepTo(event.key, at, rows.length);
    const row = next === null ? undefined : rows[next];
    if (!row || next === null) return;
    event.preventDefault();
    onSelect(row);
    reveal(next);
  };
  return (
    <div ref={scroller} className="bus-scroll" role="listbox" aria-label="Messages, the latest last" tabIndex={0} aria-activedescendant={at >= 0 ? `bus-${selected?.n}` : undefined} onKeyDown={onKeyDown}>
      <div role="presentation" style={{ height: all, position: 'relative' }}>
        {indexesWith(start, end, at, rows.length).map((index) => {
          const row = rows[index];
          return row && <Row key={row.n} row={row} top={index * height} height={height} on={row.n === selected?.n} onSelect={onSelect} />;
        })}
      </div>
      {rows.length === 0 && <p className="bus-none" role="option" aria-disabled="true" aria-selected={false}>{text === '' ? 'Nothing has been said yet. What programs, the kernel and this page publish is shown here while it is looked at.' : 'No message is like that.'}</p>}
    </div>
  );
}

/** At the end: stays there. Elsewhere: what is in sight stays, also when rows before it go. */
function useSteady(scroller: { readonly current: HTMLDivElement | null }, rows: readonly BusRow[], height: number): void {
  const following = useRef(true);
  const before = useRef<{ rows: readonly BusRow[] }>({ rows });
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const look = (): void => void (following.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR);
    element.addEventListener('scroll', look, { passive: true });
    return () => element.removeEventListener('scroll', look);
  }, [scroller]);
  useLayoutEffect(() => {
    const element = scroller.current;
    const first = before.current.rows[0];
    before.current = { rows };
    if (!element) return;
    if (following.current) element.scrollTop = element.scrollHeight;
    else if (first && rows[0] && rows[0].n > first.n && rows[0].n - first.n < rows.length) element.scrollTop -= (rows[0].n - first.n) * height;
  }, [scroller, rows, height]);
}

/** Numbers go up: by halving. */
function indexOf(rows: readonly BusRow[], n: number): number {
  let [low, high] = [0, rows.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = rows[middle]!.n;
    if (found === n) return middle;
    if (found < n) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function stepTo(key: string, at: number, count: number): number | null {
  const from = at < 0 ? count : at;
  switch (key) {
    case 'ArrowDown': return Math.min(count - 1, from + 1);
    case 'ArrowUp': return Math.max(0, from - 1);
    case 'PageDown': return Math.min(count - 1, from + 20);
    case 'PageUp': return Math.max(0, from - 20);
    case 'Home': return 0;
    case 'End': return count - 1;
    default: return null;
  }
}

function Row({ row, top, height, on, onSelect }: { row: BusRow; top: number; height: number; on: boolean; onSelect: (row: BusRow) => void }): ReactElement {
  const app = useApp();
  const { n, subject, time, type, body, dropped } = row;
  return (
    <div id={`bus-${n}`} role="option" aria-selected={on} className="bus-row" style={{ transform: `translateY(${top}px)`, height }} onClick={() => onSelect(row)}>
      <span className="bus-time">{formatMoment(time)}</span>
      <code className="bus-subject">{visibleName(subject.slice(0, SUBJECT_MAX))}</code>
      <span className="bus-source">{sourceName(app, row)}</span>
      <span className="bus-type">{visibleName(type?.slice(0, 60) ?? '')}</span>
      <span className="bus-data mono">{dropped !== undefined && <b className="bus-dropped">{formatCount(dropped)} lost before · </b>}{visibleName(body.text.slice(0, BODY_SHOWN))}</span>
    </div>
  );
}

/** The program's name where it is known. */
export function sourceName(app: App, { source = 0 }: Pick<BusRow, 'source'>): string {
  if (source === 0) return 'kernel or page';
  const known = app.processes.getState().list.find(({ pid }) => pid === source);
  return known ? `${visibleName(known.name.slice(0, 40))} ${source}` : `process ${source}`;
}
