import { dirname } from '../../shared/base/index.ts';
import {
  copyLink, copyPaths, createEntry, deleteEntries, downloadEntries, duplicateEntries, folderOf, goToNow, isProgram, openCommit, openPath, pasteInto, pickArchive, pickFiles, pickFolder,
  refreshFolder, restorePath, runPath, runWith, showDiff, showHistoryOf, showPane, takeUp, unmountFolder, viewFileAs,
} from '../actions/index.ts';
import { plural, visibleName } from '../kit/index.ts';
import { MAP, isEditable, layerOf, type App, type MenuItem, type TreeNode } from '../stores/index.ts';
import { openRow } from './press-row.ts';

type Items = (MenuItem | false)[];

/** What can be done with an entry, or with all that are chosen where it is one of them. */
export function rowActions(app: App, node: TreeNode): MenuItem[] {
  const state = app.explorer.store.getState();
  const chosen = app.explorer.chosen();
  const several = chosen.length > 1 ? chosen : null;
  const items = state.point !== null ? pastActions(app, node, state.point)
    : !isEditable(state) ? lookActions(app, node)
      : several ? severalActions(app, several) : [...openActions(app, node), ...placeActions(app, node), ...entryActions(app, node), ...tellActions(app, node), ...folderActions(app, node)];
  return items.filter((item) => item !== false);
}

function openActions(app: App, node: TreeNode): Items {
  if (node.kind === 'directory' || node.origin === 'deleted') return [];
  const program = isProgram(node.path);
  return [
    { label: 'Open', keys: 'Enter', run: () => openPath(app, node.path) },
    node.kind === 'file' && { label: 'Open as', run: () => undefined, items: [
      { label: 'Text', run: () => viewFileAs(app, node.path, { mode: 'text' }) },
      { label: 'Bytes', run: () => viewFileAs(app, node.path, { mode: 'hex' }) },
    ] },
    program && { label: 'Run', run: () => void runPath(app, node.path) },
    program && { label: 'Run with…', run: () => void runWith(app, node.path) },
  ];
}

/** What is put beside the entry, or into the directory that it is. */
function placeActions(app: App, node: TreeNode): Items {
  if (node.origin === 'deleted') return [];
  const directory = node.kind === 'directory' ? node.path : dirname(node.path);
  return [
    { label: 'New file', separated: node.kind !== 'directory', run: () => void createEntry(app, directory, 'file') },
    { label: 'New folder', run: () => void createEntry(app, directory, 'directory') },
    { label: 'Upload…', run: () => pickFiles(app, directory) },
    node.kind === 'directory' && { label: 'Import…', run: () => pickArchive(app, directory) },
    (node.path === '/' || node.path === '/mnt') && { label: 'Mount a local folder…', run: () => void pickFolder(app) },
    app.explorer.store.getState().clipboard !== null && { label: 'Paste', keys: 'Ctrl+V', run: () => void pasteInto(app, directory) },
  ];
}

function entryActions(app: App, node: TreeNode): Items {
  if (node.origin === 'deleted') return [{ label: 'Copy path', keys: 'Ctrl+Shift+C', run: () => void copyPaths(app, [node]) }];
  const named = node.parent !== null;
  return [
    named && { label: 'Cut', keys: 'Ctrl+X', separated: true, run: () => takeUp(app, [node], true) },
    named && { label: 'Copy', keys: 'Ctrl+C', run: () => takeUp(app, [node], false) },
    named && { label: 'Duplicate', keys: 'Ctrl+D', run: () => void duplicateEntries(app, [node]) },
    named && { label: 'Rename', keys: 'F2', run: () => app.explorer.rename(node.path) },
    named && { label: 'Delete', keys: 'Del', danger: true, run: () => void deleteEntries(app, [node]) },
    node.kind === 'file' && { label: 'Download', separated: true, run: () => void downloadEntries(app, [node]) },
    node.kind === 'directory' && { label: 'Export…', separated: true, run: () => app.overlay.setState({ archive: { kind: 'export', folder: node.path === '/' ? null : node.path } }) },
    named && { label: 'Copy as link', run: () => void copyLink(app, node.path) },
    { label: 'Copy path', keys: 'Ctrl+Shift+C', run: () => void copyPaths(app, [node]) },
  ];
}

