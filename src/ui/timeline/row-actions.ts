import type { HistoryEntry } from '../../shared/abi/index.ts';
import { dirname } from '../../shared/base/index.ts';
import { goToPoint, openPath, restorePath, showDiff, undoEntry, undoRun } from '../actions/index.ts';
import type { App, MenuItem, RunRow, TimelineRow } from '../stores/index.ts';
import { visibleName } from '../kit/index.ts';
import { runName } from './wording.ts';

/** What can be done with a run's stretch of the timeline. */
function runActions(app: App, row: RunRow): MenuItem[] {
  const info = app.timeline.store.getState().runs.get(row.run);
  const name = runName(row.run, info);
  const last = info && row.run !== 0 ? info.last : row.last;
  const first = info && row.run !== 0 ? info.first : row.first;
  return [
    ...(row.run === 0
      ? [{ label: 'Show what was changed', keys: 'D', run: () => showDiff(app, { kind: 'points', from: row.first - 1, to: row.last }) }]
      : [
        { label: 'Undo this run', keys: 'U', run: () => void undoRun(app, row.run, name) },
        { label: 'Show what it changed', keys: 'D', run: () => showDiff(app, { kind: 'run', run: row.run, name }) },
        ...familyActions(app, row.run, name),
        ...(info === undefined || info.kind === 'program' ? [{ label: 'Its system calls', run: () => app.trace.showRun(row.run) }] : []),
        { label: 'Only this run', run: () => app.timeline.setFilter(`run:${row.run}`) },
      ]),
    { label: 'Go to the moment before it', separated: true, run: () => void goToPoint(app, first - 1) },
    { label: 'Go to the moment after it', keys: 'Enter', run: () => void goToPoint(app, last) },
    { label: 'Restore everything to before it', separated: true, run: () => void restorePath(app, '/', first - 1) },
  ];
}

/** What is about a run together with those that it started, or with all of the command that it was part of. */
function familyActions(app: App, run: number, name: string): MenuItem[] {
  const { runs } = app.timeline.store.getState();
  const command = runs.get(run)?.ancestors?.at(-1);
  const items: MenuItem[] = [];
  if ([...runs.values()].some(({ ancestors }) => ancestors?.includes(run))) {
    items.push(
      { label: 'Undo this run and what it started', run: () => void undoRun(app, run, name, true) },
      { label: 'Show what it and what it started changed', run: () => showDiff(app, { kind: 'run', run, name, children: true }) },
    );
  }
  if (command !== undefined) {
    const called = runName(command, runs.get(command));
    items.push({ label: `Undo all of ${called}, which started it`, run: () => void undoRun(app, command, called, true) });
  }
  return items;
}

function entryActions(app: App, entry: HistoryEntry): MenuItem[] {
  const { seq, run } = entry;
  const path = entry.to ?? entry.path;
  const gone = entry.op === 'unlink' || entry.op === 'rmdir';
  const name = runName(run, app.timeline.store.getState().runs.get(run));
  const items: (MenuItem | false)[] = [
    { label: 'Undo this change', keys: 'U', run: () => void undoEntry(app, entry) },
    run !== 0 && { label: `Undo all of ${name}`, run: () => void undoRun(app, run, name) },
    { label: 'Show what it changed', keys: 'D', run: () => showDiff(app, { kind: 'points', from: seq - 1, to: seq }) },
    { label: 'Show what changed since', run: () => showDiff(app, { kind: 'points', from: seq, to: 'now' }) },
    { label: 'Go to the moment before it', separated: true, run: () => void goToPoint(app, seq - 1) },
    { label: 'Go to the moment after it', keys: 'Enter', run: () => void goToPoint(app, seq) },
    { label: `Restore ${visibleName(entry.path)} to before it`, separated: true, run: () => void restorePath(app, entry.path, seq - 1) },
    !gone && { label: `Restore ${visibleName(path)} to after it`, run: () => void restorePath(app, path, seq) },
    !gone && entry.kind === 'file' && { label: 'Open the file', separated: true, run: () => openPath(app, path) },
    { label: 'Only this path', separated: gone || entry.kind !== 'file', run: () => app.timeline.setFilter(path) },
    { label: 'Only its folder', run: () => app.timeline.setFilter(dirname(path)) },
  ];
  return items.filter((item) => item !== false);
}

export function timelineActions(app: App, row: TimelineRow): MenuItem[] {
  return row.type === 'run' ? runActions(app, row) : entryActions(app, row.entry);
}

export function openTimelineMenu(app: App, row: TimelineRow, x: number, y: number): void {
  const label = row.type === 'run' ? 'Actions on the run' : `Actions on entry ${row.entry.seq}`;
  app.overlay.setState({ menu: { x, y, label, items: timelineActions(app, row) } });
}
