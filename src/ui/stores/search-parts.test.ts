import { expect, test, vi } from 'vitest';
import type { SearchPage } from '../../shared/abi/index.ts';
import { searchParts } from './search-parts.ts';

const page = (done: boolean): SearchPage => ({ id: 3, hits: [], matched: 0, visited: 0, done, bounded: false });

test('a search is stopped by who leaves before its end, and by nobody else', async () => {
  const stop = vi.fn(async () => undefined);
  const more = vi.fn(async () => page(true));
  const api = { exploreSearch: async () => page(false), exploreSearchMore: more, exploreSearchStop: stop };
  let parts = 0;
  for await (const part of searchParts(api, { query: 'a' })) parts += part.id;
  expect([parts, stop.mock.calls.length]).toEqual([6, 0]);
  for await (const part of searchParts(api, { query: 'a' })) if (!part.done) break;
  expect(stop).toHaveBeenCalledExactlyOnceWith(3);
  more.mockRejectedValueOnce(new Error('gone'));
  await expect((async () => { for await (const part of searchParts(api, { query: 'a' })) void part; })()).rejects.toThrow('gone');
  expect(stop).toHaveBeenCalledTimes(1);
});
