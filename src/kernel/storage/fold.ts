import type { BlockChange, ChunkRef, FileContents, JournalRecord, NodeRecord } from '../contract/index.ts';
import type { BatchBuilder } from './batch-builder.ts';
import { BASE_PACK, BLOCK_SIZE, blockCount, chunksOf, cutRef, HOLE, rememberList, sameRef, withChunks, withContents, withoutChunks } from './chunks.ts';
import type { LowerStack } from './lower-stack.ts';
import type { Capture, RawChange } from './raw-change.ts';
import type { Shadow, ShadowNode } from './shadow.ts';

/** What a committed change looks like to the bus. */
export interface CommittedChange {
  seq: number;
  time: bigint;
  pid: number;
  op: JournalRecord['op'];
  /** Absolute; for a rename the new path. */
  path: string;
  /** For a rename: the old path. */
  from?: string;
  kind: NodeRecord['kind'];
  ino: number;
}

export interface FoldContext {
  shadow: Shadow;
  lower: LowerStack;
  builder: BatchBuilder;
  captures: ReadonlyMap<number, Capture>;
  /** References of the dirty blocks, by inode number and block. */
  refs: ReadonlyMap<number, ReadonlyMap<number, ChunkRef>>;
  /** Contents that files were given by reference in this batch. */
  adopted: ReadonlyMap<number, FileContents>;
  /** Of the last record so far. */
  seq: number;
  /** The run of a process; 0 for the user. */
  runOf: (pid: number) => number;
  /** A file lost its last name, with contents that an open descriptor may still want. */
  orphaned: (record: NodeRecord) => void;
  /** A change that does not fit what the fold knows; it is left out. A bug of ours. */
  fault: (message: string) => void;
}

/** Applies raw changes to the shadow, in order, and collects records, entries and notices. Synchronous: nobody sees half of it. */
export class Fold {
  readonly committed: CommittedChange[] = [];
  readonly #context: FoldContext;
  readonly #applied = new Set<number>();

  constructor(context: FoldContext) {
    this.#context = context;
  }

  change(change: RawChange): void {
    switch (change.op) {
      case 'create': return this.#make(change, 'file');
      case 'mkdir': return this.#make(change, 'directory');
      case 'symlink': return this.#make(change, 'symlink');
      case 'link': return this.#link(change);
      case 'unlink':
      case 'rmdir': return this.#remove(change);
      case 'rename': return this.#rename(change);
      case 'write':
      case 'attr': return this.#capture(change);
    }
  }

  /** Captures that no write or attr entry announced: journaled for files, silent for directories (their times follow from names). */
  finish(pid: number): void {
    for (const capture of this.#context.captures.values()) {
      const node = this.#context.shadow.get(capture.ino);
      if (!node || this.#applied.has(capture.ino)) continue;
      if (node.record.kind === 'directory') this.#applyCapture(node, capture);
      else this.#capture({ op: 'attr', ino: capture.ino, pid, time: capture.ctime, parent: 0, name: '' });
    }
  }

  #make(change: RawChange, kind: NodeRecord['kind']): void {
    const { shadow, builder } = this.#context;
    const path = this.#place(change);
    if (path === undefined) return;
    if (shadow.get(change.ino)) return this.#context.fault(`${change.op} ${path}: inode ${change.ino} is there already`);
    const time = change.time;
    const record: NodeRecord = { ino: change.ino, kind, size: 0, nlink: 1, atime: time, mtime: time, ctime: time };
    if (kind === 'file') record.chunks = [];
    if (kind === 'symlink') {
      record.target = change.target ?? '';
      record.size = new TextEncoder().encode(record.target).length;
    }
    shadow.add(record, change.parent, change.name, false);
    builder.setName(change.parent, change.name, change.ino);
    this.#stampDirectory(change.parent, time);
    this.#record(change, path, { before: null, after: withoutChunks(record) });
  }

