import type { FsckReport } from '../../shared/abi/index.ts';
import type { BaseLayer, ChunkRef, DamagedRow, NodeRecord, PackRow, Store } from '../contract/index.ts';
import { BASE_PACK, type Hasher } from '../storage/index.ts';
import { ChunkSet } from './chunks.ts';
import { checkJournal, type JournalFault } from './journal.ts';
import { layRows, readRows, walkTree, type LiveTree, type StoreRows } from './rows.ts';
import { checkShape, type ShapeFaults } from './shape.ts';

/** Bytes hashed, and rows read, between two breaths. */
const BREATH_BYTES = 1 << 20;
const BREATH_ROWS = 4000;

export interface LookOptions {
  store: Store;
  base: BaseLayer;
  hasher: Hasher;
  /** Lets others run. Throws to end the check. */
  breathe(phase: 'names' | 'journal' | 'chunks', done: number, total: number): Promise<void>;
  /** Packs below it were seen whole by an earlier check. */
  fromPack: number;
  /** Filled as it goes, so that a check that is ended can tell. */
  checked: FsckReport['checked'];
}

/** What a check found, in terms that can be repaired. */
export interface Findings {
  rows: StoreRows;
  tree: LiveTree;
  /** Of what can be reached. */
  paths: Map<number, string[]>;
  shape: ShapeFaults;
  damaged: DamagedRow[];
  journal: JournalFault[];
  /** Files of the present with bad blocks. */
  bad: { record: NodeRecord; blocks: number[] }[];
  /** Bad chunks that only the past, a session or a branch has: where. */
  past: string[];
  /** Packs whose row of the index is wrong, with what is right in it. */
  index: PackRow[];
}

/** Looks at everything and changes nothing. Rules FS2 to FS6. */
export async function look({ store, base, hasher, breathe, fromPack, checked }: LookOptions): Promise<Findings> {
  const counter = (phase: 'names' | 'journal' | 'chunks', every: number, total: number) => {
    let done = 0;
    let since = 0;
    return async (count: number): Promise<void> => {
      done += count;
      since += count;
      if (since < every) return;
      since = 0;
      await breathe(phase, done, total);
    };
  };
  const rows = await readRows(store, counter('names', BREATH_ROWS, 0));
  const tree = layRows(base, rows);
  const paths = walkTree(tree);
  const shape = checkShape(tree, rows, paths);
  checked.names = rows.layers.reduce((sum, { entries }) => sum + entries.length, 0);
  const damaged = [...rows.damaged];

  const chunks = new ChunkSet();
  for (const { entries, nodes } of rows.layers) {
    for (const { node } of entries) if (node && !('linked' in node)) chunks.addAll(node);
    for (const node of nodes) chunks.addAll(node);
  }
  const history: { seq: number; refs: ChunkRefs }[] = [];
  const journal = await checkJournal(store, (record) => {
    checked.records += 1;
    const refs = [...(record.before?.chunks ?? []), ...(record.replaced?.chunks ?? []), ...(record.blocks ?? []).flatMap(({ before, after }) => [before, after])];
    for (const ref of refs) chunks.add(ref);
    if (refs.length > 0) history.push({ seq: record.seq, refs });
  }, counter('journal', BREATH_ROWS, rows.head.seq - rows.head.oldest + 1));
  const index = await readIndex(store, chunks, damaged);

  const count = counter('chunks', BREATH_BYTES, 0);
  await chunks.verify(store, hasher, fromPack, async (bytes) => {
    checked.chunks += 1;
    checked.bytes += bytes;
    await count(bytes);
  });
  const bad = [...paths.keys()].flatMap((ino) => {
    const record = tree.records.get(ino);
    const blocks = record?.kind === 'file' ? badBlocks(record, chunks, shape.baseless.has(ino)) : [];
    return record && blocks.length > 0 ? [{ record, blocks }] : [];
  });
  const past = history.flatMap(({ seq, refs }) => (refs.some((ref) => chunks.isBad(ref)) ? [`record ${seq}`] : []));
  for (const { layer, live, entries } of rows.layers.filter((one) => !one.live)) {
    for (const { name, node } of entries) if (!live && node && !('linked' in node) && chunks.badBlocks(node).length > 0) past.push(`${name} in layer ${layer}`);
  }
  const unread = damaged.flatMap((row) => (row.table === 'packIndex' ? [{ pack: row.pack, chunks: [] }] : []));
  return { rows, tree, paths, shape, damaged, journal, bad, past, index: [...unread, ...wrongRows(index, chunks)] };
}

type ChunkRefs = (ChunkRef | null)[];

/** Of a file: blocks with a bad chunk, and those of a base file that is not shipped any more. */
function badBlocks(record: NodeRecord, chunks: ChunkSet, baseless: boolean): number[] {
  if (baseless && !record.chunks) return Array.from({ length: Math.max(1, Math.ceil(record.size / 65536)) }, (_, i) => i);
  const ofBase = baseless ? (record.chunks ?? []).flatMap(({ pack }, i) => (pack === BASE_PACK ? [i] : [])) : [];
  return [...chunks.badBlocks(record), ...ofBase];
}

async function readIndex(store: Store, chunks: ChunkSet, damaged: DamagedRow[]): Promise<PackRow[]> {
  const rows: PackRow[] = [];
  for (let from = 1; ; ) {
    let last = 0;
    const page = await store.packIndex(from, 500, (row) => {
      damaged.push(row);
      if (row.table !== 'packIndex') return;
      last = Math.max(last, row.pack);
    });
    if (page.length === 0 && last === 0) return rows;
    rows.push(...page);
    for (const { pack, chunks: list } of page) for (const { hash, offset, length } of list) chunks.add({ hash, pack, offset, length });
    from = Math.max(last, page.at(-1)?.pack ?? 0) + 1;
  }
}

/** What is in the index and not in the pack; new chunks must not be taken for it. */
function wrongRows(index: readonly PackRow[], chunks: ChunkSet): PackRow[] {
  return index.flatMap(({ pack, chunks: list }) => {
    const right = list.filter(({ hash, offset, length }) => !chunks.isWrong({ hash, pack, offset, length }));
    return right.length < list.length ? [{ pack, chunks: right }] : [];
  });
}
