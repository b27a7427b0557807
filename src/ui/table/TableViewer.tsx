import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import { copyText } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { DELIMITERS, startCsvReader, type Arrangement, type CsvApi, type Delimiter, type TableFacts } from '../csv/index.ts';
import { CellValue, DataGrid, fittingWidths, type Cell, type Place } from '../grid/index.ts';
import { formatBytes, formatCount, plural } from '../kit/index.ts';
import { ReaderState, usePages, useReader, type Calls, type ReaderKind } from '../reader/index.ts';

const KIND: ReaderKind<CsvApi, TableFacts> = { start: startCsvReader, open: (calls, bytes) => calls.load(bytes) };

/** Bytes of a table that are read. */
const READ_MAX = 256 * 1024 * 1024;

interface TableViewerProps {
  path: string;
  size: number;
  version: number;
}

/** A file of comma or tab separated values as a table: it is held in a worker as it is, and only the cells on screen are taken out. */
export function TableViewer({ path, size, version }: TableViewerProps): ReactElement {
  const loading = useReader(KIND, path, Math.min(size, READ_MAX), version);
  if (loading.state !== 'open') return <ReaderState loading={loading} path={path} opening="Finding its rows…" />;
  return <Table calls={loading.calls} first={loading.opened} cut={size > READ_MAX ? READ_MAX : null} />;
}

const WORDS: Record<Delimiter, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' };
const NOTHING: Arrangement = { filter: '', sort: null };

function Table({ calls, first, cut }: { calls: Calls<CsvApi>; first: TableFacts; cut: number | null }): ReactElement {
  const [facts, setFacts] = useState(first);
  const [header, setHeader] = useState(first.header);
  const [arrangement, setArrangement] = useState(NOTHING);
  // What is shown follows what was asked for once it has been done.
  const [shown, setShown] = useState({ of: facts, count: facts.rows, at: NOTHING });
  const [active, setActive] = useState<Place>({ row: 0, column: 0 });
  useEffect(() => {
    if (shown.at === arrangement && shown.of === facts) return undefined;
    let gone = false;
    const timer = setTimeout(() => calls.arrange(arrangement).then((count) => {
      if (gone) return;
      setShown({ of: facts, count, at: arrangement });
      setActive((old) => ({ ...old, row: Math.min(old.row, count - 1) }));
    }, () => undefined), 120);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [calls, arrangement, facts, shown]);
  const reopen = (delimiter: Delimiter, withHeader: boolean): void => {
    calls.open({ delimiter, header: withHeader }).then((next) => {
      setHeader(withHeader);
      setArrangement(NOTHING);
      setFacts(next);
      setShown({ of: next, count: next.rows, at: NOTHING });
      setActive({ row: 0, column: 0 });
    }, () => undefined);
  };
  return (
    <div className="grid-view">
      <div className="grid-tools">
        <input className="input" type="search" placeholder="Filter rows" aria-label="Filter rows" value={arrangement.filter} onChange={(event) => setArrangement({ ...arrangement, filter: event.target.value })} />
        <label><input type="checkbox" checked={header} onChange={(event) => reopen(facts.delimiter, event.target.checked)} /> First row is a header</label>
        <label>Delimiter <select className="input" value={facts.delimiter} onChange={(event) => reopen(event.target.value as Delimiter, header)}>{DELIMITERS.map((each) => <option key={each} value={each}>{WORDS[each]}</option>)}</select></label>
        <span className="gap" />
        <span className="grid-facts" role="status">
          {shown.at !== arrangement ? 'Searching…' : shown.count === facts.rows ? plural(facts.rows, 'row') : `${formatCount(shown.count)} of ${plural(facts.rows, 'row')}`}, {plural(facts.titles.length, 'column')}
          {cut !== null && ` · of the first ${formatBytes(cut)}`}{facts.more && ' · more than are shown'}
        </span>
      </div>
      {facts.titles.length === 0 ? <div className="empty">There are no rows in it.</div> : <Rows calls={calls} shown={shown} active={active} onActive={setActive} arrangement={arrangement} onArrange={setArrangement} />}
    </div>
  );
}

interface RowsProps {
  calls: Calls<CsvApi>;
  shown: { of: TableFacts; count: number };
  active: Place;
  onActive: (place: Place) => void;
  arrangement: Arrangement;
  onArrange: (arrangement: Arrangement) => void;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const cellOf = (text: string): Cell => ({ text, kind: NUMBER.test(text) ? 'number' : 'text' });

function Rows({ calls, shown, active, onActive, arrangement, onArrange }: RowsProps): ReactElement {
  const app = useApp();
  const { titles, sample } = shown.of;
  const fitting = useMemo(() => fittingWidths(titles, sample.map((row) => row.map((text) => ({ text })))), [titles, sample]);
  const [widths, setWidths] = useState({ of: fitting, list: fitting });
  if (widths.of !== fitting) setWidths({ of: fitting, list: fitting });
  const columns = useMemo(() => titles.map((name, column) => ({ name, width: widths.list[column] ?? 120 })), [titles, widths]);
  const [range, setRange] = useState({ start: 0, end: 60 });
  const onRange = useCallback((start: number, end: number) => setRange({ start, end }), []);
  const load = useCallback(async (from: number, to: number) => (await calls.rows(from, to)).map(({ number, cells }) => ({ number, cells: cells.map(cellOf) })), [calls]);
  const rowAt = usePages(shown, load, range.start, Math.min(range.end, shown.count));
  const copy = ({ row, column }: Place): void => {
    if (row < 0) return void copyText(app, titles[column] ?? '', 'the title');
    calls.cell(row, column).then((text) => copyText(app, text, 'the cell'), () => undefined);
  };
  const sortBy = (column: number): void => {
    const { sort } = arrangement;
    onArrange({ ...arrangement, sort: sort?.column !== column ? { column, descending: false } : sort.descending ? null : { column, descending: true } });
  };
  const row = active.row < 0 ? undefined : rowAt(active.row);
  return (
    <>
      <DataGrid
        label="Rows" columns={columns} rowCount={shown.count} rowAt={(at) => rowAt(at)?.cells} numberAt={(at) => rowAt(at)?.number} onRange={onRange} active={active} onActive={onActive}
        sort={arrangement.sort} onSort={sortBy} onCopy={copy} onWidth={(column, width) => setWidths({ of: fitting, list: widths.list.map((old, at) => (at === column ? width : old)) })}
      />
      <CellValue name={titles[active.column] ?? ''} place={row ? `row ${formatCount(row.number)}` : ''} text={row?.cells[active.column]?.text ?? ''} onCopy={() => copy(active)} />
    </>
  );
}