/** What is known of the entry. */
function tellActions(app: App, node: TreeNode): Items {
  const file = node.kind === 'file' && node.origin !== 'deleted';
  const kept = node.origin === 'new' || node.origin === 'changed' || node.origin === 'deleted';
  return [
    { label: 'History', separated: true, run: () => showHistoryOf(app, node.path) },
    file && { label: 'Who wrote this', run: () => viewFileAs(app, node.path, { writers: true }) },
    kept && { label: 'Compare with what was shipped', run: () => showDiff(app, { kind: 'points', from: 0, to: 'now', path: node.path }) },
    { label: 'System calls about this', run: () => app.trace.showPath(node.path) },
    node.origin === 'mount' && { label: 'Show in the map', run: () => showPane(app, MAP) },
  ];
}

function severalActions(app: App, nodes: readonly TreeNode[]): Items {
  const [a, b] = nodes;
  const two = nodes.length === 2 && nodes.every(({ kind, origin }) => kind === 'file' && origin !== 'deleted');
  const what = plural(nodes.length, 'entry', 'entries');
  return [
    { label: `Cut ${what}`, keys: 'Ctrl+X', run: () => takeUp(app, nodes, true) },
    { label: `Copy ${what}`, keys: 'Ctrl+C', run: () => takeUp(app, nodes, false) },
    { label: `Duplicate ${what}`, keys: 'Ctrl+D', run: () => void duplicateEntries(app, nodes) },
    { label: `Delete ${what}`, keys: 'Del', danger: true, run: () => void deleteEntries(app, nodes) },
    { label: `Download ${what} as one archive`, separated: true, run: () => void downloadEntries(app, nodes) },
    { label: 'Copy their paths', keys: 'Ctrl+Shift+C', run: () => void copyPaths(app, nodes) },
    two && { label: 'Compare the two', run: () => showDiff(app, { kind: 'files', before: a!.path, after: b!.path }) },
  ];
}

/** Of an entry as it was at a moment: it can be looked at, compared, and brought back. */
function pastActions(app: App, node: TreeNode, point: number): Items {
  return [
    node.kind === 'file' && { label: 'Open as it was', keys: 'Enter', run: () => openPath(app, node.path) },
    { label: `Restore ${node.path === '/' ? 'everything' : visibleName(node.name)} from here`, run: () => void restorePath(app, node.path, point) },
    { label: 'Show what changed since', run: () => showDiff(app, { kind: 'points', from: point, to: 'now', path: node.path }) },
    node.kind === 'file' && { label: 'Download as it was', separated: true, run: () => void downloadEntries(app, [node]) },
    node.kind === 'directory' && { label: 'Export as it was…', run: () => app.overlay.setState({ archive: { kind: 'export', folder: node.path === '/' ? null : node.path, at: point } }) },
    { label: 'History', run: () => showHistoryOf(app, node.path) },
    { label: 'Copy path', keys: 'Ctrl+Shift+C', separated: node.kind !== 'file', run: () => void copyPaths(app, [node]) },
    { label: 'Back to now', separated: true, run: () => goToNow(app) },
  ];
}

/** Of what one layer holds, or what a process sees: it is looked at, and nothing else. */
function lookActions(app: App, node: TreeNode): Items {
  const layer = layerOf(app.explorer.store.getState().view);
  return [
    node.kind !== 'directory' && { label: layer === null ? 'Open' : 'Show what was changed', keys: 'Enter', run: () => openRow(app, node) },
    layer !== null && layer !== 'base' && { label: `Show all that ${visibleName(layer)} changes`, run: () => showDiff(app, { kind: 'layer', layer }) },
    { label: 'History', run: () => showHistoryOf(app, node.path) },
    { label: 'Copy path', keys: 'Ctrl+Shift+C', run: () => void copyPaths(app, [node]) },
    { label: 'Show it in the whole namespace', separated: true, run: () => void app.explorer.reveal(node.path) },
  ];
}

/** Of a mounted folder of the disk; what only looks like one says so when it is chosen. */
function folderActions(app: App, { path }: TreeNode): MenuItem[] {
  const name = folderOf(path);
  if (name === null || path !== `/mnt/${name}`) return [];
  return [
    { label: 'Commit to the folder…', separated: true, run: () => openCommit(app, name) },
    { label: 'Refresh from the folder', run: () => void refreshFolder(app, name) },
    { label: 'Unmount', run: () => void unmountFolder(app, name) },
  ];
}

/** At a row; of several that are chosen, where it is one of them. */
export function openRowMenu(app: App, node: TreeNode, x: number, y: number): void {
  if (!app.explorer.store.getState().selected.has(node.path)) app.explorer.activate(node.path);
  else app.explorer.focusRow(node.path);
  const chosen = app.explorer.chosen().length;
  app.overlay.setState({ menu: { x, y, label: chosen > 1 ? `Actions on ${plural(chosen, 'entry', 'entries')}` : `Actions on ${visibleName(node.name)}`, items: rowActions(app, node) } });
}
