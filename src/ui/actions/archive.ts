import type { ArchiveProgress, ArchiveResult, ExportRequest, ImportItem } from '../../shared/abi/index.ts';
import { basename, joinPath } from '../../shared/base/index.ts';
import type { ArchiveOptions } from '../client/index.ts';
import { formatBytes, plural, visibleName } from '../kit/index.ts';
import { dismissToast, freeName, showError, showToast, updateToast, type App } from '../stores/index.ts';
import { copyText, saveBlob } from './files.ts';
import { undoRun } from './history.ts';

/** The part of the File System Access API that is used; not in every browser. */
interface SavePicker {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<{ createWritable(): Promise<WritableStream<Uint8Array>> }>;
}

/** Extensions of what can be imported. */
export const ARCHIVE = /\.(zip|tar|tar\.gz|tgz|tar\.zst|tzst)$/i;

/** Shows how far a long work is, with a way to stop it. Undefined if it was stopped or failed, which is told. */
async function withProgress(app: App, title: string, failed: string, work: (options: ArchiveOptions) => Promise<ArchiveResult>): Promise<ArchiveResult | undefined> {
  const stop = new AbortController();
  const toast = showToast(app.messages, { level: 'info', keep: true, title, detail: 'Starting…', actions: [{ label: 'Cancel', run: () => stop.abort() }] });
  try {
    return await work({ signal: stop.signal, onProgress: (progress) => updateToast(app.messages, toast, shown(progress)) });
  } catch (error) {
    if (stop.signal.aborted) showToast(app.messages, { level: 'info', title: `${title}: cancelled`, detail: 'Everything is as it was.' });
    else showError(app.messages, failed, error, 'Everything is as it was.');
    return undefined;
  } finally {
    dismissToast(app.messages, toast);
  }
}

function shown({ bytes, total, files, path }: ArchiveProgress): { detail: string; progress?: number } {
  const much = total > 0 ? `${formatBytes(bytes)} of ${formatBytes(total)}` : formatBytes(bytes);
  return { detail: `${plural(files, 'entry', 'entries')} · ${much} · ${visibleName(path)}`, ...(total > 0 && { progress: Math.min(1, bytes / total) }) };
}

/** Writes an archive to a file that the user picks, or as a download where the browser has no picker. */
export async function exportArchive(app: App, request: ExportRequest, name: string): Promise<void> {
  const to = await pickTarget(name);
  if (to === 'cancelled') return;
  const what = visibleName(name);
  const result = await withProgress(app, `Exporting ${what}`, `Could not export ${what}`, async (options) => {
    if (to) return app.page.archive.export(request, { ...options, to });
    const { blob, ...outcome } = await app.page.archive.export(request, options);
    saveBlob(blob!, name);
    return outcome;
  });
  if (!result) return;
  showToast(app.messages, { level: 'success', keep: true, title: `${what}: ${plural(result.entries, 'entry', 'entries')}, ${formatBytes(result.bytes)}`, detail: `SHA-256 ${result.sha256}` });
  showRemarks(app, `Exported: ${what}`, result);
}

/** Null where there is no picker. It must be asked for while the press that wanted it still counts. */
async function pickTarget(suggestedName: string): Promise<WritableStream<Uint8Array> | null | 'cancelled'> {
  const { showSaveFilePicker } = globalThis as SavePicker;
  if (!showSaveFilePicker) return null;
  try {
    return await (await showSaveFilePicker.call(globalThis, { suggestedName })).createWritable();
  } catch (error) {
    return error instanceof DOMException && error.name === 'AbortError' ? 'cancelled' : null;
  }
}

export interface ImportChoice {
  /** A directory; what is above it must be there. */
  to: string;
  onExisting: 'keep' | 'replace';
  /** The name of a read-only layer that it becomes. Default: none. */
  layer?: string;
}

/** Puts an archive, or files with their folders, into a directory, with progress; all of it or nothing. Resolves when it is over: whether it is there. */
export async function importArchive(app: App, source: Blob | readonly ImportItem[], name: string, { to, ...choice }: ImportChoice): Promise<boolean> {
  const what = visibleName(name);
  const result = await withProgress(app, `Importing ${what} into ${visibleName(to)}`, `Could not import ${what}`, (options) => app.page.archive.import(source, to, { ...options, name, ...choice }));
  if (!result) return false;
  const toast = showToast(app.messages, {
    level: 'success', title: `${plural(result.entries, 'entry', 'entries')} put into ${visibleName(to)}`,
    ...(result.resumed ? { detail: `${plural(result.resumed, 'of them was', 'of them were')} there from an earlier attempt` } : {}),
    ...(result.run ? { actions: [{ label: 'Undo', run: () => {
      dismissToast(app.messages, toast);
      void undoRun(app, result.run!, `import of ${name}`);
    } }] } : {}),
  });
  showRemarks(app, `Imported: ${what}`, result);
  await app.explorer.reveal(to);
  return true;
}

/** A list of what was left out stays on the screen until it is read. */
function showRemarks(app: App, title: string, { skipped, notes, more }: ArchiveResult): void {
  const count = skipped.length + notes.length + more;
  if (count === 0) return;
  const [first] = [...skipped, ...notes];
  const toast = showToast(app.messages, {
    level: 'warning',
    title: skipped.length > 0 ? `${plural(skipped.length, 'entry was', 'entries were')} left out` : `${plural(count, 'remark')} on what is there`,
    ...(first && { detail: `${visibleName(first.path)}: ${first.why}` }),
    actions: [{ label: 'Show all', run: () => {
      dismissToast(app.messages, toast);
      app.overlay.setState({ archive: { kind: 'remarks', title, skipped, notes, more } });
    } }],
  });
}

/** A name in a directory that nothing has yet, for what an archive holds. */
export async function freeDirectory(app: App, directory: string, name: string): Promise<string> {
  const taken = new Set((await app.page.fs.readdir(directory).catch(() => [])).map((entry) => entry.name));
  return joinPath(directory, freeName(name === '' ? 'archive' : name, taken));
}

/** Asks for an archive and shows the sheet about it. */
export function pickArchive(app: App, directory: string): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.accept = '.zip,.tar,.gz,.tgz,.zst,.tzst';
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file) app.overlay.setState({ archive: { kind: 'import', file, directory } });
  });
  input.click();
}

/** Copies a link to this page that carries a file or folder. */
export async function copyLink(app: App, path: string): Promise<void> {
  try {
    await copyText(app, await app.page.archive.link(path), `a link that carries ${visibleName(basename(path))}`);
  } catch (error) {
    showError(app.messages, `Could not make a link of ${visibleName(path)}`, error);
  }
}
