import { joinPath } from '../../shared/base/index.ts';
import { formatBytes, plural, visibleName } from '../kit/index.ts';
import { dismissToast, showError, showToast, updateToast, type App } from '../stores/index.ts';

/** A file or directory to be put below the target; `path` is relative to it. */
export interface UploadItem {
  path: string;
  file: File | null;
}

/** Entries of one drop at most; more would rather be a `.zip`. */
export const UPLOAD_MAX = 200_000;

/**
 * What was dropped, with the contents of directories. `webkitGetAsEntry` must be called before the event ends,
 * so this takes the list synchronously and only then waits.
 */
export function dataTransferItems(transfer: DataTransfer): Promise<UploadItem[]> {
  const entries = [...transfer.items].filter((item) => item.kind === 'file').map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  return collect(entries);
}

async function collect(entries: { entry: FileSystemEntry | null; file: File | null }[]): Promise<UploadItem[]> {
  const items: UploadItem[] = [];
  for (const { entry, file } of entries) {
    if (file && !entry?.isDirectory) items.push({ path: file.name, file });
    else if (entry) await walk(entry, '', items);
  }
  return items;
}

async function walk(entry: FileSystemEntry, above: string, items: UploadItem[]): Promise<void> {
  if (items.length >= UPLOAD_MAX) throw new Error(`more than ${UPLOAD_MAX} entries`);
  const path = above === '' ? entry.name : `${above}/${entry.name}`;
  if (entry.isFile) {
    items.push({ path, file: await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)) });
    return;
  }
  items.push({ path, file: null });
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return;
    for (const child of batch) await walk(child, path, items);
  }
}

/** Writes the items below `directory` one after the other, with progress and a way to stop. Resolves when it is over. */
export async function upload(app: App, directory: string, items: readonly UploadItem[]): Promise<void> {
  if (items.length === 0) return;
  const state = { cancelled: false, done: 0, bytes: 0, failed: 0 };
  const total = items.reduce((sum, item) => sum + (item.file?.size ?? 0), 0);
  const toast = showToast(app.messages, {
    level: 'info', title: `Putting ${plural(items.length, 'entry', 'entries')} into ${visibleName(directory)}`, progress: 0,
    actions: [{ label: 'Cancel', run: () => { state.cancelled = true; } }],
  });
  for (const item of items) {
    if (state.cancelled) break;
    updateToast(app.messages, toast, {
      detail: `${visibleName(item.path)} · ${formatBytes(state.bytes)} of ${formatBytes(total)}`,
      progress: (state.bytes + state.done) / (total + items.length),
    });
    if (!await putOne(app, joinPath(directory, item.path), item.file)) state.failed++;
    state.done++;
    state.bytes += item.file?.size ?? 0;
  }
  dismissToast(app.messages, toast);
  report(app, directory, items.length, state);
}

async function putOne(app: App, path: string, file: File | null): Promise<boolean> {
  try {
    if (file) await app.client.api.writeFile(path, file);
    else await app.page.fs.mkdir(path, { recursive: true });
    return true;
  } catch (error) {
    showError(app.messages, `Could not put ${visibleName(path)}`, error);
    return false;
  }
}

function report(app: App, directory: string, count: number, state: { cancelled: boolean; done: number; failed: number }): void {
  const written = state.done - state.failed;
  if (state.cancelled) {
    showToast(app.messages, { level: 'warning', title: `Cancelled: ${plural(written, 'entry', 'entries')} of ${count} are in ${visibleName(directory)}` });
  } else if (written > 0) {
    showToast(app.messages, { level: 'success', title: `${plural(written, 'entry', 'entries')} put into ${visibleName(directory)}` });
  }
}

/** Takes what was dropped or picked: a single `.wasm` opens the sheet, anything else is put into `directory`. */
export async function receiveItems(app: App, items: UploadItem[], directory: string): Promise<void> {
  const [only] = items;
  if (items.length === 1 && only?.file && /\.wasm$/i.test(only.path)) {
    app.overlay.setState({ dropped: only.file });
    return;
  }
  await upload(app, directory, items);
  await app.explorer.reveal(joinPath(directory, items[0]?.path ?? ''));
}

/** Opens the browser's file picker. */
export function pickFiles(app: App, directory: string): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.addEventListener('change', () => {
    const items = [...(input.files ?? [])].map((file) => ({ path: file.name, file }));
    void receiveItems(app, items, directory);
  });
  input.click();
}
