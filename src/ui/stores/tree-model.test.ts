import { describe, expect, it } from 'vitest';
import type { DirEntry } from '../../shared/abi/index.ts';
import { TreeModel } from './tree-model.ts';
import type { TreeNode } from './tree-node.ts';

const file = (name: string, size = 1): DirEntry => ({ name, kind: 'file', size, origin: 'base' });
const directory = (name: string): DirEntry => ({ name, kind: 'directory', size: 0, origin: 'base' });
const shown = (model: TreeModel): string[] => [...model.rows].map((row) => row.path);

function sample(): TreeModel {
  const model = new TreeModel();
  model.setChildren(model.root, [file('z'), directory('home'), directory('bin')]);
  const home = model.find('/home');
  if (!home) throw new Error('no /home');
  model.setChildren(home, [file('file10'), file('file9'), directory('sub')]);
  return model;
}

const get = (model: TreeModel, path: string) => {
  const node = model.find(path);
  if (!node) throw new Error(`no ${path}`);
  return node;
};

describe('TreeModel', () => {
  it('lists directories first and numbers by value', () => {
    const model = sample();
    model.setExpanded(get(model, '/home'), true);
      expect(shown(model)).toEqual(['/', '/bin', '/home', '/home/sub', '/home/file9', '/home/file10', '/z']);
    expect(get(model, '/home/file9').depth).toBe(2);
    expect(model.rows.placeOf(get(model, '/home/file9'))).toEqual({ position: 2, siblings: 3 });
    expect(model.rows.indexOf(get(model, '/home/file9'))).toBe(4);
    expect(model.rows.at(4)?.path).toBe('/home/file9');
    expect(model.rows.at(7)).toBeUndefined();
  });

  it('hides what is below a collapsed directory and keeps its expansion', () => {
    const model = sample();
    model.setExpanded(get(model, '/home'), true);
      model.setExpanded(model.root, false);
      expect(shown(model)).toEqual(['/']);
    model.setExpanded(model.root, true);
      expect(model.rows).toHaveLength(7);
  });

  it('keeps identity over a new listing and forgets what is gone', () => {
    const model = sample();
    const home = get(model, '/home');
    model.setChildren(model.root, [directory('home'), file('new')]);
      expect(model.find('/home')).toBe(home);
    expect(model.find('/bin')).toBeUndefined();
    expect(model.find('/home/file9')).toBeDefined();
    model.setChildren(model.root, []);
    expect(model.find('/home/file9')).toBeUndefined();
  });

  it('replaces an entry whose kind changed', () => {
    const model = sample();
    model.upsert(model.root, directory('z'));
      expect(get(model, '/z').kind).toBe('directory');
    expect(shown(model)).toEqual(['/', '/bin', '/home', '/z']);
  });

  it('inserts single entries in order and removes them', () => {
    const model = sample();
    model.upsert(model.root, file('a'));
    model.upsert(model.root, file('z', 7));
      expect(shown(model)).toEqual(['/', '/bin', '/home', '/a', '/z']);
    expect(get(model, '/z').size).toBe(7);
    model.remove(get(model, '/home'));
      expect(shown(model)).toEqual(['/', '/bin', '/a', '/z']);
    expect(model.find('/home/sub')).toBeUndefined();
  });

  it('finds the nearest visible ancestor', () => {
    const model = sample();
    expect(model.nearestVisible('/home/sub/deep/x')?.path).toBe('/home');
    expect(model.nearestVisible('/elsewhere')?.path).toBe('/');
  });

  it('has a row for what is not loaded, last, which goes with the next whole listing', () => {
    const model = sample();
    const home = get(model, '/home');
    model.setExpanded(home, true);
    const listing = model.beginListing(home, 5);
    model.addListed(home, [file('only')], listing);
    model.endListing(home, listing, 4);
    expect(shown(model).slice(2, 8)).toEqual(['/home', '/home/sub', '/home/file9', '/home/file10', '/home/only', '/home/\0']);
    expect(get(model, '/home/\0').more).toBe(4);
    model.setChildren(home, [file('only')]);
    expect(shown(model)).toEqual(['/', '/bin', '/home', '/home/only', '/z']);
  });

  it('forgets what was in a directory that is unloaded', () => {
    const model = sample();
    const home = get(model, '/home');
    model.setExpanded(home, true);
    model.unload(home);
    expect(home.children).toBeNull();
    expect(model.find('/home/file9')).toBeUndefined();
    expect(shown(model)).toEqual(['/', '/bin', '/home', '/z']);
  });

  it('has new rows only when they changed', () => {
    const model = sample();
    const { rows } = model;
    model.upsert(model.root, file('z', 9));
    expect(model.rows).toBe(rows);
    model.upsert(model.root, file('y'));
    expect(model.rows).not.toBe(rows);
  });
});

