import type { FolderProgress } from '../../shared/abi/index.ts';
import { plural, visibleName } from '../kit/index.ts';
import { mountName } from '../client/index.ts';
import { dismissToast, showError, showToast, updateToast, type App } from '../stores/index.ts';
import { upload, UPLOAD_MAX, type UploadItem } from './upload.ts';

/** The part of the File System Access API that TypeScript's library does not have. */
interface Picker {
  showDirectoryPicker?(options: { id: string; mode: 'read' | 'readwrite' }): Promise<FileSystemDirectoryHandle>;
}

const PHASES: Readonly<Record<FolderProgress['phase'], string>> = {
  scan: 'Looking at the folder', mount: 'Mounting', compare: 'Comparing', commit: 'Writing to the folder', refresh: 'Taking what changed',
};

/** How far it is, in words. */
export function progressText({ phase, done, total, path }: FolderProgress): string {
  const count = total > 0 ? `${done} of ${total}` : plural(done, 'entry', 'entries');
  return `${PHASES[phase]}: ${count}${path === undefined ? '' : ` · ${visibleName(path)}`}`;
}

/** Lets the user pick a folder of the disk, and shows the sheet that mounts it; where the browser cannot, the folder is copied into `/mnt`. */
export async function pickFolder(app: App): Promise<void> {
  const { showDirectoryPicker } = globalThis as Picker;
  if (!showDirectoryPicker) {
    pickSnapshot(app);
    return;
  }
  try {
    offerFolder(app, await showDirectoryPicker.call(globalThis, { id: 'palimpsest', mode: 'read' }));
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'AbortError')) showError(app.messages, 'Could not open the folder', error);
  }
}

export function offerFolder(app: App, handle: FileSystemDirectoryHandle): void {
  app.overlay.setState({ folder: { sheet: 'mount', handle } });
}

/** The folder that was dropped, if it was one and nothing else and the browser gives a handle. To be called before the event ends. */
export async function droppedFolder(transfer: DataTransfer): Promise<FileSystemDirectoryHandle | null> {
  const [only, ...others] = [...transfer.items].filter((item) => item.kind === 'file') as (DataTransferItem & { getAsFileSystemHandle?(): Promise<FileSystemHandle | null> })[];
  if (!only?.getAsFileSystemHandle || others.length > 0) return null;
  const handle = await only.getAsFileSystemHandle().catch(() => null);
  return handle?.kind === 'directory' ? (handle as FileSystemDirectoryHandle) : null;
}

/** What is dropped is copied; a folder can be mounted instead. */
export function offerMount(app: App, handle: FileSystemDirectoryHandle): void {
  const toast = showToast(app.messages, {
    level: 'info', keep: true, title: `${visibleName(handle.name)} was dropped as a copy`, detail: 'Mounted at /mnt instead, its files stay where they are, and what is changed can be committed to the folder.',
    actions: [{ label: 'Mount the folder', run: () => {
      dismissToast(app.messages, toast);
      offerFolder(app, handle);
    } }],
  });
}

/** A copy of a folder that the browser uploads: it cannot be committed to. */
function pickSnapshot(app: App): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.webkitdirectory = true;
  input.addEventListener('change', () => void putSnapshot(app, [...(input.files ?? [])]));
  input.click();
}

async function putSnapshot(app: App, files: File[]): Promise<void> {
  const [first] = files;
  if (!first) return;
  const above = first.webkitRelativePath.split('/')[0] ?? 'folder';
  const target = `/mnt/${mountName(above)}`;
  try {
    if (files.length > UPLOAD_MAX) throw new Error(`it has more than ${UPLOAD_MAX} files`);
    const items = files.map((file): UploadItem => ({ path: file.webkitRelativePath.slice(above.length + 1), file }));
    const directories = new Set(items.flatMap(({ path }) => parents(path)));
    await app.page.fs.mkdir(target, { recursive: true });
    await upload(app, target, [...[...directories].map((path) => ({ path, file: null })), ...items], 'It is a copy: this browser cannot write to folders of the disk.');
    await app.explorer.reveal(target);
  } catch (error) {
    showError(app.messages, `Could not put ${visibleName(above)} into /mnt`, error);
  }
}

