import { closeTerminal, turnTerminal } from '../stores/index.ts';
import { newTerminal, splitWithNew } from '../actions/index.ts';
import type { Command } from './command.ts';
import { typeInto } from './focus.ts';

const none: Command['unavailable'] = (app) => (app.terminals.getState().list.length === 0 ? 'No terminal is open.' : null);
const only: Command['unavailable'] = (app) => (app.terminals.getState().list.length < 2 ? 'There is no other terminal.' : null);

export const TERMINAL: readonly Command[] = [
  { id: 'terminal.new', title: 'New terminal', group: 'Terminal', keys: 'Ctrl+Shift+`', run: (app) => void newTerminal(app) },
  { id: 'terminal.split', title: 'Split the terminal: two side by side', group: 'Terminal', keys: 'Ctrl+Shift+5', run: (app) => void splitWithNew(app) },
  { id: 'terminal.join', title: 'Show one terminal at a time', group: 'Terminal', unavailable: (app) => (app.terminals.getState().pair === null ? 'Only one is shown.' : null), run: (app) => app.terminals.setState({ pair: null }) },
  { id: 'terminal.next', title: 'Next terminal', group: 'Terminal', unavailable: only, keys: 'Ctrl+Shift+]', run: (app) => turnTerminal(app.terminals, 1) },
  { id: 'terminal.previous', title: 'Previous terminal', group: 'Terminal', unavailable: only, keys: 'Ctrl+Shift+[', run: (app) => turnTerminal(app.terminals, -1) },
  { id: 'terminal.clear', title: 'Clear the terminal and what has scrolled off', group: 'Terminal', run: (app) => {
    const { list, active } = app.terminals.getState();
    list.find(({ id }) => id === active)?.clear?.();
    typeInto(app, '');
  } },
  { id: 'terminal.close', title: 'Close terminal', group: 'Terminal', unavailable: none, keys: 'Alt+Shift+W', run: (app) => closeTerminal(app.terminals, app.client.api, app.terminals.getState().active) },
  { id: 'terminal.search', title: 'Search in the terminal', group: 'Terminal', unavailable: none, keys: 'Ctrl+Shift+F', run: (app) => {
    app.layout.setState({ bottomOpen: true, sheet: 'terminal' });
    app.overlay.setState({ terminalSearch: true });
  } },
  { id: 'terminal.reader', title: 'Screen-reader mode of the terminal: on or off', group: 'Terminal', run: (app) => app.overlay.setState((state) => ({ screenReader: !state.screenReader })) },
];
