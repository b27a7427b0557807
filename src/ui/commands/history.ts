import { TIMELINE, type App } from '../stores/index.ts';
import { commitLayer, discardUpper, goToNow, restorePath, showDiff, showHistoryOf, showPane, showUpper, stepMine, undoLastRun } from '../actions/index.ts';
import type { Command } from './command.ts';
import { activeFile, noFile } from './focus.ts';

const stepPoint = (app: App, by: 'entry' | 'run', direction: 1 | -1): void => {
  showPane(app, TIMELINE);
  void app.timeline.refresh().then(() => app.timeline.step(by, direction));
};

export const HISTORY: readonly Command[] = [
  { id: 'history.undo', title: 'Undo my last change', group: 'History', keys: 'Ctrl+Z', within: '.explorer', run: (app) => void stepMine(app, 'undo') },
  { id: 'history.redo', title: 'Redo what I undid', group: 'History', keys: 'Ctrl+Shift+Z', within: '.explorer', run: (app) => void stepMine(app, 'redo') },
  { id: 'history.undo-run', title: 'Undo the last program', group: 'History', run: (app) => void undoLastRun(app) },
  { id: 'history.now', title: 'Back to now', group: 'History', unavailable: (app) => (app.timeline.store.getState().point === null ? 'The present is what you see.' : null), run: goToNow },
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
  { id: 'history.file', title: 'History of the open file', group: 'History', unavailable: noFile, run: (app) => {
    const path = activeFile(app);
    if (path) showHistoryOf(app, path);
  } },
  { id: 'layers.diff', title: 'Show what the upper layer changes', group: 'History', run: (app) => void showUpper(app) },
  { id: 'layers.commit', title: 'Commit the upper layer into the one below', group: 'History', run: (app) => void commitLayer(app) },
  { id: 'layers.discard', title: 'Discard the upper layer', group: 'History', run: (app) => void discardUpper(app) },
];

/** The timeline's bar asks for the name. */
function nameMoment(app: App, what: 'snapshot' | 'branch'): void {
  showPane(app, TIMELINE);
  app.overlay.setState({ naming: what });
}
