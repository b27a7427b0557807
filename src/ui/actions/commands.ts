import { PROCESSES, THEME_CHOICES, chooseTheme, closeFileTab, closeTerminal, turnTerminal, type App } from '../stores/index.ts';
import { copyText, createEntry, downloadPath, targetDirectory } from './files.ts';
import { newTerminal, splitWithNew } from './run.ts';
import { pickFiles } from './upload.ts';

/** Something that the user can do from anywhere; the palette lists all of them. */
export interface Command {
  id: string;
  title: string;
  group: 'Go to' | 'Files' | 'Terminal' | 'View' | 'Help';
  /** `Ctrl` also stands for Cmd on a Mac. */
  keys?: string;
  run(app: App): void;
}

/** At once where the pane is there already, so that the next key is not lost; else when it has been drawn. */
const focus = (selector: string): void => {
  const element = document.querySelector<HTMLElement>(selector);
  if (element && element.offsetParent !== null) element.focus();
  else requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus());
};

const activeFile = (app: App): string | null => {
  const { active } = app.tabs.getState();
  return active.startsWith('file:') ? active.slice(5) : null;
};

/** Types into the active terminal as if by keyboard, and takes the focus there. */
const typeInto = (app: App, text: string): void => {
  const { list, active } = app.terminals.getState();
  list.find((terminal) => terminal.id === active)?.type?.(text);
  focus('.terminal-screen.on textarea');
};

const PANES: Command[] = [
  { id: 'palette', title: 'Command palette', group: 'Go to', keys: 'Ctrl+K', run: (app) => app.overlay.setState((state) => ({ palette: !state.palette })) },
  { id: 'terminal.ctrl-k', title: 'Send Ctrl+K to the terminal', group: 'Terminal', run: (app) => typeInto(app, '\x0b') },
  { id: 'go.explorer', title: 'Explorer', group: 'Go to', keys: 'Alt+1', run: (app) => {
    app.layout.setState({ leftOpen: true, sheet: 'files' });
    focus('[role=tree] [tabindex="0"]');
  } },
  { id: 'go.view', title: 'Open file', group: 'Go to', keys: 'Alt+2', run: (app) => {
    app.layout.setState({ sheet: 'view' });
    focus('.centre [role=tab][aria-selected=true]');
  } },
  { id: 'go.terminal', title: 'Terminal', group: 'Go to', keys: 'Alt+3', run: (app) => {
    app.layout.setState({ bottomOpen: true, sheet: 'terminal' });
    focus('.terminal-screen.on textarea');
  } },
  { id: 'go.processes', title: 'Processes', group: 'Go to', keys: 'Alt+4', run: (app) => {
    app.tabs.setState({ active: PROCESSES });
    app.layout.setState({ sheet: 'processes' });
  } },
  { id: 'go.filter', title: 'Filter the explorer', group: 'Go to', keys: '/', run: (app) => {
    app.layout.setState({ leftOpen: true, sheet: 'files' });
    focus('#explorer-filter');
  } },
];

const FILES: Command[] = [
  { id: 'file.new', title: 'New file', group: 'Files', run: (app) => void createEntry(app, targetDirectory(app), 'file') },
  { id: 'file.folder', title: 'New folder', group: 'Files', run: (app) => void createEntry(app, targetDirectory(app), 'directory') },
  { id: 'file.upload', title: 'Upload files, or a .wasm to run', group: 'Files', keys: 'Ctrl+O', run: (app) => pickFiles(app, targetDirectory(app)) },
  { id: 'file.download', title: 'Download the open file', group: 'Files', run: (app) => {
    const path = activeFile(app);
    if (path) void downloadPath(app, path);
  } },
  { id: 'file.copy', title: 'Copy the path of the open file', group: 'Files', run: (app) => {
    const path = activeFile(app);
    if (path) void copyText(app, path, 'the path');
  } },
  { id: 'file.close', title: 'Close the open file', group: 'Files', keys: 'Alt+W', run: (app) => {
    const path = activeFile(app);
    if (path) app.tabs.setState((tabs) => closeFileTab(tabs, path));
  } },
];

