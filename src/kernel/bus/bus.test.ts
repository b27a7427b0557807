import { describe, expect, test } from 'vitest';
import type { BusMessage } from '../../shared/abi/index.ts';
import { MessageQueue } from './message-queue.ts';
import { Bus, PortSubscriber, parsePattern, parseSubject, type SubscriberPort } from './index.ts';

const clock = { realtime: () => 1_500_000n, monotonic: () => 0 };
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

function listen(bus: Bus, pattern: string, capacity?: number): BusMessage[] {
  const got: BusMessage[] = [];
  bus.subscribe(pattern, (message) => got.push(message), capacity === undefined ? {} : { capacity });
  return got;
}

describe('subjects', () => {
  test.each(['', '.', 'a.', '.a', 'a..b', 'a b', 'a.\tb', 'a\0', 'x'.repeat(257), 'é'.repeat(129), '😀'.repeat(65), '*', 'a.>'])(
    'subject %j is refused',
    (subject) => expect(() => parseSubject(subject)).toThrow(/EINVAL/),
  );

  test.each(['a', 'fs.changed.home', 'proc.7.exit', 'a*.b>', 'x'.repeat(256), 'é'.repeat(128), '😀'.repeat(64)])(
    'subject %j is taken',
    (subject) => expect(parseSubject(subject).join('.')).toBe(subject),
  );

  test('`>` is for the end of a pattern', () => {
    expect(() => parsePattern('a.>.b')).toThrow(/last token/);
    expect(parsePattern('*.b.>')).toEqual(['*', 'b', '>']);
  });
});

describe('bus', () => {
  test('delivers to literal and wildcard patterns, later and in order', async () => {
    const bus = new Bus({ clock });
    const all = listen(bus, '>');
    const exits = listen(bus, 'proc.*.exit');
    expect(bus.publish('proc.1.spawn', 1)).toBe(1);
    expect(bus.publish('proc.1.exit', 2)).toBe(2);
    expect(all).toEqual([]);
    await settle();
    expect(all.map((message) => message.data)).toEqual([1, 2]);
    expect(exits).toEqual([{ subject: 'proc.1.exit', data: 2, time: 1.5, id: 2, type: 'ProcessExited.v1' }]);
  });

  test('a new subscription sees a subject that was published before it', async () => {
    const bus = new Bus({ clock });
    bus.publish('a.b', 0);
    const got = listen(bus, 'a.b');
    bus.publish('a.b', 1);
    await settle();
    expect(got.map((message) => message.data)).toEqual([1]);
  });

  test('KB1 a full queue drops the oldest and tells the count in the next message', async () => {
    const bus = new Bus({ clock });
    const got = listen(bus, 'n', 3);
    for (let n = 0; n < 10; n++) bus.publish('n', n);
    await settle();
    expect(got.map((message) => [message.data, message.dropped])).toEqual([[7, 7], [8, undefined], [9, undefined]]);
  });

  test('KB2 a listener that throws keeps its subscription and hurts nobody', async () => {
    const errors: unknown[] = [];
    const bus = new Bus({ clock, onListenerError: (error, pattern) => errors.push([String(error), pattern]) });
    let calls = 0;
    bus.subscribe('x', () => {
      calls++;
      throw new Error('boom');
    });
    const got = listen(bus, 'x');
    bus.publish('x', 1);
    bus.publish('x', 2);
    await settle();
    expect([calls, got.length]).toEqual([2, 2]);
    expect(errors[0]).toEqual(['Error: boom', 'x']);
  });

  test('a disposed subscription gets nothing more, not even what was queued', async () => {
    const bus = new Bus({ clock });
    const got: unknown[] = [];
    const subscription = bus.subscribe('x', (message) => got.push(message.data));
    bus.publish('x', 1);
    subscription.dispose();
    subscription.dispose();
    bus.publish('x', 2);
    await settle();
    expect(got).toEqual([]);
  });

  test('KB2 a listener with a backlog lets others have their turn', async () => {
    const bus = new Bus({ clock });
    const order: string[] = [];
    bus.subscribe('a', () => order.push('a'));
    bus.subscribe('b', () => order.push('b'));
    for (let n = 0; n < 1000; n++) bus.publish('a', n);
    bus.publish('b', 0);
    await settle();
    expect(order.length).toBe(1001);
    expect(order.indexOf('b')).toBeLessThan(300);
  });

  test('a capacity out of range is refused', () => {
    const bus = new Bus({ clock });
    for (const capacity of [0, -1, 1.5, NaN, 1e9]) {
      expect(() => bus.subscribe('a', () => {}, { capacity })).toThrow(/EINVAL/);
    }
  });
});