function parents(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_part, at) => parts.slice(0, at + 1).join('/'));
}

/** The folder whose mount a path is, or is in. */
export function folderOf(path: string): string | null {
  return /^\/mnt\/([^/]+)(\/|$)/.exec(path)?.[1] ?? null;
}

export function openCommit(app: App, name: string, resume = false): void {
  app.overlay.setState({ folder: { sheet: 'commit', name, resume } });
}

/** Opens the sheet of the only folder, or of one that the user chooses. */
export async function commitFolder(app: App): Promise<void> {
  const folders = await app.page.folders.list();
  const [only] = folders;
  if (!only) showToast(app.messages, { level: 'info', title: 'No folder is mounted', detail: 'Mount one first: its files are at /mnt/<name> then.' });
  else if (folders.length === 1) openCommit(app, only.name);
  else app.overlay.setState({ menu: { x: innerWidth / 2 - 100, y: 80, label: 'Commit to which folder?', items: folders.map(({ name, label }) => ({ label: `/mnt/${name} (${label})`, run: () => openCommit(app, name) })) } });
}

export async function allowFolder(app: App, name: string): Promise<void> {
  try {
    const { permission, label } = await app.page.folders.allow(name);
    if (permission !== 'granted') showToast(app.messages, { level: 'warning', title: `The folder ${visibleName(label)} may still not be read`, detail: 'Allow it in the browser’s settings for this site, or mount the folder again.' });
  } catch (error) {
    showError(app.messages, 'Could not ask for the folder', error);
  }
}

/** Takes what changed in the folder, with progress and a way to stop. */
export async function refreshFolder(app: App, name: string): Promise<void> {
  const stop = new AbortController();
  const toast = showToast(app.messages, { level: 'info', title: `Looking at /mnt/${name} again`, progress: 0, actions: [{ label: 'Cancel', run: () => stop.abort() }] });
  try {
    const changes = await app.page.folders.refresh(name, {
      signal: stop.signal,
      onProgress: (progress) => updateToast(app.messages, toast, { detail: progressText(progress), progress: progress.total > 0 ? progress.done / progress.total : 0 }),
    });
    const conflicts = changes.filter(({ conflict }) => conflict);
    showToast(app.messages, {
      level: conflicts.length > 0 ? 'warning' : 'success',
      title: changes.length === 0 ? `Nothing changed in the folder at /mnt/${name}` : `${plural(changes.length - conflicts.length, 'change', 'changes')} taken from the folder into /mnt/${name}`,
      ...(conflicts.length > 0 && { detail: `${plural(conflicts.length, 'entry was', 'entries were')} changed on both sides and left as ${conflicts.length === 1 ? 'it is' : 'they are'}: commit to decide.` }),
    });
  } catch (error) {
    if (!stop.signal.aborted) showError(app.messages, `Could not refresh /mnt/${name}`, error);
  } finally {
    dismissToast(app.messages, toast);
  }
}

export async function unmountFolder(app: App, name: string): Promise<void> {
  try {
    await app.page.folders.unmount(name);
    showToast(app.messages, { level: 'success', title: `/mnt/${name} is unmounted`, detail: 'The folder on the disk is as it was.' });
  } catch (error) {
    if ((error as { code?: string }).code !== 'EBUSY') showError(app.messages, `Could not unmount /mnt/${name}`, error);
    else app.overlay.setState({ confirmation: {
      title: `Unmount /mnt/${name}?`, confirm: 'Unmount', detail: `${error instanceof Error ? error.message : ''}. They are only in the workspace’s history then; the folder on the disk stays as it is.`,
      run: () => void app.page.folders.unmount(name, { force: true }).catch((again: unknown) => showError(app.messages, `Could not unmount /mnt/${name}`, again)),
    } });
  }
}
