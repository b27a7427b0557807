import { showToast } from '../stores/index.ts';
import type { Command } from './command.ts';
import { activeFile } from './focus.ts';

export const TRACES: readonly Command[] = [
  { id: 'trace.file', title: 'Calls about the open file', group: 'History', run: (app) => {
    const path = activeFile(app);
    if (path) app.trace.showPath(path);
    else showToast(app.messages, { level: 'info', title: 'No file is open', detail: 'Open one first, or filter the trace by its path.' });
  } },
  { id: 'trace.failed', title: 'Calls of the newest program that failed', group: 'History', run: (app) => app.trace.showNewest('failed') },
  { id: 'trace.newest', title: 'Calls of the newest program', group: 'History', run: (app) => app.trace.showNewest() },
];
