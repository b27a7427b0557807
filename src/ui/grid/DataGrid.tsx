import { useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactElement, type RefObject } from 'react';
import { SafeText, visibleName } from '../kit/index.ts';
import { useRowHeight } from '../reader/index.ts';
import { columnsIn, geometry, lefts, step } from './geometry.ts';
import './grid.css';

export interface Cell {
  text: string;
  /** How it is set: numbers to the right, what is no text in another colour. */
  kind: 'text' | 'number' | 'null' | 'bytes';
}

export interface Sort {
  column: number;
  descending: boolean;
}

export interface Place {
  row: number;
  column: number;
}

interface DataGridProps {
  label: string;
  columns: readonly { name: string; width: number }[];
  rowCount: number;
  /** Undefined while it is on its way. */
  rowAt: (row: number) => readonly Cell[] | undefined;
  /** Number that a row is called by; default its place from 1 on. */
  numberAt?: (row: number) => number | undefined;
  onRange: (start: number, end: number) => void;
  active: Place;
  onActive: (place: Place) => void;
  sort?: Sort | null;
  /** Left out where there is no order to choose. */
  onSort?: (column: number) => void;
  onWidth: (column: number, width: number) => void;
  onCopy: (place: Place) => void;
}

const ROW = 24;
const GUTTER = 64;
const WIDTH_MIN = 40;
const WIDTH_MAX = 1200;

