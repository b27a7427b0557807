/** Reads the values of a workspace's database as FORMAT.md says, and shares nothing with the code that writes them. */

export interface Reference {
  /** Hex; empty for a block of the base file. */
  hash: string;
  pack: number;
  offset: number;
  length: number;
  valid: number;
}

export interface RawNode {
  kind: 'file' | 'directory' | 'symlink';
  ino: number;
  size: number;
  nlink: number;
  mtime: bigint;
  ctime: bigint;
  target?: string;
  /** Null stands for a hole. */
  chunks?: (Reference | null)[];
  base?: string;
}

export interface RawRecord {
  op: (typeof OPERATIONS)[number];
  seq: number;
  run: number;
  /** Inode numbers of the directories; 0 for none. */
  parent: number;
  parent2: number;
  path: string;
  to?: string;
  before?: RawNode;
  after?: RawNode;
  replaced?: RawNode;
  blocks: { index: number; before: Reference | null; after: Reference | null }[];
}

export type RawEntry = { name: string } & ({ form: 'whiteout' } | { form: 'node'; node: RawNode } | { form: 'linked'; ino: number });

const KINDS = ['file', 'directory', 'symlink'] as const;
const OPERATIONS = ['create', 'mkdir', 'symlink', 'link', 'unlink', 'rmdir', 'rename', 'write', 'attr'] as const;

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get ended(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    if (this.ended) throw new Error('a value ends too early');
    return this.#bytes[this.#at++]!;
  }

  uint(): number {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(this.byte());
      value |= (byte & 127n) << shift;
      if (byte < 128n) return Number(value);
    }
  }

  int64(): bigint {
    this.#at += 8;
    return this.#bytes.readBigInt64LE(this.#at - 8);
  }

  string(): string {
    const head = this.uint();
    const bytes = head % 2 === 1 ? head - 1 : head / 2;
    this.#at += bytes;
    const part = this.#bytes.subarray(this.#at - bytes, this.#at);
    if (part.length !== bytes) throw new Error('a string ends too early');
    return part.toString(head % 2 === 1 ? 'utf16le' : 'latin1');
  }

  hash(): string {
    this.#at += 32;
    return this.#bytes.subarray(this.#at - 32, this.#at).toString('hex');
  }

  reference(tag: number): Reference {
    const stored = tag === 3 || tag === 7;
    if (!stored && tag !== 2 && tag !== 6) throw new Error(`a chunk of form ${tag}`);
    const hash = stored ? this.hash() : '';
    const pack = stored ? this.uint() : -1;
    const offset = this.uint();
    const length = this.uint();
    return { hash, pack, offset, length, valid: tag > 3 ? this.uint() : length };
  }

  chunks(): (Reference | null)[] {
    const chunks: (Reference | null)[] = [];
    for (const count = this.uint(); chunks.length < count;) {
      const tag = this.byte();
      if (tag === 1) for (let holes = this.uint(); holes > 0; holes -= 1) chunks.push(null);
      else chunks.push(this.reference(tag));
    }
    return chunks;
  }

  node(): RawNode {
    const kind = KINDS[this.byte()];
    const flags = this.byte();
    if (kind === undefined || flags > 7) throw new Error('a node of no known kind');
    const node: RawNode = { kind, ino: this.uint(), size: this.uint(), nlink: this.uint(), mtime: 0n, ctime: 0n };
    this.int64();
    node.mtime = this.int64();
    node.ctime = this.int64();
    if (flags & 1) node.target = this.string();
    if (flags & 2) node.chunks = this.chunks();
    if (flags & 4) node.base = this.string();
    return node;
  }

  side(): Reference | null {
    const tag = this.byte();
    if (tag === 0) return null;
    if (tag !== 1) return this.reference(tag);
    this.uint();
    return null;
  }

  record(): RawRecord {
    const op = OPERATIONS[this.byte()];
    const flags = this.byte();
    if (op === undefined) throw new Error('a record of no known operation');
    const seq = this.uint();
    this.int64();
    this.uint();
    const record: RawRecord = { op, seq, run: this.uint(), parent: this.uint(), parent2: 0, path: this.string(), blocks: [] };
    if (flags & 1) record.to = this.string();
    if (flags & 64) record.parent2 = this.uint();
    if (flags & 2) record.before = this.node();
    if (flags & 4) record.after = this.node();
    if (flags & 8) record.replaced = this.node();
    if (flags & 32) {
      for (let count = this.uint(); count > 0; count -= 1) record.blocks.push({ index: this.uint(), before: this.side(), after: this.side() });
    }
    if (flags & 128) {
      for (const [index, after] of this.chunks().entries()) if (after) record.blocks.push({ index, before: null, after });
    }
    return record;
  }
}

/** The whole of a value must be read: what is left over is a fault. */
function whole<T>(bytes: Uint8Array, read: (reader: Reader) => T): T {
  const reader = new Reader(bytes);
  const value = read(reader);
  if (!reader.ended) throw new Error('a value is longer than what it says');
  return value;
}

export const decodeNode = (bytes: Uint8Array): RawNode => whole(bytes, (reader) => reader.node());

export const decodeEntry = (bytes: Uint8Array): RawEntry => whole(bytes, (reader) => {
  const name = reader.string();
  const form = reader.byte();
  if (form === 0) return { name, form: 'whiteout' as const };
  if (form === 1) return { name, form: 'node' as const, node: reader.node() };
  if (form === 2) return { name, form: 'linked' as const, ino: reader.uint() };
  throw new Error(`an entry of form ${form}`);
});

export const decodeSegment = (bytes: Uint8Array): RawRecord[] => whole(bytes, (reader) => {
  const records: RawRecord[] = [];
  while (!reader.ended) records.push(reader.record());
  return records;
});

/** One pack's row of the index. */
export const decodeIndex = (bytes: Uint8Array): { hash: string; offset: number; length: number }[] => whole(bytes, (reader) => {
  const chunks: { hash: string; offset: number; length: number }[] = [];
  while (!reader.ended) chunks.push({ hash: reader.hash(), offset: reader.uint(), length: reader.uint() });
  return chunks;
});
