import { basename, dirname, joinPath } from '../../shared/base/index.ts';
import { closeFileTab, freeName, openFileTab, pathOfTab, renameTabs, showError, showToast, type App, type OpenAs, type TreeNode } from '../stores/index.ts';
import { visibleName } from '../kit/index.ts';

/** Shows a file in a tab of the centre, to look at until it is kept, or a directory in the explorer. */
export function openPath(app: App, path: string, as: OpenAs = 'look'): void {
  const node = app.explorer.find(path);
  if (node?.kind === 'directory') {
    void app.explorer.reveal(path);
    return;
  }
  app.tabs.setState((tabs) => openFileTab(tabs, path, as));
  app.layout.setState({ sheet: 'view' });
}

/** Shows a directory in the explorer, open. */
export function showInExplorer(app: App, path: string): void {
  app.layout.setState({ leftOpen: true, sheet: 'files' });
  void app.explorer.reveal(path).then(() => {
    const node = app.explorer.find(path);
    if (node) app.explorer.setExpanded(node, true);
  });
}

/** Asks first where more than one entry would go. */
export async function deletePath(app: App, node: TreeNode): Promise<void> {
  const remove = async (): Promise<void> => {
    try {
      await app.page.fs.rm(node.path, { recursive: true });
      closeBelow(app, node.path);
    } catch (error) {
      showError(app.messages, `Could not delete ${visibleName(node.path)}`, error);
    }
  };
  const count = node.kind === 'directory' ? (await app.page.fs.readdir(node.path).catch(() => [])).length : 0;
  if (count === 0) return remove();
  app.overlay.setState({
    confirmation: {
      title: `Delete ${visibleName(node.name)}?`,
      detail: `${visibleName(node.path)} is not empty: it holds ${count} ${count === 1 ? 'entry' : 'entries'}. All that is in it will be deleted.`,
      confirm: 'Delete', run: () => void remove(),
    },
  });
}

/** Closes the tabs of an entry that is gone, and of what was in it. */
export function closeBelow(app: App, gone: string): void {
  app.tabs.setState((tabs) => tabs.open.flatMap((id) => pathOfTab(id) ?? []).filter((path) => path === gone || path.startsWith(`${gone}/`)).reduce(closeFileTab, tabs));
}

/** Why `name` can be no name of an entry, in a sentence; null: it can. */
export function nameFault(name: string): string | null {
  if (name === '') return 'A name has at least one character.';
  if (name === '.' || name === '..') return `“${name}” stands for a directory itself.`;
  if (name.includes('/')) return 'A name is one part of a path, so it has no “/”. Drag the entry, or cut and paste it, to move it.';
  if (name.includes('\0')) return 'A name cannot have the character 0 in it.';
  if (/[\ud800-\udfff]/u.test(name)) return 'It has half of a character in it.';
  const bytes = new TextEncoder().encode(name).length;
  return bytes > 255 ? `A name has at most 255 bytes, this one has ${bytes}.` : null;
}

/** Renames within the directory; `name` is what was typed. */
export async function renamePath(app: App, path: string, name: string): Promise<void> {
  if (name === '' || name === basename(path)) return;
  const fault = nameFault(name);
  if (fault === null) return movePath(app, path, joinPath(dirname(path), name));
  showToast(app.messages, { level: 'error', title: `Could not rename ${visibleName(basename(path))}`, detail: fault });
}

/** Moves an entry; the open tabs follow. An entry that is already there is not replaced. */
export async function movePath(app: App, from: string, to: string): Promise<void> {
  if (from === to || to.startsWith(`${from}/`)) return;
  try {
    if (await app.page.fs.lstat(to).catch(() => null)) throw new Error(`${visibleName(to)} exists already`);
    await app.page.fs.rename(from, to);
    app.drafts.move(from, to);
    app.tabs.setState((tabs) => renameTabs(tabs, from, to));
    await app.explorer.reveal(to);
  } catch (error) {
    showError(app.messages, `Could not rename ${visibleName(from)}`, error);
  }
}

/** Makes an empty file or a directory with a free name, and starts renaming it. */
export async function createEntry(app: App, directory: string, kind: 'file' | 'directory'): Promise<void> {
  try {
    const taken = new Set((await app.page.fs.readdir(directory)).map((entry) => entry.name));
    const path = joinPath(directory, freeName(kind === 'file' ? 'untitled.txt' : 'folder', taken));
    if (kind === 'file') await app.page.fs.writeFile(path, '');
    else await app.page.fs.mkdir(path);
    await showNew(app, path);
    app.explorer.rename(path);
  } catch (error) {
    showError(app.messages, `Could not make a new ${kind === 'file' ? 'file' : 'folder'} in ${visibleName(directory)}`, error);
  }
}

async function showNew(app: App, path: string): Promise<void> {
  await app.explorer.reveal(path);
  if (!app.explorer.find(path)) await app.explorer.load(dirname(path));
  app.explorer.flush();
  app.explorer.activate(path);
}

/** Bytes asked for at once; the browser may keep what came before on disk. */
const DOWNLOAD_STEP = 4 * 1024 * 1024;

export async function downloadPath(app: App, path: string): Promise<void> {
  try {
    const parts: BlobPart[] = [];
    for (let offset = 0; ; offset += DOWNLOAD_STEP) {
      const bytes = await app.client.api.readRange(path, offset, DOWNLOAD_STEP);
      parts.push(new Blob([bytes as BlobPart]));
      if (bytes.length < DOWNLOAD_STEP) break;
    }
    // Of an unknown type the browser would guess one, and add its extension to the name.
    saveBlob(new Blob(parts, { type: 'application/octet-stream' }), basename(path));
  } catch (error) {
    showError(app.messages, `Could not download ${visibleName(path)}`, error);
  }
}

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export async function copyText(app: App, text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    showToast(app.messages, { level: 'info', title: `Copied ${what}` });
  } catch (error) {
    showError(app.messages, `Could not copy ${what}`, error, 'Allow this page to use the clipboard.');
  }
}

/** The directory that a new entry or an upload goes to, for the active row. */
export function targetDirectory(app: App): string {
  const node = app.explorer.find(app.explorer.store.getState().active);
  if (!node || node.path === '/') return '/home';
  return node.kind === 'directory' ? node.path : dirname(node.path);
}
