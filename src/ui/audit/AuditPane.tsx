import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { useStore } from 'zustand';
import type { AuditRecord } from '../../shared/abi/index.ts';
import { exportAudit } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { DECIDED_WORDS, describeRecord } from '../authority/index.ts';
import { formatCount, formatMoment, indexesWith, plural, useFixedRows, visibleName } from '../kit/index.ts';
import { AuditDetails } from './AuditDetails.tsx';
import { AuditSearch } from './AuditSearch.tsx';
import './audit.css';

const LOOK_MS = 1500;
/** Older records are read when fewer rows than these are left below. */
const AHEAD = 100;

/** What programs did beyond their sandbox, and were refused: searched, checked, exported. */
export function AuditPane(): ReactElement {
  const app = useApp();
  const [selected, setSelected] = useState<AuditRecord | null>(null);
  const error = useStore(app.audit.store, (state) => state.error);
  useEffect(() => void app.audit.refresh(), [app]);
  return (
    <section className="audit" aria-label="Audit">
      <AuditSearch />
      <Bar />
      {error !== null && <div className="note" role="alert"><p>The audit cannot be read: {error}</p><button type="button" className="btn" onClick={() => void app.audit.refresh()}>Try again</button></div>}
      <div className="audit-body">
        <Records selected={selected} onSelect={setSelected} />
        {selected && <AuditDetails record={selected} onClose={() => setSelected(null)} />}
      </div>
    </section>
  );
}

function Bar(): ReactElement {
  const app = useApp();
  const { total, records, loading, newer, verdict } = useStore(app.audit.store);
  return (
    <div className="audit-bar">
      <span role="status">{loading && records.length === 0 ? 'Reading…' : plural(total, 'record')}</span>
      {newer && <button type="button" className="btn" onClick={() => void app.audit.refresh()}>Show newer ones</button>}
      <span className="gap" />
      <span role="status" className={verdict === null || verdict === 'checking' ? '' : 'error' in verdict || verdict.broken !== null ? 'bad' : 'good'}>{verdictText(verdict)}</span>
      <button type="button" className="btn" disabled={verdict === 'checking'} title="Each record carries the hash of the one before it" onClick={() => void app.audit.verify()}>Verify</button>
      <button type="button" className="btn" onClick={() => void exportAudit(app)}>Export JSONL</button>
    </div>
  );
}

function verdictText(verdict: ReturnType<ReturnType<typeof useApp>['audit']['store']['getState']>['verdict']): string {
  if (verdict === null) return '';
  if (verdict === 'checking') return 'Checking…';
  if ('error' in verdict) return `It could not be checked: ${verdict.error}`;
  return verdict.broken === null ? `The chain of ${plural(verdict.records, 'record')} holds: none was changed or left out` : `The chain is broken at record ${formatCount(verdict.broken)}`;
}

const rowHeight = (): number => (matchMedia('(max-width: 759px), (max-height: 479px)').matches ? 60 : 26);

interface RecordsProps {
  selected: AuditRecord | null;
  onSelect: (record: AuditRecord) => void;
}

/** The list; virtualised. Arrow keys choose, the chosen one's details are beside it. */
function Records({ selected, onSelect }: RecordsProps): ReactElement {
  const app = useApp();
  const records = useStore(app.audit.store, (state) => state.records);
  const loading = useStore(app.audit.store, (state) => state.loading);
  const total = useStore(app.audit.store, (state) => state.total);
  const scroller = useRef<HTMLDivElement>(null);
  const height = rowHeight();
  const { start, end, height: all, reveal } = useFixedRows(scroller, records.length, height);
  const at = selected ? records.findIndex(({ seq }) => seq === selected.seq) : -1;
  useEffect(() => {
    if (end + AHEAD > records.length && records.length < total) void app.audit.loadMore();
  }, [app, end, records.length, total]);
  useEffect(() => {
    const timer = setInterval(() => void app.audit.look((scroller.current?.scrollTop ?? 0) < height), LOOK_MS);
    return () => clearInterval(timer);
  }, [app, height]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = stepTo(event.key, at, records.length);
    const record = next === null ? undefined : records[next];
    if (!record || next === null) return;
    event.preventDefault();
    onSelect(record);
    reveal(next);
  };
  return (
    <div ref={scroller} className="audit-scroll" role="listbox" aria-label="Records, the latest first" tabIndex={0} aria-activedescendant={at >= 0 ? `audit-${selected?.seq}` : undefined} onKeyDown={onKeyDown}>
      <div role="presentation" style={{ height: all, position: 'relative' }}>
        {indexesWith(start, end, at, records.length).map((index) => {
          const record = records[index];
          return record && <Row key={record.seq} record={record} top={index * height} height={height} on={record.seq === selected?.seq} onSelect={onSelect} />;
        })}
      </div>
      {records.length === 0 && !loading && <p className="audit-none">Nothing is like that. What programs do beyond their sandbox is written here, allowed or not.</p>}
    </div>
  );
}

function stepTo(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown': return Math.min(count - 1, at + 1);
    case 'ArrowUp': return Math.max(0, at - 1);
    case 'PageDown': return Math.min(count - 1, at + 20);
    case 'PageUp': return Math.max(0, at - 20);
    case 'Home': return 0;
    case 'End': return count - 1;
    default: return null;
  }
}

const SUBJECT_MAX = 200;

function Row({ record, top, height, on, onSelect }: { record: AuditRecord; top: number; height: number; on: boolean; onSelect: (record: AuditRecord) => void }): ReactElement {
  const { seq, time, program, pid, action, decision, by, count } = record;
  const { does, subject } = describeRecord(action);
  return (
    <div id={`audit-${seq}`} role="option" aria-selected={on} className={`audit-row ${decision}`} style={{ transform: `translateY(${top}px)`, height }} onClick={() => onSelect(record)}>
      <span className="audit-time">{formatMoment(time)}</span>
      <span className="audit-program mono" title={visibleName(program)}>{visibleName(program.slice(0, 60))} <span className="audit-pid">{pid}</span></span>
      <b className={decision === 'allow' ? 'good' : 'bad'}>{decision === 'allow' ? 'allowed' : by === 'timeout' ? 'timed out' : 'refused'}</b>
      <span className="audit-what"><span>{does}</span> <code>{visibleName(subject.slice(0, SUBJECT_MAX))}</code>{count > 1 && <span className="audit-count"> × {formatCount(count)}</span>}</span>
      <span className="audit-by">{DECIDED_WORDS[by]}</span>
    </div>
  );
}
