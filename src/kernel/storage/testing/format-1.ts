import type { BlockChange, ChunkRef, EntryRecord, JournalOp, JournalRecord, NodeRecord } from '../../contract/index.ts';
import { ByteWriter } from '../bytes.ts';
import type { MemoryDisk } from '../memory-disk.ts';
import { MemoryStore } from '../memory-store.ts';

// Format 1 as it was written, and never to be changed: what it makes stands for the workspaces that people have.

const kinds = ['file', 'directory', 'symlink'] as const;
const ops: readonly JournalOp[] =
  ['create', 'mkdir', 'symlink', 'link', 'unlink', 'rmdir', 'rename', 'write', 'attr'];

const ENTRY = { WHITEOUT: 0, NODE: 1, LINKED: 2 } as const;
const CHUNK = { ABSENT: 0, HOLES: 1, BASE: 2, STORED: 3, CUT: 4 } as const;
const NODE_FLAG = { TARGET: 1, CHUNKS: 2, BASE: 4 } as const;
const RECORD_FLAG = { TO: 1, BEFORE: 2, AFTER: 4, REPLACED: 8, REPLACED_NULL: 16, BLOCKS: 32 } as const;

function writeChunk(out: ByteWriter, ref: ChunkRef | null): void {
  if (ref === null) return out.byte(CHUNK.ABSENT);
  if (ref.length === 0) {
    out.byte(CHUNK.HOLES);
    return out.uint(1);
  }
  const cut = ref.valid === undefined ? 0 : CHUNK.CUT;
  out.byte((ref.pack === -1 ? CHUNK.BASE : CHUNK.STORED) | cut);
  if (ref.pack !== -1) {
    out.hex(ref.hash);
    out.uint(ref.pack);
  }
  out.uint(ref.offset);
  out.uint(ref.length);
  if (ref.valid !== undefined) out.uint(ref.valid);
}

function writeChunks(out: ByteWriter, chunks: readonly ChunkRef[]): void {
  out.uint(chunks.length);
  for (let i = 0; i < chunks.length; ) {
    let holes = 0;
    while (i + holes < chunks.length && chunks[i + holes]?.length === 0) holes++;
    if (holes > 0) {
      out.byte(CHUNK.HOLES);
      out.uint(holes);
      i += holes;
    } else writeChunk(out, chunks[i++] ?? null);
  }
}

function writeNode(out: ByteWriter, node: NodeRecord): void {
  out.byte(kinds.indexOf(node.kind));
  out.byte((node.target === undefined ? 0 : NODE_FLAG.TARGET) | (node.chunks ? NODE_FLAG.CHUNKS : 0)
    | (node.base === undefined ? 0 : NODE_FLAG.BASE));
  out.uint(node.ino);
  out.uint(node.size);
  out.uint(node.nlink);
  for (const time of [node.atime, node.mtime, node.ctime]) out.int64(time);
  if (node.target !== undefined) out.string(node.target);
  if (node.chunks) writeChunks(out, node.chunks);
  if (node.base !== undefined) out.string(node.base);
}

function writeBlocks(out: ByteWriter, blocks: readonly BlockChange[]): void {
  out.uint(blocks.length);
  for (const { index, before, after } of blocks) {
    out.uint(index);
    writeChunk(out, before);
    writeChunk(out, after);
  }
}

function recordFlags(record: JournalRecord): number {
  return (record.to === undefined ? 0 : RECORD_FLAG.TO)
    | (record.before ? RECORD_FLAG.BEFORE : 0)
    | (record.after ? RECORD_FLAG.AFTER : 0)
    | (record.replaced ? RECORD_FLAG.REPLACED : 0)
    | (record.replaced === null ? RECORD_FLAG.REPLACED_NULL : 0)
    | (record.blocks ? RECORD_FLAG.BLOCKS : 0);
}

function writeRecord(out: ByteWriter, record: JournalRecord): void {
  out.byte(ops.indexOf(record.op));
  out.byte(recordFlags(record));
  out.uint(record.seq);
  out.int64(record.time);
  out.uint(record.pid);
  out.string(record.path);
  if (record.to !== undefined) out.string(record.to);
  if (record.before) writeNode(out, record.before);
  if (record.after) writeNode(out, record.after);
  if (record.replaced) writeNode(out, record.replaced);
  if (record.blocks) writeBlocks(out, record.blocks);
}

export function encodeEntry1(entry: EntryRecord): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(96);
  out.string(entry.name);
  if (entry.node === null) out.byte(ENTRY.WHITEOUT);
  else if ('linked' in entry.node) {
    out.byte(ENTRY.LINKED);
    out.uint(entry.node.ino);
  } else {
    out.byte(ENTRY.NODE);
    writeNode(out, entry.node);
  }
  return out.finish();
}

export function encodeNode1(node: NodeRecord): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(64);
  writeNode(out, node);
  return out.finish();
}

export function encodeSegment1(records: readonly JournalRecord[]): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(128 * records.length);
  for (const record of records) writeRecord(out, record);
  return out.finish();
}

/** A workspace of format 1: the values of its object stores. */
export interface Workspace1 {
  head: { format: 1; seq: number; nextIno: number; nextPack: number; clean: boolean };
  entries: { key: [number, string]; value: Uint8Array<ArrayBuffer> }[];
  nodes: { key: number; value: Uint8Array<ArrayBuffer> }[];
  journal: { key: number; value: Uint8Array<ArrayBuffer> }[];
  packs: { key: number; value: ArrayBuffer }[];
}

/** A workspace of format 2 with one layer, as a version that had format 1 would have stored it. */
export async function asFormat1(disk: MemoryDisk): Promise<Workspace1> {
  const store = new MemoryStore(disk);
  const { seq, nextIno, nextPack, clean } = await store.open();
  const journal: Workspace1['journal'] = [];
  // Two segments, for the state of the replay goes from one to the next.
  for (let from = 1; from <= seq; from += Math.ceil(seq / 2)) {
    journal.push({ key: from, value: encodeSegment1(await store.journal(from, Math.ceil(seq / 2))) });
  }
  const entries = await store.scanEntries(1, null, 1e9);
  const nodes = await store.scanNodes(1, 0, 1e9);
  return {
    head: { format: 1, seq, nextIno, nextPack, clean }, journal,
    entries: entries.map((entry) => ({ key: [entry.parent, entry.name], value: encodeEntry1(entry) })),
    nodes: nodes.map((node) => ({ key: node.ino, value: encodeNode1(node) })),
    packs: [...disk.packs].map(([key, bytes]) => ({ key, value: bytes.slice().buffer })),
  };
}
