import { dirname } from '../../shared/base/index.ts';
import {
  copyLink, copyText, createEntry, deletePath, downloadPath, folderOf, goToNow, isProgram, openCommit, openPath, pickArchive, pickFiles, pickFolder, refreshFolder,
  restorePath, runPath, runWith, showDiff, showHistoryOf, unmountFolder,
} from '../actions/index.ts';
import { visibleName } from '../kit/index.ts';
import type { App, MenuItem, TreeNode } from '../stores/index.ts';

type Items = (MenuItem | false)[];

/** What can be done with an entry. */
export function rowActions(app: App, node: TreeNode): MenuItem[] {
  const { point } = app.explorer.store.getState();
  return (point === null ? presentActions(app, node) : pastActions(app, node, point)).filter((item) => item !== false);
}

function presentActions(app: App, node: TreeNode): Items {
  const deleted = node.origin === 'deleted';
  const directory = node.kind === 'directory' ? node.path : dirname(node.path);
  return [
    node.kind === 'file' && !deleted && { label: 'Open', keys: 'Enter', run: () => openPath(app, node.path) },
    node.kind !== 'directory' && !deleted && isProgram(node.path) && { label: 'Run', run: () => void runPath(app, node.path) },
    node.kind !== 'directory' && !deleted && isProgram(node.path) && { label: 'Run with…', run: () => void runWith(app, node.path) },
    !deleted && { label: 'New file', separated: node.kind === 'file', run: () => void createEntry(app, directory, 'file') },
    !deleted && { label: 'New folder', run: () => void createEntry(app, directory, 'directory') },
    !deleted && { label: 'Upload…', run: () => pickFiles(app, directory) },
    (node.path === '/' || node.path === '/mnt') && { label: 'Mount a local folder…', run: () => void pickFolder(app) },
    node.kind === 'file' && !deleted && { label: 'Download', run: () => void downloadPath(app, node.path) },
    node.kind === 'directory' && !deleted && { label: 'Export…', run: () => app.overlay.setState({ archive: { kind: 'export', folder: node.path === '/' ? null : node.path } }) },
    node.kind === 'directory' && !deleted && { label: 'Import…', run: () => pickArchive(app, directory) },
    node.path !== '/' && !deleted && { label: 'Copy as link', run: () => void copyLink(app, node.path) },
    { label: 'History', separated: true, run: () => showHistoryOf(app, node.path) },
    { label: 'Copy path', keys: 'Ctrl+C', separated: true, run: () => void copyText(app, node.path, 'the path') },
    node.path !== '/' && !deleted && { label: 'Rename', keys: 'F2', run: () => app.explorer.rename(node.path) },
    node.path !== '/' && !deleted && { label: 'Delete', keys: 'Del', danger: true, run: () => void deletePath(app, node) },
    ...folderActions(app, node),
  ];
}

/** Of an entry as it was at a moment: it can be looked at, compared, and brought back. */
function pastActions(app: App, node: TreeNode, point: number): Items {
  return [
    node.kind === 'file' && { label: 'Open as it was', keys: 'Enter', run: () => openPath(app, node.path) },
    { label: `Restore ${node.path === '/' ? 'everything' : visibleName(node.name)} from here`, run: () => void restorePath(app, node.path, point) },
    { label: 'Show what changed since', run: () => showDiff(app, { kind: 'points', from: point, to: 'now', path: node.path }) },
    node.kind === 'file' && { label: 'Download as it was', separated: true, run: () => void downloadPath(app, app.explorer.pathOf(node.path)) },
    node.kind === 'directory' && { label: 'Export as it was…', run: () => app.overlay.setState({ archive: { kind: 'export', folder: node.path === '/' ? null : node.path, at: point } }) },
    { label: 'History', run: () => showHistoryOf(app, node.path) },
    { label: 'Copy path', keys: 'Ctrl+C', separated: node.kind !== 'file', run: () => void copyText(app, node.path, 'the path') },
    { label: 'Back to now', separated: true, run: () => goToNow(app) },
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

export function openRowMenu(app: App, node: TreeNode, x: number, y: number): void {
  app.overlay.setState({ menu: { x, y, label: `Actions on ${visibleName(node.name)}`, items: rowActions(app, node) } });
}
