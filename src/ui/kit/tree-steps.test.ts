import { describe, expect, it } from 'vitest';
import { treeStep, type TreeRow } from './tree-steps.ts';

const group = (open: boolean): TreeRow => ({ group: true, open });
const member: TreeRow = { group: false, open: false };
const rows = [group(true), member, member, group(false), group(true), member];
const step = (key: string, at: number) => treeStep(key, at, rows.length, (index) => rows[index]);

describe('keys of a tree of groups', () => {
  it('go along the rows and stay within them', () => {
    expect([step('ArrowDown', 0), step('ArrowUp', 0), step('ArrowDown', 5), step('Home', 3), step('End', 1), step('PageDown', 1)]).toEqual([1, 0, 5, 0, 5, 5]);
  });

  it('open and close groups, go into them and out', () => {
    expect([step('ArrowRight', 3), step('ArrowRight', 0), step('ArrowLeft', 0), step('ArrowLeft', 2), step('ArrowLeft', 3), step('ArrowRight', 1)]).toEqual(['toggle', 1, 'toggle', 0, null, null]);
  });

  it('leave other keys alone', () => {
    expect([step('x', 0), step('Tab', 2)]).toEqual([null, null]);
    expect(treeStep('Home', 9, 3, () => undefined)).toBeNull();
  });
});
