import { useCallback, useEffect, useImperativeHandle, useLayoutEffect, useRef, type KeyboardEvent, type MouseEvent, type ReactElement, type Ref } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { formatCount, plural } from '../kit/index.ts';
import { CallRow } from './CallRow.tsx';
import { copyCalls, openCallMenu } from './row-actions.ts';
import type { TraceModel } from './trace-model.ts';
import { useCallRows } from './use-call-rows.ts';
import { useTrace } from './use-trace.ts';

export const COLUMNS = ['#', 'Time, s', 'Call', 'Arguments', 'Path', 'Result', 'Duration'] as const;
export const HEADER = 26;
/** As near to the end as this, in px, the list follows what comes. */
const NEAR = 30;

const rowHeight = (): number => (matchMedia('(max-width: 759px), (max-height: 479px)').matches ? 46 : 24);

/** What the pane does with the table from outside. */
export interface TableHandle {
  focus(): void;
}

interface CallTableProps {
  model: TraceModel;
  label: string;
  /** Shown in the place of rows. */
  empty: ReactElement;
  handle: Ref<TableHandle>;
}

/** All calls that match, virtualised: the rows in sight are there, and know their place among all. */
export function CallTable({ model, label, empty, handle }: CallTableProps): ReactElement {
  const app = useApp();
  const { total, stamp, following, loading } = useStore(model.list.store);
  const selection = useTrace(model, (state) => state.selection);
  const scroller = useRef<HTMLDivElement>(null);
  const height = rowHeight();
  const running = useTrace(model, (state) => state.info !== null && state.info.ended === undefined);
  const rows = useCallRows(scroller, { count: total, rowHeight: height, header: HEADER, following, onScroll: (fromEnd) => {
    const follows = model.list.store.getState().following;
    if (follows && fromEnd > NEAR) model.list.setFollowing(false);
    else if (!follows && running && fromEnd < 2 && model.store.getState().selection === null) model.list.setFollowing(true);
  } });
  useEffect(() => model.list.want(rows.first, rows.first + rows.shown), [model, rows.first, rows.shown, total, stamp]);
  const latest = useRef(rows);
  useLayoutEffect(() => {
    latest.current = rows;
  });
  useEffect(() => {
    model.onShift = (by) => latest.current.shift(by);
    return () => {
      model.onShift = () => undefined;
    };
  }, [model]);
  const wanted = useTrace(model, (state) => state.wanted);
  useEffect(() => {
    if (!wanted) return;
    latest.current.centre(wanted.index);
    // Who came from a list that is gone goes on in this one.
    if (document.activeElement === document.body && model.store.getState().selection) scroller.current?.focus();
    model.store.setState({ wanted: null });
  }, [model, wanted]);
  useImperativeHandle(handle, () => ({
    focus: () => {
      scroller.current?.focus();
      if (!model.store.getState().selection && model.list.store.getState().total > 0) model.select(latest.current.first);
    },
  }), [model]);
  const head = selection?.head ?? -1;
  const goTo = (index: number, extend: boolean): void => {
    model.select(index, extend);
    rows.reveal(index);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (tableKey(event, { head, total, page: Math.max(1, rows.shown - 2), goTo, model, copy: () => void copyCalls(app, model), menu: () => menuAtRow(head) })) event.preventDefault();
  };
  const menuAtRow = (index: number): void => {
    const box = scroller.current?.querySelector(`#trace-row-${index}`)?.getBoundingClientRect();
    const call = model.list.row(index);
    if (call) openCallMenu(app, model, call, (box?.left ?? 0) + 80, box?.bottom ?? 0);
  };
  const onPress = useCallback((index: number, event: MouseEvent): void => {
    if (event.detail === 2) return;
    model.select(index, event.shiftKey);
    // The panel of details may take room where the row was.
    requestAnimationFrame(() => latest.current.reveal(index));
  }, [model]);
  const onMenu = useCallback((index: number, event: MouseEvent): void => {
    const call = model.list.row(index);
    if (!call) return;
    event.preventDefault();
    const { selection: held } = model.store.getState();
    if (!held || index < Math.min(held.anchor, held.head) || index > Math.max(held.anchor, held.head)) model.select(index);
    openCallMenu(app, model, call, event.clientX, event.clientY);
  }, [app, model]);
  const [low, high] = selection ? [Math.min(selection.anchor, head), Math.max(selection.anchor, head)] : [-1, -1];
  const indexes = Array.from({ length: Math.max(0, rows.end - rows.start) }, (_, at) => rows.start + at);
  return (
    <div
      ref={scroller} className="trace-scroll" role="grid" aria-label={label} aria-rowcount={total + 1} aria-colcount={COLUMNS.length} aria-multiselectable="true" aria-busy={loading} tabIndex={0}
      aria-activedescendant={head >= rows.start && head < rows.end ? `trace-row-${head}` : undefined} onKeyDown={onKeyDown}
    >
      <Header />
      <div role="rowgroup" className="trace-rows" style={{ height: rows.height }}>
        {/* While the end is followed all rows are other ones each time: what is there is written anew. */}
        {indexes.map((index) => {
          const call = model.list.row(index);
          return <CallRow key={following ? `row ${index - rows.start}` : (call?.seq ?? `at ${index}`)} call={call} index={index} top={rows.top(index)} height={height} chosen={index >= low && index <= high && low >= 0} head={index === head} onPress={onPress} onMenu={onMenu} />;
        })}
      </div>
      {total === 0 && !loading && <div role="row" className="trace-none"><div role="gridcell">{empty}</div></div>}
    </div>
  );
}

export function Header({ first = COLUMNS[0] }: { first?: string }): ReactElement {
  return (
    <div role="rowgroup" className="trace-head-group">
      <div role="row" className="trace-head" aria-rowindex={1}>
        {COLUMNS.map((title, at) => <span key={title} role="columnheader" className={`trace-h${at}`}>{at === 0 ? first : title}</span>)}
      </div>
    </div>
  );
}

interface TableKeys {
  head: number;
  total: number;
  /** Rows of a page. */
  page: number;
  goTo: (index: number, extend: boolean) => void;
  model: TraceModel;
  copy: () => void;
  menu: () => void;
}

/** Whether the key was one of the table's. */
function tableKey({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent, { head, total, page, goTo, model, copy, menu }: TableKeys): boolean {
  if (altKey) return false;
  if (ctrlKey || metaKey) {
    if (key === 'c' && head >= 0) copy();
    else if (key === 'a' && total > 0) model.selectAll();
    else return false;
    return true;
  }
  if (key === 'Escape') {
    if (!model.store.getState().selection) return false;
    model.unselect();
    return true;
  }
  if (key === 'ContextMenu' || (shiftKey && key === 'F10')) {
    menu();
    return head >= 0;
  }
  const from = head < 0 ? -1 : head;
  const moves: Record<string, number> = {
    ArrowDown: from + 1, ArrowUp: from < 0 ? total - 1 : from - 1, PageDown: from + page, PageUp: from - page, Home: 0, End: total - 1,
  };
  const to = moves[key];
  if (to === undefined || total === 0) return false;
  goTo(Math.max(0, Math.min(total - 1, to)), shiftKey);
  return true;
}

/** `12 of 3 400 calls`, for the line below. What is found may be newer than the count of all. */
export function countText(total: number, all: number): string {
  return total >= all ? plural(total, 'call') : `${formatCount(total)} of ${plural(all, 'call')}`;
}
