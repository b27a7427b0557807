import { FsError } from '../../shared/base/index.ts';
import type { JournalRecord, NodeRecord, TreeView, ViewEntry } from '../contract/index.ts';
import { ROOT_INO } from '../storage/index.ts';
import { nodeBefore } from './contents.ts';
import { directoryTimes } from './directory-times.ts';
import { nodeEffect, slotEffects } from './effects.ts';
import { trimmed, type JournalIndex } from './journal-index.ts';

/** What a view needs of the overlay: the present. */
export interface Present {
  /** Present record of a node that is in memory, or has or had several names. */
  find(ino: number): Promise<NodeRecord | undefined>;
  /** Present children, read without a trace; may be of any moment since the call. */
  merged(parent: number): Promise<ViewEntry[]>;
  /** The base layer's own record of one of its directories. */
  shippedDirectory(ino: number): NodeRecord | undefined;
  block(record: NodeRecord, index: number): Promise<Uint8Array>;
}

/** Records and directories that one view remembers; the longest unused go first. */
const NODES_KEPT = 65_536;
const ENTRIES_KEPT = 65_536;

/** The tree after entry `at`: the present with everything later undone, name by name and node by node. Rules HV* in SPEC.md. */
export class PastView implements TreeView {
  readonly at: number;
  readonly #index: JournalIndex;
  readonly #present: Present;
  readonly #nodes = new Map<number, NodeRecord>();
  readonly #directories = new Map<number, Promise<ViewEntry[]>>();
  #entriesKept = 0;

  /** @param at at most the index's last record */
  constructor(at: number, index: JournalIndex, present: Present) {
    this.at = at;
    this.#index = index;
    this.#present = present;
  }

  async root(): Promise<NodeRecord> {
    const root = await this.node(ROOT_INO);
    if (!root) throw new FsError('EIO', 'history', '/', { detail: 'the root is not known' });
    return root;
  }

  async entries(ino: number): Promise<ViewEntry[]> {
    this.#check();
    let running = this.#directories.get(ino);
    if (running) this.#directories.delete(ino);
    else {
      running = this.#list(ino);
      running.then((entries) => this.#remember(ino, entries), () => this.#directories.delete(ino));
    }
    this.#directories.set(ino, running);
    return running;
  }

  async lookup(ino: number, name: string): Promise<NodeRecord | undefined> {
    return (await this.entries(ino)).find((entry) => entry.name === name)?.record;
  }

  async node(ino: number): Promise<NodeRecord | undefined> {
    this.#check();
    const known = this.#nodes.get(ino);
    if (known) return known;
    await this.#index.load(this.at);
    const hint = await this.#present.find(ino);
    const record = await this.#node(ino, hint);
    if (record) this.#keep(record);
    return record;
  }

  block(record: NodeRecord, index: number): Promise<Uint8Array> {
    this.#check();
    return this.#present.block(record, index);
  }

  /** What is needed may be trimmed at any time. */
  #check(): void {
    if (this.at < this.#index.oldest - 1) throw trimmed(this.at, this.#index.oldest);
  }

  async #list(dir: number): Promise<ViewEntry[]> {
    await this.#index.load(this.at);
    const present = await this.#presentEntries(dir);
    // From here on the index knows all that `present` can show.
    const names = new Map(present.map((entry) => [entry.name, { ino: entry.record.ino, hint: entry.record as NodeRecord | undefined }]));
    const hints = new Map(present.map(({ record }) => [record.ino, record]));
    const undone = new Set<string>();
    for (const record of await this.#index.records(this.#index.ofDirectory(dir, this.at))) {
      for (const { parent, name, before } of slotEffects(record)) {
        if (parent !== dir || undone.has(name)) continue;
        undone.add(name);
        if (before === null) names.delete(name);
        else names.set(name, { ino: before, hint: hints.get(before) });
      }
    }
    const entries: ViewEntry[] = [];
    for (const [name, { ino, hint }] of names) {
      const record = await this.#node(ino, hint);
      if (!record) throw new FsError('EIO', 'history', name, { detail: `inode ${ino} is not known at entry ${this.at}` });
      entries.push({ name, record });
    }
    return entries;
  }

  /** Of a directory that is gone, nothing: what the base layer ships under its number is no sign that it was there to the end. */
  async #presentEntries(dir: number): Promise<ViewEntry[]> {
    const last = this.#index.ofNode(dir, this.at).at(-1);
    if (last !== undefined && nodeEffect(await this.#index.record(last), dir)?.after === null) return [];
    return this.#present.merged(dir);
  }

  /** The node at the view's entry; `hint`: its present record, read before this call. */
  async #node(ino: number, hint: NodeRecord | undefined): Promise<NodeRecord | undefined> {
    const records = await this.#index.records(this.#index.ofNode(ino, this.at));
    let record = nodeBefore(ino, records, hint);
    if (!record && records.length > 0 && nodeEffect(records[0]!, ino)?.before) {
      // Read first, then asked of the index: that knows all that was read.
      const present = await this.#findPresent(ino, records);
      record = nodeBefore(ino, await this.#index.records(this.#index.ofNode(ino, this.at)), present);
    }
    return record?.kind === 'directory' ? this.#directory(record) : record;
  }

  /** The present record of a node that lives somewhere else now: where the journal named it last. */
  async #findPresent(ino: number, records: readonly JournalRecord[]): Promise<NodeRecord | undefined> {
    const known = await this.#present.find(ino);
    if (known) return known;
    for (const record of records.toReversed()) {
      for (const { parent, after } of slotEffects(record)) {
        if (after !== ino) continue;
        const found = (await this.#present.merged(parent)).find((entry) => entry.record.ino === ino);
        if (found) return found.record;
      }
    }
    return undefined;
  }

  #directory(record: NodeRecord): NodeRecord | Promise<NodeRecord> {
    if (this.#index.ofDirectory(record.ino, this.at).length === 0) return record;
    return directoryTimes(record, this.#present.shippedDirectory(record.ino), this.at, this.#index);
  }

  #remember(dir: number, entries: readonly ViewEntry[]): void {
    for (const { record } of entries) this.#keep(record);
    this.#entriesKept += entries.length + 1;
    for (const [oldest, kept] of this.#directories) {
      if (this.#entriesKept <= ENTRIES_KEPT || oldest === dir) return;
      this.#directories.delete(oldest);
      void kept.then(({ length }) => (this.#entriesKept -= length + 1), () => undefined);
    }
  }

  #keep(record: NodeRecord): void {
    this.#nodes.delete(record.ino);
    this.#nodes.set(record.ino, record);
    if (this.#nodes.size <= NODES_KEPT) return;
    const oldest = this.#nodes.keys().next();
    if (!oldest.done) this.#nodes.delete(oldest.value);
  }
}
