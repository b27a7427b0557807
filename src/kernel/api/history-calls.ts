import type { HistoryCalls, HistoryFilter, MergeOptions, Point, UndoTarget } from '../../shared/abi/index.ts';
import { FsError, joinPath } from '../../shared/base/index.ts';
import type { History, Retention } from '../history/index.ts';
import type { TimeTravel } from '../merge/index.ts';

const LIMIT_MAX = 10_000;
const PATHS_MAX = 10_000;

export interface HistoryParts {
  history: History;
  travel: TimeTravel;
  retention: Retention;
}

/** The window's calls about time. Arguments come from another realm: each is checked. */
export function historyCalls({ history, travel, retention }: HistoryParts): HistoryCalls {
  return {
    historyEntries: async (filter) => history.entries(checkedFilter(filter)),
    historyRuns: async (filter) => history.runs(checkedFilter(filter)),
    historyUndo: async (target, options) => travel.undo(checkedTarget(target), checkedOptions(options)),
    historyRestore: async (path, point, options) => travel.restore(checkedPath(path), checkedPoint(point), checkedOptions(options)),
    historyDiff: async (from, to, path) => history.diff(checkedPoint(from), checkedPoint(to), path === undefined ? '/' : checkedPath(path)),
    historySnapshot: async (name, point = 'now') => history.snapshot(checkedText(name, 'the name'), checkedPoint(point)),
    historySnapshots: () => history.snapshots(),
    historyDropSnapshot: async (name) => history.dropSnapshot(checkedText(name, 'the name')),
    historyCost: async () => {
      await history.point('now');
      return retention.cost();
    },
    historyRetention: () => retention.bounds(),
    historySetRetention: async (bounds) => retention.setBounds(bounds),
    historyTrim: async (before) => retention.trim(await history.point(checkedPoint(before))),
    historyWriters: async (path) => history.writers(checkedPath(path)),
    historyBlame: async (path) => history.blame(checkedPath(path)),
  };
}

const invalid = (detail: string): FsError => new FsError('EINVAL', 'history', undefined, { detail });

function checkedText(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.length > 4096) throw invalid(`${what} is no text`);
  return value;
}

const checkedPath = (value: unknown): string => joinPath('/', checkedText(value, 'the path'));

export function checkedPoint(value: unknown): Point {
  if (typeof value === 'number' || (typeof value === 'string' && value.length <= 64)) return value;
  throw invalid('a point is a number or a name');
}

function checkedNumber(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw invalid(`${what} is no number of entries`);
  return value;
}

function checkedFlag(value: unknown): boolean {
  if (value !== undefined && typeof value !== 'boolean') throw invalid('children is true or false');
  return value === true;
}

function checkedFilter(filter: HistoryFilter = {}): HistoryFilter {
  if (typeof filter !== 'object' || filter === null) throw invalid('the filter is no object');
  const checked: HistoryFilter = {};
  const { path, pid, run, children, since, before, limit } = filter;
  if (path !== undefined) checked.path = checkedPath(path);
  if (pid !== undefined) checked.pid = checkedNumber(pid, 'pid');
  if (run !== undefined) checked.run = checkedNumber(run, 'run');
  if (children !== undefined) checked.children = checkedFlag(children);
  if (since !== undefined) checked.since = checkedPoint(since);
  if (before !== undefined) checked.before = checkedNumber(before, 'before');
  if (limit !== undefined) checked.limit = Math.min(LIMIT_MAX, checkedNumber(limit, 'limit'));
  return checked;
}

function checkedTarget(target: unknown): UndoTarget {
  if (typeof target !== 'object' || target === null) throw invalid('what is to be undone is neither an entry nor a run');
  if ('entry' in target) return { entry: checkedNumber(target.entry, 'the entry') };
  if ('run' in target) return { run: checkedNumber(target.run, 'the run'), children: 'children' in target && checkedFlag(target.children) };
  throw invalid('what is to be undone is neither an entry nor a run');
}

export function checkedOptions(options: MergeOptions = {}): MergeOptions {
  if (typeof options !== 'object' || options === null) throw invalid('the options are no object');
  const { dryRun, onConflict, paths } = options;
  const checked: MergeOptions = { dryRun: dryRun === true };
  if (onConflict !== undefined) {
    if (!['mine', 'theirs', 'both'].includes(onConflict)) throw invalid('onConflict is mine, theirs or both');
    checked.onConflict = onConflict;
  }
  if (paths !== undefined) {
    if (!Array.isArray(paths) || paths.length > PATHS_MAX) throw invalid(`paths is no list of at most ${PATHS_MAX}`);
    checked.paths = paths.map(checkedPath);
  }
  return checked;
}
