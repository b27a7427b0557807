import { AUDIT, BUS, GRANTS, LAYERS, PROCESSES, THEME_CHOICES, TIMELINE, chooseTheme, closeTab, closeTerminal, turnTerminal, type App } from '../stores/index.ts';
import { copyLink, pickArchive } from './archive.ts';
import { exportAudit, generateManifest, openPolicy } from './authority.ts';
import { backUpNow, chooseBackup, stopBackup } from './backup.ts';
import { copyText, createEntry, downloadPath, targetDirectory } from './files.ts';
import { commitFolder, pickFolder } from './folders.ts';
import { goToNow, restorePath, showDiff, showHistoryOf, showPane, showUpper, stepMine, undoLastRun } from './history.ts';
import { discardUpper, commitLayer } from './layers.ts';
import { newTerminal, runWith, splitWithNew } from './run.ts';
import { pickFiles } from './upload.ts';

/** Something that the user can do from anywhere; the palette lists all of them. */
export interface Command {
  id: string;
  title: string;
  group: 'Go to' | 'Files' | 'Authority' | 'History' | 'Terminal' | 'View' | 'Help';
  /** `Ctrl` also stands for Cmd on a Mac. */
  keys?: string;
  /** Its keys count only within what this selector names. */
  within?: string;
  run(app: App): void;
}

/** Frames that a pane may take to be there; its code may be on its way. */
const FRAMES = 120;

/** At once where the pane is there already, so that the next key is not lost; else when it has been drawn, unless the user has gone elsewhere by then. */
const focus = (selector: string, frames = FRAMES, from = document.activeElement): void => {
  const element = document.querySelector<HTMLElement>(selector);
  if (element && element.offsetParent !== null) element.focus();
  else if (frames > 0) requestAnimationFrame(() => (document.activeElement === from || document.activeElement === document.body) && focus(selector, frames - 1, from));
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
  { id: 'go.timeline', title: 'Timeline', group: 'Go to', keys: 'Alt+5', run: (app) => {
    showPane(app, TIMELINE);
    focus('.track-rail');
  } },
  { id: 'go.layers', title: 'Layers', group: 'Go to', keys: 'Alt+6', run: (app) => showPane(app, LAYERS) },
  { id: 'go.bus', title: 'Bus: messages as they go by', group: 'Go to', keys: 'Alt+7', run: (app) => {
    showPane(app, BUS);
    focus('.bus-pattern');
  } },
  { id: 'go.grants', title: 'Grants: who may do what', group: 'Go to', keys: 'Alt+8', run: (app) => {
    showPane(app, GRANTS);
    focus('.grants-filter');
  } },
  { id: 'go.audit', title: 'Audit: what programs did and were refused', group: 'Go to', keys: 'Alt+9', run: (app) => {
    showPane(app, AUDIT);
    focus('.audit-search input');
  } },
  { id: 'go.questions', title: 'Answer what programs ask', group: 'Go to', keys: 'Ctrl+Shift+Y', run: (app) => app.approvals.bringBack() },
  { id: 'go.filter', title: 'Filter the explorer', group: 'Go to', keys: '/', run: (app) => {
    app.layout.setState({ leftOpen: true, sheet: 'files' });
    focus('#explorer-filter');
  } },
];

const FILES: Command[] = [
  { id: 'file.new', title: 'New file', group: 'Files', run: (app) => void createEntry(app, targetDirectory(app), 'file') },
  { id: 'file.folder', title: 'New folder', group: 'Files', run: (app) => void createEntry(app, targetDirectory(app), 'directory') },
  { id: 'file.upload', title: 'Upload files, or a .wasm to run', group: 'Files', keys: 'Ctrl+O', run: (app) => pickFiles(app, targetDirectory(app)) },
  { id: 'folder.mount', title: 'Mount a local folder…', group: 'Files', run: (app) => void pickFolder(app) },
  { id: 'folder.commit', title: 'Commit to a local folder…', group: 'Files', run: (app) => void commitFolder(app) },
  { id: 'file.backup', title: 'Back up to a file…', group: 'Files', run: (app) => void chooseBackup(app) },
  { id: 'file.backup-now', title: 'Back up now', group: 'Files', run: (app) => void backUpNow(app) },
  { id: 'file.backup-stop', title: 'Stop backing up', group: 'Files', run: (app) => void stopBackup(app) },
  { id: 'file.export-workspace', title: 'Export workspace…', group: 'Files', run: (app) => app.overlay.setState({ archive: { kind: 'export', folder: null } }) },
  { id: 'file.export', title: 'Export folder…', group: 'Files', run: (app) => app.overlay.setState({ archive: { kind: 'export', folder: targetDirectory(app) } }) },
  { id: 'file.import', title: 'Import an archive…', group: 'Files', run: (app) => pickArchive(app, targetDirectory(app)) },
  { id: 'file.link', title: 'Copy a link that carries this folder', group: 'Files', run: (app) => void copyLink(app, targetDirectory(app)) },
  { id: 'file.download', title: 'Download the open file', group: 'Files', run: (app) => {
    const path = activeFile(app);
    if (path) void downloadPath(app, path);
  } },
  { id: 'file.copy', title: 'Copy the path of the open file', group: 'Files', run: (app) => {
    const path = activeFile(app);
    if (path) void copyText(app, path, 'the path');
  } },
  { id: 'file.close', title: 'Close the open file or comparison', group: 'Files', keys: 'Alt+W', run: (app) => app.tabs.setState((tabs) => closeTab(tabs, tabs.active)) },
];

