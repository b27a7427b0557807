import type { MergeConflict, MergeOptions } from '../../shared/abi/index.ts';
import type { NodeRecord, TreeView } from '../contract/index.ts';
import { joinName } from '../history/index.ts';
import { isAsFrom, looksLike, sameNode, type Goals, type NodeGoal, type SlotGoal } from './goals.ts';
import { NodeChanges } from './node-changes.ts';
import { Scratch } from './scratch.ts';
import type { Plan, Step } from './steps.ts';

/** A change of names. `move`: from one slot to another; `swap`: a file takes the place of another one of the same name. */
type NameOp =
  | { op: 'move'; ino: number; slot: SlotGoal; target: SlotGoal }
  | { op: 'swap'; ino: number; old: number; slot: SlotGoal }
  | { op: 'make' | 'remove'; ino: number; slot: SlotGoal };

type Outcome = 'done' | 'wait' | MergeConflict;

/** What turns the goals into steps for the tree of `view`. Rules MG* in SPEC.md. */
export async function plan(goals: Goals, view: TreeView, options: MergeOptions = {}): Promise<Plan> {
  return new Planner(goals, view, options).run();
}

class Planner {
  readonly #goals: Goals;
  readonly #options: MergeOptions;
  readonly #scratch: Scratch;
  readonly #steps: Step[] = [];
  readonly #conflicts: MergeConflict[] = [];
  /** Nodes of the goals that stand under another number in the tree: made by a step, or made again since. */
  readonly #aliases = new Map<number, number>();
  readonly #directories = new Map<number, number>();
  readonly #view: TreeView;
  #last = false;
  #lost: Map<number, SlotGoal[]> | null = null;

  constructor(goals: Goals, view: TreeView, options: MergeOptions) {
    this.#goals = goals;
    this.#options = options;
    this.#view = view;
    this.#scratch = new Scratch(view);
  }

