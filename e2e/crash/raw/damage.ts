import { decodeEntry, decodeSegment } from './decode.ts';
import type { RawDatabase } from './rows.ts';

/** Copies of a database, each with one thing wrong. What the database has nothing of is left out. */
export function* damages(database: RawDatabase): Generator<[string, RawDatabase]> {
  const { entries, nodes, journal, packs, head } = database;
  const last = [...journal.keys()].toSorted((a, b) => a - b).at(-1);
  const used = entries.findIndex(({ value }) => {
    const entry = decodeEntry(value);
    return entry.form === 'node' && (entry.node.chunks?.some((ref) => ref) ?? false);
  });
  if (used < 0 || last === undefined) return;
  const entry = decodeEntry(entries[used]!.value);
  const chunk = entry.form === 'node' ? entry.node.chunks?.find((ref) => ref && ref.pack > 0) : undefined;
  yield ['an entry is missing', { ...database, entries: entries.toSpliced(used, 1) }];
  yield ['an entry is in a directory that is not there', { ...database, entries: entries.with(used, { ...entries[used]!, key: [head.upper, 999_999, entries[used]!.key[2]] }) }];
  yield ['an entry stands twice', { ...database, entries: [...entries, { key: [head.upper, 1, 'twice'], value: entries[used]!.value }] }];
  const linked = nodes.findIndex(({ key }) => key[1] !== 1);
  if (linked >= 0) yield ['a linked node is missing', { ...database, nodes: nodes.toSpliced(linked, 1) }];
  const middle = [...journal.keys()].toSorted((a, b) => a - b).at(-2);
  if (middle !== undefined) yield ['a segment of the journal is missing', { ...database, journal: without(journal, middle) }];
  yield ['the journal lacks its end', { ...database, journal: without(journal, last) }];
  yield ['the journal lacks its end and the head agrees', { ...database, journal: without(journal, last), head: { ...head, seq: (decodeSegment(journal.get(last)!)[0]?.seq ?? 1) - 1 } }];
  yield ['a number is given out again', { ...database, head: { ...head, nextIno: 2 } }];
  if (!chunk) return;
  const bytes = Uint8Array.from(packs.get(chunk.pack) ?? []);
  bytes[chunk.offset] = bytes[chunk.offset]! ^ 1;
  yield ['a bit of a chunk is another one', { ...database, packs: new Map(packs).set(chunk.pack, bytes) }];
  yield ['a pack is missing', { ...database, packs: without(packs, chunk.pack) }];
}

function without(map: Map<number, Uint8Array>, key: number): Map<number, Uint8Array> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
