import { closeTerminal, patchTerminal, showError, shownTerminals, type App } from '../stores/index.ts';
import { foregroundOf } from './foreground.ts';
import { TerminalSession } from './session.ts';

interface Entry {
  /** Moves with the session from one pane to another, as when the window becomes narrow. */
  host: HTMLElement;
  session: TerminalSession | null;
}

const registry = new WeakMap<App, Map<number, Entry>>();

/** Sessions by terminal id. They live as long as their terminal is in the store, whatever is mounted. */
function sessionsOf(app: App): Map<number, Entry> {
  const known = registry.get(app);
  if (known) return known;
  const sessions = new Map<number, Entry>();
  registry.set(app, sessions);
  app.terminals.subscribe(({ list }) => {
    for (const [id, entry] of sessions) {
      if (list.some((terminal) => terminal.id === id)) continue;
      sessions.delete(id);
      entry.session?.dispose();
      entry.host.remove();
    }
  });
  return sessions;
}

export function sessionOf(app: App, id: number): TerminalSession | undefined {
  return sessionsOf(app).get(id)?.session ?? undefined;
}

/** Shows a terminal in `slot`, starting its session the first time. Returns what takes it out again. */
export function attachSession(app: App, id: number, port: MessagePort, slot: HTMLElement): () => void {
  const sessions = sessionsOf(app);
  const known = sessions.get(id);
  const entry: Entry = known ?? { host: document.createElement('div'), session: null };
  slot.append(entry.host);
  if (known) {
    entry.session?.fit();
  } else {
    entry.host.className = 'terminal-host';
    sessions.set(id, entry);
    void start(app, id, port, entry);
  }
  return () => entry.host.remove();
}

async function start(app: App, id: number, port: MessagePort, entry: Entry): Promise<void> {
  try {
    const session = await TerminalSession.open(entry.host, port, {
      screenReader: app.overlay.getState().screenReader,
      onClosed: () => closed(app, id),
      onTitle: (text) => nameTerminal(app, id, text),
      onBell: () => ringTerminal(app, id),
      onError: (what, error) => void showError(app.messages, what, error, 'Allow this page to use the clipboard.'),
    });
    if (!sessionsOf(app).has(id)) return session.dispose();
    entry.session = session;
    patchTerminal(app.terminals, id, { type: (text) => session.type(text), clear: () => session.clear() });
    if (app.terminals.getState().active === id && !isBusyElsewhere(sessionsOf(app).size === 1)) session.focus();
  } catch (error) {
    showError(app.messages, 'The terminal could not be loaded', error, 'Reload the page.');
  }
}

/** The kernel has closed it, as its shell was left: its tab goes, unless there is no other. */
function closed(app: App, id: number): void {
  if (app.terminals.getState().list.length > 1) closeTerminal(app.terminals, app.client.api, id);
  else patchTerminal(app.terminals, id, { state: 'closed' });
}

/** A title belongs to the program that gave it. */
function nameTerminal(app: App, id: number, text: string): void {
  const terminal = app.terminals.getState().list.find((each) => each.id === id);
  const process = terminal && foregroundOf(app.processes.getState().list, terminal);
  patchTerminal(app.terminals, id, { title: text !== '' && process ? { text, pid: process.pid } : undefined });
}

/** The bell of a terminal on the screen is seen at once. */
function ringTerminal(app: App, id: number): void {
  const state = app.terminals.getState();
  const bells = (state.list.find((terminal) => terminal.id === id)?.bells ?? 0) + 1;
  patchTerminal(app.terminals, id, shownTerminals(state).includes(id) ? { bells, bellsSeen: bells } : { bells });
}

/** The focus is not taken from a field or a dialog, nor, by the terminal that comes with the page, from a tree that is being walked. */
function isBusyElsewhere(isFirst: boolean): boolean {
  const busy = isFirst ? 'input, textarea, select, dialog, [role=tree]' : 'input, textarea, select, dialog';
  const focused = document.activeElement;
  return focused?.closest(busy) != null && !focused.closest('.terminal-screen');
}