const stepPoint = (app: App, by: 'entry' | 'run', direction: 1 | -1): void => {
  showPane(app, TIMELINE);
  void app.timeline.refresh().then(() => app.timeline.step(by, direction));
};

const HISTORY: Command[] = [
  { id: 'history.undo', title: 'Undo my last change', group: 'History', keys: 'Ctrl+Z', within: '.explorer', run: (app) => void stepMine(app, 'undo') },
  { id: 'history.redo', title: 'Redo what I undid', group: 'History', keys: 'Ctrl+Shift+Z', within: '.explorer', run: (app) => void stepMine(app, 'redo') },
  { id: 'history.undo-run', title: 'Undo the last program', group: 'History', run: (app) => void undoLastRun(app) },
  { id: 'history.now', title: 'Back to now', group: 'History', run: goToNow },
  { id: 'history.earlier', title: 'One change earlier', group: 'History', keys: 'Alt+,', run: (app) => stepPoint(app, 'entry', -1) },
  { id: 'history.later', title: 'One change later', group: 'History', keys: 'Alt+.', run: (app) => stepPoint(app, 'entry', 1) },
  { id: 'history.run-earlier', title: 'One run earlier', group: 'History', keys: 'Alt+Shift+,', run: (app) => stepPoint(app, 'run', -1) },
  { id: 'history.run-later', title: 'One run later', group: 'History', keys: 'Alt+Shift+.', run: (app) => stepPoint(app, 'run', 1) },
  { id: 'history.restore', title: 'Restore everything to the moment that is shown', group: 'History', run: (app) => {
    const { point } = app.timeline.store.getState();
    if (point === null) showPane(app, TIMELINE);
    else void restorePath(app, '/', point);
  } },
  { id: 'history.diff', title: 'Show what changed since the moment that is shown', group: 'History', run: (app) => {
    const { point } = app.timeline.store.getState();
    if (point === null) showPane(app, TIMELINE);
    else showDiff(app, { kind: 'points', from: point, to: 'now' });
  } },
  { id: 'history.snapshot', title: 'Snapshot…', group: 'History', run: (app) => nameMoment(app, 'snapshot') },
  { id: 'history.branch', title: 'Branch…', group: 'History', run: (app) => nameMoment(app, 'branch') },
  { id: 'history.file', title: 'History of the open file', group: 'History', run: (app) => {
    const path = activeFile(app);
    if (path) showHistoryOf(app, path);
  } },
  { id: 'layers.diff', title: 'Show what the upper layer changes', group: 'History', run: (app) => void showUpper(app) },
  { id: 'layers.commit', title: 'Commit the upper layer into the one below', group: 'History', run: (app) => void commitLayer(app) },
  { id: 'layers.discard', title: 'Discard the upper layer', group: 'History', run: (app) => void discardUpper(app) },
];

const AUTHORITY: Command[] = [
  { id: 'authority.policy', title: 'Edit the policy', group: 'Authority', run: (app) => void openPolicy(app) },
  { id: 'authority.run-with', title: 'Run the open module with…', group: 'Authority', run: (app) => {
    const path = activeFile(app);
    if (path) void runWith(app, path);
  } },
  { id: 'authority.manifest', title: 'Write a manifest for the open module', group: 'Authority', run: (app) => {
    const path = activeFile(app);
    if (path?.endsWith('.wasm')) void generateManifest(app, path);
  } },
  { id: 'authority.verify', title: 'Verify the audit', group: 'Authority', run: (app) => {
    showPane(app, AUDIT);
    void app.audit.verify();
  } },
  { id: 'authority.export', title: 'Export the audit', group: 'Authority', run: (app) => void exportAudit(app) },
];

/** The timeline's bar asks for the name. */
function nameMoment(app: App, what: 'snapshot' | 'branch'): void {
  showPane(app, TIMELINE);
  app.overlay.setState({ naming: what });
}

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

export const COMMANDS: readonly Command[] = [...PANES, ...FILES, ...AUTHORITY, ...HISTORY, ...TERMINAL, ...VIEW];

type KeyStroke = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Whether a stroke is what `keys` (`Ctrl+Shift+F`, `Alt+1`, `/`) names. */
export function matchesKeys(keys: string, stroke: KeyStroke): boolean {
  const parts = keys.split('+');
  const key = parts.pop() ?? '';
  if (parts.length === 0) return stroke.key === key && !stroke.ctrlKey && !stroke.metaKey && !stroke.altKey;
  const modifiers = parts.includes('Ctrl') === (stroke.ctrlKey || stroke.metaKey) && parts.includes('Alt') === stroke.altKey && parts.includes('Shift') === stroke.shiftKey;
  return modifiers && (stroke.key.toLowerCase() === key.toLowerCase() || stroke.code === codeOf(key));
}

const CODES: Readonly<Record<string, string>> = { ',': 'Comma', '.': 'Period', '`': 'Backquote', '[': 'BracketLeft', ']': 'BracketRight' };

function codeOf(key: string): string {
  if (/^\d$/.test(key)) return `Digit${key}`;
  return CODES[key] ?? `Key${key.toUpperCase()}`;
}
