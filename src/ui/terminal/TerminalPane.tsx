import { useEffect, type ReactElement } from 'react';
import { Bell, Columns2, Plus, X } from 'lucide-react';
import { useStore } from 'zustand';
import { newTerminal, splitWithNew } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import { visibleName } from '../kit/index.ts';
import { activateTerminal, closeTerminal, shownTerminals, type App, type Terminal } from '../stores/index.ts';
import { foregroundOf } from './foreground.ts';
import { KeyRow } from './KeyRow.tsx';
import { SearchBar } from './SearchBar.tsx';
import { TerminalScreen } from './TerminalScreen.tsx';
import type { TerminalSession } from './session.ts';
import { sessionOf } from './sessions.ts';
import './terminal.css';

/** Tabs of terminals. The first one is opened by the pane itself. */
export function TerminalPane(): ReactElement {
  const app = useApp();
  const { list, active, pair } = useStore(app.terminals);
  const shown = shownTerminals({ active, pair });
  const searching = useStore(app.overlay, (state) => state.terminalSearch);
  const current = (): TerminalSession | undefined => sessionOf(app, app.terminals.getState().active);
  useEffect(() => openFirst(app), [app]);
  return (
    <section className="terminal" aria-label="Terminal">
      <div className="tabs">
        <div className="tab-list" role="tablist" aria-label="Terminals">
          {list.map((terminal) => <TerminalTab key={terminal.id} terminal={terminal} active={terminal.id === active} shown={shown.includes(terminal.id)} />)}
        </div>
        <button type="button" className="icon-btn tab-new" aria-label="New terminal" title="New terminal (Ctrl+Shift+`)" onClick={() => void newTerminal(app)}>
          <Plus size={16} aria-hidden="true" />
        </button>
        {list.length > 0 && (
          <button type="button" className="icon-btn tab-new tab-split" aria-label="Split the terminal" title="Split the terminal (Ctrl+Shift+5)" onClick={() => void splitWithNew(app)}>
            <Columns2 size={14} aria-hidden="true" />
          </button>
        )}
      </div>
      <div className="terminal-screens">
        {list.map((terminal) => <TerminalScreen key={terminal.id} terminal={terminal} shown={shown.includes(terminal.id)} active={terminal.id === active} />)}
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

/** Once a page, however often the pane is mounted; earlier than that, where it is known that it will be. */
export function openFirst(app: App): void {
  if (opened.has(app)) return;
  opened.add(app);
  void newTerminal(app, true);
}

function TerminalTab({ terminal, active, shown }: { terminal: Terminal; active: boolean; shown: boolean }): ReactElement {
  const app = useApp();
  const running = useStore(app.processes, (state) => foregroundOf(state.list, terminal)?.name);
  const pid = useStore(app.processes, (state) => foregroundOf(state.list, terminal)?.pid);
  const given = terminal.title && terminal.title.pid === pid ? terminal.title.text : null;
  const title = `${terminal.id} · ${given ?? (running ? visibleName(running) : terminal.state === 'closed' ? 'ended' : 'prompt')}`;
  const rang = (terminal.bells ?? 0) > (terminal.bellsSeen ?? 0);
  return (
    <div className={`tab${active ? ' on' : ''}${shown && !active ? ' beside' : ''}`} role="presentation">
      {active && terminal.bells !== undefined && <span key={terminal.bells} className="tab-flash" aria-hidden="true" />}
      <button
        type="button" role="tab" aria-selected={active} tabIndex={active ? 0 : -1} className="tab-main"
        title={given && running ? visibleName(running) : undefined}
        onClick={() => activateTerminal(app.terminals, terminal.id)} onKeyDown={(event) => moveTab(app, event.key)}
      >
        {title}
        {rang && <Bell className="tab-bell" size={12} role="img" aria-label="rang its bell" />}
      </button>
      {/* A list of tabs has no other children for screen readers: they close one by Delete. */}
      <span className="tab-close" aria-hidden="true" title="Close (Alt+Shift+W)" onClick={() => closeTerminal(app.terminals, app.client.api, terminal.id)}>
        <X size={12} />
      </span>
    </div>
  );
}

function moveTab(app: App, key: string): void {
  const { list, active } = app.terminals.getState();
  if (key === 'Delete') closeTerminal(app.terminals, app.client.api, active);
  const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
  const next = list[list.findIndex((terminal) => terminal.id === active) + step];
  if (step === 0 || !next) return;
  activateTerminal(app.terminals, next.id);
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.terminal [role=tab][aria-selected=true]')?.focus());
}