const TERMINAL: Command[] = [
  { id: 'terminal.new', title: 'New terminal', group: 'Terminal', keys: 'Ctrl+Shift+`', run: (app) => void newTerminal(app) },
  { id: 'terminal.split', title: 'Split the terminal: two side by side', group: 'Terminal', keys: 'Ctrl+Shift+5', run: (app) => void splitWithNew(app) },
  { id: 'terminal.join', title: 'Show one terminal at a time', group: 'Terminal', run: (app) => app.terminals.setState({ pair: null }) },
  { id: 'terminal.next', title: 'Next terminal', group: 'Terminal', keys: 'Ctrl+Shift+]', run: (app) => turnTerminal(app.terminals, 1) },
  { id: 'terminal.previous', title: 'Previous terminal', group: 'Terminal', keys: 'Ctrl+Shift+[', run: (app) => turnTerminal(app.terminals, -1) },
  { id: 'terminal.clear', title: 'Clear the terminal and what has scrolled off', group: 'Terminal', run: (app) => {
    const { list, active } = app.terminals.getState();
    list.find(({ id }) => id === active)?.clear?.();
    typeInto(app, '');
  } },
  { id: 'terminal.close', title: 'Close terminal', group: 'Terminal', keys: 'Alt+Shift+W', run: (app) => closeTerminal(app.terminals, app.client.api, app.terminals.getState().active) },
  { id: 'terminal.search', title: 'Search in the terminal', group: 'Terminal', keys: 'Ctrl+Shift+F', run: (app) => {
    app.layout.setState({ bottomOpen: true, sheet: 'terminal' });
    app.overlay.setState({ terminalSearch: true });
  } },
  { id: 'terminal.reader', title: 'Screen-reader mode of the terminal: on or off', group: 'Terminal', run: (app) => app.overlay.setState((state) => ({ screenReader: !state.screenReader })) },
];

const THEME_NAMES = { system: 'as the system', night: 'night', day: 'day' } as const;

const VIEW: Command[] = [
  ...THEME_CHOICES.map((choice): Command => ({ id: `theme.${choice}`, title: `Theme: ${THEME_NAMES[choice]}`, group: 'View', run: (app) => chooseTheme(app.theme, choice) })),
  { id: 'view.explorer', title: 'Show or hide the explorer', group: 'View', keys: 'Ctrl+B', run: (app) => app.layout.setState((state) => ({ leftOpen: !state.leftOpen })) },
  { id: 'view.terminal', title: 'Show or hide the terminal', group: 'View', keys: 'Ctrl+J', run: (app) => app.layout.setState((state) => ({ bottomOpen: !state.bottomOpen })) },
  { id: 'view.merged', title: 'Explorer: merged view', group: 'View', run: (app) => app.explorer.setView('merged') },
  { id: 'view.changes', title: 'Explorer: my changes', group: 'View', run: (app) => app.explorer.setView('changes') },
  { id: 'view.deleted', title: 'Explorer: show or hide deleted entries', group: 'View', run: (app) => app.explorer.setShowDeleted(!app.explorer.store.getState().showDeleted) },
  { id: 'help.keys', title: 'Keyboard shortcuts', group: 'Help', keys: '?', run: (app) => app.overlay.setState({ shortcuts: true }) },
];

export const COMMANDS: readonly Command[] = [...PANES, ...FILES, ...TERMINAL, ...VIEW];

type KeyStroke = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Whether a stroke is what `keys` (`Ctrl+Shift+F`, `Alt+1`, `/`) names. */
export function matchesKeys(keys: string, stroke: KeyStroke): boolean {
  const parts = keys.split('+');
  const key = parts.pop() ?? '';
  if (parts.length === 0) return stroke.key === key && !stroke.ctrlKey && !stroke.metaKey && !stroke.altKey;
  const modifiers = parts.includes('Ctrl') === (stroke.ctrlKey || stroke.metaKey) && parts.includes('Alt') === stroke.altKey && parts.includes('Shift') === stroke.shiftKey;
  return modifiers && (stroke.key.toLowerCase() === key.toLowerCase() || stroke.code === codeOf(key));
}

const CODES: Readonly<Record<string, string>> = { '`': 'Backquote', '[': 'BracketLeft', ']': 'BracketRight' };

function codeOf(key: string): string {
  if (/^\d$/.test(key)) return `Digit${key}`;
  return CODES[key] ?? `Key${key.toUpperCase()}`;
}
