import { expect, test, vi } from 'vitest';
import { Watchers } from './watchers.ts';

test('begins with the first who looks, and stops with the last; who has left cannot leave again', () => {
  const [begin, stop] = [vi.fn(), vi.fn()];
  const watchers = new Watchers(begin, stop);
  const [one, two] = [watchers.watch(), watchers.watch()];
  expect([begin.mock.calls.length, watchers.any]).toEqual([1, true]);
  one();
  one();
  expect([stop.mock.calls.length, watchers.any]).toEqual([0, true]);
  two();
  expect([stop.mock.calls.length, watchers.any]).toEqual([1, false]);
  const late = watchers.watch();
  watchers.end();
  late();
  expect([begin.mock.calls.length, stop.mock.calls.length, watchers.any]).toEqual([2, 2, false]);
  watchers.watch();
  expect(begin).toHaveBeenCalledTimes(3);
});
