import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { Copy } from 'lucide-react';
import { copyText } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { SafeText, formatBytes, formatCount, plural } from '../kit/index.ts';
import { RowList, usePages, type Calls } from '../reader/index.ts';
import { showError } from '../stores/index.ts';
import type { FunctionRow, WasmApi } from '../wasm/index.ts';

interface FunctionCodeProps {
  calls: Calls<WasmApi>;
  index: number;
  onFunction: (index: number) => void;
}

type Opened = Awaited<ReturnType<Calls<WasmApi>['openFunction']>>;

/** One function: its signature, who calls it, what it calls, and its instructions. */
export function FunctionCode({ calls, index, onFunction }: FunctionCodeProps): ReactElement {
  const [opened, setOpened] = useState<Opened | string | null>(null);
  useEffect(() => {
    let gone = false;
    calls.openFunction(index).catch((error: unknown) => (error instanceof Error ? error.message : String(error))).then((next) => {
      if (!gone) setOpened(next);
    });
    return () => {
      gone = true;
    };
  }, [calls, index]);
  if (opened === null) return <div className="empty function-code" role="status">Taking function {index} apart…</div>;
  if (typeof opened === 'string') return <div className="empty function-code" role="alert">Function {index} cannot be shown: {opened}</div>;
  return (
    <section className="function-code" aria-label={`Function ${index}`}>
      <Head calls={calls} opened={opened} onFunction={onFunction} />
      {opened.fault && <p className="blame-failed" role="alert">Its body cannot be read on from byte {opened.fault.offset}: {opened.fault.message}</p>}
      {opened.row.imported ? <div className="empty">It is imported: its instructions are not in this file.</div> : <Lines calls={calls} opened={opened} onFunction={onFunction} />}
    </section>
  );
}

function Head({ calls, opened: { row, lines, locals, callers, callerCount, callees }, onFunction }: { calls: Calls<WasmApi>; opened: Opened; onFunction: (index: number) => void }): ReactElement {
  const app = useApp();
  const copy = (): void => {
    calls.text(row.index).then((text) => copyText(app, text, 'the instructions'), (error: unknown) => showError(app.messages, 'Could not copy the instructions', error));
  };
  return (
    <div className="code-head">
      <div className="code-title">
        <h3><span className="from">{row.index}</span> <SafeText text={row.name} max={160} more /></h3>
        {!row.imported && <button type="button" className="icon-btn" aria-label="Copy the instructions as text" title="Copy the instructions as text" onClick={copy}><Copy size={14} aria-hidden="true" /></button>}
      </div>
      <p className="code-facts">
        <code><SafeText text={row.signature} /></code>
        {!row.imported && <span>{formatBytes(row.size)} at 0x{row.at.toString(16)} · {plural(lines, 'instruction')}{locals !== '' && ` · locals ${locals}`}</span>}
      </p>
      <p className="code-links">
        <Jump label={`${plural(callerCount, 'caller')}`} what="Callers" list={callers} onFunction={onFunction} />
        <Jump label={`calls ${plural(callees.length, 'function')}`} what="Calls" list={callees} onFunction={onFunction} />
        {row.raw !== null && <code className="quiet"><SafeText text={row.raw} max={80} /></code>}
      </p>
    </div>
  );
}

/** A list of functions to go to. */
function Jump({ label, what, list, onFunction }: { label: string; what: string; list: FunctionRow[]; onFunction: (index: number) => void }): ReactElement {
  const details = useRef<HTMLDetailsElement>(null);
  if (list.length === 0) return <span className="quiet">{label}</span>;
  return (
    <details ref={details} className="jump" onKeyDown={(event) => {
      if (event.key === 'Escape' && details.current) details.current.open = false;
    }}>
      <summary>{label}</summary>
      <ul aria-label={what}>
        {list.map(({ index, name }) => <li key={index}><button type="button" className="link" onClick={() => onFunction(index)}><span className="from">{index}</span> <SafeText text={name} max={100} /></button></li>)}
      </ul>
    </details>
  );
}

function Lines({ calls, opened: { row, lines }, onFunction }: { calls: Calls<WasmApi>; opened: Opened; onFunction: (index: number) => void }): ReactElement {
  const [active, setActive] = useState(-1);
  const [range, setRange] = useState({ start: 0, end: 60 });
  const onRange = useCallback((start: number, end: number) => setRange({ start, end }), []);
  const load = useCallback((from: number, to: number) => calls.lines(row.index, from, to), [calls, row.index]);
  const lineAt = usePages(row, load, range.start, Math.min(range.end, lines));
  return (
    <RowList
      label={`Instructions of function ${row.index}`} count={lines} rowHeight={20} active={active} onActive={setActive} onRange={onRange} className="code-lines"
      onOpen={(at) => {
        const target = lineAt(at)?.target;
        if (target !== null && target !== undefined) onFunction(target);
      }}
      row={(at) => {
        const line = lineAt(at);
        if (!line) return <span className="quiet">{formatCount(at)}</span>;
        return (
          <>
            <span className="code-offset">{line.at.toString(16).padStart(8, '0')}</span>{' '}
            <span style={{ paddingLeft: `${Math.min(line.depth, 40) * 2}ch` }} className={CLASSES[line.name] ?? 'code-op'}>{line.name}</span>{' '}
            <span className={line.target === null ? 'code-arguments' : 'code-arguments row-link'}><SafeText text={line.text} max={160} /></span>
          </>
        );
      }}
    />
  );
}

const CLASSES: Record<string, string> = Object.fromEntries([
  ...['block', 'loop', 'if', 'else', 'end', 'br', 'br_if', 'br_table', 'return', 'try', 'try_table', 'catch', 'catch_all', 'unreachable', 'throw'].map((name) => [name, 'code-op flow']),
  ...['call', 'call_indirect', 'return_call', 'return_call_indirect', 'call_ref'].map((name) => [name, 'code-op calls']),
]) as Record<string, string>;