  #link(change: RawChange): void {
    const { shadow, builder } = this.#context;
    const path = this.#place(change);
    const node = this.#node(change);
    if (path === undefined || !node) return;
    const from = shadow.path(change.ino);
    const before = withoutChunks(node.record);
    node.linked = true;
    node.record = { ...node.record, nlink: node.record.nlink + 1, ctime: this.#ctime(node, change.time) };
    shadow.add(node.record, change.parent, change.name, true);
    for (const { parent, name } of node.names) builder.setName(parent, name, change.ino);
    builder.touch(change.ino);
    this.#stampDirectory(change.parent, change.time);
    this.#record(change, path, { before, after: withoutChunks(node.record), ...(from === undefined ? {} : { to: from }) });
  }

  #remove(change: RawChange): void {
    const path = this.#place(change);
    const node = this.#node(change);
    if (path === undefined || !node) return;
    const { before, after } = this.#dropName(node, change.parent, change.name, change.time);
    this.#context.builder.setName(change.parent, change.name, null);
    this.#stampDirectory(change.parent, change.time);
    this.#record(change, path, { before, after });
  }

  #rename(change: RawChange): void {
    const { shadow, builder } = this.#context;
    const parent2 = change.parent2 ?? change.parent;
    const name2 = change.name2 ?? change.name;
    const path = this.#place(change);
    const to = shadow.pathOf(parent2, name2);
    const node = this.#node(change);
    if (path === undefined || !node) return;
    if (to === undefined) return this.#context.fault(`rename ${path}: directory ${parent2} is not known`);
    const target = change.replaced ? shadow.get(change.replaced) : undefined;
    const replaced = target && this.#dropName(target, parent2, name2, change.time).before;
    const before = withoutChunks(node.record);
    node.record = { ...node.record, ctime: this.#ctime(node, change.time) };
    node.names = node.names.filter((known) => known.parent !== change.parent || known.name !== change.name);
    node.names.push({ parent: parent2, name: name2 });
    builder.setName(change.parent, change.name, null);
    builder.setName(parent2, name2, change.ino);
    builder.touch(change.ino);
    this.#stampDirectory(change.parent, change.time);
    this.#stampDirectory(parent2, change.time);
    this.#record(change, path, { to, before, after: withoutChunks(node.record), replaced: replaced ?? null });
  }

  /** Takes one name off a node; the last one frees it. */
  #dropName(node: ShadowNode, parent: number, name: string, time: bigint): { before: NodeRecord; after: NodeRecord | null } {
    const { shadow, builder, lower } = this.#context;
    const { record } = node;
    if (record.kind !== 'directory' && record.nlink > 1) {
      const before = withoutChunks(record);
      node.names = node.names.filter((known) => known.parent !== parent || known.name !== name);
      node.record = { ...record, nlink: record.nlink - 1, ctime: this.#ctime(node, time) };
      builder.touch(record.ino);
      return { before, after: withoutChunks(node.record) };
    }
    shadow.delete(record.ino);
    if (node.linked) builder.drop(record.ino);
    if (record.kind === 'directory') for (const below of lower.visible(record.ino) ?? []) builder.setName(record.ino, below, null);
    const last = this.#asAdopted(record);
    if (last.base !== undefined || last.chunks?.length) this.#context.orphaned(last);
    return { before: record, after: null };
  }

  /** Contents that a file got in the batch in which it lost its name are only for those who have it open. */
  #asAdopted(record: NodeRecord): NodeRecord {
    const adopted = this.#applied.has(record.ino) ? undefined : this.#context.adopted.get(record.ino);
    return adopted ? withContents(record, adopted) : record;
  }

  #capture(change: RawChange): void {
    const { shadow, captures } = this.#context;
    const capture = captures.get(change.ino);
    const node = shadow.get(change.ino);
    if (!capture || !node || this.#applied.has(change.ino)) return;
    this.#applied.add(change.ino);
    const path = shadow.path(change.ino);
    if (path === undefined) return this.#context.fault(`${change.op}: inode ${change.ino} has no path`);
    const before = withoutChunks(node.record);
    const blocks = this.#applyCapture(node, capture);
    const after = withoutChunks(node.record);
    const op = blocks.length > 0 || before.size !== after.size ? 'write' : change.op;
    this.#record({ ...change, op }, path, { before, after, ...(op === 'write' ? { blocks } : {}) });
  }

  #applyCapture(node: ShadowNode, capture: Capture): BlockChange[] {
    const { record } = node;
    const { atime, mtime, ctime } = capture;
    node.record = { ...record, atime, mtime, ctime };
    if (record.kind === 'directory') node.record.nlink = capture.nlink;
    const { record: updated, blocks } = record.kind === 'file'
      ? foldContents(node.record, capture, this.#context.refs.get(capture.ino) ?? new Map(), this.#context.adopted.get(capture.ino))
      : { record: node.record, blocks: [] };
    node.record = updated;
    this.#context.builder.touch(capture.ino);
    return blocks;
  }

  /** A capture that was applied holds the times at the end of the batch: later changes in it must not set them back. */
  #ctime(node: ShadowNode, time: bigint): bigint {
    return this.#applied.has(node.record.ino) ? node.record.ctime : time;
  }

  #stampDirectory(ino: number, time: bigint): void {
    const node = this.#context.shadow.get(ino);
    if (!node || this.#applied.has(ino)) return;
    node.record = { ...node.record, mtime: time, ctime: time };
    this.#context.builder.touch(ino);
  }

  #place(change: RawChange): string | undefined {
    const path = this.#context.shadow.pathOf(change.parent, change.name);
    if (path === undefined) this.#context.fault(`${change.op} ${change.name}: directory ${change.parent} is not known`);
    return path;
  }

  #node(change: RawChange): ShadowNode | undefined {
    const node = this.#context.shadow.get(change.ino);
    if (!node) this.#context.fault(`${change.op} ${change.name}: inode ${change.ino} is not known`);
    return node;
  }

  #record(change: RawChange, path: string, rest: Pick<JournalRecord, 'before' | 'after' | 'to' | 'replaced' | 'blocks'>): void {
    const seq = ++this.#context.seq;
    const { op, time, pid, parent2 } = change;
    const parent = op === 'write' || op === 'attr' ? 0 : change.parent;
    const run = this.#context.runOf(pid);
    this.#context.builder.journal.push({
      seq, time, pid, run, op, path, parent, ...(op === 'rename' ? { parent2: parent2 ?? parent } : {}), ...rest,
    });
    const kind = (rest.after ?? rest.before)?.kind ?? 'file';
    const notice: CommittedChange = { seq, time, pid, op, path, kind, ino: change.ino };
    this.committed.push(op === 'rename' ? { ...notice, path: rest.to ?? path, from: path } : notice);
  }
}

