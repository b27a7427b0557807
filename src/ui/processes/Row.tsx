import type { KeyboardEvent, ReactElement } from 'react';
import { ChevronDown, ChevronRight, OctagonX, Pause, Play, Square } from 'lucide-react';
import type { ProcessInfo } from '../../shared/abi/index.ts';
import { continueProcess, endProcess, pauseProcess, showCallsOf } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { formatBytes, formatCount, formatDuration, visibleName } from '../kit/index.ts';
import { openProcessMenu } from './process-menu.ts';
import type { ProcessRow } from './process-tree.ts';
import type { Rates } from './samples.ts';

interface RowProps {
  row: ProcessRow;
  index: number;
  now: number;
  rates: Rates | null;
  current: boolean;
  reachable: boolean;
  onSelect: (pid: number) => void;
  onToggle: (pid: number) => void;
}

/** Of a name or of arguments in a row; the details have all of it. */
const SHOWN_MAX = 120;

export function Row({ row: { process, level, place, siblings, open }, index, now, rates, current, reachable, onSelect, onToggle }: RowProps): ReactElement {
  const app = useApp();
  const { pid, exit, args } = process;
  const onKeyDown = (event: KeyboardEvent): void => {
    const calls = event.key.toLowerCase() === 't' && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!calls && (exit || event.key !== 'Delete')) return;
    event.preventDefault();
    if (calls) void showCallsOf(app, pid);
    else void endProcess(app, pid, event.shiftKey ? 'KILL' : 'TERM');
  };
  const Chevron = open ? ChevronDown : ChevronRight;
  const number = (value: string | null): ReactElement => <td className="num">{exit || value === null ? '–' : value}</td>;
  return (
    <tr
      className={`${exit ? 'ended' : ''}${current ? ' current' : ''}`} data-index={index} tabIndex={reachable ? 0 : -1} aria-level={level + 1} aria-posinset={place} aria-setsize={siblings}
      aria-expanded={open ?? undefined} aria-selected={current} onKeyDown={onKeyDown} onClick={() => onSelect(pid)}
      onContextMenu={(event) => { event.preventDefault(); openProcessMenu(app, process, { left: event.clientX, bottom: event.clientY }); }}
    >
      <th scope="row" title={visibleName(process.cwd)} style={{ paddingLeft: 12 + level * 16 }}>
        {open === null
          ? <i className="processes-leaf" aria-hidden="true" />
          : <button type="button" className="processes-toggle" tabIndex={-1} aria-hidden="true" onClick={(event) => { event.stopPropagation(); onToggle(pid); }}><Chevron size={14} /></button>}
        <span className="mono">{visibleName(process.name.slice(0, SHOWN_MAX))}</span> <span className="pid">{pid}</span>{' '}
        <span className="mono args">{visibleName(args.slice(args[0] === process.name ? 1 : 0).join(' ').slice(0, SHOWN_MAX))}</span>
      </th>
      <td><State process={process} /></td>
      {number(rates && `${rates.cpu.toFixed(rates.cpu < 10 ? 1 : 0)} %`)}
      <td className="num">{process.memory ? formatBytes(process.memory) : '–'}</td>
      {number(rates && formatCount(Math.round(rates.calls)))}
      {number(rates && formatBytes(Math.round(rates.read)))}
      {number(rates && formatBytes(Math.round(rates.written)))}
      {number(formatCount(process.openFiles))}
      <td className="num">{formatDuration(exit ? exit.duration : Math.max(0, now - process.started))}</td>
      <td className="process-actions" onClick={(event) => event.stopPropagation()}>{!exit && <Actions process={process} />}</td>
    </tr>
  );
}

export function State({ process: { exit, state, listening } }: { process: ProcessInfo }): ReactElement {
  if (exit) return <span className={exit.code === 0 ? 'good' : 'bad'} title={exit.message}>{exit.signal ?? exit.reason} {exit.code}</span>;
  return <><span className={`state-${state}`}>{state}</span><Ports of={listening} /></>;
}

/** Where a process listens, as addresses are written. */
function Ports({ of: ports = [] }: { of?: readonly number[] | undefined }): ReactElement | null {
  if (ports.length === 0) return null;
  return <span className="ports mono" title={`Listens in this tab: palimpsest.connect(${ports[0]})`}>{ports.map((port) => `:${port}`).join(' ')}</span>;
}

/** Stop or go on, end, kill. */
function Actions({ process: { pid, state } }: { process: ProcessInfo }): ReactElement {
  const app = useApp();
  return (
    <>
      {state === 'stopped'
        ? <button type="button" className="icon-btn" tabIndex={-1} aria-label={`Continue ${pid}`} title="Continue: lets it go on where it was stopped (CONT)" onClick={() => void continueProcess(app, pid)}><Play size={14} aria-hidden="true" /></button>
        : <button type="button" className="icon-btn" tabIndex={-1} aria-label={`Stop ${pid}`} title="Stop: lets it stand until it is continued (STOP), as Ctrl-Z does" onClick={() => void pauseProcess(app, pid)}><Pause size={14} aria-hidden="true" /></button>}
      <button type="button" className="icon-btn" tabIndex={-1} aria-label={`End ${pid}`} title="End: asks it to end (TERM); Delete" onClick={() => void endProcess(app, pid, 'TERM')}><Square size={14} aria-hidden="true" /></button>
      <button type="button" className="icon-btn danger" tabIndex={-1} aria-label={`Kill ${pid}`} title="Kill: ends it at once (KILL); Shift+Delete" onClick={() => void endProcess(app, pid, 'KILL')}><OctagonX size={14} aria-hidden="true" /></button>
    </>
  );
}
