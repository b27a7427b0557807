import { describe, expect, test } from 'vitest';
import type { BusMessage } from '../../shared/abi/index.ts';
import { KERNEL_PCB } from '../../shared/arena/index.ts';
import { CAPACITY_MIN, FrameFlag, Policy } from '../../shared/bus/index.ts';
import { BusRig, type Got, type Peer } from '../../shared/bus/testing/bus-rig.ts';
import { messageCodec } from '../../shared/ipc/index.ts';
import { Bus, type SubscribeOptions } from './index.ts';

const clock = { realtime: () => 1_500_000n, monotonic: () => 0 };
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
const json = (value: unknown): Uint8Array => Uint8Array.of(0x80, 0x04, ...new TextEncoder().encode(JSON.stringify(value)));
const textOf = (got: Got): unknown => JSON.parse(new TextDecoder().decode(got.payload.subarray(2)));

/** A kernel's bus beside processes. */
function connected(processes: number) {
  const rig = new BusRig(processes);
  const errors: unknown[] = [];
  const bus = new Bus({ clock, onListenerError: (error) => void errors.push(error) });
  expect(rig.kernel.handle.address).toBe(KERNEL_PCB);
  const before: BusMessage[] = [];
  bus.subscribe('early.>', (message) => before.push(message));
  bus.connect({ arena: rig.arena, bus: rig.kernel.bus, handle: rig.kernel.handle, codec: messageCodec });
  const settled = async (): Promise<void> => {
    bus.pump();
    await settle();
  };
  const listen = (pattern: string, options: SubscribeOptions = {}): BusMessage[] => {
    const got: BusMessage[] = [];
    bus.subscribe(pattern, (message) => got.push(message), options);
    return got;
  };
  return { rig, bus, errors, before, settled, listen, peers: rig.peers as [Peer, ...Peer[]] };
}

