import { useEffect, useRef, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { activateTerminal, type Terminal } from '../stores/index.ts';
import { attachSession, sessionOf } from './sessions.ts';

/** One terminal's screen; stays mounted while another tab is shown, so that it goes on drawing. */
export function TerminalScreen({ terminal, shown, active }: { terminal: Terminal; shown: boolean; active: boolean }): ReactElement {
  const app = useApp();
  const slot = useRef<HTMLDivElement>(null);
  const screenReader = useStore(app.overlay, (state) => state.screenReader);
  const theme = useStore(app.theme, (state) => state.shown);
  const { id, port } = terminal;
  useEffect(() => {
    if (!port || !slot.current) return undefined;
    return attachSession(app, id, port, slot.current);
  }, [app, id, port]);
  useEffect(() => sessionOf(app, id)?.setScreenReader(screenReader), [app, id, screenReader]);
  useEffect(() => sessionOf(app, id)?.updateTheme(), [app, id, theme]);
  useEffect(() => {
    if (shown) sessionOf(app, id)?.fit();
    if (active) sessionOf(app, id)?.focus();
  }, [app, id, shown, active]);
  return (
    <div
      className={`terminal-screen${active ? ' on' : ''}`} hidden={!shown} role="tabpanel" aria-label={`Terminal ${id}`} data-state={terminal.state}
      onFocus={() => activateTerminal(app.terminals, id)}
    >
      {terminal.state === 'failed' && <p className="terminal-note" role="alert">The terminal could not be opened: {terminal.error}</p>}
      {terminal.state === 'closed' && <p className="terminal-note">This terminal has ended. Close its tab, or open a new one.</p>}
      <div ref={slot} className="terminal-slot" />
    </div>
  );
}
