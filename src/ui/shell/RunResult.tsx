import { useState, type ReactElement } from 'react';
import { GitCompare, Redo2, SquareActivity, Undo2, X } from 'lucide-react';
import { useStore } from 'zustand';
import { dropLayer, keepSession, mergeLayer, openPath, patchRunCard, redoRun, showDiff, undoRun } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { NameForm, formatDuration, plural, visibleName } from '../kit/index.ts';
import type { RunCard } from '../stores/index.ts';

const REASONS = { exit: 'exit', trap: 'trapped', killed: 'stopped', error: 'failed', limit: 'limit' } as const;

/** How the last run from the sheet, or from a prompt where it changed something, ended; what it changed, and how to see and undo that. Stays until it is closed or another run ends. */
export function RunResult(): ReactElement | null {
  const app = useApp();
  const card = useStore(app.overlay, (state) => state.runCard);
  if (!card) return null;
  const { status } = card;
  const good = status.reason === 'exit' && status.code === 0;
  return (
    <div className="run-result" role="status" aria-label={`Result of ${visibleName(card.name)}`}>
      <div className="run-facts">
        <b className="run-name">{visibleName(card.name)}</b>
        <b className={good ? 'good' : 'bad'}>{REASONS[status.reason]} {status.code}</b>
        <span>{formatDuration(status.duration)}</span>
        {status.signal && <span>by {status.signal}</span>}
        {status.message && <span className="bad">{status.message}</span>}
        <Changes card={card} />
      </div>
      <Findings card={card} />
      <Calls run={status.run} />
      {card.session === undefined ? <RunActions card={card} /> : <SessionActions key={card.session} card={card} session={card.session} />}
      <button type="button" className="icon-btn" aria-label="Close the result" onClick={() => app.overlay.setState({ runCard: null })}><X size={14} aria-hidden="true" /></button>
    </div>
  );
}

/** What a run was made for, beside what it did. */
function Findings({ card }: { card: RunCard }): ReactElement | null {
  const app = useApp();
  const { run, name, learned, dry } = card;
  if (!dry && (!learned || run === undefined)) return null;
  return (
    <div className="run-actions">
      {learned && run !== undefined && <button type="button" className="btn primary" onClick={() => app.overlay.setState({ learned: { run, name } })}>What it needed…</button>}
      {dry && <button type="button" className="btn primary" onClick={() => app.overlay.setState({ dryRun: card })}>What it would have done…</button>}
    </div>
  );
}

/** Leads to what it did, call by call. */
function Calls({ run }: { run: number | undefined }): ReactElement | null {
  const app = useApp();
  if (run === undefined) return null;
  return <div className="run-actions"><button type="button" className="btn" aria-label="View calls" title="Its system calls, one by one" onClick={() => app.trace.showRun(run)}><SquareActivity size={13} aria-hidden="true" />Calls</button></div>;
}

const LISTED_MAX = 6;

function Changes({ card }: { card: RunCard }): ReactElement | null {
  const app = useApp();
  const { changes } = card.status;
  if (!changes) return null;
  const { written, deleted, more } = changes;
  if (written.length + deleted.length + more === 0) return <span className="run-quiet">changed nothing</span>;
  const hidden = more + Math.max(0, written.length - LISTED_MAX) + Math.max(0, deleted.length - LISTED_MAX);
  const place = card.session === undefined ? '' : `/branch/${card.session}`;
  return (
    <>
      {written.length > 0 && <span className="run-list"><span className="run-quiet">wrote</span>{written.slice(0, LISTED_MAX).map((path) => (
        <button key={path} type="button" className="link mono" onClick={() => openPath(app, place + path)}>{visibleName(path)}</button>
      ))}</span>}
      {deleted.length > 0 && <span className="run-list"><span className="run-quiet">deleted</span>{deleted.slice(0, LISTED_MAX).map((path) => <del key={path} className="mono gone">{visibleName(path)}</del>)}</span>}
      {hidden > 0 && <span className="run-quiet">and {plural(hidden, 'more change')}</span>}
      {card.undoneBy !== undefined && <b className="run-undone">undone</b>}
    </>
  );
}

/** View what it changed, undo it, and undo the undoing. */
function RunActions({ card }: { card: RunCard }): ReactElement | null {
  const app = useApp();
  const { run, pid, name, undoneBy, children = false } = card;
  if (run === undefined) return null;
  const undo = async (): Promise<void> => {
    const result = await undoRun(app, run, name, children);
    if (result && result.run !== 0) patchRunCard(app, pid, { undoneBy: result.run });
  };
  const redo = async (by: number): Promise<void> => {
    const result = await redoRun(app, by, name);
    if (result) app.overlay.setState(({ runCard }) => (runCard?.pid === pid ? { runCard: withoutUndo(runCard) } : {}));
  };
  return (
    <div className="run-actions">
      <button type="button" className="btn" aria-label="View changes" onClick={() => showDiff(app, { kind: 'run', run, name, ...(children && { children }) })}><GitCompare size={13} aria-hidden="true" />View</button>
      {undoneBy === undefined
        ? <button type="button" className="btn" onClick={() => void undo()}><Undo2 size={13} aria-hidden="true" />Undo</button>
        : <button type="button" className="btn" onClick={() => void redo(undoneBy)}><Redo2 size={13} aria-hidden="true" />Redo</button>}
    </div>
  );
}

function withoutUndo({ undoneBy: _gone, ...card }: RunCard): RunCard {
  return card;
}

/** What becomes of what a program changed in a layer of its own. */
function SessionActions({ card, session }: { card: RunCard; session: string }): ReactElement {
  const app = useApp();
  const [naming, setNaming] = useState(false);
  // It is decided: what it changed is in the workspace, in a branch, or gone.
  const close = (): void => app.overlay.setState(({ runCard }) => (runCard?.pid === card.pid ? { runCard: null } : {}));
  const keep = async (name: string): Promise<boolean> => {
    const done = await keepSession(app, session, name);
    if (done) close();
    return done;
  };
  if (naming) return <NameForm label="Name of the branch" action="Keep" onName={keep} onClose={() => setNaming(false)} />;
  return (
    <div className="run-actions" role="group" aria-label="What it changed is apart from the workspace">
      <span className="run-quiet">Not in the workspace yet:</span>
      <button type="button" className="btn" onClick={() => showDiff(app, { kind: 'layer', layer: session })}><GitCompare size={13} aria-hidden="true" />View changes</button>
      <button type="button" className="btn primary" onClick={() => void mergeLayer(app, session).then((done) => { if (done) close(); })}>Merge</button>
      <button type="button" className="btn" onClick={() => setNaming(true)}>Keep…</button>
      <button type="button" className="btn danger" onClick={() => void dropLayer(app, session).then((done) => { if (done) close(); })}>Throw away</button>
    </div>
  );
}
