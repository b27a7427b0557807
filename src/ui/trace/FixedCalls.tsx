import { useCallback, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactElement } from 'react';
import type { TracedCall } from '../../shared/abi/index.ts';
import { CallRow } from './CallRow.tsx';
import { COLUMNS, HEADER, Header } from './CallTable.tsx';
import { useCallRows } from './use-call-rows.ts';

const rowHeight = (): number => (matchMedia('(max-width: 759px), (max-height: 479px)').matches ? 46 : 24);

interface FixedCallsProps {
  label: string;
  calls: readonly TracedCall[];
  /** The call whose details are shown. */
  chosen: TracedCall | null;
  /** Which run each is of, where that differs. */
  runOf?: (index: number) => string;
  onChoose: (index: number | null) => void;
  onMenu: (index: number, x: number, y: number) => void;
  /** Enter, or a second press: leads to the call in its run. */
  onOpen: (index: number) => void;
}

/** Calls that are all there: the slowest, or those about a path. */
export function FixedCalls({ label, calls, chosen, runOf, onChoose, onMenu, onOpen }: FixedCallsProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const height = rowHeight();
  const rows = useCallRows(scroller, { count: calls.length, rowHeight: height, header: HEADER });
  const [at, setAt] = useState(-1);
  const head = chosen && calls[at] === chosen ? at : chosen ? calls.indexOf(chosen) : -1;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, rows.shown - 2);
    const moves: Record<string, number> = { ArrowDown: head + 1, ArrowUp: head < 0 ? calls.length - 1 : head - 1, PageDown: head + page, PageUp: head - page, Home: 0, End: calls.length - 1 };
    const to = moves[event.key];
    if (event.key === 'Enter' && head >= 0) onOpen(head);
    else if (event.key === 'Escape' && chosen) onChoose(null);
    else if ((event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) && head >= 0) {
      const box = scroller.current?.querySelector(`#trace-row-${head}`)?.getBoundingClientRect();
      onMenu(head, (box?.left ?? 0) + 80, box?.bottom ?? 0);
    } else if (to !== undefined && calls.length > 0) {
      const next = Math.max(0, Math.min(calls.length - 1, to));
      setAt(next);
      onChoose(next);
      rows.reveal(next);
    } else return;
    event.preventDefault();
  };
  const onPress = useCallback((index: number, event: MouseEvent): void => {
    setAt(index);
    if (event.detail === 2) onOpen(index);
    else onChoose(index);
  }, [onChoose, onOpen]);
  const onRowMenu = useCallback((index: number, event: MouseEvent): void => {
    event.preventDefault();
    setAt(index);
    onChoose(index);
    onMenu(index, event.clientX, event.clientY);
  }, [onChoose, onMenu]);
  return (
    <div
      ref={scroller} className={`trace-scroll${runOf ? ' runs' : ''}`} role="grid" aria-label={label} aria-rowcount={calls.length + 1} aria-colcount={COLUMNS.length} tabIndex={0}
      aria-activedescendant={head >= rows.start && head < rows.end ? `trace-row-${head}` : undefined} onKeyDown={onKeyDown}
    >
      <Header {...(runOf && { first: 'Run' })} />
      <div role="rowgroup" className="trace-rows" style={{ height: rows.height }}>
        {calls.slice(rows.start, rows.end).map((call, offset) => {
          const index = rows.start + offset;
          return <CallRow key={index} call={call} index={index} top={rows.top(index)} height={height} chosen={index === head} head={index === head} {...(runOf && { run: runOf(index) })} onPress={onPress} onMenu={onRowMenu} />;
        })}
      </div>
    </div>
  );
}
