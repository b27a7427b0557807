import { describe, expect, test } from 'vitest';
import type { BusCalls, BusMessage } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { Bus } from '../bus/index.ts';
import { busCalls } from './bus-calls.ts';

const clock = { realtime: () => 5n, monotonic: () => 0 };

function setUp(): { calls: BusCalls; got: BusMessage[] } {
  const bus = new Bus({ clock });
  const got: BusMessage[] = [];
  bus.subscribe('>', (message) => got.push(message));
  return { calls: busCalls(bus), got };
}

async function code(action: Promise<unknown>): Promise<string> {
  return action.then(() => 'accepted', (error: unknown) => (error instanceof FsError ? error.code : String(error)));
}

describe('the window’s calls about messages', () => {
  test('MT4: a subject gives its type, and wrong data is told by its member', async () => {
    const { calls, got } = setUp();
    await calls.publish('user.input', { text: 'hi' });
    await calls.publish('app.x', 1, { type: 'App.v1' });
    expect(got.map(({ subject, type, data }) => [subject, type, data])).toEqual([['user.input', 'UserInput.v1', { text: 'hi' }], ['app.x', 'App.v1', 1]]);
    await expect(calls.publish('user.input', { text: 1 })).rejects.toThrow('publish user.input: UserInput.v1: text is a number, not text (EINVAL)');
    await expect(calls.publish('app.x', {}, { type: 'Metric.v1' })).rejects.toThrow(/name is missing/);
    await expect(calls.publish('user.input', { text: 'a' }, { type: 'Other.v1' })).rejects.toThrow(/carries UserInput.v1/);
    expect(got.length).toBe(2);
  });

  test('MT5: the page does not speak for the kernel', async () => {
    const { calls } = setUp();
    expect(await code(calls.publish('approval.given', { id: 1, answer: 'always' }))).toBe('EPERM');
    expect(await code(calls.publish('app.x', { id: 1, answer: 'always' }, { type: 'ApprovalGiven.v1' }))).toBe('EPERM');
    expect(await code(calls.publish('log.7', { level: 'info' }))).toBe('EPERM');
  });

  test.each<[string, (calls: BusCalls) => Promise<unknown>]>([
    ['a pattern', (calls) => calls.publish('a.*', 1)], ['an empty part', (calls) => calls.publish('a..b', 1)], ['a long subject', (calls) => calls.publish('x'.repeat(10_240), 1)], ['no text', (calls) => calls.publish(7 as never, 1)],
    ['a codec', (calls) => calls.publish('a', 1, { codec: 'xml' as never })], ['an inherited codec', (calls) => calls.publish('a', 1, { codec: 'toString' as never })], ['raw data', (calls) => calls.publish('a', {}, { codec: 'raw' })],
    ['an empty type', (calls) => calls.publish('a', 1, { type: '' })], ['a type with control characters', (calls) => calls.publish('a', 1, { type: 'a\u0007' })], ['a long type', (calls) => calls.publish('a', 1, { type: 'é'.repeat(128) })],
    ['options', (calls) => calls.publish('a', 1, 'x' as never)], ['a deadline', (calls) => calls.request('a', 1, { deadline: 0 })], ['an endless deadline', (calls) => calls.request('a', 1, { deadline: Infinity })],
    ['`>` inside', (calls) => calls.subscribe('a.>.b')], ['a capacity', (calls) => calls.subscribe('a', { capacity: 1e9 })], ['a policy', (calls) => calls.subscribe('a', { policy: 'block' as never })], ['a queue', (calls) => calls.subscribe('a', { queue: '' })],
  ])('%s that is none is EINVAL', async (_, action) => expect(await code(action(setUp().calls))).toBe('EINVAL'));

  test('subscriptions are bounded, and given back', async () => {
    const { calls } = setUp();
    const open: { id: number; port: MessagePort }[] = [];
    for (let n = 0; n < 256; n++) open.push(await calls.subscribe('a'));
    expect(await code(calls.subscribe('a'))).toBe('ENOSPC');
    await calls.unsubscribe(open[0]!.id);
    open.push(await calls.subscribe('a'));
    for (const { id, port } of open) {
      await calls.unsubscribe(id);
      port.close();
    }
  });
});
