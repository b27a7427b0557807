import { useCallback, useMemo, type ReactElement, type ReactNode } from 'react';
import { X } from 'lucide-react';
import type { Limits, ProcessInfo, ProcessGrants } from '../../shared/abi/index.ts';
import { openPath, showPane } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { describeAction } from '../authority/index.ts';
import { Chart } from '../charts/index.ts';
import { SafeText, formatBytes, formatCount, formatDuration, formatMoment, plural, visibleName } from '../kit/index.ts';
import { GRANTS } from '../stores/index.ts';
import { processActions } from './process-menu.ts';
import { State } from './Row.tsx';
import { useDetails, type Details as Known } from './use-details.ts';
import { samplesOf } from './use-processes.ts';

/** Rows of a list that are shown; the rest is counted. */
const LISTED_MAX = 200;
const TEXT_MAX = 300;

/** One process in full: what it is, what it uses as charts, open files, what it sees, what it may, limits, environment. */
export function Details({ process, now, onClose }: { process: ProcessInfo; now: number; onClose: () => void }): ReactElement {
  const app = useApp();
  const { pid, name } = process;
  const { details, error } = useDetails(pid, process.exit ? 0 : now);
  return (
    <aside className="process-details" aria-label={`Process ${pid}, ${visibleName(name.slice(0, TEXT_MAX))}`} onKeyDown={(event) => { if (event.key === 'Escape') onClose(); }}>
      <header>
        <h2 className="mono"><SafeText text={name} max={60} /> <span className="pid">{pid}</span></h2>
        <State process={process} />
        <span className="gap" />
        <button type="button" className="icon-btn" aria-label="Close the details" title="Close (Esc)" onClick={onClose}><X size={14} aria-hidden="true" /></button>
      </header>
      <div className="process-more">{processActions(app, process).map(({ label, run, danger }) => <button key={label} type="button" className={`btn${danger ? ' danger' : ''}`} onClick={run}>{label}</button>)}</div>
      <Facts process={process} />
      <Charts pid={pid} now={now} />
      {details && <Lists details={details} />}
      {!details && error !== null && <p className="processes-note">{process.exit ? 'It has ended: its files and grants are gone.' : error}</p>}
    </aside>
  );
}

function Facts({ process: { args, cwd, ppid, group, session, tty, started, threads, exit, syscalls, read, written, cpu } }: { process: ProcessInfo }): ReactElement {
  const rows: [string, ReactNode][] = [
    ['Arguments', args.length === 0 ? 'none' : <code key="args"><SafeText text={args.join(' ')} max={TEXT_MAX} more /></code>],
    ['Directory', <code key="cwd"><SafeText text={cwd} max={TEXT_MAX} /></code>],
    ['Started', `${formatMoment(started)}${ppid > 0 ? ` by process ${ppid}` : ''}`],
    ['Group, session', `${group}, ${session}${tty === null ? '' : ` at terminal ${tty}`}`],
    ['So far', `${plural(syscalls, 'call')}, ${formatBytes(read)} read, ${formatBytes(written)} written, ${formatDuration(cpu)} of running`],
  ];
  if (threads !== undefined) rows.push(['Threads', formatCount(threads)]);
  if (exit) rows.push(['Ended', `${exit.signal ?? exit.reason} ${exit.code} after ${formatDuration(exit.duration)}${exit.message === undefined ? '' : `: ${visibleName(exit.message.slice(0, TEXT_MAX))}`}`]);
  return <dl className="process-facts">{rows.map(([key, value]) => <div key={key}><dt>{key}</dt><dd>{value}</dd></div>)}</dl>;
}

const perSecond = (value: number): string => `${formatBytes(Math.round(value))}/s`;
const count = (value: number): string => formatCount(Math.round(value));
const percent = (value: number): string => `${value.toFixed(value < 10 && value % 1 !== 0 ? 1 : 0)} %`;
const bytes = (value: number): string => formatBytes(Math.round(value));

