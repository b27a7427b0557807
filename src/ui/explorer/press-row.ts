import { keepFile, openPath, showDiff } from '../actions/index.ts';
import { visibleName } from '../kit/index.ts';
import { isEditable, layerOf, showToast, type App, type TreeNode } from '../stores/index.ts';
import { focusFilter } from './focus-filter.ts';
import { windowPath } from './reach.ts';

type Press = Pick<MouseEvent, 'ctrlKey' | 'metaKey' | 'shiftKey'>;

/** A press on a row: with Ctrl it is chosen too, with Shift all rows up to it; else it is opened. */
export function pressRow(app: App, node: TreeNode, { ctrlKey, metaKey, shiftKey }: Press): void {
  if (app.explorer.store.getState().selecting && node.more === 0) selectRow(app, node);
  else if (shiftKey) app.explorer.chooseTo(node);
  else if (ctrlKey || metaKey) app.explorer.toggleChosen(node.path);
  else {
    app.explorer.activate(node.path);
    openRow(app, node);
  }
}

/** While several are chosen one by one. The root is none of them: it opens and closes. */
function selectRow(app: App, node: TreeNode): void {
  if (node.parent) app.explorer.toggleChosen(node.path);
  else app.explorer.setExpanded(node, !node.expanded);
}

/** The second of two presses keeps the tab that the first opened to look at. */
export function keepRow(app: App, node: TreeNode): void {
  const state = app.explorer.store.getState();
  if (!state.selecting && node.kind !== 'directory' && node.origin !== 'deleted' && node.more === 0 && (isEditable(state) || state.point !== null)) keepFile(app, node.path);
}

/** Opens or closes a directory; opens a file in a tab, as it is in what is shown. Of a layer, what it changes. */
export function openRow(app: App, node: TreeNode): void {
  const { view, process, point } = app.explorer.store.getState();
  const layer = point === null ? layerOf(view) : null;
  if (node.more > 0) focusFilter();
  else if (node.kind === 'directory') app.explorer.setExpanded(node, !node.expanded);
  else if (layer !== null && layer !== 'base') showDiff(app, { kind: 'layer', layer });
  else if (layer !== null) showDiff(app, { kind: 'points', from: 0, to: 'now', path: node.path });
  else if (process && point === null) openSeen(app, node, windowPath(process, node.path));
  else if (node.origin !== 'deleted') openPath(app, node.path);
}

function openSeen(app: App, node: TreeNode, path: string | null): void {
  if (path !== null) return openPath(app, path);
  showToast(app.messages, { level: 'info', title: 'Only the process has this file', detail: `It sees ${visibleName(node.path)} in a session or a union of its own; look at it there once the session is a branch.` });
}
