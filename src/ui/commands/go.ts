import { AUDIT, BUS, GRANTS, LAYERS, MAP, PROCESSES, TIMELINE, TRACE, WELCOME } from '../stores/index.ts';
import { showPane } from '../actions/index.ts';
import type { Command } from './command.ts';
import { focus, typeInto } from './focus.ts';

export const GO: readonly Command[] = [
  { id: 'palette', title: 'Command palette', group: 'Go to', keys: 'Ctrl+K', run: (app) => app.overlay.setState((state) => ({ palette: !state.palette })) },
  { id: 'terminal.ctrl-k', title: 'Send Ctrl+K to the terminal', group: 'Terminal', run: (app) => typeInto(app, '\x0b') },
  { id: 'go.explorer', title: 'Explorer', group: 'Go to', keys: 'Alt+1', run: (app) => {
    app.dock.setState({ maximised: false });
    app.layout.setState({ leftOpen: true, sheet: 'files' });
    focus('[role=tree] [tabindex="0"]');
  } },
  { id: 'go.view', title: 'Open view', group: 'Go to', keys: 'Alt+2', run: (app) => {
    app.layout.setState({ sheet: 'view' });
    app.dock.getState().control?.focusTab();
  } },
  { id: 'go.terminal', title: 'Terminal', group: 'Go to', keys: 'Alt+3', run: (app) => {
    app.dock.setState({ maximised: false });
    app.layout.setState({ bottomOpen: true, sheet: 'terminal' });
    focus('.terminal-screen.on textarea');
  } },
  { id: 'go.processes', title: 'Processes', group: 'Go to', keys: 'Alt+4', run: (app) => {
    showPane(app, PROCESSES);
    app.layout.setState({ sheet: 'processes' });
    focus('.processes tr[tabindex="0"]');
  } },
  { id: 'go.trace', title: 'Trace: system calls of a run', group: 'Go to', keys: 'Alt+Shift+T', run: (app) => {
    showPane(app, TRACE);
    focus('#trace-filter');
  } },
  { id: 'go.timeline', title: 'Timeline', group: 'Go to', keys: 'Alt+5', run: (app) => {
    showPane(app, TIMELINE);
    focus('.track-rail');
  } },
  { id: 'go.welcome', title: 'Welcome: samples, files, the tour', group: 'Go to', run: (app) => {
    showPane(app, WELCOME);
    focus('.welcome-drop button');
  } },
  { id: 'go.layers', title: 'Layers', group: 'Go to', keys: 'Alt+6', run: (app) => {
    showPane(app, LAYERS);
    focus('.layers button:not(:disabled)');
  } },
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
  { id: 'go.map', title: 'Map: what is connected with what', group: 'Go to', keys: 'Alt+0', run: (app) => {
    showPane(app, MAP);
    focus('.map-node[tabindex="0"]');
  } },
  { id: 'messages.focus', title: 'Messages on the screen: take the keyboard there', group: 'Go to', keys: 'Alt+N', unavailable: (app) => (app.messages.getState().toasts.length === 0 ? 'No message is on the screen.' : null), run: () => {
    for (const marked of document.querySelectorAll('[data-before-toasts]')) marked.removeAttribute('data-before-toasts');
    document.activeElement?.setAttribute('data-before-toasts', '');
    [...document.querySelectorAll<HTMLElement>('.toast')].at(-1)?.querySelector<HTMLElement>('button')?.focus();
  } },
  { id: 'messages.list', title: 'Messages: the last hundred', group: 'Go to', keys: 'Alt+Shift+N', run: (app) => app.overlay.setState({ said: true }) },
  { id: 'go.questions', title: 'Answer what programs ask', group: 'Go to', keys: 'Ctrl+Shift+Y', run: (app) => app.approvals.bringBack() },
  { id: 'go.filter', title: 'Filter the explorer', group: 'Go to', keys: '/', run: (app) => {
    if (document.activeElement?.closest('.map')) return focus('.map-search');
    app.dock.setState({ maximised: false });
    app.layout.setState({ leftOpen: true, sheet: 'files' });
    focus('#explorer-filter');
  } },
];
