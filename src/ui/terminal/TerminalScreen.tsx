import { useEffect, useRef, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { patchTerminal, showError, type Terminal } from '../stores/index.ts';
import { TerminalSession, type Sessions } from './session.ts';

interface ScreenProps {
  terminal: Terminal;
  shown: boolean;
  sessions: Sessions;
}

/** One terminal's screen; stays mounted while another tab is shown, so that nothing is lost. */
export function TerminalScreen({ terminal, shown, sessions }: ScreenProps): ReactElement {
  const app = useApp();
  const host = useRef<HTMLDivElement>(null);
  const screenReader = useStore(app.overlay, (state) => state.screenReader);
  const theme = useStore(app.theme, (state) => state.shown);
  const { id, port } = terminal;
  useEffect(() => {
    if (!port || !host.current) return undefined;
    return openSession(app, host.current, id, port, sessions);
  }, [app, id, port, sessions]);
  useEffect(() => sessions.get(id)?.setScreenReader(screenReader), [id, sessions, screenReader]);
  useEffect(() => sessions.get(id)?.updateTheme(), [id, sessions, theme]);
  useEffect(() => {
    if (!shown) return;
    sessions.get(id)?.fit();
    sessions.get(id)?.focus();
  }, [id, sessions, shown]);
  return (
    <div className="terminal-screen" hidden={!shown} role="tabpanel" aria-label={`Terminal ${id}`} data-state={terminal.state}>
      {terminal.state === 'failed' && <p className="terminal-note">The terminal could not be opened: {terminal.error}</p>}
      {terminal.state === 'closed' && <p className="terminal-note">This terminal has ended. Close its tab, or open a new one.</p>}
      <div ref={host} className="terminal-host" />
    </div>
  );
}

function openSession(app: ReturnType<typeof useApp>, host: HTMLElement, id: number, port: MessagePort, sessions: Sessions): () => void {
  let session: TerminalSession | null = null;
  let gone = false;
  const options = {
    screenReader: app.overlay.getState().screenReader,
    onClosed: () => patchTerminal(app.terminals, id, { state: 'closed' }),
    onError: (what: string, error: unknown) => void showError(app.messages, what, error, 'Allow this page to use the clipboard.'),
  };
  TerminalSession.open(host, port, options).then((opened) => {
    if (gone) return opened.dispose();
    session = opened;
    sessions.set(id, opened);
    patchTerminal(app.terminals, id, { type: (text) => opened.type(text) });
    if (app.terminals.getState().active === id && !(document.activeElement instanceof HTMLInputElement)) opened.focus();
  }, (error: unknown) => void showError(app.messages, 'The terminal could not be loaded', error, 'Reload the page.'));
  return () => {
    gone = true;
    sessions.delete(id);
    session?.dispose();
  };
}
