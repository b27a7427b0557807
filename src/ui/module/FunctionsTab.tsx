import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import { SafeText, formatBytes, formatCount, plural } from '../kit/index.ts';
import { RowList, usePages, type Calls } from '../reader/index.ts';
import type { FunctionOrder, ModuleSummary, WasmApi } from '../wasm/index.ts';
import { FunctionCode } from './FunctionCode.tsx';

const ORDERS: readonly { id: FunctionOrder; title: string }[] = [{ id: 'index', title: 'Number' }, { id: 'size', title: 'Size' }, { id: 'name', title: 'Name' }];

interface FunctionsTabProps {
  module: ModuleSummary;
  calls: Calls<WasmApi>;
  /** Number of the function that is open. */
  selected: number | null;
  onSelect: (index: number) => void;
}

/** All functions, searched and ordered; the instructions of one of them beside. */
export function FunctionsTab({ module, calls, selected, onSelect }: FunctionsTabProps): ReactElement {
  const [query, setQuery] = useState('');
  const [order, setOrder] = useState<FunctionOrder>('index');
  const found = useFunctions(calls, query, order);
  return (
    <div className="functions">
      <div className="function-list">
        <div className="function-tools">
          <input className="input" type="search" placeholder="Name or number" aria-label="Find a function" value={query} onChange={(event) => setQuery(event.target.value)} />
          <div className="segments" role="group" aria-label="Order by">
            {ORDERS.map(({ id, title }) => <button key={id} type="button" aria-pressed={order === id} onClick={() => setOrder(id)}>{title}</button>)}
          </div>
        </div>
        <List calls={calls} found={found} selected={selected} onSelect={onSelect} />
        <p className="function-count quiet" role="status">{found ? `${formatCount(found.length)} of ${plural(module.functions + module.importedFunctions, 'function')}` : 'Searching…'}</p>
      </div>
      {selected === null
        ? <div className="empty function-code">Choose a function to see its instructions, who calls it, and what it calls.</div>
        : <FunctionCode key={selected} calls={calls} index={selected} onFunction={onSelect} />}
    </div>
  );
}

/** The functions that match, in order; null while they are sought for the first time. */
function useFunctions(calls: Calls<WasmApi>, query: string, order: FunctionOrder): Uint32Array | null {
  const [found, setFound] = useState<Uint32Array | null>(null);
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(() => calls.functions(query, order).then((next) => {
      if (!gone) setFound(next);
    }, () => undefined), query === '' ? 0 : 80);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [calls, query, order]);
  return found;
}

const NONE = new Uint32Array();

function List({ calls, found, selected, onSelect }: { calls: Calls<WasmApi>; found: Uint32Array | null; selected: number | null; onSelect: (index: number) => void }): ReactElement {
  const list = found ?? NONE;
  const [range, setRange] = useState({ start: 0, end: 60 });
  const onRange = useCallback((start: number, end: number) => setRange({ start, end }), []);
  const load = useCallback((from: number, to: number) => calls.rows([...list.subarray(from, to)]), [calls, list]);
  const rowAt = usePages(list, load, range.start, Math.min(range.end, list.length));
  const active = useMemo(() => (selected === null ? -1 : list.indexOf(selected)), [list, selected]);
  return (
    <RowList
      label="Functions" count={list.length} rowHeight={24} active={active} onActive={(index) => onSelect(list[index]!)} onRange={onRange} className="function-rows"
      row={(at) => {
        const row = rowAt(at);
        return (
          <>
            <span className="function-index">{list[at]}</span>
            <span className={row?.imported ? 'function-name from' : 'function-name'}>{row ? <SafeText text={row.name} max={100} /> : '…'}</span>
            <span className="function-size">{row && (row.imported ? 'imported' : formatBytes(row.size))}</span>
          </>
        );
      }}
    />
  );
}
