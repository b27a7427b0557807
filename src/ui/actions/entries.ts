import type { FileAct } from '../../shared/abi/index.ts';
import { basename, dirname, joinPath } from '../../shared/base/index.ts';
import { plural, visibleName } from '../kit/index.ts';
import { dismissToast, freeName, processView, renameTabs, showError, showToast, type App, type TreeNode } from '../stores/index.ts';
import { exportArchive } from './archive.ts';
import { closeBelow, copyText, deletePath, downloadPath, openPath } from './files.ts';
import { undoRun } from './history.ts';

/** What the entries are called in a title: the name of one, else how many. */
const named = (paths: readonly string[]): string => (paths.length === 1 ? visibleName(basename(paths[0]!)) : plural(paths.length, 'entry', 'entries'));

const pathsOf = (nodes: readonly TreeNode[]): string[] => nodes.map(({ path }) => path);

/** Does several changes as one act, says what was done, and offers to take it back. `did`: in the past tense. Yields whether all was done. */
async function batch(app: App, did: string, acts: FileAct[]): Promise<boolean> {
  if (acts.length === 0) return true;
  try {
    const { run, done, failed } = await app.client.api.exploreBatch(did, acts);
    if (run > 0) await app.mine.did(run, did);
    if (done > 0) tell(app, did, run);
    if (failed.length > 0) {
      const [first] = failed;
      showToast(app.messages, { level: 'error', title: acts.length === 1 ? 'It could not be changed' : `${plural(failed.length, 'entry', 'entries')} of ${acts.length} could not be changed`, detail: `${visibleName(first!.path)}: ${visibleName(first!.error)}` });
    }
    return failed.length === 0;
  } catch (error) {
    showError(app.messages, `Failed: ${did}`, error);
    return false;
  }
}

function tell(app: App, did: string, run: number): void {
  const toast = showToast(app.messages, {
    level: 'success', title: did[0]!.toUpperCase() + did.slice(1),
    ...(run > 0 && { actions: [{ label: 'Undo', run: () => {
      dismissToast(app.messages, toast);
      app.mine.forget(run);
      void undoRun(app, run, did);
    } }] }),
  });
}

/** One entry as ever; several at once, to be taken back as one. Where nothing is kept, it asks first. */
export async function deleteEntries(app: App, nodes: readonly TreeNode[]): Promise<void> {
  const present = nodes.filter(({ origin }) => origin !== 'deleted');
  if (present.length <= 1) return present[0] ? deletePath(app, present[0]) : undefined;
  const paths = pathsOf(present);
  const remove = async (): Promise<void> => {
    await batch(app, `deleted ${named(paths)}`, paths.map((path) => ({ op: 'remove', path })));
    for (const path of paths) if (!(await app.page.fs.lstat(path).catch(() => null))) closeBelow(app, path);
  };
  const fleeting = present.filter(({ origin }) => origin === 'memory' || origin === 'mount').length;
  if (fleeting === 0) return remove();
  app.overlay.setState({
    confirmation: {
      title: `Delete ${named(paths)}?`, confirm: 'Delete', run: () => void remove(),
      detail: `${fleeting} of them ${fleeting === 1 ? 'is' : 'are'} in memory only: what is deleted there cannot be brought back.`,
    },
  });
}

/** Names in `directory` for entries of these names: the same where they are free, else counted on. */
async function freePaths(app: App, directory: string, paths: readonly string[]): Promise<string[]> {
  const taken = new Set((await app.page.fs.readdir(directory)).map(({ name }) => name));
  return paths.map((path) => {
    const name = freeName(basename(path), taken);
    taken.add(name);
    return joinPath(directory, name);
  });
}

const isWithin = (path: string, directory: string): boolean => path === directory || path.startsWith(`${directory}/`);

/** What cannot go there is said, and left out: a directory into itself. */
function movable(app: App, paths: readonly string[], directory: string, verb: string): string[] {
  const inside = paths.filter((path) => isWithin(directory, path));
  if (inside.length > 0) showToast(app.messages, { level: 'error', title: `Could not ${verb} ${named(inside)}`, detail: `${visibleName(directory)} is ${visibleName(inside[0]!)} itself, or inside it.` });
  return paths.filter((path) => !inside.includes(path));
}

/** Moves entries into a directory; what is there already is not replaced. Open tabs follow. */
export async function moveEntries(app: App, paths: readonly string[], directory: string): Promise<void> {
  const wanted = movable(app, paths.filter((path) => dirname(path) !== directory), directory, 'move');
  const to = (path: string): string => joinPath(directory, basename(path));
  if (wanted.length === 0) return;
  await batch(app, `moved ${named(wanted)} to ${visibleName(directory)}`, wanted.map((path) => ({ op: 'move', from: path, to: to(path) })));
  for (const path of wanted) await follow(app, path, to(path));
  await app.explorer.reveal(to(wanted[0]!));
}

