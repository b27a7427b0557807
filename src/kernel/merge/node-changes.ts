import type { MergeConflict, MergeOptions } from '../../shared/abi/index.ts';
import type { FileContents, NodeRecord, TreeView } from '../contract/index.ts';
import { directoryOf, joinName, lastPart, readFile } from '../history/index.ts';
import { changesContents, isAsFrom, looksLike, reached, type NodeGoal } from './goals.ts';
import type { Scratch } from './scratch.ts';
import type { Step } from './steps.ts';
import { mergeText, TEXT_MAX } from './text.ts';

export interface NodeChangesParts {
  scratch: Scratch;
  view: TreeView;
  options: MergeOptions;
  steps: Step[];
  conflicts: MergeConflict[];
  aliases: Map<number, number>;
}

/** The changes of contents and times of files that are there on both sides. */
export class NodeChanges {
  readonly #parts: NodeChangesParts;

  constructor(parts: NodeChangesParts) {
    this.#parts = parts;
  }

  async add(goal: NodeGoal): Promise<void> {
    const { scratch, steps, aliases } = this.#parts;
    if (!changesContents(goal) && goal.from!.mtime === goal.to!.mtime) return;
    const found = await this.#find(goal);
    if (!found) return this.#conflict(goal.paths[0] ?? '/', 'deleted-later', `${goal.paths[0] ?? 'the file'} was removed later`);
    const { key, path, record } = found;
    if (key !== goal.ino) aliases.set(goal.ino, key);
    const existing = { path, ino: key, was: record };
    if (!changesContents(goal)) {
      if (record.mtime !== goal.from!.mtime) return;
      steps.push({ ...existing, op: 'times', mtime: goal.to!.mtime });
      scratch.setRecord(key, { ...record, mtime: goal.to!.mtime });
      return;
    }
    if (isReached(record, goal)) return;
    const contents = isAsFrom(record, goal) ? reached(record, goal) : undefined;
    if (contents) {
      // Where later changes stay beside it, the file is as new as these.
      const mtime = record.mtime === goal.from!.mtime ? goal.to!.mtime : record.mtime;
      steps.push({ ...existing, op: 'replace', contents, mtime });
      scratch.setRecord(key, { ...withContents(record, contents), mtime });
    } else await this.#clash(goal, existing, record);
  }

  async #clash(goal: NodeGoal, existing: { path: string; ino: number; was: NodeRecord }, record: NodeRecord): Promise<void> {
    const { steps, scratch, options } = this.#parts;
    const theirs = withContents(record, { size: goal.to!.size, ...sideOf(record, goal, 'to') });
    const merged = await this.#mergedText(goal, record, theirs);
    if (merged) return void steps.push({ ...existing, op: 'write', bytes: merged });
    const { path } = existing;
    if (options.onConflict === 'theirs') {
      const { size, chunks, base } = theirs;
      return void steps.push({ ...existing, op: 'replace', contents: { size, chunks: chunks ?? [], ...(base === undefined ? {} : { base }) }, mtime: goal.to!.mtime });
    }
    if (options.onConflict !== 'both') return this.#conflict(path, 'changed-later', `${path} was changed later`);
    const dir = await scratch.walk(directoryOf(path));
    let name = `${lastPart(path)}.theirs`;
    for (let count = 2; dir !== undefined && (await scratch.get(dir, name)) !== undefined; count++) name = `${lastPart(path)}.theirs-${count}`;
    const key = scratch.add(theirs);
    if (dir !== undefined) await scratch.set(dir, name, key);
    steps.push({ path: joinName(directoryOf(path), name), op: 'create', record: { ...theirs, mtime: goal.to!.mtime } });
  }

  async #mergedText(goal: NodeGoal, mine: NodeRecord, theirs: NodeRecord): Promise<Uint8Array | null> {
    const { view } = this.#parts;
    const base = withContents(mine, { size: goal.from!.size, ...sideOf(mine, goal, 'from') });
    if (Math.max(base.size, mine.size, theirs.size) > TEXT_MAX) return null;
    const [a, b, c] = await Promise.all([base, mine, theirs].map((record) => readFile(view, record, TEXT_MAX)));
    return mergeText(a!, b!, c!);
  }

  /** Where the node is now; one that was made again since is taken by its path, if it still holds what the goal starts from. */
  async #find(goal: NodeGoal): Promise<{ key: number; path: string; record: NodeRecord } | undefined> {
    const { scratch } = this.#parts;
    for (const exact of [true, false]) {
      for (const path of goal.paths) {
        const key = await scratch.walk(path);
        const record = key === undefined ? undefined : scratch.record(key);
        if (key !== undefined && record && (exact ? key === goal.ino : looksLike(record, goal))) return { key, path, record };
      }
    }
    return undefined;
  }

  #conflict(path: string, reason: MergeConflict['reason'], detail: string): void {
    this.#parts.conflicts.push({ path, reason, detail });
  }
}

const withContents = (record: NodeRecord, { size, chunks, base }: FileContents): NodeRecord => {
  const { chunks: _, base: __, ...rest } = record;
  return { ...rest, size, ...(chunks ? { chunks } : {}), ...(base === undefined ? {} : { base }) };
};

/** The whole contents of one side: the goal's blocks, and those of `record` that it leaves alone. */
function sideOf(record: NodeRecord, goal: NodeGoal, side: 'from' | 'to'): Partial<FileContents> {
  const blocks = new Map([...goal.blocks].map(([index, block]) => [index, { from: null, to: block[side] }]));
  return reached(record, { ...goal, from: null, to: goal[side], blocks }) ?? {};
}

/** Whether the other side is what is there already. */
function isReached(record: NodeRecord, goal: NodeGoal): boolean {
  const turned = new Map([...goal.blocks].map(([index, { from, to }]) => [index, { from: to, to: from }]));
  return isAsFrom(record, { ...goal, from: goal.to, to: goal.from, blocks: turned });
}
