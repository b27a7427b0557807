import type { Provenance } from '../../shared/abi/index.ts';
import type { JournalRecord } from '../contract/index.ts';
import type { JournalIndex } from './journal-index.ts';
import { milliseconds, type RunLookup } from './listing.ts';

/** Records of one file that are told, at most: the newest. */
export const WRITERS_MAX = 1000;

/** A change of a file's contents, with the node that had the name then. */
export interface Version {
  ino: number;
  record: JournalRecord;
}

/**
 * What made and changed the contents of a node, the newest first: by its number, so under whatever names. A file that a run made and
 * put in the place of another by a rename, as editors save, is one version of that other one.
 */
export async function versionsOf(index: JournalIndex, ino: number, limit: number): Promise<Version[]> {
  const versions: Version[] = [];
  await index.load(index.oldest - 1);
  for (let node: number | null = ino, until = Infinity; node !== null && versions.length < limit;) {
    const records: JournalRecord[] = await index.records(index.ofNode(node, index.oldest - 1, until).slice(-limit * 4));
    const saved: JournalRecord | undefined = records.find((record) => isSave(record, node!, records[0]!));
    const written = records.filter((record) => record.after?.ino === node && (record.op === 'write' || record.op === 'create'));
    const last = saved && written.findLast(({ seq }) => seq < saved.seq);
    const kept = saved ? [...(last ? [last] : []), ...written.filter(({ seq }) => seq > saved.seq)] : written;
    versions.push(...kept.reverse().map((record) => ({ ino: node!, record })));
    node = saved?.replaced?.ino ?? null;
    until = saved ? saved.seq - 1 : until;
  }
  return versions.slice(0, limit);
}

function isSave({ op, after, replaced, run }: JournalRecord, ino: number, first: JournalRecord): boolean {
  return op === 'rename' && after?.ino === ino && replaced?.kind === 'file' && first.op === 'create' && first.run === run;
}

/** Who wrote a file, the newest first. */
export async function writersOf(index: JournalIndex, ino: number, lookup: RunLookup): Promise<Provenance[]> {
  const found: Provenance[] = [];
  for (const { record } of await versionsOf(index, ino, WRITERS_MAX)) {
    const { seq, time, run, op, after } = record;
    found.push({ seq, time: milliseconds(time), run, name: run === 0 ? 'you' : ((await lookup(run))?.name ?? `run ${run}`), op, size: after?.size ?? 0 });
  }
  return found;
}

