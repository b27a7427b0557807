import { emptyBatch, type EntryRecord, type LayerRows, type NodeRecord, type Store } from '../contract/index.ts';
import { isBaseIno, ROOT_INO } from '../storage/index.ts';
import type { Faults } from './faults.ts';
import { Memory } from './journal.ts';
import type { Findings } from './look.ts';
import type { LostAndFound } from './lost-found.ts';
import { rootsOf } from './shape.ts';

export interface RepairTools {
  store: Store;
  found: LostAndFound;
  /** Everything that was changed in the live tree is in the store. */
  sync(): Promise<void>;
  breathe(done: number): Promise<void>;
  /** `JournalWriter.between`: what is read and committed in it is of one moment. */
  between<T>(action: () => Promise<T>): Promise<T>;
}

/**
 * Repairs what `look` found, and tells each fault what was done. True if what is in memory does not agree with the store any more.
 * Without `tools` it only names the faults.
 */
export async function repair(findings: Findings, faults: Faults, tools: RepairTools | null): Promise<boolean> {
  let done = 0;
  const next = async (): Promise<void> => tools?.breathe((done += 1));
  let stale = tools ? await tools.between(() => repairRows(findings, faults, tools)) : await repairRows(findings, faults, null);
  await next();
  await repairBad(findings, faults, tools, next);
  stale = (await repairOrphans(findings, faults, tools, next)) || stale;
  stale = (await repairLinks(findings, faults, tools, next)) || stale;
  return (await repairTables(findings, faults, tools)) || stale;
}

const pathIn = ({ paths }: Findings, parent: number, name: string): string => {
  const folder = paths.get(parent)?.[0] ?? `[directory ${parent}]`;
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
};

/** Rule FS9. */
async function repairRows(findings: Findings, faults: Faults, tools: RepairTools | null): Promise<boolean> {
  const { damaged, shape, rows: { head } } = findings;
  const memory = tools && (damaged.some(({ table }) => table === 'entries' || table === 'nodes') || shape.dangling.length > 0) ? await remember(tools.store) : null;
  const changes = new Map<number, LayerRows>();
  const rowsOf = (layer: number): LayerRows => {
    const rows = changes.get(layer) ?? { layer, entries: [], removed: [], nodes: [], droppedNodes: [] };
    changes.set(layer, rows);
    return rows;
  };
  const told: (() => void)[] = [];
  let lost = false;
  const fix = (layer: number, parent: number, name: string, record: NodeRecord | undefined, mend: (words: string) => void): void => {
    const rows = rowsOf(layer);
    if (record) rows.entries.push(entryOf(parent, name, record));
    else if (isBelow(findings, layer, parent, name)) rows.entries.push({ parent, name, node: null });
    else rows.removed.push({ parent, name });
    if (record && record.nlink > 1 && !rows.nodes.some(({ ino }) => ino === record.ino)) rows.nodes.push(record);
    lost ||= !record;
    told.push(() => mend(record ? 'made anew from the journal' : 'the name was taken away: the journal does not know the node either'));
  };
  for (const row of damaged) {
    if (row.table === 'entries') fix(row.layer, row.parent, row.name, memory?.named(row.parent, row.name), faults.add('entry', pathIn(findings, row.parent, row.name), 'its record cannot be read'));
    if (row.table !== 'nodes') continue;
    const mend = faults.add('entry', `[node ${row.ino}]`, 'the record of a file with several names cannot be read');
    const record = memory?.node(row.ino);
    if (record) rowsOf(row.layer).nodes.push(record);
    else rowsOf(row.layer).droppedNodes.push(row.ino);
    told.push(() => mend(record ? 'made anew from the journal' : 'dropped: the journal does not know it either'));
  }
  for (const { layer, parent, name, ino } of shape.dangling) fix(layer === 0 ? head.upper : layer, parent, name, memory?.node(ino), faults.add('dangling', pathIn(findings, parent, name), `node ${ino} is not there`));
  if (!tools || changes.size === 0) return false;
  await tools.store.commit(emptyBatch({ rows: [...changes.values()] }));
  for (const tell of told) tell();
  return lost;
}

async function remember(store: Store): Promise<Memory> {
  const memory = new Memory();
  const { oldest, seq } = store.head();
  for (let next = oldest; next <= seq; ) {
    const records = await store.journal(next, 2048, () => undefined);
    if (records.length === 0) break;
    for (const record of records) memory.see(record);
    next = (records.at(-1)?.seq ?? seq) + 1;
  }
  return memory;
}

const entryOf = (parent: number, name: string, record: NodeRecord): EntryRecord =>
  ({ parent, name, node: record.nlink > 1 && record.kind !== 'directory' ? { ino: record.ino, linked: true } : record });

/** Whether a layer below, or the base, has the name: then it must be hidden. */
function isBelow({ rows: { layers }, tree: { basePaths }, paths }: Findings, layer: number, parent: number, name: string): boolean {
  const at = layers.findIndex((one) => one.layer === layer);
  const inLayers = layers.slice(0, at).some(({ live, entries }) => live && entries.some((entry) => entry.parent === parent && entry.name === name && entry.node !== null));
  const folder = paths.get(parent)?.[0];
  return inLayers || (isBaseIno(parent) && folder !== undefined && basePaths.has(folder === '/' ? `/${name}` : `${folder}/${name}`));
}

