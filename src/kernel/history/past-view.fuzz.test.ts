import { expect, it } from 'vitest';
import type { JournalRecord, NodeRecord, Store, TreeView } from '../contract/index.ts';
import { MemoryDisk, MemoryStore, Overlay, type PreparedBatch } from '../storage/index.ts';
import { hasher } from '../storage/testing/fixture.ts';
import { ModelTree, type ModelNode } from '../storage/testing/model-tree.ts';
import { makeBase } from '../storage/testing/model-workspace.ts';
import { SeededRandom } from '../storage/testing/random.ts';
import { pathsOf, replayPaths, show, step } from '../storage/testing/tree-steps.ts';
import { diffPoints } from './differences.ts';
import { JournalIndex } from './journal-index.ts';
import { PastView } from './past-view.ts';

const BATCHES = 36;
const OPS = 14;
interface Open { store: Store; overlay: Overlay; index: JournalIndex }

/** A session over the disk: the overlay and the index that learns what it prepares. */
async function open(disk: MemoryDisk): Promise<Open> {
  const store = new MemoryStore(disk);
  const held: { index?: JournalIndex } = {};
  const overlay = new Overlay({
    store, base: makeBase(), hasher, yield: async () => undefined, onFault: (fault) => expect.fail(fault),
    onPrepared: (records) => held.index?.add(records),
  });
  const { head } = await overlay.open();
  held.index = new JournalIndex({ read: (from, limit) => store.journal(from, limit), yield: async () => undefined, last: head.seq, oldest: head.oldest, page: 16, keep: 3 });
  return { store, overlay, index: held.index };
}

/** All of a view, in the model's form. */
async function readView(view: TreeView): Promise<Map<number, ModelNode>> {
  const nodes = new Map<number, ModelNode>();
  const visit = async (record: NodeRecord): Promise<void> => {
    if (nodes.has(record.ino)) return;
    const { ino, kind, nlink, atime, mtime, ctime } = record;
    const data = new Uint8Array(kind === 'file' ? record.size : 0);
    for (let index = 0; index * 65536 < data.length; index++) data.set(await view.block(record, index), index * 65536);
    const node: ModelNode = { ino, kind, data, target: record.target ?? '', nlink, atime, mtime, ctime, children: new Map() };
    nodes.set(ino, node);
    if (kind !== 'directory') return;
    for (const entry of await view.entries(ino)) {
      node.children.set(entry.name, entry.record.ino);
      await visit(entry.record);
    }
  };
  await visit(await view.root());
  return nodes;
}

type Nodes = ReadonlyMap<number, ModelNode>;

/** Path and inode number of each name, by directory number and name. */
function namesOf(nodes: Nodes, ino = 1, path = '', names = new Map<string, { path: string; ino: number }>()): Map<string, { path: string; ino: number }> {
  for (const [name, child] of nodes.get(ino)?.children ?? []) {
    names.set(`${ino}/${name}`, { path: `${path}/${name}`, ino: child });
    namesOf(nodes, child, `${path}/${name}`, names);
  }
  return names;
}

