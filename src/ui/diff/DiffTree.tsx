import { useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { ChevronRight } from 'lucide-react';
import type { TreeDifference } from '../../shared/abi/index.ts';
import { basename } from '../../shared/base/index.ts';
import { NodeIcon, indexesWith, plural, rowTarget, treeStep, useFixedRows, visibleName } from '../kit/index.ts';
import { changeWords, diffRows, type DiffRow } from './diff-rows.ts';

interface DiffTreeProps {
  changes: readonly TreeDifference[];
  selected: TreeDifference | null;
  onSelect: (change: TreeDifference) => void;
}

function rowHeight(): number {
  return matchMedia('(max-width: 759px), (max-height: 479px)').matches ? 44 : 24;
}

/** What differs, by directories; virtualised. Choosing a row shows its contents. */
export function DiffTree({ changes, selected, onSelect }: DiffTreeProps): ReactElement {
  const [closed, setClosed] = useState<ReadonlySet<string>>(() => new Set());
  const rows = useMemo(() => diffRows(changes, closed), [changes, closed]);
  const scroller = useRef<HTMLDivElement>(null);
  const [wanted, setActive] = useState(1);
  const active = Math.max(0, Math.min(wanted, rows.length - 1));
  const height = rowHeight();
  const { start, end, height: total, reveal } = useFixedRows(scroller, rows.length, height);
  const toggle = (directory: string): void => setClosed((before) => {
    const after = new Set(before);
    if (!after.delete(directory)) after.add(directory);
    return after;
  });
  const press = (index: number): void => {
    const row = rows[index];
    setActive(index);
    if (row?.type === 'group') toggle(row.directory);
    else if (row) onSelect(row.change);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rowTarget(event.target);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') press(at);
    else {
      const next = treeStep(event.key, at, rows.length, (index) => {
        const row = rows[index];
        return row && { group: row.type === 'group', open: row.type === 'group' && row.open };
      });
      if (next === null) return;
      if (next === 'toggle') press(at);
      else {
        const row = rows[next];
        setActive(next);
        if (row?.type === 'change') onSelect(row.change);
        reveal(next);
        requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true }));
      }
    }
    event.preventDefault();
  };
  return (
    <div ref={scroller} className="diff-tree">
      <div role="tree" aria-label="Differences" className="diff-rows" style={{ height: total }} onKeyDown={onKeyDown}>
        {indexesWith(start, end, active, rows.length).map((index) => {
          const row = rows[index];
          return row && (
            <Row
              key={row.type === 'group' ? row.directory : `${row.change.path} ${row.change.change}`} row={row} index={index} height={height} active={index === active}
              selected={row.type === 'change' && row.change === selected} onPress={press} onFocus={setActive}
            />
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  row: DiffRow;
  index: number;
  height: number;
  active: boolean;
  selected: boolean;
  onPress: (index: number) => void;
  onFocus: (index: number) => void;
}

function Row({ row, index, height, active, selected, onPress, onFocus }: RowProps): ReactElement {
  const place = { height, transform: `translateY(${index * height}px)` };
  const common = { role: 'treeitem', 'data-index': index, style: place, tabIndex: active ? 0 : -1, onClick: () => onPress(index), onFocus: () => onFocus(index) };
  if (row.type === 'group') {
    return (
      <div {...common} className="diff-row group" aria-level={1} aria-expanded={row.open} aria-selected={false} aria-label={`${visibleName(row.directory)}, ${plural(row.count, 'difference')}`}>
        <span className={`twisty${row.open ? ' open' : ''}`} aria-hidden="true"><ChevronRight size={14} /></span>
        <span className="row-text mono">{visibleName(row.directory)}</span><span className="row-note">{row.count}</span>
      </div>
    );
  }
  const { change } = row;
  const words = changeWords(change);
  const name = visibleName(basename(change.path));
  return (
    <div
      {...common} className={`diff-row origin-${words.origin}${selected ? ' selected' : ''}`} aria-level={2} aria-posinset={row.position} aria-setsize={row.siblings} aria-selected={selected}
      title={`${visibleName(change.path)} · ${words.text}`} aria-label={[name, words.text, words.size].filter(Boolean).join(', ')}
    >
      <span className="diff-mark" aria-hidden="true">{words.mark}</span>
      <NodeIcon kind={change.kind} name={change.path} />
      <span className={`row-text mono${change.change === 'deleted' ? ' gone' : ''}`}>{name}</span>
      <span className="row-what">{words.text}</span>
      <span className="row-note">{words.size}</span>
    </div>
  );
}
