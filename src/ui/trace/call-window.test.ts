import { describe, expect, it } from 'vitest';
import type { TracedCall } from '../../shared/abi/index.ts';
import { CallWindow, PAGE } from './call-window.ts';

const call = (seq: number): TracedCall => ({ seq, tid: 0, call: 'fd_read', at: seq, duration: 0, errno: 0, args: [] });
const calls = (from: number, count: number): TracedCall[] => Array.from({ length: count }, (_, at) => call(from + at));
const settle = () => new Promise((done) => setTimeout(done, 0));

/** A list of `total` calls that answers when it is told to, or at once. */
function list(total: number, held = false) {
  const asked: number[] = [];
  const waiting: (() => void)[] = [];
  const state = { total };
  let changes = 0;
  const errors: unknown[] = [];
  const window = new CallWindow(async (from, count) => {
    asked.push(from);
    if (held) await new Promise<void>((done) => waiting.push(done));
    return { total: state.total, calls: calls(from, Math.max(0, Math.min(count, state.total - from))) };
  }, () => changes++, (error) => errors.push(error));
  window.grow(total);
  return { window, asked, waiting, state, errors, changes: () => changes };
}

describe('the window into a long list of calls', () => {
  it('reads the pages in sight, and one ahead in the direction of scrolling', async () => {
    const { window, asked } = list(1_000_000);
    window.want(500_000, 500_040);
    await settle();
    expect(asked).toEqual([500_000, 500_000 + PAGE]);
    expect(window.row(500_039)?.seq).toBe(500_039);
    expect(window.row(0)).toBeUndefined();
    window.want(499_900, 499_940);
    await settle();
    expect(asked.slice(2)).toEqual([499_750, 499_500]);
    window.want(499_900, 499_940);
    await settle();
    expect(asked).toHaveLength(4);
  });

  it('asks for what is in sight last, not for all that went by', async () => {
    const { window, asked, waiting } = list(1_000_000, true);
    for (let at = 0; at < 900_000; at += 1000) window.want(at, at + 40);
    expect(asked).toHaveLength(2);
    while (waiting.length > 0) {
      waiting.shift()?.();
      await settle();
    }
    expect(asked.length).toBeLessThanOrEqual(4);
    expect(window.row(899_000)?.seq).toBe(899_000);
  });

  it('holds a bounded part of the list', async () => {
    const { window } = list(1_000_000);
    for (let at = 0; at < 100 * PAGE; at += PAGE) {
      window.want(at, at + 40);
      await settle();
    }
    const there = Array.from({ length: 101 }, (_, page) => window.row(page * PAGE)).filter((row) => row).length;
    expect(there).toBeLessThanOrEqual(64);
    expect(window.row(99 * PAGE)).toBeDefined();
  });

  it('reads a page that was short again once there is more', async () => {
    const { window, state, asked } = list(10);
    window.want(0, 40);
    await settle();
    expect(window.row(9)?.seq).toBe(9);
    expect(window.row(10)).toBeUndefined();
    state.total = 30;
    window.grow(30);
    window.want(0, 40);
    await settle();
    expect(asked).toEqual([0, 0]);
    expect(window.row(29)?.seq).toBe(29);
  });

  it('takes what was read elsewhere: the end of the list, read from there', async () => {
    const { window, asked } = list(0);
    window.put(1000, 700, calls(700, 300));
    expect(window.total).toBe(1000);
    expect(window.row(999)?.seq).toBe(999);
    expect(window.row(750)?.seq).toBe(750);
    expect(window.row(700)?.seq).toBe(700);
    expect(window.row(699)).toBeUndefined();
    window.put(1100, 1000, calls(1000, 100));
    expect([window.row(999)?.seq, window.row(1000)?.seq, window.row(1099)?.seq]).toEqual([999, 1000, 1099]);
    window.want(1060, 1100, false);
    expect(asked).toEqual([]);
    window.want(690, 730);
    expect(asked).toEqual([500, 250]);
  });

  it('throws away what was asked before a reset, and says what failed once', async () => {
    const held = list(1000, true);
    held.window.want(0, 40);
    held.window.reset(1000);
    held.waiting.forEach((go) => go());
    await settle();
    expect(held.window.row(0)).toBeUndefined();
    expect(held.changes()).toBe(0);
    const errors: unknown[] = [];
    const broken = new CallWindow(async () => Promise.reject(new Error('ENOENT')), () => undefined, (error) => errors.push(error));
    broken.grow(10);
    broken.want(0, 10);
    await settle();
    expect(errors).toHaveLength(1);
  });
});
