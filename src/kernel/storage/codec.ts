import type {
  BlockChange, ChunkRef, EntryRecord, JournalOp, JournalRecord, NodeRecord, PackedChunk, RecordCodec,
} from '../contract/index.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { BASE_PACK, HOLE, newChunks } from './chunks.ts';
import { FromFormat1 } from './from-format-1.ts';

const kinds = ['file', 'directory', 'symlink'] as const;
const ops: readonly JournalOp[] =
  ['create', 'mkdir', 'symlink', 'link', 'unlink', 'rmdir', 'rename', 'write', 'attr'];

/** Of a file: 1 TiB. What says that it has more is not ours, and would take all memory. */
const BLOCKS_MAX = 2 ** 24;

const ENTRY = { WHITEOUT: 0, NODE: 1, LINKED: 2 } as const;
const CHUNK = { ABSENT: 0, HOLES: 1, BASE: 2, STORED: 3, CUT: 4 } as const;
const NODE_FLAG = { TARGET: 1, CHUNKS: 2, BASE: 4 } as const;
const RECORD_FLAG = { TO: 1, BEFORE: 2, AFTER: 4, REPLACED: 8, REPLACED_NULL: 16, BLOCKS: 32, PARENT2: 64, NEW_BLOCKS: 128 } as const;

function writeChunk(out: ByteWriter, ref: ChunkRef | null): void {
  if (ref === null) return out.byte(CHUNK.ABSENT);
  if (ref.length === 0) {
    out.byte(CHUNK.HOLES);
    return out.uint(1);
  }
  const cut = ref.valid === undefined ? 0 : CHUNK.CUT;
  out.byte((ref.pack === BASE_PACK ? CHUNK.BASE : CHUNK.STORED) | cut);
  if (ref.pack !== BASE_PACK) {
    out.hex(ref.hash);
    out.uint(ref.pack);
  }
  out.uint(ref.offset);
  out.uint(ref.length);
  if (ref.valid !== undefined) out.uint(ref.valid);
}

/** `tag` is the byte that was read already; it is neither ABSENT nor HOLES. */
function readChunk(from: ByteReader, tag: number): ChunkRef {
  const base = (tag & 3) === CHUNK.BASE;
  const hash = base ? '' : from.hex(32);
  const pack = base ? BASE_PACK : from.uint();
  const ref: ChunkRef = { hash, pack, offset: from.uint(), length: from.uint() };
  if (tag & CHUNK.CUT) ref.valid = from.uint();
  return ref;
}

/** Chunks from which on a list's encoding is kept as long as the list: a rename of a large file writes its list again, unchanged. */
const LONG_LIST = 256;
const encodedLists = new WeakMap<readonly ChunkRef[], Uint8Array>();

function writeChunks(out: ByteWriter, chunks: readonly ChunkRef[]): void {
  if (chunks.length < LONG_LIST) return encodeChunks(out, chunks);
  let encoded = encodedLists.get(chunks);
  if (!encoded) {
    const list = new ByteWriter(chunks.length * 48);
    encodeChunks(list, chunks);
    // A list that may still change is not kept.
    if (Object.isFrozen(chunks)) encodedLists.set(chunks, (encoded = list.finish()));
    else encoded = list.finish();
  }
  out.bytes(encoded);
}

