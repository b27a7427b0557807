import { type ReactElement } from 'react';
import { X } from 'lucide-react';
import { useStore } from 'zustand';
import { COMMANDS, openPath } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { Dialog, Menu, formatDuration, plural, visibleName } from '../kit/index.ts';
import type { RunCard } from '../stores/index.ts';

export function ContextMenu(): ReactElement | null {
  const app = useApp();
  const menu = useStore(app.overlay, (state) => state.menu);
  return menu && <Menu {...menu} onClose={() => app.overlay.setState({ menu: null })} />;
}

export function ConfirmDialog(): ReactElement | null {
  const app = useApp();
  const asked = useStore(app.overlay, (state) => state.confirmation);
  if (!asked) return null;
  const close = (): void => app.overlay.setState({ confirmation: null });
  return (
    <Dialog label={asked.title} onClose={close} className="confirm">
      <div className="dialog-head"><h2>{asked.title}</h2></div>
      <div className="dialog-content"><p>{asked.detail}</p></div>
      <div className="dialog-bar">
        <button type="button" className="btn" autoFocus onClick={close}>Cancel</button>
        <button type="button" className="btn danger" onClick={() => { close(); asked.run(); }}>{asked.confirm}</button>
      </div>
    </Dialog>
  );
}

const ELSEWHERE = [
  ['Explorer', 'Arrows, Home, End, letters', 'move'], ['Explorer', 'Enter', 'open'], ['Explorer', 'F2', 'rename'], ['Explorer', 'Delete', 'delete'],
  ['Explorer', 'Ctrl+C', 'copy the path'], ['Explorer', 'Shift+F10', 'all actions'],
  ['Terminal', 'Ctrl+Shift+C', 'copy'], ['Terminal', 'Ctrl+Shift+V', 'paste'], ['Terminal', 'Ctrl+C', 'interrupt the program'],
  ['Terminal', 'Ctrl+K twice', 'send Ctrl+K to the program'], ['Text', 'Ctrl+S', 'save'],
] as const;

export function ShortcutsDialog(): ReactElement | null {
  const app = useApp();
  const shown = useStore(app.overlay, (state) => state.shortcuts);
  if (!shown) return null;
  const close = (): void => app.overlay.setState({ shortcuts: false });
  const rows = [...COMMANDS.flatMap(({ group, keys, title }) => (keys ? [[group, keys, title] as const] : [])), ...ELSEWHERE];
  return (
    <Dialog label="Keyboard shortcuts" onClose={close}>
      <div className="dialog-head"><h2>Keyboard shortcuts</h2></div>
      <div className="dialog-content">
        <table className="keys"><tbody>
          {rows.map(([where, keys, what]) => <tr key={where + keys}><th scope="row">{where}</th><td>{what}</td><td><kbd>{keys}</kbd></td></tr>)}
        </tbody></table>
      </div>
      <div className="dialog-bar"><button type="button" className="btn" onClick={close}>Close</button></div>
    </Dialog>
  );
}

const REASONS = { exit: 'exit', trap: 'trapped', killed: 'stopped', error: 'failed' } as const;

/** How the last run ended, and what it changed. Stays until it is closed or another run ends. */
export function RunCardView(): ReactElement | null {
  const app = useApp();
  const card = useStore(app.overlay, (state) => state.runCard);
  if (!card) return null;
  const { status } = card;
  const good = status.reason === 'exit' && status.code === 0;
  return (
    <aside className="run-card" role="status" aria-label={`Result of ${visibleName(card.name)}`}>
      <h3>
        <span className="run-name">{visibleName(card.name)}</span>
        <span className={good ? 'good' : 'bad'}>{REASONS[status.reason]} {status.code}</span>
        <button type="button" className="icon-btn" aria-label="Close" onClick={() => app.overlay.setState({ runCard: null })}><X size={14} aria-hidden="true" /></button>
      </h3>
      <dl>
        <dt>ran</dt><dd>{formatDuration(status.duration)}</dd>
        {status.signal && <><dt>signal</dt><dd>{status.signal}</dd></>}
        {status.message && <><dt>because</dt><dd className="wrap">{status.message}</dd></>}
        <Changes status={status} />
      </dl>
    </aside>
  );
}

const LISTED_MAX = 6;

function Changes({ status }: { status: RunCard['status'] }): ReactElement | null {
  const app = useApp();
  if (!status.changes) return null;
  const { written, deleted, more } = status.changes;
  if (written.length + deleted.length + more === 0) return <><dt>changed</dt><dd>nothing</dd></>;
  const hidden = more + Math.max(0, written.length - LISTED_MAX) + Math.max(0, deleted.length - LISTED_MAX);
  return (
    <>
      {written.length > 0 && <><dt>wrote</dt><dd>{written.slice(0, LISTED_MAX).map((path) => (
        <button key={path} type="button" className="link mono" onClick={() => openPath(app, path)}>{visibleName(path)}</button>
      ))}</dd></>}
      {deleted.length > 0 && <><dt>deleted</dt><dd>{deleted.slice(0, LISTED_MAX).map((path) => <code key={path} className="gone">{visibleName(path)}</code>)}</dd></>}
      {hidden > 0 && <><dt /><dd>and {plural(hidden, 'more change')}</dd></>}
    </>
  );
}
