import { dirname } from '../../shared/base/index.ts';
import { copyText, createEntry, deletePath, downloadPath, isProgram, openPath, pickFiles, runPath } from '../actions/index.ts';
import { visibleName } from '../kit/index.ts';
import type { App, MenuItem, TreeNode } from '../stores/index.ts';

/** What can be done with an entry. */
export function rowActions(app: App, node: TreeNode): MenuItem[] {
  const deleted = node.origin === 'deleted';
  const directory = node.kind === 'directory' ? node.path : dirname(node.path);
  const items: (MenuItem | false)[] = [
    node.kind === 'file' && !deleted && { label: 'Open', keys: 'Enter', run: () => openPath(app, node.path) },
    node.kind !== 'directory' && !deleted && isProgram(node.path) && { label: 'Run', run: () => void runPath(app, node.path) },
    !deleted && { label: 'New file', separated: node.kind === 'file', run: () => void createEntry(app, directory, 'file') },
    !deleted && { label: 'New folder', run: () => void createEntry(app, directory, 'directory') },
    !deleted && { label: 'Upload…', run: () => pickFiles(app, directory) },
    node.kind === 'file' && !deleted && { label: 'Download', run: () => void downloadPath(app, node.path) },
    { label: 'Copy path', keys: 'Ctrl+C', separated: true, run: () => void copyText(app, node.path, 'the path') },
    node.path !== '/' && !deleted && { label: 'Rename', keys: 'F2', run: () => app.explorer.rename(node.path) },
    node.path !== '/' && !deleted && { label: 'Delete', keys: 'Del', danger: true, run: () => void deletePath(app, node) },
  ];
  return items.filter((item) => item !== false);
}

export function openRowMenu(app: App, node: TreeNode, x: number, y: number): void {
  app.overlay.setState({ menu: { x, y, label: `Actions on ${visibleName(node.name)}`, items: rowActions(app, node) } });
}
