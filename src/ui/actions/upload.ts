import { dirname, joinPath } from '../../shared/base/index.ts';
import { formatBytes, plural, visibleName } from '../kit/index.ts';
import { dismissToast, showError, showToast, updateToast, type App, type Dropped } from '../stores/index.ts';
import { ARCHIVE, importArchive } from './archive.ts';

/** A file or directory to be put below the target; `path` is relative to it. */
export interface UploadItem {
  path: string;
  /** Null for a directory. */
  file: File | null;
}

const sizeOf = (item: UploadItem): number => item.file?.size ?? 0;
const isFile = (item: UploadItem): boolean => item.file !== null;

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

/** Progress is drawn at most this often. */
const PROGRESS_MS = 80;
/** Bytes of a large file written at once: it can be cancelled between them. */
const STEP = 8 * 1024 * 1024;
/** Files written at once: each waits for the disk, and several share one commit. */
const PARALLEL = 8;

/**
 * Writes the items below `directory`, with progress and a way to stop. Resolves when it is over: whether all are there.
 * `detail` is said with the news that they are.
 */
export async function upload(app: App, directory: string, items: readonly UploadItem[], detail?: string): Promise<boolean> {
  if (items.length === 0) return true;
  const state = { cancelled: false, done: 0, bytes: 0, failed: 0 };
  const total = items.reduce((sum, item) => sum + sizeOf(item), 0);
  const toast = showToast(app.messages, {
    level: 'info', title: `Putting ${plural(items.length, 'entry', 'entries')} into ${visibleName(directory)}`, progress: 0,
    actions: [{ label: 'Cancel', run: () => { state.cancelled = true; } }],
  });
  let shown = 0;
  const show = (item: UploadItem): void => {
    const now = performance.now();
    if (now - shown < PROGRESS_MS) return;
    shown = now;
    updateToast(app.messages, toast, {
      detail: `${visibleName(item.path)} · ${formatBytes(state.bytes)} of ${formatBytes(total)}`,
      progress: (state.bytes + state.done) / (total + items.length),
    });
  };
  const put = async (item: UploadItem): Promise<void> => {
    show(item);
    const before = state.bytes;
    const outcome = await putOne(app, joinPath(directory, item.path), item, (bytes) => {
      state.bytes += bytes;
      show(item);
      return !state.cancelled;
    });
    if (outcome === 'stopped') return;
    if (outcome === 'failed') state.failed++;
    state.done++;
    if (state.bytes === before) state.bytes += sizeOf(item);
  };
  const queue = items.filter(isFile);
  const drain = async (): Promise<void> => {
    for (let item = queue.pop(); item && !state.cancelled; item = queue.pop()) await put(item);
  };
  for (const item of items) if (!isFile(item) && !state.cancelled) await put(item);
  queue.reverse();
  await Promise.all(Array.from({ length: PARALLEL }, drain));
  dismissToast(app.messages, toast);
  report(app, directory, items, state, detail);
  return !state.cancelled && state.failed === 0;
}

/** `wrote` hears of each part, and says whether to go on. */
async function putOne(app: App, path: string, item: UploadItem, wrote: (bytes: number) => boolean): Promise<'put' | 'failed' | 'stopped'> {
  try {
    const data = item.file;
    if (!data) await app.page.fs.mkdir(path, { recursive: true });
    else if (data.size > STEP) return await putLarge(app, path, data, wrote);
    else await app.client.api.writeFile(path, data);
    return 'put';
  } catch (error) {
    showError(app.messages, `Could not put ${visibleName(path)}`, error);
    return 'failed';
  }
}

/** Written beside its place and then moved there: a file that was there stays as it was unless all is written. */
async function putLarge(app: App, path: string, data: Blob, wrote: (bytes: number) => boolean): Promise<'put' | 'stopped'> {
  const { api } = app.client;
  const part = joinPath(dirname(path), `.${crypto.randomUUID()}.part`);
  try {
    await api.writeFile(part, new Uint8Array());
    for (let at = 0; at < data.size; at += STEP) {
      const step = data.slice(at, at + STEP);
      await api.writeRange(part, at, step);
      if (!wrote(step.size)) {
        await api.rm(part);
        return 'stopped';
      }
    }
    await api.rename(part, path);
    return 'put';
  } catch (error) {
    // What failed is told; that the part could not be removed then is no news.
    await api.rm(part).catch(() => undefined);
    throw error;
  }
}

function report(app: App, directory: string, items: readonly UploadItem[], state: { cancelled: boolean; done: number; failed: number }, detail?: string): void {
  const count = items.length;
  const what = count === 1 ? visibleName(items[0]!.path) : null;
  const written = state.done - state.failed;
  if (state.cancelled) {
    showToast(app.messages, { level: 'warning', title: `Cancelled: ${plural(written, 'entry', 'entries')} of ${count} are in ${visibleName(directory)}` });
  } else if (written > 0) {
    showToast(app.messages, { level: 'success', title: `${what ?? plural(written, 'entry', 'entries')} put into ${visibleName(directory)}`, ...(detail !== undefined && { detail }) });
  }
}

/** A single `.wasm`, or one with its manifest beside it: `chat.wasm` and `chat.component.toml` or `Component.toml`. */
export function moduleIn(items: readonly UploadItem[]): Dropped | null {
  const module = items.find(({ path, file }) => file !== null && /\.wasm$/i.test(path));
  if (!module?.file || items.length > 2) return null;
  const other = items.find((item) => item !== module);
  if (!other) return { file: module.file, manifest: null };
  const isManifest = other.path === 'Component.toml' || other.path === module.path.replace(/\.wasm$/i, '.component.toml');
  return isManifest && other.file ? { file: module.file, manifest: other.file } : null;
}

/** Takes what was dropped or picked: a single `.wasm`, with its manifest or without, opens the sheet, anything else is put into `directory`. */
export async function receiveItems(app: App, items: UploadItem[], directory: string): Promise<void> {
  const dropped = moduleIn(items);
  if (dropped) {
    app.overlay.setState({ dropped });
    return;
  }
  // Folders come as one act: with their times, all or nothing, and to be undone as a whole.
  if (items.some(({ path, file }) => file === null || path.includes('/'))) {
    const members = items.map(({ path, file }) => ({ path, file, ...(file && { mtime: file.lastModified }) }));
    if (!(await importArchive(app, members, topOf(items), { to: directory, onExisting: 'replace' }))) return;
  } else await upload(app, directory, items);
  for (const { path, file } of items) if (file && ARCHIVE.test(path)) offerUnpack(app, directory, path, file);
  await app.explorer.reveal(joinPath(directory, items[0]?.path ?? ''));
}

/** What was dropped, in a word. */
function topOf(items: readonly UploadItem[]): string {
  const tops = new Set(items.map(({ path }) => path.split('/')[0]!));
  return tops.size === 1 ? [...tops][0]! : plural(tops.size, 'entry', 'entries');
}

/** Archives are kept as they are; unpacking is offered, into a directory named after the archive. */
function offerUnpack(app: App, directory: string, path: string, file: File): void {
  const target = joinPath(directory, path.replace(ARCHIVE, ''));
  const toast = showToast(app.messages, {
    level: 'info', keep: true, title: `${visibleName(path)} is an archive`, detail: `Unpacked, it would land in ${visibleName(target)}.`,
    actions: [{ label: 'Unpack', run: () => {
      dismissToast(app.messages, toast);
      void importArchive(app, file, file.name, { to: target, onExisting: 'keep' });
    } }],
  });
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
