import type { MergeOptions, MergeResult, Point, RunKind, UndoTarget } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { JournalRecord, TreeView } from '../contract/index.ts';
import { changesBetween, directoryOf, findInView, isWithin, joinName, lastPart, Moves, type History } from '../history/index.ts';
import type { TreeService } from '../services/tree/index.ts';
import { applyPlan } from './apply.ts';
import type { Goals } from './goals.ts';
import { plan } from './planner.ts';
import type { Plan } from './steps.ts';
import { goalsBetween } from './tree-goals.ts';
import { undoGoals } from './undo-goals.ts';

export interface TimeTravelOptions {
  history: History;
  /** Of the workspace's live tree. */
  service: TreeService;
  runs: { act(kind: Exclude<RunKind, 'program'>, name: string): { run: number; pid: number }; end(pid: number): void };
  /** Resolves when everything that was changed so far is in the journal; `durable`: and on disk. */
  settle(durable: boolean): Promise<void>;
}

/** Entries of one run that are taken back at once, at most. */
const UNDO_MAX = 200_000;

/** Undo, restore and merges: what changes the live tree to what some other tree is or would be. One after the other. Rules MG* in SPEC.md. */
export class TimeTravel {
  readonly #options: TimeTravelOptions;
  #tail: Promise<unknown> = Promise.resolve();
  #oldest: number | null = null;

  constructor(options: TimeTravelOptions) {
    this.#options = options;
  }

  /** The oldest point that was kept when what is under way began: what it takes from the past must stay until it stands in the tree. */
  held(): number[] {
    return this.#oldest === null ? [] : [this.#oldest];
  }

  /** Takes back one entry, a run, or a run and what it started. @throws FsError ENOENT for one that is not kept, EINVAL for the user's run, EFBIG, E2BIG */
  undo(target: UndoTarget, options: MergeOptions = {}): Promise<MergeResult> {
    return this.#exclusive(async () => {
      const now = await this.#options.history.point('now');
      const records = 'entry' in target ? [await this.#entry(target.entry)] : await this.#recordsOf(target.run, target.children === true);
      const view = this.#options.history.viewAt(now);
      const goals = await undoGoals(this.#options.history.index, view, records);
      const name = 'entry' in target ? `undo of entry ${target.entry}` : `undo of run ${target.run}${target.children ? ' and what it started' : ''}`;
      return this.#merge('undo', name, goals, view, options);
    });
  }