  async run(): Promise<Plan> {
    this.#scratch.setRecord(1, await this.#view.root());
    const changes = new NodeChanges({
      scratch: this.#scratch, view: this.#view, options: this.#options, steps: this.#steps, conflicts: this.#conflicts, aliases: this.#aliases,
    });
    for (const goal of this.#goals.nodes.values()) if (goal.from && goal.to && goal.from.kind === 'file') await changes.add(goal);
    await this.#locate();
    let open = nameOps(this.#goals);
    while (open.length > 0) {
      const waiting: NameOp[] = [];
      for (const op of open) {
        const outcome = await this.#attempt(op);
        if (outcome === 'wait') waiting.push(op);
        else if (outcome !== 'done') await this.#conflict(op, outcome);
      }
      // Without progress the next pass says of each why it cannot be done; one that frees a name lets the others go on.
      this.#last = waiting.length === open.length;
      open = waiting;
    }
    await this.#stampDirectories();
    return { steps: this.#steps, conflicts: this.#conflicts };
  }

  #attempt(op: NameOp): Promise<Outcome> {
    switch (op.op) {
      case 'move': return this.#move(op);
      case 'swap': return this.#swap(op);
      case 'make': return this.#make(op);
      case 'remove': return this.#remove(op);
    }
  }

  /** The directories of the slots are found before any name changes; one that was removed and made again is taken by its path. */
  async #locate(): Promise<void> {
    for (const { parent, directory } of this.#goals.slots) {
      if (this.#directories.has(parent) || parent === 1) continue;
      const key = await this.#scratch.walk(directory);
      if (key === undefined || !this.#scratch.isDirectory(key)) continue;
      const goal = this.#goals.nodes.get(parent);
      // What is to be made again is not what is there under its name by chance: that is found when it is made.
      if (key === parent || !goal || goal.from) this.#directories.set(parent, key);
    }
  }

  #directory({ parent }: SlotGoal): number | undefined {
    return parent === 1 ? 1 : (this.#directories.get(parent) ?? this.#aliases.get(parent));
  }

  #key(ino: number): number {
    return this.#aliases.get(ino) ?? ino;
  }

  async #move({ ino, slot, target }: Extract<NameOp, { op: 'move' }>): Promise<Outcome> {
    const to = this.#directory(target);
    if (to !== undefined && (await this.#scratch.get(to, target.name)) === this.#key(ino)) return 'done';
    const from = this.#directory(slot);
    const current = from === undefined ? undefined : await this.#scratch.get(from, slot.name);
    const path = this.#pathOf(slot);
    if (from === undefined || current === undefined || !(await this.#isOrLooksLike(current, ino))) return conflict(path, 'moved-later', `${path} was moved or removed later`);
    if (to === undefined) return this.#blocked(this.#pathOf(target), 'no-parent', `the directory ${target.directory} is not there any more`);
    if (this.#scratch.isWithin(to, current)) return this.#blocked(path, 'moved-later', `${target.directory} lies in ${path} now`);
    if ((await this.#scratch.get(to, target.name)) !== undefined) return this.#blocked(this.#pathOf(target), 'exists', `something else has the name ${this.#pathOf(target)} now`);
    const step = this.#existing(current, joinName(this.#scratch.pathOf(from), slot.name));
    this.#steps.push({ ...step, op: 'move', to: joinName(this.#scratch.pathOf(to), target.name) });
    await this.#scratch.set(from, slot.name, null);
    await this.#scratch.set(to, target.name, current);
    return 'done';
  }

  /** A file in the place of another: its contents are replaced, so that the name is never without a file. */
  async #swap({ ino, old, slot }: Extract<NameOp, { op: 'swap' }>): Promise<Outcome> {
    const dir = this.#directory(slot);
    const goal = this.#goals.nodes.get(old)!;
    if (!this.#goals.nodes.get(ino)!.whole) return conflict(this.#pathOf(slot), 'deleted-later', `what was at ${this.#pathOf(slot)} is not known any more`);
    const wanted = this.#goals.nodes.get(ino)!.to!;
    const path = this.#pathOf(slot);
    if (dir === undefined) return this.#blocked(path, 'no-parent', `the directory ${slot.directory} is not there any more`);
    const current = await this.#scratch.get(dir, slot.name);
    const record = current === undefined ? undefined : this.#scratch.record(current);
    if (current === undefined || !record) return conflict(path, 'deleted-later', `${path} was removed later`);
    if (sameNode(record, wanted)) return this.#alias(ino, current);
    if (!isAsFrom(record, goal)) return conflict(path, 'changed-later', `${path} was changed later`);
    this.#replace(current, record, path, wanted);
    return this.#alias(ino, current);
  }

  #replace(key: number, record: NodeRecord, path: string, wanted: NodeRecord): void {
    const { size, chunks, base, mtime } = wanted;
    const contents = { size, ...(chunks ? { chunks } : {}), ...(base === undefined ? {} : { base }) };
    this.#steps.push({ ...this.#existing(key, path), op: 'replace', contents, mtime });
    this.#scratch.setRecord(key, { ...record, mtime, ...contents });
  }

  async #make({ ino, slot }: Extract<NameOp, { op: 'make' | 'remove' }>): Promise<Outcome> {
    const wanted = this.#goals.nodes.get(ino)?.to;
    const dir = this.#directory(slot);
    const path = dir === undefined ? this.#pathOf(slot) : joinName(this.#scratch.pathOf(dir), slot.name);
    if (!wanted || !this.#goals.nodes.get(ino)?.whole) return conflict(path, 'deleted-later', `what was at ${path} is not known any more`);
    if (dir === undefined) return this.#blocked(path, 'no-parent', `the directory ${slot.directory} is not there any more`);
    const there = await this.#scratch.get(dir, slot.name);
    if (there !== undefined) {
      const record = this.#scratch.record(there);
      // What is to go from here goes, also where it is just like what comes.
      const going = slot.from !== null && this.#isNode(there, slot.from);
      if (!going && record && sameNode(record, wanted)) return this.#alias(ino, there);
      return this.#blocked(path, 'exists', `something else has the name ${path} now`);
    }
    await this.#put(ino, wanted, dir, slot.name);
    return 'done';
  }

  async #put(ino: number, wanted: NodeRecord, dir: number, name: string): Promise<void> {
    const path = joinName(this.#scratch.pathOf(dir), name);
    const known = this.#aliases.get(ino) ?? (await this.#aliveAs(ino));
    if (known !== undefined && wanted.kind !== 'directory' && wanted.nlink > 1) {
      this.#steps.push({ path, op: 'link', existing: this.#scratch.pathOf(known) });
      await this.#scratch.set(dir, name, known);
      return;
    }
    const key = this.#scratch.add(wanted);
    this.#steps.push({ path, op: wanted.kind === 'directory' ? 'mkdir' : wanted.kind === 'symlink' ? 'symlink' : 'create', record: wanted });
    await this.#scratch.set(dir, name, key);
    this.#aliases.set(ino, key);
  }

  /** A node that still has another name, if one of its paths leads to it. */
  async #aliveAs(ino: number): Promise<number | undefined> {
    for (const path of [...(this.#goals.nodes.get(ino)?.paths ?? []), this.#scratch.pathOf(ino)]) if ((await this.#scratch.walk(path)) === ino) return ino;
    return undefined;
  }

  async #remove({ ino, slot }: Extract<NameOp, { op: 'make' | 'remove' }>): Promise<Outcome> {
    const dir = this.#directory(slot);
    const current = dir === undefined ? undefined : await this.#scratch.get(dir, slot.name);
    if (dir === undefined || current === undefined) return 'done';
    const goal = this.#goals.nodes.get(ino);
    const path = joinName(this.#scratch.pathOf(dir), slot.name);
    const record = this.#scratch.record(current);
    if (!record || (!this.#isNode(current, ino) && !(goal && record.kind !== 'directory' && isAsFrom(record, goal)))) {
      return conflict(path, 'changed-later', `another file has the name ${path} now`);
    }
    if (record.kind === 'directory') {
      const left = (await this.#scratch.children(current)).size;
      if (left > 0) return this.#blocked(path, 'not-empty', `${path} has ${left === 1 ? 'an entry' : `${left} entries`} from elsewhere`);
    } else if (this.#options.onConflict !== 'theirs' && record.nlink <= (await this.#leaving(ino, current))) {
      // Nothing of it would be left. It may be so only if the other side says that, of what is there.
      if (!goal || goal.to) return this.#blocked(path, 'deleted-later', `${path} is the last name of a file that has others on the other side`);
      if (!isAsFrom(record, goal)) return conflict(path, 'changed-later', `${path} was changed later`);
    }
    this.#steps.push({ ...this.#existing(current, path), op: 'remove', kind: record.kind });
    await this.#scratch.set(dir, slot.name, null);
    this.#scratch.setRecord(current, { ...record, nlink: record.nlink - 1 });
    return 'done';
  }

  /** In the end, what a conflict leaves: the other side in its place or beside it, if that is wanted. */
  async #conflict(op: NameOp, found: MergeConflict): Promise<void> {
    const { onConflict } = this.#options;
    const goal = op.op === 'make' || op.op === 'swap' ? this.#goals.nodes.get(op.ino) : undefined;
    const wanted = goal?.whole ? goal.to : undefined;
    const slot = op.op === 'move' ? op.target : op.slot;
    const dir = this.#directory(slot);
    if (!wanted || dir === undefined || onConflict === undefined || onConflict === 'mine') return void this.#conflicts.push(found);
    const there = await this.#scratch.get(dir, slot.name);
    const record = there === undefined ? undefined : this.#scratch.record(there);
    if (there === undefined) await this.#put(op.ino, wanted, dir, slot.name);
    else if (onConflict === 'both') await this.#put(op.ino, wanted, dir, await this.#freeName(dir, slot.name));
    // What the other side wants too, somewhere else, does not give way to it.
    else if (wanted.kind === 'file' && record?.kind === 'file' && !this.#goals.nodes.get(there)?.to) this.#replace(there, record, joinName(this.#scratch.pathOf(dir), slot.name), wanted);
    else this.#conflicts.push(found);
  }

  async #freeName(dir: number, name: string): Promise<string> {
    for (let count = 1; ; count++) {
      const free = count === 1 ? `${name}.theirs` : `${name}.theirs-${count}`;
      if ((await this.#scratch.get(dir, free)) === undefined) return free;
    }
  }

  /** Directories that were made get their times last: what is put into them changes those. */
  async #stampDirectories(): Promise<void> {
    for (const step of [...this.#steps].reverse()) {
      if (step.op === 'mkdir') this.#steps.push({ path: step.path, op: 'times', mtime: step.record.mtime });
    }
  }

  /** How many of a node's names are still to go, or to move. */
  async #leaving(ino: number, key: number): Promise<number> {
    this.#lost ??= lostNames(this.#goals);
    let count = 0;
    for (const slot of this.#lost.get(ino) ?? []) {
      const dir = this.#directory(slot);
      if (dir !== undefined && (await this.#scratch.get(dir, slot.name)) === key) count++;
    }
    return count;
  }

  #isNode(key: number, ino: number): boolean {
    return key === this.#key(ino);
  }

  async #isOrLooksLike(key: number, ino: number): Promise<boolean> {
    if (this.#isNode(key, ino)) return true;
    const [record, goal] = [this.#scratch.record(key), this.#goals.nodes.get(ino)];
    if (!record || !goal || !looksLike(record, goal) || (await this.#aliveAs(ino)) !== undefined) return false;
    this.#aliases.set(ino, key);
    return true;
  }

  #alias(ino: number, key: number): 'done' {
    if (ino !== key) this.#aliases.set(ino, key);
    return 'done';
  }

  #existing(key: number, path: string): Pick<Step, 'path' | 'ino' | 'was'> {
    const record = this.#scratch.record(key);
    return key > 0 && record ? { path, ino: key, was: record } : { path };
  }

  #pathOf(slot: SlotGoal): string {
    const key = this.#directory(slot);
    return joinName(key === undefined ? slot.directory : this.#scratch.pathOf(key), slot.name);
  }

  #blocked(path: string, reason: MergeConflict['reason'], detail: string): Outcome {
    return this.#last ? conflict(path, reason, detail) : 'wait';
  }
}

const conflict = (path: string, reason: MergeConflict['reason'], detail: string): MergeConflict => ({ path, reason, detail });

/** The slots in which a node is not to be any more. */
function lostNames({ slots }: Goals): Map<number, SlotGoal[]> {
  const lost = new Map<number, SlotGoal[]>();
  for (const slot of slots) if (slot.from !== null && slot.from !== slot.to) lost.set(slot.from, [...(lost.get(slot.from) ?? []), slot]);
  return lost;
}

/** The changes of names, in an order in which few have to wait: what is made and moved from the top down, then what goes, from the bottom up. */
function nameOps({ slots, nodes }: Goals): NameOp[] {
  const lost = lostNames({ slots, nodes });
  const ops: NameOp[] = [];
  const removals: NameOp[] = [];
  const swapped = new Set<SlotGoal>();
  for (const slot of slots) {
    const { from, to } = slot;
    if (to === null || to === from) continue;
    const left = lost.get(to);
    const goal = nodes.get(to);
    if (left && left.length > 0 && goal?.from) ops.push({ op: 'move', ino: to, slot: left.shift()!, target: slot });
    else if (from !== null && isSwap(nodes.get(from), goal)) {
      ops.push({ op: 'swap', ino: to, old: from, slot });
      swapped.add(slot);
    } else ops.push({ op: 'make', ino: to, slot });
  }
  for (const [ino, rest] of lost) for (const slot of rest) if (!swapped.has(slot)) removals.push({ op: 'remove', ino, slot });
  const depth = ({ slot }: NameOp): number => joinName(slot.directory, slot.name).split('/').length;
  return [...ops.sort((a, b) => depth(a) - depth(b)), ...removals.sort((a, b) => depth(b) - depth(a))];
}

/** One file is to go and another one, with no other name, to come. */
function isSwap(old: NodeGoal | undefined, coming: NodeGoal | undefined): boolean {
  return old?.from?.kind === 'file' && !old.to && coming?.to?.kind === 'file' && !coming.from && coming.to.nlink <= 1 && old.from.nlink <= 1;
}

