import { useCallback, useRef, type KeyboardEvent, type ReactElement } from 'react';
import { ArrowDownToLine, Download, Trash2 } from 'lucide-react';
import { useStore } from 'zustand';
import type { TraceInfo } from '../../shared/abi/index.ts';
import { useApp } from '../app/index.ts';
import { formatCount, plural } from '../kit/index.ts';
import type { TraceView } from '../stores/index.ts';
import { SampleLink } from '../welcome/index.ts';
import { AboutPath } from './AboutPath.tsx';
import { CallDetail } from './CallDetail.tsx';
import { CallTable, countText, type TableHandle } from './CallTable.tsx';
import { FilterBar } from './FilterBar.tsx';
import { FixedCalls } from './FixedCalls.tsx';
import { openCallMenu, openExportMenu } from './row-actions.ts';
import { RunPicker } from './RunPicker.tsx';
import { Statistics } from './Statistics.tsx';
import { Strip } from './Strip.tsx';
import type { TraceModel } from './trace-model.ts';
import { useTrace, useTraceModel } from './use-trace.ts';
import { formatSpan } from './wording.ts';
import './trace.css';

/** The system calls of a run: which, when, about what, and what came of them. */
export function TracePane(): ReactElement {
  const model = useTraceModel();
  const about = useTrace(model, (state) => state.about !== null);
  const none = useTrace(model, (state) => state.loaded && state.runs.length === 0);
  return (
    <section className="trace" aria-label="Trace">
      {about ? <AboutPath model={model} /> : none ? <Nothing model={model} /> : <OneRun model={model} />}
    </section>
  );
}

function Nothing({ model }: { model: TraceModel }): ReactElement {
  const error = useTrace(model, (state) => state.error);
  return (
    <div className="empty trace-teach">
      {error === null
        ? <><p>Every program’s system calls are noted, always. Run one and they appear here.</p><p>Type <code>ls /home</code> in the terminal, or drop a .wasm.</p><SampleLink /></>
        : <p role="alert">{error}</p>}
    </div>
  );
}

function OneRun({ model }: { model: TraceModel }): ReactElement {
  const view = useTrace(model, (state) => state.view);
  const error = useTrace(model, (state) => state.error);
  const info = useTrace(model, (state) => state.info);
  const chosen = useTrace(model, (state) => state.selection?.call ?? null);
  const table = useRef<TableHandle>(null);
  const toCall = (seq: number): void => void model.reveal(seq);
  const toTime = (at: number, seq?: number): void => (seq === undefined ? void model.revealTime(at) : toCall(seq));
  return (
    <>
      <Bar model={model} />
      <FilterBar model={model} onDown={() => table.current?.focus()} />
      <Strip model={model} onTime={toTime} />
      {error !== null && <p className="trace-note" role="alert">{error}</p>}
      {info && <Missing info={info} />}
      <div className="trace-body">
        <div className="trace-view" role="tabpanel" aria-label={VIEWS.find(({ id }) => id === view)?.title}>
          {view === 'stats' && <Statistics model={model} onCall={toCall} />}
          {view === 'slowest' && <Slowest model={model} onCall={toCall} />}
          {(view === 'calls' || view === 'failed') && <CallTable key={view} model={model} label={view === 'failed' ? 'Calls that failed' : 'System calls'} handle={table} empty={<Empty model={model} />} />}
        </div>
        {chosen && view !== 'stats' && <CallDetail model={model} call={chosen} info={info} onClose={() => model.unselect()} {...(view !== 'calls' && { onShow: () => toCall(chosen.seq) })} />}
      </div>
      <StatusLine model={model} />
    </>
  );
}

const VIEWS: readonly { id: TraceView; title: string }[] = [{ id: 'calls', title: 'Calls' }, { id: 'slowest', title: 'Slowest' }, { id: 'failed', title: 'Failed' }, { id: 'stats', title: 'Statistics' }];