describe('port subscriber', () => {
  function fakePort(): SubscriberPort & { batches: BusMessage[][]; closed: boolean } {
    return {
      batches: [], closed: false, onmessage: null,
      postMessage(message) {
        this.batches.push(structuredClone(message) as BusMessage[]);
      },
      close() {
        this.closed = true;
      },
    };
  }

  test('sends batches within its credit, and goes on when numbers come back', async () => {
    const bus = new Bus({ clock });
    const port = fakePort();
    const subscriber = new PortSubscriber(bus, 'n.*', port, { capacity: 600 });
    for (let n = 0; n < 400; n++) bus.publish('n.a', n);
    await settle();
    expect(port.batches.map((batch) => batch.length)).toEqual([128, 128, 128, 16]);
    for (let n = 400; n < 1400; n++) bus.publish('n.b', n);
    await settle();
    expect(port.batches.flat().length).toBe(512);
    port.onmessage?.({ data: 512 });
    expect(port.batches.flat().length).toBe(1000);
    expect(port.batches.flat().filter((message) => message.dropped)).toMatchObject([{ data: 800, dropped: 400 }]);
    expect(subscriber.dropped).toBe(400);
    port.onmessage?.({ data: 'nonsense' });
    port.onmessage?.({ data: NaN });
    subscriber.dispose();
    expect(port.closed).toBe(true);
  });

  test('big messages of processes are bounded by their bytes, in the queue and under way', async () => {
    const queue = new MessageQueue(1024);
    const message = (n: number): BusMessage => ({ subject: 'big', data: n, time: 0, size: 8 << 20 });
    for (let n = 0; n < 10; n++) queue.push(message(n));
    expect([queue.size, queue.droppedInAll, queue.take()]).toMatchObject([4, 6, { data: 6, dropped: 6 }]);
    queue.push({ ...message(99), size: 64 << 20 });
    expect([queue.size, queue.take()]).toMatchObject([1, { data: 99, dropped: 3 }]);
    const refusing = new MessageQueue(1024, true);
    for (let n = 0; n < 10; n++) refusing.push(message(n));
    expect([refusing.size, refusing.isFull, refusing.take()]).toMatchObject([4, true, { data: 0, dropped: 6 }]);
    const pull = { pull: (_pattern: string, onReady: () => void) => (ready = onReady, { take: (max: number) => waiting.splice(0, Math.min(max, 4)), dispose: () => undefined }) };
    let ready = (): void => {};
    const waiting = Array.from({ length: 40 }, (_, n) => message(n));
    const other = fakePort();
    new PortSubscriber(pull as never, 'big', other);
    ready();
    await settle();
    expect(other.batches.flat().length).toBe(4);
    other.onmessage?.({ data: 1 });
    expect(other.batches.flat().length).toBe(8);
    other.onmessage?.({ data: 1e9 });
    expect(other.batches.flat().length).toBe(12);
  });

  test('data that cannot be cloned does not lose its neighbours', async () => {
    const bus = new Bus({ clock });
    const port = fakePort();
    new PortSubscriber(bus, '>', port);
    bus.publish('a', 1);
    bus.publish('a', () => {});
    bus.publish('a', 3);
    await settle();
    expect(port.batches.flat().map((message) => message.data)).toEqual([
      1, { error: expect.stringContaining('DataCloneError') }, 3,
    ]);
  });
});