/** The record's contents after a capture: replaced by what was adopted, then dirty blocks replaced, what was cut off forgotten. */
function foldContents(
  record: NodeRecord, capture: Capture, dirty: ReadonlyMap<number, ChunkRef>, adopted?: FileContents,
): { record: NodeRecord; blocks: BlockChange[] } {
  const { size } = capture;
  const from = adopted ? withContents(record, adopted) : record;
  const low = Math.min(capture.low ?? size, size, from.size);
  const untouched = dirty.size === 0 && size === from.size && low === size;
  if (untouched && !adopted) return { record, blocks: [] };
  const old = chunksOf(record);
  const kept = adopted ? chunksOf(from) : old;
  const same = record.base === from.base ? sameRef : sameStored;
  const count = blockCount(size);
  const chunks: ChunkRef[] = [];
  const blocks: BlockChange[] = [];
  for (let index = 0; index < Math.max(count, old.length); index++) {
    const before = old[index] ?? HOLE;
    const after = dirty.get(index) ?? cutRef(kept[index] ?? HOLE, low - index * BLOCK_SIZE);
    if (index < count) chunks.push(after);
    const now = index < count ? after : HOLE;
    if (!same(before, now)) blocks.push({ index, before: present(before), after: present(now) });
  }
  const updated = untouched ? from : withChunks({ ...from, size }, chunks);
  if (old.length === 0 && updated.chunks) rememberList(blocks, updated.chunks);
  return { record: updated, blocks };
}

/** Blocks of two base files are not the same. */
const sameStored = (a: ChunkRef, b: ChunkRef): boolean => a.pack !== BASE_PACK && sameRef(a, b);
const present = (ref: ChunkRef): ChunkRef | null => (ref.length === 0 ? null : ref);
