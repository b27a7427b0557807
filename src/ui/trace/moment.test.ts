import { describe, expect, it } from 'vitest';
import type { HistoryEntry, HistoryFilter } from '../../shared/abi/index.ts';
import { pointAt } from './moment.ts';

/** Entries from `oldest` on, ten milliseconds apart, entry n at 1000 + 10 n. */
const journal = (oldest: number, newest: number) => {
  let asked = 0;
  return {
    asked: () => asked,
    historyEntries: async ({ before = Infinity }: HistoryFilter = {}) => {
      asked++;
      const seq = Math.min(newest, before - 1);
      const entries = seq >= oldest ? [{ seq, time: 1000 + 10 * seq } as HistoryEntry] : [];
      return { entries, more: false };
    },
  };
};

describe('the point of the history at a time', () => {
  it('is the last entry that was made until then', async () => {
    const api = journal(1, 100);
    expect(await pointAt(api, 1500)).toBe(50);
    expect(await pointAt(api, 1505)).toBe(50);
    expect(await pointAt(api, 1508.5)).toBe(50);
    expect(await pointAt(api, 1509.5)).toBe(51);
    expect(await pointAt(api, 900)).toBe(0);
  });

  it('is now after the last one, and where nothing was ever changed', async () => {
    expect(await pointAt(journal(1, 100), 2000)).toBeNull();
    expect(await pointAt(journal(1, 0), 2000)).toBeNull();
  });

  it('is found in few questions, also where the older part is forgotten', async () => {
    const api = journal(400_000, 1_000_000);
    expect(await pointAt(api, 1000 + 10 * 612_345)).toBe(612_345);
    expect(api.asked()).toBeLessThan(24);
    expect(await pointAt(api, 5000)).toBeLessThan(400_000);
  });
});