function Charts({ pid, now }: { pid: number; now: number }): ReactElement {
  const samples = samplesOf(useApp());
  const { times, cpu, memory, calls, moved } = useMemo(() => {
    const series = samples.series(pid);
    const line = (label: string, color: string, key: keyof (typeof series.rates)[number]) => ({ label, color, values: series.rates.map((rate) => rate[key]) });
    return {
      times: series.times, cpu: [line('CPU', '--blue', 'cpu')], memory: [line('Memory', '--violet', 'memory')], calls: [line('Calls', '--teal', 'calls')],
      moved: [line('read', '--cyan', 'read'), line('written', '--orange', 'written')],
    };
    // New with each look at the listing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [samples, pid, now]);
  return (
    <div className="process-charts">
      <Chart title="CPU" times={times} lines={cpu} format={percent} />
      <Chart title="Memory" times={times} lines={memory} format={bytes} least={65536} />
      <Chart title="Calls a second" times={times} lines={calls} format={count} />
      <Chart title="Bytes a second" times={times} lines={moved} format={perSecond} least={1024} />
    </div>
  );
}

function Lists({ details: { descriptors, mounts, environment, limits, grants } }: { details: Known }): ReactElement {
  const app = useApp();
  const open = useCallback((path: string) => void openPath(app, path), [app]);
  return (
    <>
      <Part title="Open files" total={descriptors.length}>
        {descriptors.slice(0, LISTED_MAX).map(({ fd, target }) => (
          <li key={fd}><span className="fd">{fd}</span><Target target={target} onOpen={open} /></li>
        ))}
      </Part>
      <Part title="What it sees where" total={mounts.length}>
        {mounts.slice(0, LISTED_MAX).map(({ path, service, flags }) => <li key={path}><code><SafeText text={path} max={120} /></code><span className="soft">{visibleName(service)}{flags === 'ro' ? ', read-only' : ''}</span></li>)}
      </Part>
      <Grants grants={grants} onShow={() => showPane(app, GRANTS)} />
      <Part title="Limits" total={Object.values(limits).filter((limit) => limit !== null).length} none="No limits.">
        {LIMIT_WORDS.flatMap(({ key, text, format }) => (limits[key] === null ? [] : [<li key={key}><span>{text}</span><span className="soft">{format(limits[key])}</span></li>]))}
      </Part>
      <Part title="Environment" total={environment.length} folded>
        {environment.slice(0, LISTED_MAX).map((each) => <li key={each}><code><SafeText text={each} max={TEXT_MAX} more /></code></li>)}
      </Part>
    </>
  );
}

/** Paths can be opened; pipes, sockets and what has a note behind its path are only named. */
function Target({ target, onOpen }: { target: string; onOpen: (path: string) => void }): ReactElement {
  const text = <SafeText text={target} max={160} />;
  return target.startsWith('/') && !/[ (]/.test(target) ? <button type="button" className="link mono" onClick={() => onOpen(target)}>{text}</button> : <code>{text}</code>;
}

function Grants({ grants, onShow }: { grants: ProcessGrants | null; onShow: () => void }): ReactElement {
  const live = grants?.grants.filter(({ revoked }) => !revoked) ?? [];
  return (
    <Part title="May" total={live.length} none="Nothing beyond computing." more={<button type="button" className="link" onClick={onShow}>Show them among the grants</button>}>
      {live.slice(0, LISTED_MAX).map(({ id, action }) => {
        const { does, subject } = describeAction(action);
        return <li key={id}><span>{does} {subject !== '' && <code><SafeText text={subject} max={160} /></code>}</span></li>;
      })}
    </Part>
  );
}

const LIMIT_WORDS: readonly { key: keyof Limits; text: string; format: (value: number | null) => string }[] = [
  { key: 'memory', text: 'Memory', format: (value) => bytes(value ?? 0) }, { key: 'wall', text: 'Time', format: (value) => formatDuration(value ?? 0) },
  { key: 'cpu', text: 'Running time', format: (value) => formatDuration(value ?? 0) }, { key: 'files', text: 'Open files', format: (value) => count(value ?? 0) },
  { key: 'output', text: 'Output', format: (value) => bytes(value ?? 0) }, { key: 'processes', text: 'Processes of the session', format: (value) => count(value ?? 0) },
  { key: 'messages', text: 'Messages a second', format: (value) => count(value ?? 0) },
];

function Part({ title, total, none = 'None.', folded = false, more, children }: { title: string; total: number; none?: string; folded?: boolean; more?: ReactNode; children: ReactNode }): ReactElement {
  return (
    <details className="process-part" open={!folded}>
      <summary><h3>{title}</h3> <span className="soft">{formatCount(total)}</span></summary>
      {total === 0 ? <p className="soft">{none}</p> : <ul>{children}</ul>}
      {total > LISTED_MAX && <p className="soft">and {formatCount(total - LISTED_MAX)} more</p>}
      {more}
    </details>
  );
}