/** What the model must be like: every directory sorted anew, all rows in a list. */
function naiveRows(node: TreeNode, large: Set<TreeNode>): TreeNode[] {
  if (!node.expanded || !node.children) return [node];
  const children = [...node.children];
  if (children.length > 5000) large.add(node);
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  const unit = (a: TreeNode, b: TreeNode): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const rank = ({ kind }: TreeNode): number => (kind === 'directory' ? 0 : 1);
  children.sort((a, b) => rank(a) - rank(b) || (large.has(node) ? 0 : collator.compare(a.name, b.name)) || unit(a, b));
  return [node, ...children.flatMap((child) => naiveRows(child, large))];
}

describe('TreeModel under random changes', () => {
  it.each([1, 2, 3, 20261126])('is what a plain model is (seed %i)', (seed) => {
    let state = seed;
    const next = (below: number): number => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) % below;
    const model = new TreeModel();
    const names = ['a', 'B', 'b', 'é', 'file2', 'file10', 'ü', '\u202e', 'z z', 'İ', '😀', '.x'];
    const log: string[] = [];
    const any = (): TreeNode => [...model.loaded][next([...model.loaded].length)] as TreeNode;
    const entry = (): DirEntry => ({ name: names[next(names.length)] + String(next(30)), kind: next(3) === 0 ? 'directory' : 'file', size: next(9), origin: 'new' });
    const acts: ((node: TreeNode) => void)[] = [
      (node) => model.setExpanded(node, next(2) === 0),
      (node) => node.kind === 'directory' && model.setChildren(node, Array.from({ length: next(40) }, entry).filter((one, at, all) => all.findIndex(({ name }) => name === one.name) === at)),
      (node) => model.upsert(node, entry()),
      (node) => model.upsertAll(node, Array.from({ length: next(90) }, (_, at) => ({ ...entry(), name: `n${at}-${next(5)}` }))),
      (node) => node.parent && model.remove(node),
      (node) => next(4) === 0 && node.kind === 'directory' && node.parent && model.unload(node),
    ];
    for (let step = 0; step < 400; step++) {
      const [node, act] = [any(), next(acts.length)];
      log.push(`${act} ${node.path}`);
      acts[act]!(node);
      if (step % 7 !== 0) continue;
      const expected = naiveRows(model.root, new Set());
      const told = log.slice(-10).join('; ');
      expect(model.rows.length, told).toBe(expected.length);
      expect([...model.rows].map(({ path }) => path), told).toEqual(expected.map(({ path }) => path));
      const at = next(expected.length);
      expect(model.rows.at(at), told).toBe(expected[at]);
      expect(model.rows.indexOf(expected[at]!), told).toBe(at);
    }
  });

  it('keeps the order when a directory becomes large, and stays whole with 100 000 entries (seed 5)', () => {
    const model = new TreeModel();
    const all = Array.from({ length: 100_000 }, (_, index) => file(`entry-${(index * 7919) % 100_000}`));
    model.setChildren(model.root, []);
    for (let at = 0; at < all.length; at += 4096) model.upsertAll(model.root, all.slice(at, at + 4096));
    expect(model.rows.length).toBe(100_001);
    for (let index = 0; index < 5000; index++) model.upsert(model.root, file(`late-${index}`));
    for (let index = 0; index < 5000; index++) model.remove(get(model, `/entry-${index * 3}`));
    const rows = [...model.rows];
    expect(rows.length).toBe(100_001);
    expect(rows.slice(1).map(({ name }) => name)).toEqual(rows.slice(1).map(({ name }) => name).sort());
    for (const at of [0, 1, 777, 50_000, 100_000]) expect([model.rows.at(at), model.rows.indexOf(rows[at]!)]).toEqual([rows[at], at]);
    expect(model.rows.at(100_001)).toBeUndefined();
  });
});
