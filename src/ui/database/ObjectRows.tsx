import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import { copyText } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { CellValue, DataGrid, fittingWidths, type Place, type Sort } from '../grid/index.ts';
import { formatCount } from '../kit/index.ts';
import { usePages, type Calls } from '../reader/index.ts';
import { showError } from '../stores/index.ts';
import type { ObjectFacts, SqlCell, SqliteApi } from '../sqlite/index.ts';

interface Described extends ObjectFacts {
  sample: SqlCell[][];
}

/** The rows of a table or view, fetched page by page. */
export function ObjectRows({ calls, name, onStop }: { calls: Calls<SqliteApi>; name: string; onStop: () => void }): ReactElement {
  const [facts, setFacts] = useState<Described | null>(null);
  useEffect(() => {
    let gone = false;
    const describe = async (): Promise<Described> => {
      const found = await calls.describe(name);
      if (found.problem !== null) return { ...found, sample: [] };
      const sample = await calls.rows(name, found.columns, 0, 100, null).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
      return typeof sample === 'string' ? { ...found, problem: sample, sample: [] } : { ...found, sample };
    };
    describe().then((next) => {
      if (!gone) setFacts(next);
    }, (error: unknown) => {
      if (!gone) setFacts({ columns: [], rows: null, problem: error instanceof Error ? error.message : String(error), sample: [] });
    });
    return () => {
      gone = true;
    };
  }, [calls, name]);
  if (!facts) return <div className="empty" role="status"><p>Counting rows…</p><button type="button" className="btn" onClick={onStop}>Stop, and show how it was made</button></div>;
  if (facts.problem !== null) return <div className="empty" role="alert">Its rows cannot be read: {facts.problem}</div>;
  return <Rows calls={calls} name={name} facts={facts} />;
}

function Rows({ calls, name, facts }: { calls: Calls<SqliteApi>; name: string; facts: Described }): ReactElement {
  const app = useApp();
  const { columns: titles, sample } = facts;
  const count = facts.rows ?? 0;
  const [sort, setSort] = useState<Sort | null>(null);
  const [active, setActive] = useState<Place>({ row: 0, column: 0 });
  const [widths, setWidths] = useState(() => fittingWidths(titles, sample));
  const [range, setRange] = useState({ start: 0, end: 60 });
  const onRange = useCallback((start: number, end: number) => setRange({ start, end }), []);
  const load = useCallback((from: number, to: number) => calls.rows(name, titles, from, to, sort), [calls, name, titles, sort]);
  const source = useMemo(() => ({ name, sort }), [name, sort]);
  const rowAt = usePages(source, load, range.start, Math.min(range.end, count));
  const columns = useMemo(() => titles.map((title, column) => ({ name: title, width: widths[column] ?? 120 })), [titles, widths]);
  const cell = active.row < 0 ? undefined : rowAt(active.row)?.[active.column];
  const copy = ({ row, column }: Place): void => {
    if (row < 0) return void copyText(app, titles[column] ?? '', 'the title');
    calls.value(name, titles, row, column, sort).then((text) => copyText(app, text, 'the value'), (error: unknown) => showError(app.messages, 'Could not copy the value', error));
  };
  const sortBy = (column: number): void => setSort(sort?.column !== column ? { column, descending: false } : sort.descending ? null : { column, descending: true });
  return (
    <div className="grid-view">
      <DataGrid
        label={`Rows of ${name.slice(0, 80)}`} columns={columns} rowCount={count} rowAt={rowAt} onRange={onRange} active={active} onActive={setActive} sort={sort} onSort={sortBy} onCopy={copy}
        onWidth={(column, width) => setWidths(widths.map((old, at) => (at === column ? width : old)))}
      />
      <CellValue name={titles[active.column] ?? ''} place={active.row < 0 ? '' : `row ${formatCount(active.row + 1)} of ${formatCount(count)}${cell && cell.length > 2000 ? `, ${formatCount(cell.length)} long` : ''}`} text={cell?.text ?? ''} onCopy={() => copy(active)} />
    </div>
  );
}
