import { describe, expect, it } from 'vitest';
import type { HistoryEntry, HistoryRun } from '../../shared/abi/index.ts';
import { densityBins, entryMatches, nextBound, parseFilter, runBounds, timelineRows } from './timeline-rows.ts';

const entry = (seq: number, run: number, path = `/home/${seq}`): HistoryEntry => ({ seq, time: seq * 1000, run, pid: run, op: 'write', path, kind: 'file' });
const run = (number: number, first: number, last: number, entries = last - first + 1): HistoryRun =>
  ({ run: number, pid: number, kind: 'program', name: `p${number}`, args: [], started: first * 1000, first, last, entries });
const shape = (entries: HistoryEntry[], toggled: string[] = []): string[] =>
  timelineRows(entries, new Set(toggled)).map((row) => (row.type === 'run' ? `${row.key} ${row.first}-${row.last}${row.open ? '' : ' closed'}` : `  ${row.entry.seq} ${row.position}/${row.siblings}`));

describe('rows of the timeline', () => {
  it('are the stretches of runs, newest first, each with its entries', () => {
    expect(shape([entry(5, 0), entry(4, 7), entry(3, 7), entry(2, 0), entry(1, 7)])).toEqual([
      'user 5 5-5', '  5 1/1', 'run 7 3-4', '  4 1/2', '  3 2/2', 'user 2 2-2', '  2 1/1', 'run 7 1-1', '  1 1/1',
    ]);
  });

  it('close long stretches, and what was toggled', () => {
    const long = Array.from({ length: 13 }, (_, at) => entry(20 - at, 3));
    expect(shape(long)).toEqual(['run 3 8-20 closed']);
    expect(shape(long, ['run 3'])).toHaveLength(14);
    expect(shape([entry(1, 7)], ['run 7'])).toEqual(['run 7 1-1 closed']);
  });

  it('are made in no time of 100 000 entries', () => {
    const many = Array.from({ length: 100_000 }, (_, at) => entry(100_000 - at, Math.floor(at / 10)));
    expect(timelineRows(many, new Set())).toHaveLength(110_000);
  });
});

describe('the filter', () => {
  it('takes paths and numbers of runs apart from words', () => {
    expect(parseFilter(' /home/a/  run:12 Foo bar ')).toEqual({ filter: { path: '/home/a', run: 12 }, words: ['foo', 'bar'] });
    expect(parseFilter('run:x pid:0 /')).toEqual({ filter: { pid: 0, path: '/' }, words: ['run:x'] });
    expect(parseFilter('')).toEqual({ filter: {}, words: [] });
  });

  it('looks for words in paths, kind and name', () => {
    const renamed: HistoryEntry = { ...entry(1, 4, '/home/old.txt'), op: 'rename', to: '/home/new.txt' };
    expect(entryMatches(renamed, ['new', 'rename', 'writer'], 'Writer')).toBe(true);
    expect(entryMatches(renamed, ['gone'], 'writer')).toBe(false);
  });
});

describe('steps by runs', () => {
  const bounds = runBounds([run(3, 8, 9), run(2, 4, 7), run(1, 1, 3)]);

  it('go from bound to bound and end at the ends', () => {
    expect(bounds).toEqual([0, 3, 7, 9]);
    expect(nextBound(bounds, 5, 1, 0, 12)).toBe(7);
    expect(nextBound(bounds, 7, -1, 0, 12)).toBe(3);
    expect(nextBound(bounds, 9, 1, 0, 12)).toBe(12);
    expect(nextBound(bounds, 0, -1, 0, 12)).toBe(0);
  });
});

describe('the strip', () => {
  it('is high where there was much in little time, and knows whose it is', () => {
    const bins = densityBins([0, 10_000, 10_010, 20_010], [run(1, 1, 10), run(2, 11, 20), run(3, 12, 30, 2)], 0, 30);
    expect(bins.map(({ run: number }) => number)).toEqual([1, 2, 3]);
    expect(bins[1]?.height).toBe(1);
    expect(bins[0]?.height).toBeLessThan(0.5);
  });
});
