import { isPrompt, type HistoryEntry, type MergeOptions, type MergeResult, type Point } from '../../shared/abi/index.ts';
import { formatCount, plural, visibleName } from '../kit/index.ts';
import { LAYERS, TIMELINE, describeAct, dismissToast, pointName, showError, showToast, type App } from '../stores/index.ts';
import { showDiff, showPane } from './views.ts';

/** Something that changes the workspace by merging, so that it can meet conflicts and can be undone. */
export interface Act {
  /** As a title: “Undo of writer”. */
  title: string;
  call: (options: MergeOptions) => Promise<MergeResult>;
  /** The label of the button that takes it back. */
  back: 'Undo' | 'Redo';
  /** Called when all conflicts were decided. */
  settled?: () => Promise<void>;
}

const NAMED_MAX = 3;

function listed(paths: readonly string[]): string {
  const named = paths.slice(0, NAMED_MAX).map(visibleName).join(', ');
  return paths.length > NAMED_MAX ? `${named} and ${formatCount(paths.length - NAMED_MAX)} more` : named;
}

/** Does it and says what it did; conflicts open the list of them. Yields the result, null where it failed. */
export async function perform(app: App, act: Act, options: MergeOptions = {}): Promise<MergeResult | null> {
  try {
    const result = await act.call(options);
    tell(app, act, result);
    return result;
  } catch (error) {
    showError(app.messages, `${act.title} failed`, error);
    return null;
  }
}

function tell(app: App, act: Act, { run, changed, conflicts }: MergeResult): void {
  if (conflicts.length === 0 && changed.length === 0) {
    showToast(app.messages, { level: 'info', title: `${act.title}: nothing to do`, detail: 'It is so already.' });
  } else if (changed.length > 0) {
    const toast = showToast(app.messages, { level: 'success', title: `${act.title} is done`, detail: `${plural(changed.length, 'path')} changed: ${listed(changed)}`, actions: run === 0 ? [] : [{
      label: act.back,
      run: () => {
        dismissToast(app.messages, toast);
        void takeBack(app, act, run);
      },
    }] });
  }
  showConflicts(app, act, conflicts);
}

function showConflicts(app: App, act: Act, conflicts: MergeResult['conflicts']): void {
  if (conflicts.length === 0) return;
  app.overlay.setState({ conflicts: {
    title: act.title, list: conflicts,
    resolve: async (onConflict, paths) => void (await perform(app, act, { onConflict, paths })),
    ...(act.settled && { settled: act.settled }),
  } });
}

/** Undoes what an act did, which is a run of its own; that can be taken back in its turn. */
async function takeBack(app: App, act: Act, run: number): Promise<void> {
  // “Redo of sed” takes back “Undo of sed”, and so on, not “Redo of Undo of sed”.
  await perform(app, undoAct(app, run, act.title.replace(/^(?:Undo|Redo) of /, ''), act.back === 'Undo' ? 'Redo' : 'Undo', act.back));
}

function undoAct(app: App, run: number, name: string, back: Act['back'] = 'Redo', verb = 'Undo'): Act {
  return { title: `${verb} of ${visibleName(name)}`, back, call: (options) => app.client.api.historyUndo({ run }, options) };
}

/** Undoes all that a run changed, with `children` also what it started; what was changed since stays and is listed. */
export function undoRun(app: App, run: number, name: string, children = false): Promise<MergeResult | null> {
  const act = undoAct(app, run, name);
  return perform(app, children ? { ...act, call: (options) => app.client.api.historyUndo({ run, children }, options) } : act);
}

/** Undoes the undoing. */
export function redoRun(app: App, undoneBy: number, name: string): Promise<MergeResult | null> {
  return perform(app, undoAct(app, undoneBy, name, 'Undo', 'Redo'));
}

export function undoEntry(app: App, entry: HistoryEntry): Promise<MergeResult | null> {
  return perform(app, { title: `Undo of entry ${entry.seq}`, back: 'Redo', call: (options) => app.client.api.historyUndo({ entry: entry.seq }, options) });
}

/** Brings a path, and all below it, back to what it was at a point. */
export async function restorePath(app: App, path: string, point: Point): Promise<void> {
  const what = path === '/' ? 'everything' : visibleName(path);
  const result = await perform(app, { title: `Restoring ${what} from ${pointName(point)}`, back: 'Undo', call: (options) => app.client.api.historyRestore(path, point, options) });
  if (result && path === '/') goToNow(app);
}

