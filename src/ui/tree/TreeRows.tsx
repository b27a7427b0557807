import { useCallback, useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactElement } from 'react';
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight, Copy, FileText, UnfoldVertical } from 'lucide-react';
import { copyText } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import type { TreeApi, TreeRow } from '../data-tree/index.ts';
import { SafeText, formatCount, indexesWith, plural, rowTarget, useFixedRows, visibleName } from '../kit/index.ts';
import { usePages, useRowHeight, type Calls } from '../reader/index.ts';

interface TreeRowsProps {
  calls: Calls<TreeApi>;
  /** Rows that are shown. */
  count: number;
  onCount: (count: number) => void;
  summary: string;
  onText: ((line: number) => void) | undefined;
}

const ROW = 22;

/** The rows of a document, as the tree of WAI-ARIA; opened and closed where they live. */
export function TreeRows({ calls, count, onCount, summary, onText }: TreeRowsProps): ReactElement {
  const [active, setActive] = useState(0);
  const [missed, setMissed] = useState<string | null>(null);
  // Grows with each opening and closing: the rows are others then.
  const [turn, setTurn] = useState(0);
  const [source, setSource] = useState({ calls, count, turn });
  if (source.calls !== calls || source.count !== count || source.turn !== turn) setSource({ calls, count, turn });
  const [range, setRange] = useState({ start: 0, end: 60 });
  const load = useCallback((from: number, to: number) => calls.rows(from, to), [calls]);
  const rowAt = usePages(source, load, range.start, Math.min(range.end, count));
  const onRange = useCallback((start: number, end: number) => setRange((old) => (old.start === start && old.end === end ? old : { start, end })), []);
  const changed = (rows: number): void => {
    onCount(rows);
    setTurn((old) => old + 1);
  };
  const toggle = (row: number, open: boolean, deep = false): void => void calls.toggle(row, open, deep).then(changed, () => undefined);
  const find = (query: string, backwards: boolean): void => {
    if (query !== '') calls.find(query, active, backwards).then((found) => {
      setMissed(found ? null : query);
      if (!found) return;
      changed(found.rows);
      setActive(found.row);
    }, () => undefined);
  };
  return (
    <>
      <Tools
        calls={calls} active={active} summary={missed === null ? summary : `Nothing contains “${visibleName(missed.slice(0, 60))}”`} onFind={find} onOpenAll={() => toggle(0, true, true)} onText={onText}
      />
      <Rows count={count} rowAt={rowAt} active={active} onActive={setActive} onRange={onRange} onToggle={toggle} onParent={(row) => void calls.parentRow(row).then(setActive, () => undefined)} />
    </>
  );
}

interface ToolsProps {
  calls: Calls<TreeApi>;
  active: number;
  summary: string;
  onFind: (query: string, backwards: boolean) => void;
  onOpenAll: () => void;
  onText: ((line: number) => void) | undefined;
}

function Tools({ calls, active, summary, onFind, onOpenAll, onText }: ToolsProps): ReactElement {
  const app = useApp();
  const [query, setQuery] = useState('');
  const copy = (what: string, text: Promise<string>): void => void text.then((value) => copyText(app, value, what), () => undefined);
  return (
    <div className="grid-tools">
      <input
        className="input" type="search" placeholder="Find a key or a value" aria-label="Find a key or a value" value={query} onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && onFind(query, event.shiftKey)}
      />
      <button type="button" className="icon-btn" aria-label="Find next" title="Find next (Enter)" onClick={() => onFind(query, false)}><ArrowDown size={15} aria-hidden="true" /></button>
      <button type="button" className="icon-btn" aria-label="Find previous" title="Find previous (Shift+Enter)" onClick={() => onFind(query, true)}><ArrowUp size={15} aria-hidden="true" /></button>
      <button type="button" className="btn" onClick={onOpenAll}><UnfoldVertical size={14} aria-hidden="true" />Open all</button>
      <span className="gap" />
      <span className="grid-facts" role="status">{summary}</span>
      <button type="button" className="btn" onClick={() => copy('the path', calls.path(active))}><Copy size={14} aria-hidden="true" />Copy path</button>
      <button type="button" className="btn" onClick={() => copy('the value', calls.value(active))}><Copy size={14} aria-hidden="true" />Copy value</button>
      {onText && <button type="button" className="icon-btn" aria-label="Show in the text" title="Show in the text" onClick={() => void calls.line(active).then(onText, () => undefined)}><FileText size={15} aria-hidden="true" /></button>}
    </div>
  );
}

