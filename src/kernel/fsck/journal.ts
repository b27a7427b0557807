import type { ChunkRef, JournalRecord, NodeRecord, Store } from '../contract/index.ts';
import { chunksOf, HOLE, withChunks } from '../storage/index.ts';

const PAGE = 2048;

export interface JournalFault {
  detail: string;
  /** First record after the gap; one more than the last if nothing is. */
  resume: number;
}

/** Rule FS6. `each` sees every record that can be read. */
export async function checkJournal(store: Store, each: (record: JournalRecord) => void, step: (records: number) => Promise<void>): Promise<JournalFault[]> {
  const { oldest, seq: last } = store.head();
  const faults: JournalFault[] = [];
  let next = oldest;
  let damaged = 0;
  while (next <= last) {
    const records = await store.journal(next, PAGE, () => (damaged += 1));
    await step(records.length);
    if (records.length === 0) break;
    for (const record of records) {
      if (record.seq > last) break;
      if (record.seq > next) faults.push({ detail: gap(next, record.seq - 1), resume: record.seq });
      each(record);
      next = record.seq + 1;
    }
  }
  if (next <= last) faults.push({ detail: gap(next, last), resume: last + 1 });
  if (damaged > 0 && faults.length === 0) faults.push({ detail: 'records cannot be read', resume: last + 1 });
  return faults;
}

const gap = (from: number, to: number): string => (from === to ? `record ${from} is missing` : `records ${from} to ${to} are missing`);

/** Rule FS9: nodes by number as they are after the last record, for those whose making the journal still has. */
export class Memory {
  readonly #nodes = new Map<number, NodeRecord>();
  readonly #names = new Map<string, number>();

  see({ op, path, parent, parent2, to, before, after, replaced, blocks }: JournalRecord): void {
    const ino = (after ?? before)?.ino ?? 0;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (op === 'create' || op === 'mkdir' || op === 'symlink') {
      if (after) this.#nodes.set(ino, after.kind === 'file' ? { ...after, chunks: [] } : after);
    } else if (!after) this.#nodes.delete(ino);
    else this.#update(after, blocks ?? []);
    if (op === 'rename') {
      this.#names.delete(`${parent}/${name}`);
      this.#names.set(`${parent2 ?? parent}/${(to ?? '').slice((to ?? '').lastIndexOf('/') + 1)}`, ino);
      if (replaced && replaced.nlink <= 1) this.#nodes.delete(replaced.ino);
    } else if (op === 'unlink' || op === 'rmdir') this.#names.delete(`${parent}/${name}`);
    else if (op !== 'write' && op !== 'attr') this.#names.set(`${parent}/${name}`, ino);
  }

  #update(after: NodeRecord, blocks: NonNullable<JournalRecord['blocks']>): void {
    const old = this.#nodes.get(after.ino);
    if (!old) return;
    if (after.kind !== 'file') return void this.#nodes.set(after.ino, after);
    const chunks: ChunkRef[] = [...chunksOf(old)];
    for (const { index, after: ref } of blocks) {
      while (chunks.length < index) chunks.push(HOLE);
      chunks[index] = ref ?? HOLE;
    }
    this.#nodes.set(after.ino, withChunks({ ...after, ...(old.base === undefined ? {} : { base: old.base }) }, chunks));
  }

  node(ino: number): NodeRecord | undefined {
    return this.#nodes.get(ino);
  }

  named(parent: number, name: string): NodeRecord | undefined {
    return this.#nodes.get(this.#names.get(`${parent}/${name}`) ?? 0);
  }
}