/** The window looks at the present again. */
export function goToNow(app: App): void {
  app.timeline.setPoint(null);
}

/** The window looks at the state after an entry: the explorer, the files and the track. */
export async function goToPoint(app: App, point: number): Promise<void> {
  // The newest entry that is known is the present only if nothing came after it.
  if (point >= app.timeline.store.getState().newest) await app.timeline.refresh();
  app.timeline.setPoint(point);
}

export async function makeSnapshot(app: App, name: string, point: number | null): Promise<boolean> {
  return attempt(app, `Could not make the snapshot ${name}`, async () => {
    const made = await app.client.api.historySnapshot(name, ...(point === null ? [] : [point]));
    showToast(app.messages, { level: 'success', title: `Snapshot ${made.name}`, detail: `It is ${pointName(made.entry)}, and is kept until you drop it.` });
    await app.timeline.refresh();
  });
}

export async function dropSnapshot(app: App, name: string): Promise<boolean> {
  return attempt(app, `Could not drop the snapshot ${name}`, async () => {
    const dropped = app.timeline.store.getState().snapshots.find((snapshot) => snapshot.name === name);
    await app.client.api.historyDropSnapshot(name);
    await app.timeline.refresh();
    showToast(app.messages, { level: 'info', title: `Dropped the snapshot ${name}`, actions: dropped ? [{ label: 'Undo', run: () => void makeSnapshot(app, name, dropped.entry) }] : [] });
  });
}

export async function makeBranch(app: App, name: string, point: number | null): Promise<boolean> {
  return attempt(app, `Could not make the branch ${name}`, async () => {
    await app.client.api.historyBranch(point ?? 'now', name);
    showToast(app.messages, { level: 'success', title: `Branch ${name}`, detail: `It begins ${point === null ? 'now' : `at ${pointName(point)}`} and is at /branch/${name}.`, actions: [{ label: 'Show layers', run: () => showPane(app, LAYERS) }] });
  });
}

/** Shows what went wrong; yields whether nothing did. */
export async function attempt(app: App, what: string, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    showError(app.messages, what, error);
    return false;
  }
}

/** Shows the timeline with the history of one path. */
export function showHistoryOf(app: App, path: string): void {
  app.timeline.setFilter(path);
  showPane(app, TIMELINE);
}

/** Undoes, or does again, what the user did last; programs' changes stay. */
export async function stepMine(app: App, direction: 'undo' | 'redo'): Promise<void> {
  const title = direction === 'undo' ? 'Undo' : 'Redo';
  try {
    const result = await app.mine[direction]();
    if (!result) {
      showToast(app.messages, { level: 'info', title: `Nothing to ${direction}`, detail: direction === 'undo' ? 'You have changed nothing that is not undone.' : 'Nothing was undone just now.' });
      return;
    }
    const { act, changed, conflicts } = result;
    const other = direction === 'undo' ? 'redo' : 'undo';
    if (changed.length > 0) {
      showToast(app.messages, { level: 'success', title: `${title}: ${visibleName(describeAct(act))}`, detail: listed(changed), actions: [{ label: other === 'redo' ? 'Redo' : 'Undo', run: () => void stepMine(app, other) }] });
    }
    showConflicts(app, { title: `${title} of “${visibleName(describeAct(act))}”`, back: 'Redo', call: (options) => app.client.api.historyUndo({ entry: act.entry.seq }, options) }, conflicts);
  } catch (error) {
    showError(app.messages, `${title} failed`, error);
  }
}

/** Undoes the newest program that changed anything, with all of the command that it was part of. A terminal's own shell is none. */
export async function undoLastRun(app: App): Promise<void> {
  await attempt(app, 'Could not undo the last program', async () => {
    const runs = await app.client.api.historyRuns({ limit: 200 });
    const last = runs.find((run) => run.kind === 'program' && !isPrompt(run));
    const command = last?.ancestors?.at(-1) ?? last?.run;
    const children = runs.some(({ ancestors }) => command !== undefined && ancestors?.includes(command));
    if (last && command !== undefined) await undoRun(app, command, runs.find(({ run }) => run === command)?.name ?? last.name, children);
    else showToast(app.messages, { level: 'info', title: 'Nothing to undo', detail: 'No program has changed anything.' });
  });
}

export async function showUpper(app: App): Promise<void> {
  await attempt(app, 'Could not read the layers', async () => {
    const upper = (await app.client.api.layerList()).find(({ kind }) => kind === 'upper');
    if (upper) showDiff(app, { kind: 'layer', layer: upper.name });
  });
}