interface RowsProps {
  count: number;
  rowAt: (index: number) => TreeRow | undefined;
  active: number;
  onActive: (row: number) => void;
  onRange: (start: number, end: number) => void;
  onToggle: (row: number, open: boolean, deep?: boolean) => void;
  onParent: (row: number) => void;
}

function Rows({ count, rowAt, active, onActive, onRange, onToggle, onParent }: RowsProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight(ROW);
  const { start, end, height, reveal } = useFixedRows(scroller, count, rowHeight);
  const id = useId();
  useLayoutEffect(() => onRange(start, end), [onRange, start, end]);
  useLayoutEffect(() => {
    reveal(active);
    // Only another row is brought into view.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [active]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 200) / rowHeight) - 1);
    const row = rowAt(active);
    const go = (to: number): void => onActive(Math.max(0, Math.min(count - 1, to)));
    const actions: Record<string, () => void> = {
      ArrowDown: () => go(active + 1), ArrowUp: () => go(active - 1), PageDown: () => go(active + page), PageUp: () => go(active - page), Home: () => go(0), End: () => go(count - 1),
      ArrowRight: () => (row && row.entries > 0 ? (row.open ? go(active + 1) : onToggle(active, true)) : undefined),
      ArrowLeft: () => (row?.open && row.entries > 0 ? onToggle(active, false) : onParent(active)),
      Enter: () => row && row.entries > 0 && onToggle(active, !row.open), '*': () => onToggle(active, true, true),
    };
    const action = actions[event.key === ' ' ? 'Enter' : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  const onClick = (event: MouseEvent): void => {
    const index = rowTarget(event.target);
    const row = rowAt(index);
    if (!row) return;
    onActive(index);
    if (row.entries > 0 && (event.target as Element).closest('.tree-twist')) onToggle(index, !row.open, event.altKey);
  };
  return (
    <div
      ref={scroller} role="tree" aria-label="Values" tabIndex={0} className="row-list tree-rows" onKeyDown={onKeyDown} onClick={onClick} aria-activedescendant={`${id}-${active}`}
      onDoubleClick={(event) => {
        const index = rowTarget(event.target);
        const row = rowAt(index);
        if (row && row.entries > 0) onToggle(index, !row.open);
      }}
    >
      <div role="presentation" style={{ height, position: 'relative' }}>
        {indexesWith(start, end, active, count).map((index) => {
          const row = rowAt(index);
          return (
            <div
              key={index} id={`${id}-${index}`} role="treeitem" data-index={index} aria-selected={index === active} aria-level={(row?.depth ?? 0) + 1} aria-posinset={(row?.index ?? 0) + 1} aria-setsize={row?.siblings ?? 1}
              aria-expanded={row && row.entries > 0 ? row.open : undefined} className={index === active ? 'list-row on' : 'list-row'} style={{ position: 'absolute', top: index * rowHeight, left: 0, minWidth: '100%', height: rowHeight, lineHeight: `${rowHeight}px`, paddingLeft: 8 + Math.min(row?.depth ?? 0, DEPTH_SHOWN) * 16 }}
            >{row ? <RowText row={row} /> : <span className="quiet">…</span>}</div>
          );
        })}
      </div>
    </div>
  );
}

/** Levels that are set in; deeper ones say their depth. */
const DEPTH_SHOWN = 40;

function RowText({ row }: { row: TreeRow }): ReactElement {
  const { kind, key, index, depth, entries, open, text, duplicate } = row;
  const container = kind === 'object' || kind === 'array';
  return (
    <>
      <span className="tree-twist" aria-hidden="true">{entries > 0 && (open ? <ChevronDown size={14} /> : <ChevronRight size={14} />)}</span>
      {depth > DEPTH_SHOWN && <span className="quiet">{formatCount(depth)} deep </span>}
      {depth > 0 && (key === null ? <span className="tree-index">{index}</span> : <span className="tree-key"><SafeText text={key} max={120} /></span>)}{depth > 0 && <span className="quiet">: </span>}
      {container
        ? <span className="quiet">{kind === 'object' ? '{' : '['}{plural(entries, kind === 'object' ? 'key' : 'item')}{kind === 'object' ? '}' : ']'}</span>
        : <span className={`tree-${kind}`}>{kind === 'error' && text === '' ? <span className="quiet">nothing could be read</span> : kind === 'string' ? <>“<SafeText text={text} max={200} />”</> : <SafeText text={text} max={200} />}{kind === 'error' && <span className="hidden-text"> is no value</span>}</span>}
      {duplicate && <span className="tree-twice">key is there twice</span>}
    </>
  );
}