/** What the journal says of two points against what the two whole trees say. */
async function checkDifferences(index: JournalIndex, from: number, to: number, before: Nodes, after: Nodes): Promise<void> {
  const found = await diffPoints(index, from, to);
  const [a, b] = [namesOf(before), namesOf(after)];
  const lost = [...a].filter(([slot, { ino }]) => b.get(slot)?.ino !== ino).map(([, { path }]) => path);
  const gained = [...b].filter(([slot, { ino }]) => a.get(slot)?.ino !== ino).map(([, { path }]) => path);
  const named = found.filter(({ change, path }) => change !== 'changed' || gained.includes(path));
  // A name that stands for another node now is told once, by its path at the later point.
  const replaced = [...a].filter(([slot, { ino }]) => b.has(slot) && b.get(slot)!.ino !== ino).length;
  const arrived = new Set(named.flatMap(({ change, path, from: old }) => (change === 'deleted' ? [] : [path, old ?? []].flat())).filter((path) => gained.includes(path)));
  // A name whose node was replaced by one that is just like it need not be told.
  const alike = new Set([...b].filter(([slot, { ino }]) => {
    const [old, node] = [before.get(a.get(slot)?.ino ?? 0), after.get(ino)];
    return old && node && old.mtime === node.mtime && hasher.hash(old.data) === hasher.hash(node.data) && old.target === node.target;
  }).map(([, { path }]) => path));
  for (const path of gained) expect(arrived.has(path) || alike.has(path), path).toBe(true);
  const leaving = named.flatMap(({ change, path, from: old }) => (change === 'deleted' ? [path] : (old ?? [])));
  for (const path of leaving) expect(lost).toContain(path);
  expect(leaving.length).toBeGreaterThanOrEqual(lost.length - replaced);
  for (const [ino, node] of after) {
    const was = before.get(ino);
    if (node.kind !== 'file' || !was) continue;
    const paths = [...b.values()].filter((name) => name.ino === ino).map(({ path }) => path);
    const told = found.filter(({ path, content, change }) => content && change !== 'added' && change !== 'deleted' && paths.includes(path));
    const same = hasher.hash(was.data) === hasher.hash(node.data);
    if (!same) expect(told.length + found.filter(({ path, change }) => change === 'added' && paths.includes(path)).length, paths.join(' ')).toBeGreaterThan(0);
    else if (paths.every((path) => !gained.includes(path))) expect(told).toEqual([]);
  }
}

async function populateAll(overlay: Overlay, ino = 1): Promise<void> {
  for (const { record } of await overlay.populate(ino)) if (record.kind === 'directory') await populateAll(overlay, record.ino);
}

async function run(seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const disk = new MemoryDisk();
  let session = await open(disk);
  const start = await readView(new PastView(0, session.index, session.overlay));
  const basePaths = pathsOf(start);
  await populateAll(session.overlay);
  const tree = new ModelTree(start.get(1)!);
  tree.state.nodes = structuredClone(start);
  /** The whole tree at the entries at which a batch ended. */
  const remembered = new Map<number, string[]>([[0, show(start)]]);
  const states = new Map<number, Nodes>([[0, structuredClone(start)]]);
  const waiting: PreparedBatch[] = [];
  const commitOne = async (): Promise<void> => {
    const prepared = waiting.shift();
    if (!prepared) return;
    await session.store.commit(prepared.batch);
    session.overlay.settle(prepared.batch);
    session.index.committed(prepared.batch.journal.at(-1)?.seq ?? 0);
  };
  const check = async (at: number): Promise<void> => {
    const nodes = await readView(new PastView(at, session.index, session.overlay));
    const expected = remembered.get(at);
    if (expected) expect(show(nodes), `entry ${at}\n${tree.log.join('\n')}`).toEqual(expected);
    const records: JournalRecord[] = [];
    for await (const page of session.index.range(1, at)) records.push(...page);
    expect(pathsOf(nodes).sort()).toEqual(replayPaths(records, basePaths));
  };
  for (let batch = 0; batch < BATCHES; batch++) {
    for (let i = random.below(OPS); i >= 0; i--) step(tree, random);
    const prepared = await session.overlay.apply(tree.cut());
    if (prepared) waiting.push(prepared);
    remembered.set(session.overlay.lastSequence, show(tree.state.nodes));
    states.set(session.overlay.lastSequence, tree.snapshot().nodes);
    const [from, to] = [random.pick([...states.keys()])!, random.pick([...states.keys()])!].sort((a, b) => a - b) as [number, number];
    await checkDifferences(session.index, from, to, states.get(from)!, states.get(to)!);
    const at = random.below(2) === 0 ? random.below(session.index.last + 1) : random.pick([...remembered.keys()])!;
    // Half of the checks run while what is pending goes into the store.
    const checking = check(at);
    if (random.below(2) === 0) await checking;
    while (waiting.length > random.below(3)) await commitOne();
    await checking;
    if (random.below(8) > 0) continue;
    while (waiting.length > 0) await commitOne();
    session = await open(disk);
    if (random.below(2) === 0) await check(random.pick([...remembered.keys()])!);
    await populateAll(session.overlay);
  }
  for (const at of remembered.keys()) await check(at);
}

it.for(Array.from({ length: 6 }, (_, i) => i + 1))('HV1 HV2 HI1 HD1 a view equals the tree as it was at any entry, also while batches are stored and after reopening: seed %i', { timeout: 60_000 }, run);
