import { createBLAKE3 } from 'hash-wasm';
import { decodeEntry, decodeIndex, decodeNode, decodeSegment, type RawNode, type RawRecord, type Reference } from './decode.ts';
import { foldRecords, same } from './fold.ts';
import type { RawDatabase } from './rows.ts';
import { baseTree, blocksOf, ROOT, stackedTree, type ManifestEntry, type RawTree } from './tree.ts';

export interface Checked {
  records: number;
  names: number;
  chunks: number;
  wrong: string[];
}

/** Checks of one workspace's database, over its kills: what was found right once is not hashed again. */
export class RawChecker {
  readonly #base: RawTree;
  readonly #verified = new Set<string>();

  constructor(manifest: readonly ManifestEntry[]) {
    this.#base = baseTree(manifest);
  }

  async check(database: RawDatabase): Promise<Checked> {
    const wrong: string[] = [];
    const records = journalOf(database, wrong);
    const rows = stackedTree(this.#base, database, wrong);
    checkRows(rows, this.#base, database, wrong);
    const chunks = await this.#checkChunks(database, records, wrong);
    if (database.head.oldest <= 1) {
      const folded: RawTree = { names: new Map([...this.#base.names].map(([ino, names]) => [ino, new Map(names)])), nodes: new Map(this.#base.nodes) };
      foldRecords(folded, records, wrong);
      compare(folded, rows, wrong);
    }
    return { records: records.length, names: [...rows.names.values()].reduce((sum, names) => sum + names.size, 0), chunks, wrong };
  }

  /** Every reference of the rows and of the journal lies in a pack, and has its hash. */
  async #checkChunks(database: RawDatabase, records: readonly RawRecord[], wrong: string[]): Promise<number> {
    const hasher = await createBLAKE3();
    let count = 0;
    const look = (ref: Reference | null, where: string): void => {
      if (!ref || ref.pack === -1) return;
      count += 1;
      const key = `${ref.hash} ${ref.pack} ${ref.offset} ${ref.length}`;
      const pack = database.packs.get(ref.pack);
      if (!pack || pack.length < ref.offset + ref.length) wrong.push(`${where}: a chunk is not in pack ${ref.pack}`);
      else if (ref.valid > ref.length) wrong.push(`${where}: more bytes of a chunk count than it has`);
      else if (!this.#verified.has(key)) {
        const digest = hasher.init().update(pack.subarray(ref.offset, ref.offset + ref.length)).digest('hex');
        if (digest === ref.hash) this.#verified.add(key);
        else wrong.push(`${where}: a chunk in pack ${ref.pack} does not have its hash`);
      }
    };
    const lookAt = (node: RawNode | undefined, where: string): void => node?.chunks?.forEach((ref) => look(ref, where));
    for (const { key, value } of database.entries) {
      const entry = decodeEntry(value);
      if (entry.form === 'node') lookAt(entry.node, `entry ${key.join('/')}`);
    }
    for (const { key, value } of database.nodes) lookAt(decodeNode(value), `node ${key.join('/')}`);
    for (const { seq, before, replaced, blocks } of records) {
      for (const node of [before, replaced]) lookAt(node, `record ${seq}`);
      for (const { before: old, after } of blocks) for (const ref of [old, after]) look(ref, `record ${seq}`);
    }
    for (const [pack, value] of database.packIndex) {
      for (const { hash, offset, length } of decodeIndex(value)) look({ hash, pack, offset, length, valid: length }, `index of pack ${pack}`);
    }
    return count;
  }
}

function journalOf({ journal, head }: RawDatabase, wrong: string[]): RawRecord[] {
  const records: RawRecord[] = [];
  let next: number | undefined;
  for (const [first, value] of [...journal].toSorted(([a], [b]) => a - b)) {
    const segment = decodeSegment(value);
    if (segment[0]?.seq !== first) wrong.push(`a segment of the journal under ${first} begins with ${segment[0]?.seq}`);
    for (const record of segment) {
      if (record.seq !== (next ?? record.seq)) wrong.push(`the journal has ${record.seq} where ${next} should be`);
      next = record.seq + 1;
      records.push(record);
    }
  }
  if ((records.at(-1)?.seq ?? 0) !== head.seq) wrong.push(`the journal ends with ${records.at(-1)?.seq}, the head says ${head.seq}`);
  if (records.length > 0 && records[0]!.seq > Math.max(1, head.oldest)) wrong.push(`the journal begins with ${records[0]!.seq}, the head says ${head.oldest}`);
  return records;
}

/** No orphans, no node in two places, no wrong count of names, no number that will be given out again. */
function checkRows(tree: RawTree, base: RawTree, { head, entries, nodes, packs }: RawDatabase, wrong: string[]): void {
  const reachable = new Set<number>();
  const names = new Map<number, number>();
  const walk = (ino: number): void => {
    if (reachable.has(ino)) return;
    reachable.add(ino);
    for (const child of tree.names.get(ino)?.values() ?? []) {
      names.set(child, (names.get(child) ?? 0) + 1);
      if (!tree.nodes.has(child)) wrong.push(`a name in ${ino} stands for ${child}, which is nowhere`);
      else if (tree.nodes.get(child)!.kind === 'directory') walk(child);
    }
  };
  walk(ROOT);
  for (const [ino, count] of names) {
    const node = tree.nodes.get(ino);
    if (node?.kind === 'directory' ? count !== 1 : node && node.nlink !== count) wrong.push(`node ${ino} has ${count} names and says ${node?.nlink}`);
    if (ino < 2 ** 40 && ino >= head.nextIno) wrong.push(`node ${ino} has a number that is still to be given out`);
  }
  for (const { key: [layer, parent, name] } of entries) if (layer === head.upper && !reachable.has(parent)) wrong.push(`entry ${parent}/${name} is in no directory that can be reached`);
  for (const { key: [layer, ino] } of nodes) if (layer === head.upper && ino !== ROOT && !names.has(ino)) wrong.push(`node ${ino} has no name`);
  for (const ino of tree.names.keys()) if (!reachable.has(ino) && !base.names.has(ino)) wrong.push(`directory ${ino} cannot be reached`);
  for (const pack of packs.keys()) if (pack >= head.nextPack) wrong.push(`pack ${pack} has a number that is still to be given out`);
}

/** The journal folded from nothing must give the rows: names, nodes, and every block of every file. */
function compare(folded: RawTree, rows: RawTree, wrong: string[]): void {
  const seen = new Set<number>();
  const walk = (ino: number, path: string): void => {
    if (seen.has(ino)) return;
    seen.add(ino);
    const theirs = folded.names.get(ino) ?? new Map<string, number>();
    const ours = rows.names.get(ino) ?? new Map<string, number>();
    for (const name of new Set([...theirs.keys(), ...ours.keys()])) {
      const child = ours.get(name);
      if (child !== theirs.get(name)) wrong.push(`${path}/${name} stands for ${child}, the journal says ${theirs.get(name)}`);
      else if (child !== undefined) {
        const difference = differ(folded.nodes.get(child), rows.nodes.get(child));
        if (difference !== null) wrong.push(`${path}/${name}: ${difference}`);
        if (rows.nodes.get(child)?.kind === 'directory') walk(child, `${path}/${name}`);
      }
    }
  };
  walk(ROOT, '');
}

function differ(folded: RawNode | undefined, row: RawNode | undefined): string | null {
  if (!folded || !row) return 'the journal knows no such node';
  const fields = row.kind === 'directory' ? (['kind'] as const) : (['kind', 'size', 'nlink', 'target', 'mtime'] as const);
  for (const field of fields) if (folded[field] !== row[field]) return `${field} is ${String(row[field])}, the journal says ${String(folded[field])}`;
  const theirs = blocksOf(folded);
  const ours = blocksOf(row);
  const at = ours.length === theirs.length ? ours.findIndex((ref, i) => !same(ref, theirs[i] ?? null)) : Math.min(ours.length, theirs.length);
  if (at >= 0) return `block ${at} is another one than the journal says`;
  return ours.some((ref) => ref?.pack === -1) && folded.base !== row.base ? `has the base file ${row.base}, the journal says ${folded.base}` : null;
}