/** Rule FS8. */
async function repairBad(findings: Findings, faults: Faults, tools: RepairTools | null, next: () => Promise<void>): Promise<void> {
  const { bad, paths, shape } = findings;
  for (const { record, blocks } of bad) {
    const names = paths.get(record.ino) ?? [];
    const why = shape.baseless.has(record.ino) ? 'not shipped any more' : 'not what they were';
    const mend = faults.add('block', names[0] ?? `[node ${record.ino}]`, `${blocks.length} of ${Math.ceil(record.size / 65536)} blocks of 64 KiB are ${why}: ${spans(blocks)}`);
    if (!tools) continue;
    const place = await tools.found.file((names[0] ?? `file ${record.ino}`).slice(1), record, blocks);
    for (const path of names) await tools.found.unlink(path, record);
    mend(`what is left of it is ${place}, with zeros for what is lost`);
    await next();
  }
  if (tools && bad.length > 0) await tools.sync();
}

function spans(blocks: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < blocks.length && parts.length < 8; ) {
    let end = i;
    while (blocks[end + 1] === blocks[end]! + 1) end += 1;
    parts.push(end === i ? `${blocks[i]}` : `${blocks[i]}–${blocks[end]}`);
    i = end + 1;
  }
  return parts.join(', ');
}

/** Rule FS7: first they get a name, then the rows go that nothing reaches. */
async function repairOrphans(findings: Findings, faults: Faults, tools: RepairTools | null, next: () => Promise<void>): Promise<boolean> {
  const { shape: { lostDirectories, nameless, twice }, tree, rows, paths } = findings;
  const told: (() => void)[] = [];
  for (const ino of rootsOf(lostDirectories, tree)) {
    const mend = faults.add('orphan', `[directory ${ino}]`, 'nothing leads to it');
    const place = await tools?.found.directory(ino, tree);
    told.push(() => mend(`it is ${place}`));
    await next();
  }
  for (const record of nameless) {
    const mend = faults.add('orphan', `[node ${record.ino}]`, 'it has no name');
    const place = record.kind === 'file' ? await tools?.found.file(`file ${record.ino}`, record) : undefined;
    told.push(() => mend(place === undefined ? 'dropped' : `it is ${place}`));
    await next();
  }
  for (const { slot, record } of twice) {
    const mend = faults.add('twice', pathIn(findings, slot.parent, slot.name), `another node has its number, ${slot.ino}`);
    const place = record.kind === 'file' ? await tools?.found.file(slot.name, record) : undefined;
    told.push(() => mend(place === undefined ? 'the name was taken away' : `it is ${place}`));
    await next();
  }
  if (!tools || told.length === 0) return false;
  await tools.sync();
  const upper = rows.layers.at(-1)!;
  const stale = upper.entries.filter(({ parent }) => !paths.has(parent));
  const linkedStale = new Set(stale.flatMap(({ node }) => (node && 'linked' in node ? [node.ino] : [])));
  await tools.store.commit(emptyBatch({
    removed: [...stale, ...twice.map(({ slot }) => slot)].map(({ parent, name }) => ({ parent, name })),
    droppedNodes: upper.nodes.filter(({ ino }) => ino !== ROOT_INO && (nameless.some((record) => record.ino === ino) || (linkedStale.has(ino) && !paths.has(ino)))).map(({ ino }) => ino),
  }));
  for (const tell of told) tell();
  return twice.length > 0;
}

async function repairLinks(findings: Findings, faults: Faults, tools: RepairTools | null, next: () => Promise<void>): Promise<boolean> {
  const { shape: { links }, paths } = findings;
  const told = links.map(({ record, names }) => {
    const mend = faults.add('links', paths.get(record.ino)?.[0] ?? `[node ${record.ino}]`, `it has ${names} names, its record says ${record.nlink}`);
    return () => mend(`its record says ${names} now`);
  });
  if (!tools || links.length === 0) return false;
  // What was bad has another number now, or no name.
  const kept = links.filter(({ record }) => !findings.bad.some((one) => one.record.ino === record.ino));
  await tools.between(async () => {
    const nodes: NodeRecord[] = [];
    for (const { record, names } of kept) {
      // What was written since stays; where names came or went since, the next check counts them.
      const now = await tools.store.node(record.ino);
      if (!now || now.nlink === record.nlink) nodes.push({ ...(now ?? record), nlink: names });
    }
    await tools.store.commit(emptyBatch({ nodes }));
  });
  for (const tell of told) tell();
  await next();
  return true;
}

/** Rule FS10, and the index of packs. */
async function repairTables(findings: Findings, faults: Faults, tools: RepairTools | null): Promise<boolean> {
  const { journal, past, index } = findings;
  const told = journal.map(({ detail, resume }) => {
    const mend = faults.add('journal', '[journal]', detail);
    return () => mend(`the history begins with record ${resume} now`);
  });
  const indexed = index.map(({ pack, chunks }) => {
    const mend = faults.add('index', `[pack ${pack}]`, 'its index says what is not in it');
    return () => mend(`the index has the ${chunks.length} chunks that are right`);
  });
  for (const place of past) faults.add('past', `[${place}]`, 'bytes that only the history needs are not what they were');
  if (!tools || told.length + indexed.length === 0) return false;
  const resume = Math.max(0, ...journal.map((fault) => fault.resume));
  await tools.store.commit(emptyBatch({ packRows: index, ...(resume > 0 ? { trimJournal: resume } : {}) }));
  for (const tell of [...told, ...indexed]) tell();
  return told.length > 0;
}

