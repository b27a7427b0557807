import { type ReactElement } from 'react';
import { X } from 'lucide-react';
import { useStore } from 'zustand';
import { openPath } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { formatDuration, plural, visibleName } from '../kit/index.ts';
import type { RunCard } from '../stores/index.ts';

const REASONS = { exit: 'exit', trap: 'trapped', killed: 'stopped', error: 'failed', limit: 'limit' } as const;

/** How the last run from the sheet ended, and what it changed. Stays until it is closed or another run ends. */
export function RunResult(): ReactElement | null {
  const app = useApp();
  const card = useStore(app.overlay, (state) => state.runCard);
  if (!card) return null;
  const { status } = card;
  const good = status.reason === 'exit' && status.code === 0;
  return (
    <aside className="run-result" role="status" aria-label={`Result of ${visibleName(card.name)}`}>
      <div className="run-facts">
        <b className="run-name">{visibleName(card.name)}</b>
        <b className={good ? 'good' : 'bad'}>{REASONS[status.reason]} {status.code}</b>
        <span>{formatDuration(status.duration)}</span>
        {status.signal && <span>by {status.signal}</span>}
        {status.message && <span className="bad">{status.message}</span>}
        <Changes status={status} />
      </div>
      <button type="button" className="icon-btn" aria-label="Close the result" onClick={() => app.overlay.setState({ runCard: null })}><X size={14} aria-hidden="true" /></button>
    </aside>
  );
}

const LISTED_MAX = 6;

function Changes({ status }: { status: RunCard['status'] }): ReactElement | null {
  const app = useApp();
  if (!status.changes) return null;
  const { written, deleted, more } = status.changes;
  if (written.length + deleted.length + more === 0) return <span className="run-quiet">changed nothing</span>;
  const hidden = more + Math.max(0, written.length - LISTED_MAX) + Math.max(0, deleted.length - LISTED_MAX);
  return (
    <>
      {written.length > 0 && <span className="run-list"><span className="run-quiet">wrote</span>{written.slice(0, LISTED_MAX).map((path) => (
        <button key={path} type="button" className="link mono" onClick={() => openPath(app, path)}>{visibleName(path)}</button>
      ))}</span>}
      {deleted.length > 0 && <span className="run-list"><span className="run-quiet">deleted</span>{deleted.slice(0, LISTED_MAX).map((path) => <del key={path} className="mono gone">{visibleName(path)}</del>)}</span>}
      {hidden > 0 && <span className="run-quiet">and {plural(hidden, 'more change')}</span>}
    </>
  );
}
