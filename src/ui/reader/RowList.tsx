import './reader.css';
import { useId, useLayoutEffect, useRef, type KeyboardEvent, type MouseEvent, type ReactElement, type ReactNode } from 'react';
import { useRowHeight } from './use-row-height.ts';
import { indexesWith, rowTarget, useFixedRows } from '../kit/index.ts';

interface RowListProps {
  label: string;
  count: number;
  /** With a mouse, in px; more on a phone. */
  rowHeight: number;
  /** The row that has the focus within the list; -1 for none. */
  active: number;
  onActive: (index: number) => void;
  /** Enter, or a click on a part of the row that has the class `row-link`. */
  onOpen?: (index: number) => void;
  row: (index: number) => ReactNode;
  /** Told which rows are on screen. */
  onRange: (start: number, end: number) => void;
  className?: string;
}

/** A list of any length, of which only what is on screen is mounted: the listbox of WAI-ARIA, by mouse and keys. */
export function RowList({ label, count, rowHeight: dense, active, onActive, onOpen, row, onRange, className = '' }: RowListProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight(dense);
  const { start, end, height, reveal } = useFixedRows(scroller, count, rowHeight);
  const id = useId();
  useLayoutEffect(() => onRange(start, end), [onRange, start, end]);
  useLayoutEffect(() => {
    if (active >= 0) reveal(active);
    // Only another row is brought into view, not one that was scrolled away.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [active, count]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 200) / rowHeight) - 1);
    if (event.key === 'Enter' && active >= 0) onOpen?.(active);
    const next = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: count - 1 }[event.key];
    if (next === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onActive(Math.max(0, Math.min(count - 1, next)));
  };
  const onClick = (event: MouseEvent): void => {
    const index = rowTarget(event.target);
    if (index < 0) return;
    onActive(index);
    if ((event.target as Element).closest('.row-link')) onOpen?.(index);
  };
  return (
    <div
      ref={scroller} role="listbox" aria-label={label} tabIndex={0} className={`row-list ${className}`} onKeyDown={onKeyDown} onClick={onClick}
      aria-activedescendant={active >= 0 && active < count ? `${id}-${active}` : undefined}
    >
      <div role="presentation" style={{ height, position: 'relative' }}>
        {indexesWith(start, end, active, count).map((index) => (
          <div
            key={index} id={`${id}-${index}`} role="option" aria-selected={index === active} aria-setsize={count} aria-posinset={index + 1} data-index={index}
            className={index === active ? 'list-row on' : 'list-row'} style={{ position: 'absolute', top: index * rowHeight, left: 0, minWidth: '100%', height: rowHeight, lineHeight: `${rowHeight}px` }}
          >{row(index)}</div>
        ))}
      </div>
    </div>
  );
}