/** What was typed and not saved, and open tabs, go along with what has moved. */
async function follow(app: App, from: string, to: string): Promise<void> {
  const [there, here] = await Promise.all([from, to].map((path) => app.page.fs.lstat(path).catch(() => null)));
  if (there || !here) return;
  app.drafts.move(from, to);
  app.tabs.setState((tabs) => renameTabs(tabs, from, to));
}

/** Copies entries into a directory, under names that are free there. */
export async function copyEntries(app: App, paths: readonly string[], directory: string, verb = 'copied'): Promise<void> {
  const wanted = movable(app, paths, directory, 'copy');
  if (wanted.length === 0) return;
  try {
    const to = await freePaths(app, directory, wanted);
    await batch(app, `${verb} ${named(wanted)}${verb === 'copied' ? ` to ${visibleName(directory)}` : ''}`, wanted.map((from, at) => ({ op: 'copy', from, to: to[at]! })));
    await app.explorer.reveal(to[0]!);
  } catch (error) {
    showError(app.messages, `Could not copy into ${visibleName(directory)}`, error);
  }
}

/** A copy of each beside it. */
export async function duplicateEntries(app: App, nodes: readonly TreeNode[]): Promise<void> {
  const byDirectory = Map.groupBy(pathsOf(nodes), (path) => dirname(path));
  for (const [directory, paths] of byDirectory) await copyEntries(app, paths, directory, 'duplicated');
}

/** Takes entries up, to be pasted elsewhere. */
export function takeUp(app: App, nodes: readonly TreeNode[], cut: boolean): void {
  const present = nodes.filter(({ origin }) => origin !== 'deleted');
  if (present.length === 0) return;
  app.explorer.setClipboard({ paths: pathsOf(present), cut });
  showToast(app.messages, { level: 'info', title: `${cut ? 'Cut' : 'Copied'} ${named(pathsOf(present))}`, detail: 'Ctrl+V in the explorer puts it into the active directory.' });
}

/** Puts what was taken up into a directory: what was cut is moved, once. */
export async function pasteInto(app: App, directory: string): Promise<void> {
  const { clipboard } = app.explorer.store.getState();
  if (!clipboard) {
    showToast(app.messages, { level: 'info', title: 'Nothing to paste', detail: 'Ctrl+C or Ctrl+X in the explorer takes entries up.' });
    return;
  }
  if (!clipboard.cut) return copyEntries(app, clipboard.paths, directory);
  app.explorer.setClipboard(null);
  await moveEntries(app, clipboard.paths, directory);
}

/** One file as it is, anything else as one archive. */
export async function downloadEntries(app: App, nodes: readonly TreeNode[]): Promise<void> {
  const present = nodes.filter(({ origin }) => origin !== 'deleted');
  const [first] = present;
  if (!first) return;
  const { point } = app.explorer.store.getState();
  const at = point === null ? {} : { at: point };
  if (present.length === 1 && first.kind === 'file') return downloadPath(app, app.explorer.pathOf(first.path));
  if (present.length === 1 && first.kind === 'directory') return exportArchive(app, { what: { folder: first.path }, ...at }, `${basename(first.path)}.tar.gz`);
  const folder = commonDirectory(pathsOf(present));
  const only = pathsOf(present).map((path) => path.slice(folder === '/' ? 1 : folder.length + 1));
  await exportArchive(app, { what: { folder, only }, ...at }, `${basename(folder) || 'root'}-${present.length}-entries.tar.gz`);
}

/** The deepest directory that all of them are in. */
function commonDirectory(paths: readonly string[]): string {
  let common = dirname(paths[0] ?? '/');
  while (!paths.every((path) => common === '/' || path.startsWith(`${common}/`))) common = dirname(common);
  return common;
}

/** One a line. */
export function copyPaths(app: App, nodes: readonly TreeNode[]): Promise<void> {
  return copyText(app, pathsOf(nodes).join('\n'), nodes.length === 1 ? 'the path' : `${nodes.length} paths`);
}

/** Opens a file as text, bytes or another way that its viewers know, or with who wrote it. */
export function viewFileAs(app: App, path: string, how: { mode?: string; writers?: boolean }): void {
  app.overlay.setState({ viewAs: { path, ...how } });
  openPath(app, path);
}

/** Shows the namespace as a process sees it; default: the newest program that runs. */
export function seeAs(app: App, pid?: number): void {
  const newest = app.processes.getState().list.findLast((process) => !process.exit && process.pid !== process.session);
  const of = pid ?? newest?.pid ?? app.processes.getState().list.findLast(({ exit }) => !exit)?.pid;
  app.layout.setState({ leftOpen: true, sheet: 'files' });
  if (of === undefined) showToast(app.messages, { level: 'info', title: 'No process runs', detail: 'Start one, and look at the namespace through its eyes.' });
  else app.explorer.setView(processView(of));
}