describe('processes and the kernel', () => {
  test('what a process publishes reaches the kernel\'s subscribers, with its attributes, also of those from before the arena', async () => {
    const { peers: [a], settled, listen, before } = connected(1);
    const got = listen('user.*');
    listen('user.*');
    a.publish('user.input', json({ text: 'hi' }), { type: 'UserInput.v1' });
    a.publish('early.bird', json(1));
    a.publish('nobody.else', json(2));
    await settled();
    expect(got).toMatchObject([{ subject: 'user.input', data: { text: 'hi' }, type: 'UserInput.v1', source: 10, time: 1_700_000_000_000 }]);
    expect(got[0]!.request).toBeUndefined();
    expect(before.map(({ data }) => data)).toEqual([1]);
  });

  test('what the kernel publishes reaches processes, encoded, and its own subscribers once', async () => {
    const { peers: [a], bus, settled, listen } = connected(1);
    const box = a.subscribe('proc.>');
    const got = listen('proc.*.exit');
    expect(bus.publish('proc.7.exit', { code: 1 }, { type: 'X.v1', source: 7 })).toBe(2);
    expect(bus.publish('other', 1)).toBe(0);
    await settled();
    const [frame] = a.drain(box);
    expect(frame).toMatchObject({ subject: 'proc.7.exit', type: 'X.v1', source: 7 });
    expect(textOf(frame!)).toEqual({ code: 1 });
    expect(got).toEqual([{ subject: 'proc.7.exit', data: { code: 1 }, time: 1.5, id: frame!.id, source: 7, type: 'X.v1' }]);
  });

  test('MT7: on a registered subject the type is there, and what does not have its shape reaches no process', async () => {
    const { peers: [a], bus, errors, settled, listen } = connected(1);
    const box = a.subscribe('notice.>');
    const got = listen('notice.>');
    bus.publish('notice.cleared', { id: 'store' });
    bus.publish('notice.cleared', { id: 7 });
    expect(() => bus.publish('notice.cleared', {}, { strict: true })).toThrow(/NoticeCleared\.v1: id is missing/);
    await settled();
    expect(a.drain(box).map((frame) => [frame.type, textOf(frame)])).toEqual([['NoticeCleared.v1', { id: 'store' }]]);
    expect(got.map(({ type }) => type)).toEqual(['NoticeCleared.v1', 'NoticeCleared.v1']);
    expect(String(errors[0])).toContain('id is a number, not text');
  });

  test('KB4 nothing is encoded where no process listens: data that cannot be encoded costs others nothing', async () => {
    const { peers: [a], bus, errors, settled, listen } = connected(1);
    const got = listen('x');
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    expect(bus.publish('x', cyclic)).toBe(1);
    const box = a.subscribe('x');
    expect(bus.publish('x', cyclic)).toBe(1);
    expect(() => bus.publish('x', cyclic, { strict: true })).toThrow();
    await settled();
    expect([got.length, errors.length, a.drain(box).length]).toEqual([2, 1, 0]);
  });

  test('the order of a process is kept, whatever the sizes', async () => {
    const { peers: [a], settled, listen } = connected(1);
    const got = listen('n', { capacity: 10_000 });
    for (let n = 0; n < 200; n++) {
      a.publish('n', json({ n, pad: 'x'.repeat(n % 50 === 0 ? 100_000 : 10) }));
      if (n % 60 === 0) await settled();
    }
    await settled();
    expect(got.map(({ data }) => (data as { n: number }).n)).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });

  test('KB3 a flood of one subject loses its own messages, tells how many, and none of another', async () => {
    const { peers: [a], settled, listen } = connected(1);
    const [loud, quiet] = [listen('loud'), listen('quiet')];
    a.publish('quiet', json('before'));
    for (let n = 0; n < 5000; n++) a.publish('loud', json(n));
    await settled();
    expect(quiet.map(({ data }) => data)).toEqual(['before']);
    expect(loud.length).toBeLessThan(5000);
    expect(loud[0]!.dropped).toBe(5000 - loud.length);
    expect(loud.at(-1)!.data).toBe(4999);
  });

  test('a subscription that is gone has no mailbox', () => {
    const { rig, peers: [a], bus } = connected(1);
    const used = rig.kernel.bus.charged;
    const subscriptions = ['x', 'x', 'y'].map((pattern) => bus.subscribe(pattern, () => {}));
    expect(a.publish('x', json(1))).toBe(1);
    for (const subscription of subscriptions) subscription.dispose();
    expect(a.publish('x', json(1))).toBe(0);
    expect(rig.kernel.bus.charged).toBe(used);
  });

  test('KB4 a full mailbox of a process that blocks or refuses costs the kernel nothing', async () => {
    const { peers: [a, b], bus } = connected(2);
    const boxes = [a.subscribe('n', { policy: Policy.BLOCK, capacity: CAPACITY_MIN }), b!.subscribe('n', { policy: Policy.REFUSE, capacity: CAPACITY_MIN })];
    for (let n = 0; n < 300; n++) bus.publish('n', n);
    expect(boxes.map((box) => box.dropped > 100)).toEqual([true, true]);
    expect(() => bus.publish('n', 'strictly', { strict: true })).toThrow(/EAGAIN/);
    expect(a.drain(boxes[0]!).length).toBeGreaterThan(10);
  });

  test('KB1 a subscriber in the kernel that refuses: processes get EAGAIN, and none is lost', async () => {
    const { peers: [a], bus, settled } = connected(1);
    const subscription = bus.pull('n', () => {}, { policy: 'refuse', capacity: 10 });
    let sent = 0;
    for (let n = 0; n < 5000 && a.publish('n', json(n)) === 1; n++) sent++;
    expect(sent).toBeLessThan(2000);
    const got: unknown[] = [];
    for (let turn = 0; turn < 5000 && got.length < sent; turn++) {
      if (turn % 10 === 0) await settled();
      got.push(...subscription.take(3).map(({ data }) => data));
    }
    expect(got).toEqual(Array.from({ length: sent }, (_, n) => n));
    for (let n = 0; n < 10; n++) bus.publish('n', n, { strict: true });
    expect(() => bus.publish('n', 11, { strict: true })).toThrow(/EAGAIN/);
    expect(bus.publish('n', 11)).toBe(1);
    expect(subscription.dropped).toBe(1);
  });
});

