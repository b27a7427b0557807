import { useEffect, useRef, useState, type ReactElement } from 'react';
import { Play, Square } from 'lucide-react';
import { copyText } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { CellValue, DataGrid, fittingWidths, type Place } from '../grid/index.ts';
import { formatDuration, plural, visibleName } from '../kit/index.ts';
import type { Calls } from '../reader/index.ts';
import type { QueryResult, SqliteApi } from '../sqlite/index.ts';

interface QueryBoxProps {
  calls: Calls<SqliteApi>;
  sql: string;
  onSql: (sql: string) => void;
  /** Ends the worker that runs the query, and opens the database anew. */
  onCancel: () => void;
  /** A query before this one was ended. */
  ended: boolean;
}

type Outcome = { state: 'none' } | { state: 'running'; since: number } | { state: 'failed'; message: string } | { state: 'done'; result: QueryResult; ms: number };

/** Milliseconds after which a query is ended. */
const TIME_MAX = 30_000;

/** A query on the copy of the database, and what it gives. */
export function QueryBox({ calls, sql, onSql, onCancel, ended }: QueryBoxProps): ReactElement {
  const [outcome, setOutcome] = useState<Outcome>(ended ? { state: 'failed', message: 'The query was ended, and the database opened again.' } : { state: 'none' });
  const mounted = useRef(true);
  const running = outcome.state === 'running';
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  useEffect(() => {
    if (!running) return undefined;
    // What is shown instead waits for the same worker.
    return () => {
      if (!mounted.current) onCancel();
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [running]);
  useEffect(() => {
    if (!running) return undefined;
    const timer = setTimeout(onCancel, TIME_MAX);
    return () => clearTimeout(timer);
    // Another `onCancel` does not begin the time anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [running]);
  const run = (): void => {
    if (running || sql.trim() === '') return;
    const since = performance.now();
    setOutcome({ state: 'running', since });
    calls.query(sql).then(
      (result): Outcome => ({ state: 'done', result, ms: performance.now() - since }),
      (error: unknown): Outcome => ({ state: 'failed', message: error instanceof Error ? error.message : String(error) }),
    ).then((next) => mounted.current && setOutcome(next), () => undefined);
  };
  return (
    <div className="query">
      <div className="query-form">
        <textarea
          className="input" aria-label="SQL" placeholder="select * from …" spellCheck={false} rows={4} value={sql} onChange={(event) => onSql(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            run();
          }}
        />
        <div className="query-bar">
          {running
            ? <button type="button" className="btn" onClick={onCancel}><Square size={13} aria-hidden="true" />Cancel</button>
            : <button type="button" className="btn primary" onClick={run} disabled={sql.trim() === ''}><Play size={13} aria-hidden="true" />Run</button>}
          <kbd>Ctrl+Enter</kbd>
          <span className="gap" />
          <span className="grid-facts" role="status">{statusText(outcome)}</span>
        </div>
      </div>
      {outcome.state === 'failed' && <p className="tree-fault query-fault" role="alert">{visibleName(outcome.message.slice(0, 600))}</p>}
      {outcome.state === 'done' && outcome.result.columns.length > 0 ? <Result key={outcome.ms} result={outcome.result} /> : <div className="empty">Queries run on a copy in memory: nothing can change the file.</div>}
    </div>
  );
}

function statusText(outcome: Outcome): string {
  if (outcome.state === 'running') return 'Running…';
  if (outcome.state !== 'done') return '';
  const { result, ms } = outcome;
  const rows = result.columns.length === 0 ? 'Done, without rows' : `${result.more ? 'the first ' : ''}${plural(result.rows.length, 'row')}`;
  return `${rows} · ${formatDuration(ms)}${result.left ? ' · what follows the first result was not run' : ''}`;
}

function Result({ result: { columns: titles, rows } }: { result: QueryResult }): ReactElement {
  const app = useApp();
  const [active, setActive] = useState<Place>({ row: 0, column: 0 });
  const [widths, setWidths] = useState(() => fittingWidths(titles, rows.slice(0, 200)));
  const text = ({ row, column }: Place): string => (row < 0 ? titles[column] : rows[row]?.[column]?.text) ?? '';
  return (
    <div className="grid-view">
      <DataGrid
        label="Result" columns={titles.map((name, column) => ({ name, width: widths[column] ?? 120 }))} rowCount={rows.length} rowAt={(row) => rows[row]} onRange={ignore} active={active} onActive={setActive}
        onCopy={(place) => void copyText(app, text(place), 'the value')} onWidth={(column, width) => setWidths(widths.map((old, at) => (at === column ? width : old)))}
      />
      <CellValue name={titles[active.column] ?? ''} text={text(active)} onCopy={() => void copyText(app, text(active), 'the value')} />
    </div>
  );
}

const ignore = (): void => undefined;
