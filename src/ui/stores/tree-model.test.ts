import { describe, expect, it } from 'vitest';
import type { DirEntry } from '../../shared/abi/index.ts';
import { TreeModel } from './tree-model.ts';

const file = (name: string, size = 1): DirEntry => ({ name, kind: 'file', size, origin: 'base' });
const directory = (name: string): DirEntry => ({ name, kind: 'directory', size: 0, origin: 'base' });
const shown = (model: TreeModel): string[] => model.rows.map((row) => row.path);

function sample(): TreeModel {
  const model = new TreeModel();
  model.setChildren(model.root, [file('z'), directory('home'), directory('bin')]);
  const home = model.find('/home');
  if (!home) throw new Error('no /home');
  model.setChildren(home, [file('file10'), file('file9'), directory('sub')]);
  model.commit();
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
    model.commit();
    expect(shown(model)).toEqual(['/', '/bin', '/home', '/home/sub', '/home/file9', '/home/file10', '/z']);
    expect(get(model, '/home/file9')).toMatchObject({ position: 2, siblings: 3, depth: 2 });
  });

  it('hides what is below a collapsed directory and keeps its expansion', () => {
    const model = sample();
    model.setExpanded(get(model, '/home'), true);
    model.commit();
    model.setExpanded(model.root, false);
    model.commit();
    expect(shown(model)).toEqual(['/']);
    model.setExpanded(model.root, true);
    model.commit();
    expect(model.rows).toHaveLength(7);
  });

  it('keeps identity over a new listing and forgets what is gone', () => {
    const model = sample();
    const home = get(model, '/home');
    model.setChildren(model.root, [directory('home'), file('new')]);
    model.commit();
    expect(model.find('/home')).toBe(home);
    expect(model.find('/bin')).toBeUndefined();
    expect(model.find('/home/file9')).toBeDefined();
    model.setChildren(model.root, []);
    expect(model.find('/home/file9')).toBeUndefined();
  });

  it('replaces an entry whose kind changed', () => {
    const model = sample();
    model.upsert(model.root, directory('z'));
    model.commit();
    expect(get(model, '/z').kind).toBe('directory');
    expect(shown(model)).toEqual(['/', '/bin', '/home', '/z']);
  });

  it('inserts single entries in order and removes them', () => {
    const model = sample();
    model.upsert(model.root, file('a'));
    model.upsert(model.root, file('z', 7));
    model.commit();
    expect(shown(model)).toEqual(['/', '/bin', '/home', '/a', '/z']);
    expect(get(model, '/z').size).toBe(7);
    model.remove(get(model, '/home'));
    model.commit();
    expect(shown(model)).toEqual(['/', '/bin', '/a', '/z']);
    expect(model.find('/home/sub')).toBeUndefined();
  });

  it('filters loaded entries, collapsed ones too, with the directories above', () => {
    const model = sample();
    model.setFilter('FILE1');
    model.commit();
    expect(shown(model)).toEqual(['/', '/home', '/home/file10']);
    expect(get(model, '/home/file10')).toMatchObject({ position: 1, siblings: 1 });
    model.setFilter('');
    model.commit();
    expect(shown(model)).toEqual(['/', '/bin', '/home', '/z']);
  });

  it('finds the nearest visible ancestor', () => {
    const model = sample();
    expect(model.nearestVisible('/home/sub/deep/x')?.path).toBe('/home');
    expect(model.nearestVisible('/elsewhere')?.path).toBe('/');
  });

  it('stays quick with 100 000 entries', () => {
    const model = new TreeModel();
    model.setChildren(model.root, Array.from({ length: 100_000 }, (_, index) => file(`entry-${index}`)));
    model.commit();
    expect(model.rows).toHaveLength(100_001);
    model.upsert(model.root, file('entry-500000'));
    model.commit();
    expect(model.rows).toHaveLength(100_002);
  });
});
