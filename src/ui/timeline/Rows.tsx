import { memo, useEffect, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactElement } from 'react';
import { ChevronRight, Ellipsis } from 'lucide-react';
import { useStore } from 'zustand';
import type { HistoryRun } from '../../shared/abi/index.ts';
import { goToPoint } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { formatMoment, indexesWith, plural, rowTarget, treeStep, useFixedRows, visibleName } from '../kit/index.ts';
import type { App, TimelineRow } from '../stores/index.ts';
import { openTimelineMenu, timelineActions } from './row-actions.ts';
import { OPS, entryPath, runKind, runName, sizeChange } from './wording.ts';

/** Older entries are read when fewer rows than these are left below. */
const AHEAD = 200;

function rowHeight(): number {
  return matchMedia('(max-width: 759px), (max-height: 479px)').matches ? 44 : 26;
}

/** The journal: runs, and in them their entries; newest first, virtualised. */
export function Rows(): ReactElement {
  const app = useApp();
  const rows = useStore(app.timeline.store, (state) => state.rows);
  const runs = useStore(app.timeline.store, (state) => state.runs);
  const point = useStore(app.timeline.store, (state) => state.point);
  const more = useStore(app.timeline.store, (state) => state.more);
  const scroller = useRef<HTMLDivElement>(null);
  const [wanted, setActive] = useState(0);
  const active = Math.max(0, Math.min(wanted, rows.length - 1));
  const height = rowHeight();
  const { start, end, height: total, reveal } = useFixedRows(scroller, rows.length, height);
  useEffect(() => {
    if (more && end + AHEAD > rows.length) void app.timeline.loadMore();
  }, [app, more, end, rows.length]);
  const followed = useRef(reveal);
  useEffect(() => {
    followed.current = reveal;
  });
  useEffect(() => {
    const at = point === null ? -1 : app.timeline.store.getState().rows.findIndex((row) => (row.type === 'entry' ? row.entry.seq : row.open ? Infinity : row.first) <= point);
    if (at >= 0) followed.current(at);
  }, [app, point]);
  const goTo = (index: number): void => {
    setActive(index);
    reveal(index);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true }));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rowTarget(event.target);
    const row = rows[at];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!actOnKey(app, row, event) && !step(app, rows, at, event.key, goTo)) return;
    event.preventDefault();
  };
  return (
    <div ref={scroller} className="timeline-scroll" onContextMenu={(event) => openAt(app, rows, event)}>
      <div role="tree" aria-label="Changes" className="timeline-rows" style={{ height: total }} onKeyDown={onKeyDown}>
        {indexesWith(start, end, active, rows.length).map((index) => {
          const row = rows[index];
          return row && (
            <Row
              key={row.type === 'run' ? `run ${row.last}` : row.entry.seq} row={row} run={runs.get(row.type === 'run' ? row.run : row.entry.run)}
              index={index} height={height} active={index === active} shown={isShown(row, point)} onActive={setActive}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Whether a row is the moment that is looked at. */
function isShown(row: TimelineRow, point: number | null): boolean {
  if (point === null) return false;
  return row.type === 'run' ? !row.open && row.first <= point && point <= row.last : row.entry.seq === point;
}

function step(app: App, rows: readonly TimelineRow[], at: number, key: string, goTo: (index: number) => void): boolean {
  const next = treeStep(key, at, rows.length, (index) => {
    const row = rows[index];
    return row && { group: row.type === 'run', open: row.type === 'run' && row.open };
  });
  if (next === null) return false;
  const row = rows[at];
  if (next !== 'toggle') goTo(next);
  else if (row?.type === 'run') app.timeline.toggle(row.key);
  return true;
}

function actOnKey(app: App, row: TimelineRow, { key, shiftKey }: KeyboardEvent): boolean {
  if (key === 'ContextMenu' || (shiftKey && key === 'F10')) {
    const box = document.activeElement?.getBoundingClientRect();
    openTimelineMenu(app, row, (box?.left ?? 0) + 24, box?.bottom ?? 0);
    return true;
  }
  if (key === ' ' && row.type === 'run') {
    app.timeline.toggle(row.key);
    return true;
  }
  const action = timelineActions(app, row).find(({ keys }) => keys !== undefined && keys.toLowerCase() === key.toLowerCase());
  action?.run();
  return action !== undefined;
}

function openAt(app: App, rows: readonly TimelineRow[], event: MouseEvent): void {
  const row = rows[rowTarget(event.target)];
  if (!row) return;
  event.preventDefault();
  openTimelineMenu(app, row, event.clientX, event.clientY);
}

interface RowProps {
  row: TimelineRow;
  run: HistoryRun | undefined;
  index: number;
  height: number;
  active: boolean;
  shown: boolean;
  onActive: (index: number) => void;
}

const Row = memo(function Row({ row, run, index, height, active, shown, onActive }: RowProps): ReactElement {
  const app = useApp();
  const group = row.type === 'run';
  const press = (): void => {
    onActive(index);
    if (row.type === 'run') app.timeline.toggle(row.key);
    else void goToPoint(app, row.entry.seq);
  };
  return (
    <div
      role="treeitem" data-index={index} className={`timeline-row${group ? ' run' : ''}${active ? ' active' : ''}${shown ? ' shown' : ''}`}
      style={{ height, transform: `translateY(${index * height}px)` }} aria-level={group ? 1 : 2} aria-expanded={group ? row.open : undefined}
      aria-posinset={group ? undefined : row.position} aria-setsize={group ? undefined : row.siblings} aria-selected={active}
      aria-current={shown ? 'step' : undefined} tabIndex={active ? 0 : -1} aria-label={spoken(row, run)} onClick={press} onFocus={() => onActive(index)}
    >
      {row.type === 'run' ? <RunCells row={row} run={run} /> : <EntryCells row={row} />}
      <button
        type="button" className="icon-btn row-actions" tabIndex={-1} aria-label={`Actions on ${group ? 'the run' : `entry ${row.entry.seq}`}`} aria-haspopup="menu"
        onClick={(event) => {
          event.stopPropagation();
          onActive(index);
          const box = event.currentTarget.getBoundingClientRect();
          openTimelineMenu(app, row, box.left, box.bottom);
        }}
      >
        <Ellipsis size={14} aria-hidden="true" />
      </button>
    </div>
  );
});

function spoken(row: TimelineRow, run: HistoryRun | undefined): string {
  if (row.type === 'run') return `${runName(row.run, run)}, ${runKind(row.run, run)}, ${plural(row.count, 'change')}, ${formatMoment(row.time)}`;
  const { entry } = row;
  const size = sizeChange(entry);
  return [`${OPS[entry.op].text} ${entryPath(entry)}`, size, `entry ${entry.seq}`, formatMoment(entry.time)].filter(Boolean).join(', ');
}

function RunCells({ row, run }: { row: TimelineRow & { type: 'run' }; run: HistoryRun | undefined }): ReactElement {
  const args = run?.args.slice(run.args[0] === run.name ? 1 : 0).join(' ') ?? '';
  const partial = run && row.run !== 0 && run.entries > row.count;
  return (
    <>
      <span className={`twisty${row.open ? ' open' : ''}`} aria-hidden="true"><ChevronRight size={14} /></span>
      <i className={`run-dot kind-${row.run === 0 ? 'user' : (run?.kind ?? 'program')}`} aria-hidden="true" />
      <span className="row-text"><b>{runName(row.run, run)}</b>{args !== '' && <span className="mono args"> {visibleName(args)}</span>}</span>
      <span className="row-note">{plural(row.count, 'change')}{partial && ` of ${run.entries}`}</span>
      <time className="row-time" dateTime={new Date(row.time).toISOString()}>{formatMoment(row.time)}</time>
    </>
  );
}

function EntryCells({ row }: { row: TimelineRow & { type: 'entry' } }): ReactElement {
  const { entry } = row;
  const op = OPS[entry.op];
  return (
    <>
      <span className={`op-mark origin-${op.origin}`} aria-hidden="true">{op.mark}</span>
      <span className="op-text">{op.text}</span>
      <span className="row-text mono" title={entryPath(entry)}>{entryPath(entry)}</span>
      <span className="row-note">{sizeChange(entry)}</span>
      <span className="row-seq" title="The entry’s number">{entry.seq}</span>
      <time className="row-time" dateTime={new Date(entry.time).toISOString()}>{formatMoment(entry.time)}</time>
    </>
  );
}
