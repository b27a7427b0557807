import { useEffect, type ReactElement } from 'react';
import { Plus, X } from 'lucide-react';
import { useStore } from 'zustand';
import { newTerminal } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { visibleName } from '../kit/index.ts';
import { closeTerminal, type App, type Terminal } from '../stores/index.ts';
import { KeyRow } from './KeyRow.tsx';
import { SearchBar } from './SearchBar.tsx';
import { TerminalScreen } from './TerminalScreen.tsx';
import type { TerminalSession } from './session.ts';
import { sessionOf } from './sessions.ts';
import './terminal.css';

/** Tabs of terminals. The first one is opened by the pane itself. */
export function TerminalPane(): ReactElement {
  const app = useApp();
  const { list, active } = useStore(app.terminals);
  const searching = useStore(app.overlay, (state) => state.terminalSearch);
  const current = (): TerminalSession | undefined => sessionOf(app, app.terminals.getState().active);
  useEffect(() => openFirst(app), [app]);
  return (
    <section className="terminal" aria-label="Terminal">
      <div className="tabs" role="tablist" aria-label="Terminals">
        {list.map((terminal) => <TerminalTab key={terminal.id} terminal={terminal} active={terminal.id === active} />)}
        <button type="button" className="icon-btn tab-new" aria-label="New terminal" title="New terminal (Ctrl+Shift+`)" onClick={() => void newTerminal(app)}>
          <Plus size={16} aria-hidden="true" />
        </button>
      </div>
      <div className="terminal-screens">
        {list.map((terminal) => <TerminalScreen key={terminal.id} terminal={terminal} shown={terminal.id === active} />)}
        {list.length === 0 && (
          <div className="empty">
            <p>No terminal is open.</p>
            <button type="button" className="btn" onClick={() => void newTerminal(app)}>New terminal</button>
          </div>
        )}
        {searching && <SearchBar session={current} />}
      </div>
      <KeyRow session={current} />
    </section>
  );
}

const opened = new WeakSet<App>();

/** Once a page, however often the pane is mounted. */
function openFirst(app: App): void {
  if (opened.has(app)) return;
  opened.add(app);
  void newTerminal(app);
}

function TerminalTab({ terminal, active }: { terminal: Terminal; active: boolean }): ReactElement {
  const app = useApp();
  const running = useStore(app.processes, (state) => foreground(state.list, terminal));
  const title = `${terminal.id} · ${running ? visibleName(running) : terminal.state === 'closed' ? 'ended' : 'prompt'}`;
  return (
    <div className={`tab${active ? ' on' : ''}`} role="presentation">
      <button
        type="button" role="tab" aria-selected={active} tabIndex={active ? 0 : -1} className="tab-main"
        onClick={() => app.terminals.setState({ active: terminal.id })} onKeyDown={(event) => moveTab(app, event.key)}
      >
        {title}
      </button>
      <button type="button" className="tab-close" aria-label={`Close terminal ${terminal.id}`} tabIndex={-1} onClick={() => closeTerminal(app.terminals, app.client.api, terminal.id)}>
        <X size={12} aria-hidden="true" />
      </button>
    </div>
  );
}

/** The youngest process of the terminal that is not its prompt. */
function foreground(list: readonly { pid: number; tty: number | null; name: string; exit?: unknown }[], terminal: Terminal): string | undefined {
  return list.findLast((process) => process.tty !== null && process.tty === terminal.tty && process.pid !== terminal.pid && !process.exit)?.name;
}

function moveTab(app: App, key: string): void {
  const { list, active } = app.terminals.getState();
  if (key === 'Delete') closeTerminal(app.terminals, app.client.api, active);
  const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
  const next = list[list.findIndex((terminal) => terminal.id === active) + step];
  if (step === 0 || !next) return;
  app.terminals.setState({ active: next.id });
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.terminal [role=tab][aria-selected=true]')?.focus());
}