function Bar({ model }: { model: TraceModel }): ReactElement {
  const app = useApp();
  const view = useTrace(model, (state) => state.view);
  const info = useTrace(model, (state) => state.info);
  const running = info !== null && info.ended === undefined;
  const { following } = useStore(model.list.store);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = VIEWS[(VIEWS.findIndex(({ id }) => id === view) + step + VIEWS.length) % VIEWS.length];
    if (step === 0 || !next) return;
    event.preventDefault();
    model.setView(next.id);
    (event.currentTarget.querySelector(`#trace-view-${next.id}`) as HTMLElement | null)?.focus();
  };
  return (
    <div className="trace-bar">
      <RunPicker model={model} />
      <div className="segments" role="tablist" aria-label="What is shown" onKeyDown={onKeyDown}>
        {VIEWS.map(({ id, title }) => <button key={id} id={`trace-view-${id}`} type="button" role="tab" aria-selected={id === view} tabIndex={id === view ? 0 : -1} onClick={() => model.setView(id)}>{title}</button>)}
      </div>
      <span className="gap" />
      {running && (view === 'calls' || view === 'failed') && (
        <button type="button" className="btn" aria-pressed={following} title="The last call stays in sight" onClick={() => { model.unselect(); model.list.setFollowing(!following); }}><ArrowDownToLine size={14} aria-hidden="true" />Follow</button>
      )}
      <button type="button" className="btn" aria-haspopup="menu" disabled={!info} onClick={(event) => { const box = event.currentTarget.getBoundingClientRect(); openExportMenu(app, model, box.left, box.bottom + 4); }}><Download size={14} aria-hidden="true" />Export</button>
      <button type="button" className="icon-btn" aria-label="Forget the calls of ended runs" title="Forget the calls of ended runs" onClick={() => void model.clear()}><Trash2 size={14} aria-hidden="true" /></button>
    </div>
  );
}

/** What is not there any more, and why. */
function Missing({ info: { calls, first, lost } }: { info: TraceInfo }): ReactElement | null {
  if (first === 0 && lost === 0) return null;
  return (
    <p className="trace-note quiet" role="status">
      {first > 0 && <span>{plural(first, 'earlier call was', 'earlier calls were')} dropped; the last {formatCount(calls - first - lost)} are kept.</span>}
      {lost > 0 && <span title="They were overwritten before the kernel could take them"> {plural(lost, 'call')} came too fast and {lost === 1 ? 'is' : 'are'} missing.</span>}
    </p>
  );
}

function Empty({ model }: { model: TraceModel }): ReactElement {
  const filtered = useTrace(model, (state) => state.text !== '' || state.range !== null);
  const view = useTrace(model, (state) => state.view);
  if (filtered) {
    return (
      <p className="trace-empty" role="status">
        No call is like that. <button type="button" className="link" onClick={() => { model.setText(''); model.setRange(null); }}>Show all</button>
      </p>
    );
  }
  return <p className="trace-empty" role="status">{view === 'failed' ? 'No call has failed.' : 'The program has made no calls yet.'}</p>;
}

function Slowest({ model, onCall }: { model: TraceModel; onCall: (seq: number) => void }): ReactElement {
  const app = useApp();
  const calls = useTrace(model, (state) => state.slowest);
  const chosen = useTrace(model, (state) => state.selection?.call ?? null);
  const onChoose = useCallback((index: number | null): void => {
    const call = index === null ? undefined : calls?.[index];
    if (call) model.selectCall(call);
    else model.unselect();
  }, [model, calls]);
  if (!calls) return <p className="trace-empty" role="status">Looking for them…</p>;
  if (calls.length === 0) return <p className="trace-empty" role="status">No call is like that.</p>;
  const same = chosen ? calls.find(({ seq }) => seq === chosen.seq) ?? null : null;
  return <FixedCalls label="The slowest calls, the longest first" calls={calls} chosen={same} onChoose={onChoose} onOpen={(index) => onCall(calls[index]!.seq)} onMenu={(index, x, y) => openCallMenu(app, model, calls[index]!, x, y)} />;
}

/** How many, how long; and what is chosen. */
function StatusLine({ model }: { model: TraceModel }): ReactElement {
  const { total } = useStore(model.list.store);
  const info = useTrace(model, (state) => state.info);
  const view = useTrace(model, (state) => state.view);
  const selection = useTrace(model, (state) => state.selection);
  const whole = useStore(model.strip.store, (state) => state.whole);
  const filtered = useTrace(model, (state) => state.range !== null || state.view === 'failed' || state.text !== '');
  const chosen = selection && selection.head >= 0 ? Math.abs(selection.anchor - selection.head) + 1 : 0;
  return (
    <div className="trace-status">
      {info && (view === 'calls' || view === 'failed') && <span>{countText(total, filtered ? info.calls - info.first - info.lost : total)}</span>}
      {chosen > 1 && <span>{plural(chosen, 'call')} chosen</span>}
      <span className="gap" />
      {info && <span>{info.ended === undefined ? `running for ${formatSpan(whole.to)}` : `ended after ${formatSpan(info.ended - info.started)}`}</span>}
    </div>
  );
}
