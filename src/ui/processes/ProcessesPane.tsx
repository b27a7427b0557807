import { Suspense, lazy, useMemo, useState, type KeyboardEvent, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { rowTarget } from '../kit/index.ts';
import { SampleLink } from '../welcome/index.ts';
import { openProcessMenu } from './process-menu.ts';
import { processRows, type ProcessRow, type SortKey } from './process-tree.ts';
import { Row } from './Row.tsx';
import { rowStep } from './row-step.ts';
import { samplesOf, useProcesses } from './use-processes.ts';
import './processes.css';

const Details = lazy(() => import('./Details.tsx').then((module) => ({ default: module.Details })));

const COLUMNS: readonly { key: SortKey | null; label: string; about: string; num?: true }[] = [
  { key: 'tree', label: 'Program', about: 'Below the program that started it' }, { key: null, label: 'State', about: '' },
  { key: 'cpu', label: 'CPU', about: 'Per cent of one core, waits left out', num: true }, { key: 'memory', label: 'Memory', about: 'Linear memory', num: true },
  { key: 'calls', label: 'Calls/s', about: 'System calls of the last second', num: true }, { key: 'read', label: 'Read/s', about: 'Bytes that its calls read', num: true },
  { key: 'written', label: 'Written/s', about: 'Bytes that its calls wrote', num: true }, { key: 'files', label: 'Files', about: 'Open descriptors', num: true },
  { key: 'time', label: 'Time', about: 'Since it was started', num: true },
];

/** All processes as a tree, or sorted by what they use; one of them in full beside it. Read anew every second while the pane is shown. */
export function ProcessesPane(): ReactElement {
  const app = useApp();
  const list = useStore(app.processes, (state) => state.list);
  const selected = useStore(app.processes, (state) => state.selected);
  const now = useProcesses();
  const [sort, setSort] = useState<SortKey>('tree');
  const [filter, setFilter] = useState('');
  const [ended, setEnded] = useState(true);
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set());
  const samples = samplesOf(app);
  // What was measured changes with `now`.
  const rows = useMemo(() => processRows(list, { sort, filter, ended, closed, now, rates: (pid) => samples.latest(pid) }), [list, sort, filter, ended, closed, now, samples]);
  const chosen = list.find(({ pid }) => pid === selected);
  const select = (pid: number | null): void => app.processes.setState({ selected: pid });
  const toggle = (pid: number): void => setClosed((before) => new Set(before.has(pid) ? [...before].filter((each) => each !== pid) : [...before, pid]));
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const at = rowTarget(event.target);
    if (at < 0 || !(event.target instanceof HTMLTableRowElement)) return;
    const step = rowStep(event, at, rows);
    if (step === null) return;
    event.preventDefault();
    if (typeof step === 'number') focusRow(event.currentTarget, step);
    else if (step === 'toggle') toggle(rows[at]!.process.pid);
    else if (step === 'open') select(rows[at]!.process.pid);
    else openProcessMenu(app, rows[at]!.process, event.target.getBoundingClientRect());
  };
  return (
    <section className="processes" aria-label="Processes">
      <Bar list={rows} filter={filter} onFilter={setFilter} ended={ended} onEnded={setEnded} />
      <div className="processes-body">
        <div className="processes-list">
          <table role="treegrid" aria-label="Processes" aria-rowcount={rows.length + 1} onKeyDown={onKeyDown}>
            <thead><tr>{COLUMNS.map((column) => <Heading key={column.label} column={column} sort={sort} onSort={setSort} />)}<th scope="col"><span className="hidden-text">Actions</span></th></tr></thead>
            <tbody>{rows.map((row, index) => (
              <Row key={row.process.pid} row={row} index={index} now={now} rates={samples.latest(row.process.pid)} current={row.process.pid === selected} reachable={index === reachable(rows, selected)} onSelect={select} onToggle={toggle} />
            ))}</tbody>
          </table>
          {rows.length === 0 && <Nothing filtered={list.length > 0} />}
        </div>
        {chosen && <Suspense fallback={<div className="process-details"><p className="processes-note" role="status">Loading…</p></div>}><Details key={chosen.pid} process={chosen} now={now} onClose={() => select(null)} /></Suspense>}
      </div>
    </section>
  );
}

/** The one row that Tab leads to. */
function reachable(rows: readonly ProcessRow[], selected: number | null): number {
  return Math.max(0, rows.findIndex(({ process: { pid } }) => pid === selected));
}

function focusRow(table: HTMLElement, index: number): void {
  table.querySelector<HTMLElement>(`tr[data-index="${index}"]`)?.focus();
}

function Bar({ list, filter, onFilter, ended, onEnded }: { list: readonly ProcessRow[]; filter: string; onFilter: (text: string) => void; ended: boolean; onEnded: (shown: boolean) => void }): ReactElement {
  const running = list.filter(({ process }) => !process.exit).length;
  return (
    <search className="processes-bar" aria-label="Filter the processes">
      <input className="input processes-filter" type="text" aria-label="Filter the processes" placeholder="Filter: program, argument, number" spellCheck={false} autoComplete="off" value={filter} onChange={(event) => onFilter(event.target.value)} onKeyDown={(event) => { if (event.key === 'Escape') onFilter(''); }} />
      <span className="processes-count" role="status">{running} running{ended && list.length > running ? `, ${list.length - running} ended` : ''}</span>
      <button type="button" className="btn" aria-pressed={ended} onClick={() => onEnded(!ended)}>Ended</button>
    </search>
  );
}

function Heading({ column: { key, label, about, num }, sort, onSort }: { column: (typeof COLUMNS)[number]; sort: SortKey; onSort: (key: SortKey) => void }): ReactElement {
  const on = key !== null && key === sort;
  const sorted = on && key !== 'tree';
  return (
    <th scope="col" className={num ? 'num' : ''} title={about === '' ? undefined : about} aria-sort={sorted ? 'descending' : undefined}>
      {key === null ? label : <button type="button" className="processes-sort" aria-pressed={on} onClick={() => onSort(on ? 'tree' : key)}>{label}{sorted && <span aria-hidden="true"> ↓</span>}</button>}
    </th>
  );
}

function Nothing({ filtered }: { filtered: boolean }): ReactElement {
  return <div className="empty">{filtered ? <p>No process is like that.</p> : <><p>No process is running. Type a program’s name in the terminal, or drop a .wasm.</p><SampleLink /></>}</div>;
}
