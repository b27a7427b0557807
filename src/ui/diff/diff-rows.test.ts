import { describe, expect, it } from 'vitest';
import type { TreeDifference } from '../../shared/abi/index.ts';
import { changeWords, countsText, diffRows } from './diff-rows.ts';

const difference = (path: string, change: TreeDifference['change'], more: Partial<TreeDifference> = {}): TreeDifference =>
  ({ path, change, kind: 'file', size: 10, sizeBefore: 10, mtime: 0, mtimeBefore: 0, content: true, ...more });

describe('a comparison of trees', () => {
  it('is by directories, which can be closed', () => {
    const changes = [difference('/a/x', 'added'), difference('/a/y', 'deleted'), difference('/z', 'changed')];
    expect(diffRows(changes, new Set(['/a'])).map((row) => (row.type === 'group' ? `${row.directory} ${row.count}` : `  ${row.change.path} ${row.position}/${row.siblings}`)))
      .toEqual(['/a 2', '/ 1', '  /z 1/1']);
    expect(diffRows(changes, new Set())).toHaveLength(5);
  });

  it('says each difference in words', () => {
    const words = (change: TreeDifference): string => Object.values(changeWords(change)).join('|');
    expect(words(difference('/a', 'added'))).toBe('new|+|added|10 B');
    expect(words(difference('/a', 'deleted', { kind: 'directory', size: 0, sizeBefore: 0 }))).toBe('deleted|−|folder deleted|');
    expect(words(difference('/a', 'changed', { sizeBefore: 2048 }))).toBe('changed|~|changed|2.0 KB → 10 B');
    expect(words(difference('/a', 'changed', { content: false }))).toBe('changed|~|times only|');
    expect(words(difference('/a', 'changed', { kind: 'symlink', kindBefore: 'file', sizeBefore: 4 }))).toBe('changed|~|type: file → link|4 B → 10 B');
    expect(words(difference('/d/new', 'renamed', { from: '/d/old', content: false }))).toBe('mount|→|renamed from old|');
    expect(words(difference('/d/new', 'renamed', { from: '/e/old\n' }))).toBe('mount|→|renamed from /e/old\\n, changed|');
  });

  it('is summed up', () => {
    expect(countsText([], false)).toBe('no differences');
    expect(countsText([difference('/a', 'added'), difference('/b', 'deleted'), difference('/c', 'added')], true)).toBe('2 added, 1 deleted; only the first 3 differences are listed');
  });
});