function encodeChunks(out: ByteWriter, chunks: readonly ChunkRef[]): void {
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

function readChunks(from: ByteReader): ChunkRef[] {
  const count = from.uint();
  const chunks: ChunkRef[] = [];
  while (chunks.length < count) {
    const tag = from.byte();
    const holes = tag === CHUNK.HOLES ? from.uint() : 0;
    if (count > BLOCKS_MAX || holes > count - chunks.length) throw new RangeError('a node record of more blocks than a file can have');
    if (tag !== CHUNK.HOLES) chunks.push(readChunk(from, tag));
    for (let left = holes; left > 0; left--) chunks.push(HOLE);
  }
  return chunks;
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

function readNode(from: ByteReader): NodeRecord {
  const kind = kinds[from.byte()];
  if (kind === undefined) throw new RangeError('a node record of a kind that format 2 does not have');
  const flags = from.byte();
  const node: NodeRecord = {
    kind, ino: from.uint(), size: from.uint(), nlink: from.uint(),
    atime: from.int64(), mtime: from.int64(), ctime: from.int64(),
  };
  if (flags & NODE_FLAG.TARGET) node.target = from.string();
  if (flags & NODE_FLAG.CHUNKS) node.chunks = Object.freeze(readChunks(from));
  if (flags & NODE_FLAG.BASE) node.base = from.string();
  return node;
}

function writeBlocks(out: ByteWriter, blocks: readonly BlockChange[]): void {
  out.uint(blocks.length);
  for (const { index, before, after } of blocks) {
    out.uint(index);
    writeChunk(out, before);
    writeChunk(out, after);
  }
}

function readNewBlocks(from: ByteReader): BlockChange[] {
  return readChunks(from).flatMap((after, index) => (after.length === 0 ? [] : [{ index, before: null, after }]));
}

function readBlocks(from: ByteReader): BlockChange[] {
  const side = (): ChunkRef | null => {
    const tag = from.byte();
    if (tag === CHUNK.ABSENT) return null;
    if (tag !== CHUNK.HOLES) return readChunk(from, tag);
    from.uint();
    return HOLE;
  };
  return Array.from({ length: from.uint() }, () => ({ index: from.uint(), before: side(), after: side() }));
}

function recordFlags(record: JournalRecord): number {
  return (record.to === undefined ? 0 : RECORD_FLAG.TO)
    | (record.before ? RECORD_FLAG.BEFORE : 0)
    | (record.after ? RECORD_FLAG.AFTER : 0)
    | (record.replaced ? RECORD_FLAG.REPLACED : 0)
    | (record.replaced === null ? RECORD_FLAG.REPLACED_NULL : 0)
    | (!record.blocks ? 0 : newChunks(record.blocks) ? RECORD_FLAG.NEW_BLOCKS : RECORD_FLAG.BLOCKS)
    | (record.parent2 === undefined ? 0 : RECORD_FLAG.PARENT2);
}

function writePack(chunks: readonly PackedChunk[]): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(40 * chunks.length + 4);
  for (const { hash, offset, length } of chunks) {
    out.hex(hash);
    out.uint(offset);
    out.uint(length);
  }
  return out.finish();
}

function readPack(bytes: Uint8Array): PackedChunk[] {
  const from = new ByteReader(bytes);
  const chunks: PackedChunk[] = [];
  while (!from.done) chunks.push({ hash: from.hex(32), offset: from.uint(), length: from.uint() });
  return chunks;
}

function writeRecord(out: ByteWriter, record: JournalRecord): void {
  out.byte(ops.indexOf(record.op));
  out.byte(recordFlags(record));
  out.uint(record.seq);
  out.int64(record.time);
  out.uint(record.pid);
  out.uint(record.run);
  out.uint(record.parent);
  out.string(record.path);
  if (record.to !== undefined) out.string(record.to);
  if (record.parent2 !== undefined) out.uint(record.parent2);
  if (record.before) writeNode(out, record.before);
  if (record.after) writeNode(out, record.after);
  if (record.replaced) writeNode(out, record.replaced);
  const chunks = record.blocks && newChunks(record.blocks);
  if (chunks) writeChunks(out, chunks);
  else if (record.blocks) writeBlocks(out, record.blocks);
}

/** A record as format 1 had it lacks the numbers of the run and of the directories. */
function readRecord(from: ByteReader, format = 2): JournalRecord {
  const op = ops[from.byte()];
  if (op === undefined) throw new RangeError('a journal record of an operation that format 2 does not have');
  const flags = from.byte();
  const head = {
    op, seq: from.uint(), time: from.int64(), pid: from.uint(),
    run: format === 1 ? 0 : from.uint(), parent: format === 1 ? 0 : from.uint(), path: from.string(),
  };
  const to = flags & RECORD_FLAG.TO ? { to: from.string() } : {};
  const parent2 = flags & RECORD_FLAG.PARENT2 ? { parent2: from.uint() } : {};
  const record: JournalRecord = {
    ...head, ...to, ...parent2,
    before: flags & RECORD_FLAG.BEFORE ? readNode(from) : null,
    after: flags & RECORD_FLAG.AFTER ? readNode(from) : null,
  };
  if (flags & RECORD_FLAG.REPLACED) record.replaced = readNode(from);
  else if (flags & RECORD_FLAG.REPLACED_NULL) record.replaced = null;
  if (flags & RECORD_FLAG.BLOCKS) record.blocks = readBlocks(from);
  else if (flags & RECORD_FLAG.NEW_BLOCKS) record.blocks = readNewBlocks(from);
  return record;
}

function encodeEntry(entry: EntryRecord): Uint8Array<ArrayBuffer> {
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

function decodeEntry(parent: number, bytes: Uint8Array): EntryRecord {
  const from = new ByteReader(bytes);
  const name = from.string();
  const form = from.byte();
  if (form > ENTRY.LINKED) throw new RangeError('an entry of a form that format 2 does not have');
  if (form === ENTRY.WHITEOUT) return ended(from, { parent, name, node: null });
  if (form === ENTRY.LINKED) return ended(from, { parent, name, node: { ino: from.uint(), linked: true } });
  return ended(from, { parent, name, node: readNode(from) });
}

function ended<T>(from: ByteReader, value: T): T {
  if (!from.done) throw new RangeError('a value that is longer than what it says');
  return value;
}

function decodeNode(bytes: Uint8Array): NodeRecord {
  const from = new ByteReader(bytes);
  return ended(from, readNode(from));
}

function encodeNode(node: NodeRecord): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(64);
  writeNode(out, node);
  return out.finish();
}

function encodeSegment(records: readonly JournalRecord[]): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter(128 * records.length);
  for (const record of records) writeRecord(out, record);
  return out.finish();
}

function decodeSegment(bytes: Uint8Array, format = 2): JournalRecord[] {
  const from = new ByteReader(bytes);
  const records: JournalRecord[] = [];
  while (!from.done) records.push(readRecord(from, format));
  return records;
}

/** Of format 1 only the records of the journal differ. */
const values = { decodeEntry, decodeNode, encodeSegment, decodeSegment };

/** Format 2 of the stored records; see FORMAT.md. Decoding throws RangeError on bytes that are not of it. */
export const recordCodec: RecordCodec = {
  encodeEntry, decodeEntry, encodeNode, decodeNode: values.decodeNode, encodeSegment, decodeSegment: (bytes) => decodeSegment(bytes),
  encodePack: writePack, decodePack: readPack, fromFormat1: () => new FromFormat1(values),
};
