import { useEffect, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import type { ProcessInfo } from '../../shared/abi/index.ts';
import { continueProcess, endProcess, pauseProcess } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { formatBytes, formatCount, formatDuration, visibleName } from '../kit/index.ts';
import { refreshProcesses } from '../stores/index.ts';
import './processes.css';

const REFRESH_MS = 1000;

/** All processes, running ones first; memory, files and times are read anew every second while the pane is shown. */
export function ProcessesPane(): ReactElement {
  const app = useApp();
  const list = useStore(app.processes, (state) => state.list);
  const now = useRefresh();
  const running = list.filter((process) => !process.exit);
  const ended = list.filter((process) => process.exit).toReversed();
  return (
    <div className="processes">
      <table aria-label="Processes">
        <thead>
          <tr><th scope="col" className="num">PID</th><th scope="col">Program</th><th scope="col">State</th><th scope="col" className="num">Time</th><th scope="col" className="num">Memory</th><th scope="col" className="num">Files</th><th scope="col" className="num">Calls</th><th scope="col"><span className="hidden-text">Actions</span></th></tr>
        </thead>
        <tbody>
          {running.map((process) => <ProcessRow key={process.pid} process={process} now={now} />)}
          {ended.map((process) => <ProcessRow key={process.pid} process={process} now={now} />)}
        </tbody>
      </table>
      {list.length === 0 && <div className="empty"><p>No process is running. Type a program’s name in the terminal, or drop a .wasm.</p></div>}
      {app.processes.getState().list.length > 0 && running.length === 0 && <p className="processes-note">All have ended.</p>}
    </div>
  );
}

/** Asks the kernel every second and yields the time of the last answer. */
function useRefresh(): number {
  const app = useApp();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const refresh = (): void => void refreshProcesses(app).then(() => setNow(Date.now()), () => undefined);
    refresh();
    const timer = setInterval(refresh, REFRESH_MS);
    return () => clearInterval(timer);
  }, [app]);
  return now;
}

/** Where a process listens, as addresses are written. */
function Ports({ of: ports = [] }: { of?: readonly number[] | undefined }): ReactElement | null {
  if (ports.length === 0) return null;
  return <span className="ports mono" title={`Listens in this tab: palimpsest.connect(${ports[0]})`}>{ports.map((port) => `:${port}`).join(' ')}</span>;
}

function ProcessRow({ process, now }: { process: ProcessInfo; now: number }): ReactElement {
  const app = useApp();
  const { pid, exit, args } = process;
  const end = (signal: 'TERM' | 'KILL') => () => void endProcess(app, pid, signal);
  const stopped = process.state === 'stopped';
  return (
    <tr
      className={exit ? 'ended' : ''} tabIndex={exit ? undefined : 0}
      onKeyDown={(event) => {
        if (!exit && event.key === 'Delete') end(event.shiftKey ? 'KILL' : 'TERM')();
      }}
    >
      <td className="num">{pid}</td>
      <th scope="row" title={process.cwd}><span className="mono">{visibleName(process.name)}</span> <span className="mono args">{visibleName(args.slice(args[0] === process.name ? 1 : 0).join(' '))}</span></th>
      <td>{exit ? <span className={exit.code === 0 ? 'good' : 'bad'} title={exit.message}>{exit.signal ?? exit.reason} {exit.code}</span> : <><span className={`state-${process.state}`}>{process.state}</span><Ports of={process.listening} /></>}</td>
      <td className="num">{formatDuration(exit ? exit.duration : Math.max(0, now - process.started))}</td>
      <td className="num">{process.memory ? formatBytes(process.memory) : '–'}</td>
      <td className="num">{exit ? '–' : process.openFiles}</td>
      <td className="num">{formatCount(process.syscalls)}</td>
      <td className="process-actions">
        {!exit && (
          <>
            {stopped
              ? <button type="button" className="btn" aria-label={`Continue ${pid}`} title="Lets it go on where it was stopped (CONT)" onClick={() => void continueProcess(app, pid)}>Continue</button>
              : <button type="button" className="btn" aria-label={`Stop ${pid}`} title="Lets it stand until it is continued (STOP), as Ctrl-Z does" onClick={() => void pauseProcess(app, pid)}>Stop</button>}
            <button type="button" className="btn" aria-label={`End ${pid}`} title="Asks it to end (TERM); Delete" onClick={end('TERM')}>End</button>
            <button type="button" className="btn danger" aria-label={`Kill ${pid}`} title="Ends it at once (KILL); Shift+Delete" onClick={end('KILL')}>Kill</button>
          </>
        )}
      </td>
    </tr>
  );
}