describe('queue groups and last values', () => {
  test('KB5 a group has members in the kernel and in processes; each message is one\'s', async () => {
    const { peers: [a, b], bus, settled, listen } = connected(2);
    const [first, second] = [listen('job', { group: 'w' }), listen('job', { group: 'w' })];
    const box = b!.subscribe('job', { group: 'w' });
    const plain = listen('job');
    for (let n = 0; n < 20; n++) {
      bus.publish('job', n);
      a.publish('job', json(n + 20));
      await settled();
    }
    const theirs = b!.drain(box).map(textOf);
    const all = [...first.map(({ data }) => data), ...second.map(({ data }) => data), ...theirs] as number[];
    expect(all.toSorted((x, y) => x - y)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect([first.length > 0, second.length > 0, theirs.length]).toEqual([true, true, 20]);
    expect(plain.length).toBe(40);
  });

  test('KB6 last values are one table for the kernel and for processes', async () => {
    const { peers: [a], bus, settled, listen } = connected(1);
    bus.publish('state.kernel', { up: true }, { retain: true });
    a.publish('state.guest', json('ready'), { retain: true });
    const box = a.subscribe('state.*', { last: true });
    expect(a.drain(box).map(({ subject, flags }) => [subject, flags])).toEqual([['state.kernel', FrameFlag.LAST], ['state.guest', FrameFlag.LAST]]);
    const got = listen('state.*', { last: true });
    bus.publish('state.kernel', { up: false }, { retain: true });
    await settled();
    expect(got.map(({ subject, data, last, source }) => [subject, data, last, source])).toEqual([
      ['state.kernel', { up: true }, true, 0], ['state.guest', 'ready', true, 10], ['state.kernel', { up: false }, undefined, undefined],
    ]);
    expect(bus.last('state.>').map(({ subject }) => subject)).toEqual(['state.guest', 'state.kernel']);
    expect(() => bus.last('a..b')).toThrow(/EINVAL/);
  });
});

describe('requests', () => {
  test('within the kernel', async () => {
    const { bus } = connected(1);
    bus.subscribe('add', ({ request, data }) => bus.reply(request, (data as number[])[0]! + (data as number[])[1]!, { type: 'Sum.v1' }));
    expect(await bus.request('add', [1, 2])).toMatchObject({ subject: 'add', data: 3, type: 'Sum.v1' });
  });

  test('KB7 nobody listens, no answer, answered twice, no request', async () => {
    const { bus } = connected(1);
    await expect(bus.request('nobody', 1)).rejects.toMatchObject({ code: 'EHOSTUNREACH' });
    let asked: number | undefined;
    bus.subscribe('deaf', ({ request }) => void (asked = request));
    await expect(bus.request('deaf', 1, { deadline: 5 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    expect(() => bus.reply(asked, 1)).toThrow(/ENOENT/);
    expect(() => bus.reply(undefined, 1)).toThrow(/EINVAL/);
    bus.subscribe('twice', ({ request }) => {
      bus.reply(request, 1);
      expect(() => bus.reply(request, 2)).toThrow(/ENOENT/);
    });
    expect((await bus.request('twice', 0)).data).toBe(1);
    await expect(bus.request('a..b', 1)).rejects.toMatchObject({ code: 'EINVAL' });
  });

  test('a process asks the kernel, and the kernel a process', async () => {
    const { peers: [a], bus, settled } = connected(1);
    let waiting: number | undefined;
    bus.subscribe('echo', ({ request, data }) => {
      waiting = request;
      bus.reply(request, { back: data });
    });
    const ask = (): number => a.bus.request(a.topic('echo') as never, a.window.wrap(json('x')), 0, json('x').length, null, 1000);
    const mailbox = a.bus.mailbox(ask());
    await settled();
    const reply = a.read(mailbox) as Got;
    expect([textOf(reply), reply.subject, reply.source]).toEqual([{ back: 'x' }, 'echo', 0]);
    expect(() => bus.reply(waiting, 'again')).toThrow(/ENOENT/);

    const service = a.subscribe('guest.add');
    const answer = bus.request('guest.add', [2, 3]);
    const asked = a.read(service) as Got;
    expect([textOf(asked), asked.flags]).toEqual([[2, 3], FrameFlag.REQUEST]);
    expect(a.reply(asked, json(5))).toBe(0);
    await settled();
    expect(await answer).toMatchObject({ subject: 'guest.add', data: 5, source: 10 });
  });

  test('KB7 the first answer counts, of the kernel or of a process; the other one\'s is ENOENT', async () => {
    const { rig, peers: [a], bus, settled } = connected(1);
    const service = a.subscribe('s');
    bus.subscribe('s', ({ request, data }) => void (data === 'kernel' && bus.reply(request, 'from the kernel')));
    const first = bus.request('s', 'kernel');
    expect((await first).data).toBe('from the kernel');
    expect(a.reply(a.read(service) as Got, json('late'))).toBe(-44);
    const second = bus.request('s', 'guest', { deadline: 1000 });
    a.reply(a.read(service) as Got, json('from a guest'));
    await settled();
    expect((await second).data).toBe('from a guest');
    await expect(bus.request('s', 'nobody', { deadline: 10 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    const asked = a.read(service) as Got;
    expect(a.reply(asked, json('too late'))).toBe(-44);
    expect(rig.kernel.bus.charged % CAPACITY_MIN).toBe(0);
  });
});