/** A table of any size, of which only the cells on screen are mounted: the grid of WAI-ARIA. Its header is row -1 for the keys. */
export function DataGrid(props: DataGridProps): ReactElement {
  const { label, columns, rowCount, rowAt, onRange, active, onActive, sort, onSort, onWidth, onCopy } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const view = useView(scroller);
  const rowHeight = useRowHeight(ROW);
  const starts = useMemo(() => lefts(columns.map(({ width }) => width)), [columns]);
  const rows = geometry(rowCount, rowHeight, view.top, view.height - rowHeight);
  const [from, to] = columnsIn(starts, view.left - GUTTER, view.left + view.width);
  useLayoutEffect(() => onRange(rows.start, rows.end), [onRange, rows.start, rows.end]);
  const go = (place: Place): void => {
    onActive(place);
    const box = scroller.current;
    if (!box) return;
    const top = place.row < 0 ? null : rows.reveal(place.row);
    const left = starts[place.column]!;
    const right = starts[place.column + 1]! + GUTTER;
    if (top !== null) box.scrollTop = top;
    if (left < box.scrollLeft) box.scrollLeft = left;
    else if (right > box.scrollLeft + box.clientWidth) box.scrollLeft = Math.min(left, right - box.clientWidth);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const ctrl = event.ctrlKey || event.metaKey;
    if (ctrl && event.key === 'c' && (window.getSelection()?.isCollapsed ?? true)) return event.preventDefault(), onCopy(active);
    if (event.altKey && /^Arrow(Left|Right)$/.test(event.key)) return event.preventDefault(), onWidth(active.column, resized(columns[active.column]!.width, event.key === 'ArrowRight' ? 16 : -16));
    if (event.altKey) return undefined;
    if (event.key === 'Enter' && active.row < 0 && onSort) return event.preventDefault(), onSort(active.column);
    const next = step(event.key, ctrl, active, rowCount, columns.length, Math.max(1, Math.floor(view.height / rowHeight) - 2));
    if (!next) return undefined;
    event.preventDefault();
    return go(next);
  };
  const cellId = (row: number, column: number): string => `${id}-${row}-${column}`;
  const shown = Array.from({ length: Math.max(0, rows.end - rows.start) }, (_, at) => rows.start + at);
  // The active cell is always there, so that it can be the one that a screen reader is told of.
  if (active.row >= 0 && active.row < rowCount && (active.row < rows.start || active.row >= rows.end)) shown.push(active.row);
  const shownColumns = Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at);
  if (active.column < columns.length && (active.column < from || active.column >= to)) shownColumns.push(active.column);
  const width = starts.at(-1)! + GUTTER;
  return (
    <div
      ref={scroller} className="grid" role="grid" aria-label={label} aria-rowcount={rowCount + 1} aria-colcount={columns.length} tabIndex={0} onKeyDown={onKeyDown}
      aria-activedescendant={columns.length === 0 ? undefined : cellId(active.row, active.column)}
    >
      <div className="grid-head" role="row" aria-rowindex={1} style={{ width }}>
        <span className="grid-number" />
        {shownColumns.map((column) => (
          <HeadCell
            key={column} id={cellId(-1, column)} column={column} name={columns[column]!.name} left={starts[column]! + GUTTER} width={columns[column]!.width} sort={sort?.column === column ? sort : null}
            on={active.row < 0 && active.column === column} onClick={() => { go({ row: -1, column }); onSort?.(column); }} sortable={onSort !== undefined} onWidth={(next) => onWidth(column, next)}
          />
        ))}
      </div>
      <div role="presentation" className="grid-body" style={{ height: rows.height, width }}>
        {shown.map((row) => {
          const cells = rowAt(row);
          return (
            <div key={row} role="row" aria-rowindex={row + 2} className={row === active.row ? 'grid-row on' : 'grid-row'} style={{ top: rows.topOf(row), width }}>
              <span className="grid-number">{props.numberAt?.(row) ?? row + 1}</span>
              {shownColumns.map((column) => (
                <div
                  key={column} id={cellId(row, column)} role="gridcell" aria-colindex={column + 1} aria-selected={row === active.row && column === active.column}
                  className={`grid-cell ${cells?.[column]?.kind ?? 'text'}`} style={{ left: starts[column]! + GUTTER, width: columns[column]!.width }} onClick={() => go({ row, column })}
                >{cells ? <CellText cell={cells[column]} /> : '…'}</div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

const CELL_MAX = 160;

function CellText({ cell }: { cell: Cell | undefined }): ReactElement | null {
  if (!cell) return null;
  return cell.text.length <= CELL_MAX && /^[\x20-\x7e]*$/.test(cell.text) ? <>{cell.text}</> : <SafeText text={cell.text} max={CELL_MAX} />;
}

interface HeadCellProps {
  id: string;
  column: number;
  name: string;
  left: number;
  width: number;
  sort: Sort | null;
  on: boolean;
  sortable: boolean;
  onClick: () => void;
  onWidth: (width: number) => void;
}

const resized = (width: number, by: number): number => Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, width + by));

function HeadCell({ id, column, name, left, width, sort, on, sortable, onClick, onWidth }: HeadCellProps): ReactElement {
  const drag = (event: PointerEvent<HTMLSpanElement>): void => {
    event.preventDefault();
    event.stopPropagation();
    const grip = event.currentTarget;
    const from = event.clientX;
    grip.setPointerCapture(event.pointerId);
    grip.onpointermove = (move) => onWidth(resized(width, move.clientX - from));
    grip.onpointerup = () => {
      grip.onpointermove = null;
      grip.onpointerup = null;
    };
  };
  const order = sort ? (sort.descending ? 'descending' : 'ascending') : 'none';
  return (
    <div id={id} role="columnheader" aria-colindex={column + 1} aria-sort={sortable ? order : undefined} className={on ? 'grid-cell grid-title on' : 'grid-cell grid-title'} style={{ left, width }} title={visibleName(name.slice(0, 500))} onClick={onClick}>
      <SafeText text={name} max={80} />{sort && <span aria-hidden="true">{sort.descending ? ' ↓' : ' ↑'}</span>}
      <span className="grid-grip" aria-hidden="true" onPointerDown={drag} onClick={(event) => event.stopPropagation()} />
    </div>
  );
}

/** The window of what scrolls, as it moves and changes. */
function useView(scroller: RefObject<HTMLDivElement | null>): { top: number; left: number; width: number; height: number } {
  const [view, setView] = useState({ top: 0, left: 0, width: 800, height: 400 });
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    const measure = (): void => setView({ top: box.scrollTop, left: box.scrollLeft, width: box.clientWidth, height: box.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    box.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener('scroll', measure);
    };
  }, [scroller]);
  return view;
}
