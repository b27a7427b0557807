import type { NodeRecord, TreeView, ViewEntry } from '../contract/index.ts';
import { joinName, sameBytes } from '../history/index.ts';
import { chunksOf } from '../storage/index.ts';
import type { Goals, NodeGoal, SlotGoal } from './goals.ts';

export interface TreeGoalsOptions {
  from: TreeView;
  to: TreeView;
  /** Whether a path is compared at all. */
  wanted: (path: string) => boolean;
  /** Whether anything at or below the path of a directory, which is the same one in both trees, may differ. */
  touched: (path: string) => boolean;
}

interface Place { slot: SlotGoal; record: NodeRecord; path: string }

/**
 * What turns `from` into `to`, found by comparing both by path and, where a node only moved, by its number. Directories that may not differ are left out,
 * so the cost is that of the directories that do. What is taken over from `to` gets numbers of its own (negative): it may be there elsewhere as well.
 */
export async function goalsBetween(options: TreeGoalsOptions): Promise<Goals> {
  return new TreeComparison(options).run();
}

class TreeComparison {
  readonly #options: TreeGoalsOptions;
  readonly #slots: SlotGoal[] = [];
  readonly #nodes = new Map<number, NodeGoal>();
  readonly #lost = new Map<number, Place[]>();
  readonly #gained: Place[] = [];
  /** Files with several names, one of which is the same in both. */
  readonly #linked = new Map<number, { from: NodeRecord; to: NodeRecord; path: string }>();
  /** Files that lost a name and got another. */
  readonly #moved = new Set<number>();
  readonly #copies = new Map<number, number>();
  #nextCopy = -(2 ** 40);

  constructor(options: TreeGoalsOptions) {
    this.#options = options;
  }

  async run(): Promise<Goals> {
    const { from, to } = this.#options;
    await this.#compare((await from.root()).ino, (await to.root()).ino, '/', false);
    // Comparing what moved may find more that did.
    for (let place = this.#gained.pop(); place; place = this.#gained.pop()) await this.#settleGained(place);
    for (const places of this.#lost.values()) for (const { record, path } of places) await this.#remove(record, path);
    return { slots: this.#slots, nodes: this.#nodes };
  }

  /** `whole`: the two are not the same directory, so that everything below may differ. */
  async #compare(fromDir: number, toDir: number, path: string, whole: boolean): Promise<void> {
    const { from, to, wanted, touched } = this.#options;
    const before = byName(await from.entries(fromDir));
    const after = byName(await to.entries(toDir));
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      const at = joinName(path, name);
      const [a, b] = [before.get(name), after.get(name)];
      if (!wanted(at)) continue;
      if (a?.kind === 'directory' && b?.kind === 'directory') {
        if (whole || a.ino !== b.ino || touched(at)) await this.#compare(a.ino, b.ino, at, whole || a.ino !== b.ino);
      } else if (a && b && a.ino === b.ino) this.#kept(a, b, at);
      else this.#slotDiffers({ parent: fromDir, name, from: a?.ino ?? null, to: b?.ino ?? null, directory: path }, a, b, at);
    }
  }

  #kept(a: NodeRecord, b: NodeRecord, path: string): void {
    if (b.kind === 'file' && b.nlink > 1) this.#linked.set(b.ino, { from: a, to: b, path });
    this.#changed(a, b, path);
  }

  #slotDiffers(slot: SlotGoal, a: NodeRecord | undefined, b: NodeRecord | undefined, path: string): void {
    this.#slots.push(slot);
    if (a) this.#lost.set(a.ino, [...(this.#lost.get(a.ino) ?? []), { slot, record: a, path }]);
    if (b) this.#gained.push({ slot, record: b, path });
  }

  async #settleGained({ slot, record, path }: Place): Promise<void> {
    const left = this.#lost.get(record.ino)?.shift();
    const linked = this.#linked.get(record.ino);
    if (!left && linked) return this.#changed(linked.from, linked.to, linked.path, true);
    // A further name of a file that moved.
    if (!left && this.#moved.has(record.ino)) return;
    if (!left) return this.#copy(slot, record, path);
    if (record.kind === 'directory') {
      this.#nodes.set(record.ino, { ino: record.ino, from: left.record, to: record, whole: true, blocks: new Map(), paths: [left.path] });
      await this.#compare(record.ino, record.ino, left.path, false);
    } else {
      this.#moved.add(record.ino);
      this.#changed(left.record, record, left.path, true);
    }
  }

  /** A file that is in both. */
  #changed(from: NodeRecord, to: NodeRecord, path: string, moved = false): void {
    if (this.#nodes.has(from.ino)) return;
    const goal: NodeGoal = { ino: from.ino, from, to, whole: true, blocks: blocksBetween(from, to), paths: [path] };
    if (moved || goal.blocks.size > 0 || from.size !== to.size || from.mtime !== to.mtime) this.#nodes.set(from.ino, goal);
  }

  async #copy(slot: SlotGoal, record: NodeRecord, path: string): Promise<void> {
    let ino = record.kind === 'directory' ? undefined : this.#copies.get(record.ino);
    const known = ino !== undefined;
    ino ??= this.#nextCopy--;
    slot.to = ino;
    if (!known) {
      this.#copies.set(record.ino, ino);
      this.#nodes.set(ino, { ino, from: null, to: record, whole: true, blocks: new Map(), paths: [] });
    }
    if (record.kind !== 'directory') return;
    for (const entry of await this.#options.to.entries(record.ino)) {
      const at = joinName(path, entry.name);
      if (!this.#options.wanted(at)) continue;
      const inner: SlotGoal = { parent: ino, name: entry.name, from: null, to: null, directory: path };
      this.#slots.push(inner);
      await this.#copy(inner, entry.record, at);
    }
  }

  async #remove(record: NodeRecord, path: string): Promise<void> {
    if (!this.#nodes.has(record.ino)) this.#nodes.set(record.ino, { ino: record.ino, from: record, to: null, whole: true, blocks: blocksBetween(record, undefined), paths: [path] });
    if (record.kind !== 'directory') return;
    for (const entry of await this.#options.from.entries(record.ino)) {
      const at = joinName(path, entry.name);
      if (!this.#options.wanted(at)) continue;
      this.#slots.push({ parent: record.ino, name: entry.name, from: entry.record.ino, to: null, directory: path });
      await this.#remove(entry.record, at);
    }
  }
}

const byName = (entries: readonly ViewEntry[]): Map<string, NodeRecord> => new Map(entries.map(({ name, record }) => [name, record]));

function blocksBetween(from: NodeRecord, to: NodeRecord | undefined): NodeGoal['blocks'] {
  const [a, b] = [chunksOf(from), to ? chunksOf(to) : []];
  const blocks = new Map<number, { from: (typeof a)[number] | null; to: (typeof a)[number] | null }>();
  const sameBase = from.base === to?.base;
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [left, right] = [a[index] ?? null, b[index] ?? null];
    if (!to || !sameBytes(left, right) || (left?.pack === -1 && !sameBase)) blocks.set(index, { from: left, to: right });
  }
  return blocks;
}
