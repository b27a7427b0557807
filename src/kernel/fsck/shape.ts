import type { NodeRecord } from '../contract/index.ts';
import { parseReference } from '../folder/index.ts';
import { BASE_PACK, ROOT_INO } from '../storage/index.ts';
import type { LiveTree, Slot, StoreRows } from './rows.ts';

/** What is wrong with names and nodes; numbers, so that it can be repaired. */
export interface ShapeFaults {
  /** Directories that cannot be reached and have names in the upper. */
  lostDirectories: number[];
  /** Linked nodes without a name. */
  nameless: NodeRecord[];
  /** Names of nodes that are nowhere. */
  dangling: Slot[];
  /** Linked nodes, with the count of names that they have. */
  links: { record: NodeRecord; names: number }[];
  twice: { slot: Slot; record: NodeRecord }[];
  /** Files whose base file is not shipped any more, or not in this size. */
  baseless: Set<number>;
}

/** Rule FS5. `paths`: of what can be reached, from `walkTree`. */
export function checkShape(tree: LiveTree, rows: StoreRows, paths: ReadonlyMap<number, readonly string[]>): ShapeFaults {
  const upper = rows.layers.at(-1)!;
  const faults: ShapeFaults = { lostDirectories: [], nameless: [], dangling: [], links: [], twice: [], baseless: new Set() };
  const lost = new Set(upper.entries.filter(({ parent, node }) => node !== null && !paths.has(parent)).map(({ parent }) => parent));
  faults.lostDirectories = [...lost];
  const named = new Set(paths.keys());
  for (const directory of tree.slots.values()) {
    for (const slot of directory.values()) {
      named.add(slot.ino);
      if (!tree.records.has(slot.ino)) faults.dangling.push(slot);
    }
  }
  for (const record of upper.nodes) {
    if (record.ino === ROOT_INO || record.kind === 'directory') continue;
    const names = paths.get(record.ino)?.length ?? 0;
    if (!named.has(record.ino)) faults.nameless.push(record);
    else if (names > 0 && names !== record.nlink) faults.links.push({ record, names });
  }
  faults.twice = tree.twice.filter(({ slot }) => paths.has(slot.parent));
  for (const ino of paths.keys()) {
    const record = tree.records.get(ino);
    if (record?.base !== undefined && needsBase(record) && !hasBase(tree, record)) faults.baseless.add(ino);
  }
  return faults;
}

const needsBase = ({ chunks }: NodeRecord): boolean => !chunks || chunks.some(({ pack }) => pack === BASE_PACK);

function hasBase({ basePaths }: LiveTree, { base = '', chunks, size }: NodeRecord): boolean {
  // What lies in a folder of the user's disk is asked of that when it is read.
  if (parseReference(base)) return true;
  const shipped = basePaths.get(base);
  if (shipped?.kind !== 'file') return false;
  const end = chunks ? Math.max(...chunks.map(({ pack, offset, length }) => (pack === BASE_PACK ? offset + length : 0))) : size;
  return end <= shipped.size;
}

/** The directories among `lost` from which the others are reached; of a cycle, the one with the smallest number. */
export function rootsOf(lost: readonly number[], { slots, records }: LiveTree): number[] {
  const all = new Set(lost);
  const below = new Set<number>();
  const mark = (ino: number, seen: Set<number>): void => {
    for (const slot of slots.get(ino)?.values() ?? []) {
      if (records.get(slot.ino)?.kind !== 'directory' || seen.has(slot.ino)) continue;
      seen.add(slot.ino);
      below.add(slot.ino);
      mark(slot.ino, seen);
    }
  };
  const roots: number[] = [];
  const children = new Set([...all].flatMap((ino) => [...(slots.get(ino)?.values() ?? [])].map((slot) => slot.ino)));
  const ordered = [...all].sort((a, b) => a - b);
  for (const ino of [...ordered.filter((one) => !children.has(one)), ...ordered.filter((one) => children.has(one))]) {
    if (below.has(ino)) continue;
    roots.push(ino);
    mark(ino, new Set([ino]));
  }
  return roots;
}
