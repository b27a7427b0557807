import { THEME_CHOICES, beginTour, chooseTheme, type App } from '../stores/index.ts';
import type { Command } from './command.ts';

const THEME_NAMES = { system: 'as the system', night: 'night', day: 'day' } as const;

export const VIEW: readonly Command[] = [
  ...THEME_CHOICES.map((choice): Command => ({ id: `theme.${choice}`, title: `Theme: ${THEME_NAMES[choice]}`, group: 'View', run: (app) => chooseTheme(app.theme, choice) })),
  { id: 'view.explorer', title: 'Show or hide the explorer', group: 'View', keys: 'Ctrl+B', run: (app) => toggle(app, 'leftOpen') },
  { id: 'view.terminal', title: 'Show or hide the terminal', group: 'View', keys: 'Ctrl+J', run: (app) => toggle(app, 'bottomOpen') },
  { id: 'view.merged', title: 'Explorer: everything', group: 'View', run: (app) => app.explorer.setView('merged') },
  { id: 'view.changes', title: 'Explorer: my changes', group: 'View', run: (app) => app.explorer.setView('changes') },
  { id: 'view.deleted', title: 'Explorer: show or hide deleted entries', group: 'View', run: (app) => app.explorer.setShowDeleted(!app.explorer.store.getState().showDeleted) },
  { id: 'help.tour', title: 'Take the tour', group: 'Help', run: (app) => beginTour(app.tour) },
  { id: 'help.keys', title: 'Keyboard shortcuts', group: 'Help', keys: '?', run: (app) => app.overlay.setState({ shortcuts: true }) },
];

/** Over a maximised group both come back. */
function toggle(app: App, pane: 'leftOpen' | 'bottomOpen'): void {
  const { maximised } = app.dock.getState();
  app.dock.setState({ maximised: false });
  app.layout.setState((state) => ({ [pane]: maximised || !state[pane] }));
}