  /** Brings a path and all below it back to what it was at a point. @throws FsError ENOENT if it was not there then and is not there now */
  restore(path: string, point: Point, options: MergeOptions = {}): Promise<MergeResult> {
    return this.#exclusive(async () => {
      const { history } = this.#options;
      const at = await history.point(point);
      const now = await history.point('now');
      const known = await Promise.all([at, now].map((entry) => findInView(history.viewAt(entry), path, false)));
      if (known.every((found) => !found)) throw new FsError('ENOENT', 'restore', path);
      const goals = await this.#restoreGoals(path, at, now);
      return this.#merge('restore', `restore of ${path} to entry ${at}`, goals, history.viewAt(now), options);
    });
  }

  /** Does to the live tree what turned `base`, a tree of this workspace's past, into `theirs`. `touched`: as in `TreeGoalsOptions`. */
  merge(kind: Exclude<RunKind, 'program'>, name: string, base: TreeView, theirs: TreeView, touched: (path: string) => boolean, options: MergeOptions = {}): Promise<MergeResult> {
    return this.#exclusive(async () => {
      const { history } = this.#options;
      const goals = await goalsBetween({ from: base, to: theirs, wanted: () => true, touched });
      const now = await history.point('now');
      const moves = await Moves.load(history.index, base.at, now);
      return this.#merge(kind, name, inPresent(goals, (path) => moves.translate(path, base.at, now)), history.viewAt(now), options);
    });
  }

  async #merge(kind: Exclude<RunKind, 'program'>, name: string, goals: Goals, mine: TreeView, options: MergeOptions): Promise<MergeResult> {
    const made = onlyPaths(await plan(goals, mine, options), options.paths);
    if (options.dryRun || made.steps.length === 0) {
      return { run: 0, changed: [...new Set(made.steps.map((step) => (step.op === 'move' ? step.to : step.path)))], conflicts: made.conflicts };
    }
    const { runs, service, settle } = this.#options;
    const { run, pid } = runs.act(kind, name);
    try {
      const { changed, conflicts } = await applyPlan(made, service.as(pid));
      await settle(true);
      return { run: changed.length > 0 ? run : 0, changed, conflicts };
    } finally {
      runs.end(pid);
    }
  }

  async #entry(seq: number): Promise<JournalRecord> {
    const { history } = this.#options;
    const entry = await history.point(seq);
    if (entry < history.index.oldest) throw new FsError('ENOENT', 'undo', undefined, { detail: `there is no entry ${seq}` });
    await history.index.load(entry - 1);
    return history.index.record(entry);
  }

  async #recordsOf(run: number, children: boolean): Promise<JournalRecord[]> {
    const { history, history: { index } } = this.#options;
    if (run === 0) throw new FsError('EINVAL', 'undo', undefined, { detail: 'the user’s own changes are no run: take back single entries' });
    await index.load(index.oldest - 1);
    const family = children ? [...(await history.family(run))] : [run];
    const seqs = family.flatMap((each) => index.ofRun(each, index.oldest - 1)).sort((a, b) => a - b);
    if (seqs.length === 0) throw new FsError('ENOENT', 'undo', undefined, { detail: `run ${run} changed nothing that is kept` });
    if (seqs.length > UNDO_MAX) throw new FsError('EFBIG', 'undo', undefined, { detail: `run ${run} made ${seqs.length} entries, at most ${UNDO_MAX} are taken back at once; restore what it changed instead` });
    return index.records(seqs);
  }

  async #restoreGoals(path: string, at: number, now: number): Promise<Goals> {
    const { history } = this.#options;
    const changes = await changesBetween(history.index, at, now);
    const first = [...changes.nodes.values()].reduce((least, { paths }) => Math.min(least, ...paths.map(({ seq }) => seq)), at + 1);
    const moves = await Moves.load(history.index, Math.max(history.index.oldest, first) - 1, now);
    const touched = new Set<string>();
    const touch = (directory: string, seq: number): void => {
      for (let above = moves.translate(directory, seq, now); !touched.has(above); above = directoryOf(above)) touched.add(above);
    };
    for (const { directory, seq } of changes.slots.values()) touch(directory, seq);
    for (const { paths } of changes.nodes.values()) for (const known of paths) touch(directoryOf(known.path), known.seq);
    return goalsBetween({
      from: history.viewAt(now), to: history.viewAt(at),
      wanted: (other) => isWithin(other, path) || isWithin(path, other),
      touched: (other) => touched.has(other) || isWithin(path, other),
    });
  }

  #exclusive<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(() => {
      this.#oldest = this.#options.history.index.oldest - 1;
      return action();
    }).finally(() => {
      this.#oldest = null;
    });
    this.#tail = result.catch(() => undefined);
    return result;
  }
}

/** The part of a plan that is about some paths: what happens at, below or beside them. */
function onlyPaths({ steps, conflicts }: Plan, paths: readonly string[] | undefined): Plan {
  if (!paths) return { steps, conflicts };
  const about = (path: string): boolean => paths.some((wanted) => isWithin(path, wanted) || path.startsWith(`${wanted}.theirs`));
  return {
    steps: steps.filter((step) => about(step.path) || (step.op === 'move' && about(step.to))),
    conflicts: conflicts.filter(({ path }) => about(path)),
  };
}

/** The goals with the paths that directories have now. */
function inPresent({ slots, nodes }: Goals, translate: (directory: string) => string): Goals {
  const moved = (path: string): string => joinName(translate(directoryOf(path)), lastPart(path));
  return {
    slots: slots.map((slot) => ({ ...slot, directory: translate(slot.directory) })),
    nodes: new Map([...nodes].map(([ino, goal]) => [ino, { ...goal, paths: goal.paths.map(moved) }])),
  };
}
