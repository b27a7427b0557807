import {
  copyPaths, deleteEntries, downloadEntries, duplicateEntries, pasteInto, seeAs, showDiff, showHistoryOf, takeUp, targetDirectory, viewFileAs,
} from '../actions/index.ts';
import { isEditable, layerView, type App, type TreeNode } from '../stores/index.ts';
import type { Command } from './command.ts';
import { focus } from './focus.ts';

const noChoice: Command['unavailable'] = (app) => (app.explorer.chosen().length === 0 ? 'No entry is chosen in the explorer.' : null);
const noChange: Command['unavailable'] = (app) => noChoice(app) ?? (isEditable(app.explorer.store.getState()) ? null : 'What the explorer shows is read-only.');
const noSingle: Command['unavailable'] = (app) => noChoice(app) ?? (app.explorer.chosen().length > 1 ? 'Several entries are chosen.' : null);
const noFile: Command['unavailable'] = (app) => noSingle(app) ?? (app.explorer.chosen()[0]?.kind === 'file' ? null : 'The chosen entry is no file.');

/** Of the one that is chosen. */
const withOne = (act: (app: App, node: TreeNode) => void): Command['run'] => (app) => {
  const [node] = app.explorer.chosen();
  if (node) act(app, node);
};

/** What the explorer's menus and keys do to the entries that are chosen there, and what it shows. */
export const EXPLORER: readonly Command[] = [
  { id: 'entry.rename', title: 'Rename the chosen entry', group: 'Files', unavailable: (app) => noSingle(app) ?? noChange(app), run: withOne((app, node) => app.explorer.rename(node.path)) },
  { id: 'entry.delete', title: 'Delete the chosen entries', group: 'Files', unavailable: noChange, run: (app) => void deleteEntries(app, app.explorer.chosen()) },
  { id: 'entry.duplicate', title: 'Duplicate the chosen entries', group: 'Files', unavailable: noChange, run: (app) => void duplicateEntries(app, app.explorer.chosen()) },
  { id: 'entry.cut', title: 'Cut the chosen entries', group: 'Files', unavailable: noChange, run: (app) => takeUp(app, app.explorer.chosen(), true) },
  { id: 'entry.copy', title: 'Copy the chosen entries', group: 'Files', unavailable: noChoice, run: (app) => takeUp(app, app.explorer.chosen(), false) },
  { id: 'entry.paste', title: 'Paste entries into the active directory', group: 'Files', unavailable: (app) => (app.explorer.store.getState().clipboard ? null : 'Nothing was cut or copied in the explorer.'), run: (app) => void pasteInto(app, targetDirectory(app)) },
  { id: 'entry.paths', title: 'Copy the paths of the chosen entries', group: 'Files', unavailable: noChoice, run: (app) => void copyPaths(app, app.explorer.chosen()) },
  { id: 'entry.download', title: 'Download the chosen entries', group: 'Files', unavailable: noChoice, run: (app) => void downloadEntries(app, app.explorer.chosen()) },
  { id: 'entry.text', title: 'Open the chosen file as text', group: 'Files', unavailable: noFile, run: withOne((app, node) => viewFileAs(app, node.path, { mode: 'text' })) },
  { id: 'entry.bytes', title: 'Open the chosen file as bytes', group: 'Files', unavailable: noFile, run: withOne((app, node) => viewFileAs(app, node.path, { mode: 'hex' })) },
  { id: 'entry.writers', title: 'Who wrote the chosen file', group: 'History', unavailable: noFile, run: withOne((app, node) => viewFileAs(app, node.path, { writers: true })) },
  { id: 'entry.history', title: 'History of the chosen entry', group: 'History', unavailable: noSingle, run: withOne((app, node) => showHistoryOf(app, node.path)) },
  { id: 'entry.shipped', title: 'Compare the chosen entry with what was shipped', group: 'History', unavailable: noSingle, run: withOne((app, node) => showDiff(app, { kind: 'points', from: 0, to: 'now', path: node.path })) },
  { id: 'entry.calls', title: 'System calls about the chosen entry', group: 'Go to', unavailable: noSingle, run: withOne((app, node) => app.trace.showPath(node.path)) },
  { id: 'explorer.view', title: 'Explorer: choose what is shown', group: 'View', run: (app) => {
    app.layout.setState({ leftOpen: true, sheet: 'files' });
    focus('.view-switch');
  } },
  { id: 'explorer.upper', title: 'Explorer: the upper layer', group: 'View', run: (app) => app.explorer.setView(layerView('upper')) },
  { id: 'explorer.base', title: 'Explorer: what was shipped', group: 'View', run: (app) => app.explorer.setView(layerView('base')) },
  { id: 'explorer.process', title: 'Explorer: as the newest program sees it', group: 'View', run: (app) => seeAs(app) },
  { id: 'explorer.select', title: 'Explorer: select several entries', group: 'Files', run: (app) => {
    app.layout.setState({ leftOpen: true, sheet: 'files' });
    app.explorer.setSelecting(!app.explorer.store.getState().selecting);
  } },
  { id: 'explorer.all', title: 'Explorer: choose all rows', group: 'View', run: (app) => app.explorer.chooseAll() },
  { id: 'explorer.close', title: 'Explorer: close all directories', group: 'View', run: (app) => app.explorer.closeAll() },
];
