import type { BaseLayer, DamagedRow, EntryRecord, NodeRecord, Store, StoreHead } from '../contract/index.ts';
import { ROOT_INO } from '../storage/index.ts';

/** Rows that are read at once. */
const PAGE = 1000;

export interface LayerContents {
  layer: number;
  /** Of the stack, not of a session or a branch. */
  live: boolean;
  entries: EntryRecord[];
  nodes: NodeRecord[];
}

/** All rows, as they stood at one moment. */
export interface StoreRows {
  head: StoreHead;
  /** The stack from the bottom to the top, the upper last; before it the layers beside it. */
  layers: LayerContents[];
  damaged: DamagedRow[];
}

/** Rules FS2 and FS3: reads all rows of all layers while nothing is committed. `step` lets others run, and throws to end it. */
export function readRows(store: Store, step: (rows: number) => Promise<void>): Promise<StoreRows> {
  return store.still(async () => {
    const head = store.head();
    const stack = [...head.stack, head.upper];
    const beside = (await store.layers()).map(({ id }) => id).filter((id) => !stack.includes(id));
    const damaged: DamagedRow[] = [];
    const layers: LayerContents[] = [];
    for (const layer of [...beside, ...stack]) {
      layers.push({ layer, live: stack.includes(layer), entries: await allEntries(store, layer, damaged, step), nodes: await allNodes(store, layer, damaged, step) });
    }
    return { head, layers, damaged };
  });
}

async function allEntries(store: Store, layer: number, damaged: DamagedRow[], step: (rows: number) => Promise<void>): Promise<EntryRecord[]> {
  const entries: EntryRecord[] = [];
  for (let after: { parent: number; name: string } | null = null; ; ) {
    const bad: { parent: number; name: string }[] = [];
    const page: EntryRecord[] = await store.scanEntries(layer, after, PAGE, (row) => {
      damaged.push(row);
      if (row.table === 'entries') bad.push(row);
    });
    entries.push(...page);
    await step(page.length);
    if (page.length + bad.length < PAGE) return entries;
    const [whole, worst] = [page.at(-1), bad.at(-1)];
    const last = whole && worst ? (isAfter(whole, worst) ? whole : worst) : (whole ?? worst)!;
    after = { parent: last.parent, name: last.name };
  }
}

const isAfter = (a: { parent: number; name: string }, b: { parent: number; name: string }): boolean =>
  a.parent > b.parent || (a.parent === b.parent && a.name > b.name);

async function allNodes(store: Store, layer: number, damaged: DamagedRow[], step: (rows: number) => Promise<void>): Promise<NodeRecord[]> {
  const nodes: NodeRecord[] = [];
  for (let after = -1; ; ) {
    let worst = -1;
    let bad = 0;
    const page: NodeRecord[] = await store.scanNodes(layer, after, PAGE, (row) => {
      damaged.push(row);
      bad += 1;
      if (row.table === 'nodes') worst = Math.max(worst, row.ino);
    });
    nodes.push(...page);
    await step(page.length);
    if (page.length + bad < PAGE) return nodes;
    after = Math.max(worst, page.at(-1)?.ino ?? -1);
  }
}

export interface Slot {
  parent: number;
  name: string;
  ino: number;
  /** Its node is in `nodes`. */
  linked: boolean;
  /** Layer that has the row; 0: the base. */
  layer: number;
}

/** The live rows laid over each other. */
export interface LiveTree {
  /** By directory and name. */
  slots: Map<number, Map<string, Slot>>;
  records: Map<number, NodeRecord>;
  /** Slots that name a node of the number that another node has. */
  twice: { slot: Slot; record: NodeRecord }[];
  /** Directories and files of the base, by path; and sizes. */
  basePaths: Map<string, NodeRecord>;
}

/** What the stack shows. */
export function layRows(base: BaseLayer, { layers }: StoreRows): LiveTree {
  const tree: LiveTree = { slots: new Map(), records: new Map(), twice: [], basePaths: new Map() };
  layBase(tree, base);
  const owners = new Map<NodeRecord, Slot>();
  for (const { layer, entries, nodes } of layers.filter(({ live }) => live)) {
    for (const { parent, name, node } of entries) {
      const names = tree.slots.get(parent) ?? new Map<string, Slot>();
      tree.slots.set(parent, names);
      if (node === null) names.delete(name);
      else names.set(name, { parent, name, ino: node.ino, linked: 'linked' in node, layer });
      if (node !== null && !('linked' in node)) owners.set(node, names.get(name)!);
    }
    for (const node of nodes) tree.records.set(node.ino, node);
  }
  // Only rows that nothing above hides have a say.
  const first = new Map<number, Slot>();
  for (const [record, slot] of owners) {
    if (tree.slots.get(slot.parent)?.get(slot.name) !== slot) continue;
    if (first.has(slot.ino)) tree.twice.push({ slot, record });
    else tree.records.set(slot.ino, record);
    first.set(slot.ino, slot);
  }
  return tree;
}

function layBase(tree: LiveTree, base: BaseLayer): void {
  const visit = (directory: NodeRecord, path: string): void => {
    tree.records.set(directory.ino, directory);
    tree.basePaths.set(path === '' ? '/' : path, directory);
    const names = new Map<string, Slot>();
    tree.slots.set(directory.ino, names);
    for (const { name, node } of base.entries(directory.ino)) {
      names.set(name, { parent: directory.ino, name, ino: node.ino, linked: false, layer: 0 });
      tree.records.set(node.ino, node);
      tree.basePaths.set(`${path}/${name}`, node);
      if (node.kind === 'directory') visit(node, `${path}/${name}`);
    }
  };
  visit(base.root(), '');
}

/** Every node that can be reached from the root, with its paths; each directory is entered once. */
export function walkTree({ slots, records }: LiveTree): Map<number, string[]> {
  const paths = new Map<number, string[]>([[ROOT_INO, ['/']]]);
  const pending: { ino: number; path: string }[] = [{ ino: ROOT_INO, path: '' }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const { name, ino } of slots.get(next.ino)?.values() ?? []) {
      const path = `${next.path}/${name}`;
      const known = paths.get(ino);
      if (known) known.push(path);
      else paths.set(ino, [path]);
      if (!known && records.get(ino)?.kind === 'directory') pending.push({ ino, path });
    }
  }
  return paths;
}
