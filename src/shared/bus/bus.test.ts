import { describe, expect, it } from 'vitest';
import { Arena } from '../arena/index.ts';
import { Errno } from '../base/index.ts';
import { BLOCKED, CAPACITY_MIN, PAYLOAD_MAX, Policy } from './index.ts';
import { ExtentWord } from './layout.ts';
import { BusRig, inUse, Peer, type Got } from './testing/bus-rig.ts';

const text = (got: Got | number): string => (typeof got === 'number' ? `result ${got}` : got.text);

describe('subjects and patterns', () => {
  it('BU1 a message reaches the mailboxes whose patterns take its subject, each once', () => {
    const { peers: [a, b] } = new BusRig(2);
    const boxes = ['a.b', 'a.*', 'a.>', '>', '*.b', 'a', 'a.b.c', 'b.>'].map((pattern) => b!.subscribe(pattern));
    expect(a!.publish('a.b', 'x')).toBe(5);
    expect(boxes.map((box) => b!.texts(box).length)).toEqual([1, 1, 1, 1, 1, 0, 0, 0]);
    expect(a!.publish('q', 'y')).toBe(1);
    expect(a!.publish('nobody.hears', 'y')).toBe(1);
    b!.bus.release(boxes[3]!.address);
    expect(a!.publish('nobody.hears', 'y')).toBe(0);
  });

  it.each([
    '', '.', 'a.', '.a', 'a..b', 'a b', 'a.\tb', 'a\0', 'a\u0085', 'a\u00a0b', 'a\x7f', '*', 'a.*', 'a.>', '>.a', 'x'.repeat(257), 'é'.repeat(129), '😀'.repeat(65), `a.${'b'.repeat(10_240)}`, '\ufeffa',
  ].map((subject) => [subject.slice(0, 20), subject]))('BU2 %j… is no subject', (_, subject = '') => {
    const { peers: [a] } = new BusRig(1);
    const bytes = new TextEncoder().encode(subject);
    expect(a!.bus.topic(a!.window.wrap(bytes), 0, bytes.length)).toBe(null);
    expect(a!.bus.topicOf(subject)).toBe(null);
  });

  it('BU2 bytes that are no UTF-8 are no subject', () => {
    const { peers: [a] } = new BusRig(1);
    for (const bytes of [[0xff], [0x61, 0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) expect(a!.bus.topic(a!.window.wrap(Uint8Array.from(bytes)), 0, bytes.length)).toBe(null);
  });

  it('BU2 a length beyond all memory is no subject, and reads nothing', () => {
    const { peers: [a] } = new BusRig(1);
    expect(a!.bus.topic(a!.window.wrap(new Uint8Array(10)), 0, 0xffffffff)).toBe(null);
  });

  it('BU3 what is no pattern, policy, capacity or group is EINVAL and leaves nothing behind', () => {
    const rig = new BusRig(1);
    const [a] = rig.peers;
    a!.bus.release(a!.bus.subscribe('warm'));
    const before = inUse(rig);
    for (const pattern of ['', 'a..b', 'a.>.b', 'a b', '>.>', 'x'.repeat(300)]) expect(a!.bus.subscribe(pattern)).toBe(-Errno.EINVAL);
    for (const options of [{ policy: 3 }, { policy: -1 }, { capacity: 5000 }, { capacity: 2048 }, { capacity: 1 << 25 }, { capacity: NaN }, { group: 'a b' }, { group: 'g'.repeat(256) }, { group: '*' }]) {
      expect(a!.bus.subscribe('a', options)).toBe(-Errno.EINVAL);
    }
    expect(inUse(rig)).toBe(before);
  });

  it('BU4 a subscription holds from its return on, and until it is given back', () => {
    const { peers: [a, b] } = new BusRig(2);
    expect(a!.publish('n', '0')).toBe(0);
    const box = b!.subscribe('n');
    expect(a!.publish('n', '1')).toBe(1);
    b!.bus.release(box.address);
    expect(a!.publish('n', '2')).toBe(0);
    const again = b!.subscribe('n');
    expect(again.address).toBe(box.address);
    expect(b!.texts(again)).toEqual([]);
  });

  it('BU4 a worker that missed more changes than the log holds starts anew', () => {
    const { peers: [a, b] } = new BusRig(2);
    expect(a!.publish('n.1', 'x')).toBe(0);
    const kept = b!.subscribe('n.1', { capacity: CAPACITY_MIN });
    for (let i = 0; i < 700; i++) b!.bus.release(b!.bus.subscribe(`other.${i}`, { capacity: CAPACITY_MIN }));
    expect(a!.publish('n.1', 'x')).toBe(1);
    b!.bus.release(kept.address);
    for (let i = 0; i < 700; i++) b!.bus.release(b!.bus.subscribe(`n.${i}`, { capacity: CAPACITY_MIN }));
    expect(a!.publish('n.1', 'x')).toBe(0);
  });

  it('BU4 many subjects: the cache starts anew and stays right', () => {
    const { peers: [a, b] } = new BusRig(2);
    const box = b!.subscribe('n.*', { capacity: 1 << 20 });
    for (let i = 0; i < 9000; i++) expect(a!.publish(`n.${i}`, `${i}`)).toBe(1);
    expect(b!.texts(box)).toEqual(Array.from({ length: 9000 }, (_, i) => `${i}`));
  });

  it('BU5 one mailbox with several patterns gets a message once', () => {
    const { peers: [a, b] } = new BusRig(2);
    const address = b!.bus.createMailbox(Policy.DROP_OLDEST, CAPACITY_MIN);
    const numbers = ['a.*', 'a.b', '>'].map((pattern) => b!.bus.listen(address, pattern));
    expect(a!.publish('a.b', '1')).toBe(1);
    b!.bus.unlisten(address, numbers[0]!);
    b!.bus.unlisten(address, numbers[2]!);
    expect(a!.publish('a.b', '2')).toBe(1);
    expect(a!.publish('a.c', '3')).toBe(0);
    b!.bus.unlisten(address, numbers[1]!);
    expect(a!.publish('a.b', '4')).toBe(0);
    expect(b!.texts(b!.bus.mailbox(address))).toEqual(['1', '2']);
  });
});

describe('frames', () => {
  it('BU6 a frame has the layout of the host ABI', () => {
    const { peers: [a, b] } = new BusRig(2);
    const box = b!.subscribe('user.>');
    a!.publish('user.input', '{"text":"hi"}', { type: 'UserInput.v1' });
    a!.publish('user.input', 'x');
    const size = box.nextSize();
    expect(size).toBe(48 + 10 + 12 + 13);
    const frame = new Uint8Array(size);
    b!.handle.enter();
    expect(box.tryRead(b!.window.wrap(frame), 0, size)).toBe(size);
    b!.handle.leave();
    const view = new DataView(frame.buffer);
    expect([view.getUint32(0, true), frame[4], frame[5], view.getUint16(6, true), view.getUint32(8, true), view.getUint16(12, true), view.getUint16(14, true)]).toEqual([size, 1, 0, 10, 10, 12, 0]);
    expect(view.getBigUint64(24, true)).toBe(1_700_000_000_000_000_000n);
    expect([view.getUint32(32, true), view.getUint32(36, true), view.getUint32(40, true), view.getUint32(44, true)]).toEqual([0, 0, 13, 0]);
    expect(new TextDecoder().decode(frame.subarray(48))).toBe('user.inputUserInput.v1{"text":"hi"}');
    expect(b!.read(box)).toMatchObject({ id: Number(view.getBigUint64(16, true)) + 1, type: '', text: 'x', source: 10 });
  });

  it('BU6 a buffer that is too small: EMSGSIZE, and the message stays; none: 0', () => {
    const { peers: [a, b] } = new BusRig(2);
    const box = b!.subscribe('n');
    expect(box.nextSize()).toBe(0);
    expect(b!.read(box)).toBe(0);
    a!.publish('n', 'hello');
    b!.handle.enter();
    expect(box.tryRead(b!.window.wrap(new Uint8Array(64)), 0, 53)).toBe(-Errno.EMSGSIZE);
    expect(box.takeMany(b!.window.wrap(new Uint8Array(64)), 0, 53)).toBe(-Errno.EMSGSIZE);
    b!.handle.leave();
    expect(text(b!.read(box))).toBe('hello');
  });

  it('BU7 what one publisher sends arrives in its order, over the ring\'s end, one by one and in batches', () => {
    const { peers: [a, b] } = new BusRig(2);
    const box = b!.subscribe('n', { capacity: CAPACITY_MIN });
    let [sent, got] = [0, 0];
    for (let round = 0; round < 400; round++) {
      for (let i = 0; i < 1 + (round % 9); i++) a!.publish('n', `${sent++}`.padEnd((sent * 37) % 200, '-'));
      const all = round % 2 === 0 ? b!.drain(box) : b!.drainMany(box, 2000);
      for (const { text: found } of all) expect(parseInt(found)).toBe(got++);
    }
    expect(got).toBe(sent);
    expect(box.dropped).toBe(0);
  });

  it('BU7 publishMany is publish in a row', () => {
    const { peers: [a, b] } = new BusRig(2);
    const records = (values: string[]): Uint8Array => {
      const out: number[] = [];
      for (const value of values) out.push(value.length, 0, 0, 0, ...new TextEncoder().encode(value));
      return Uint8Array.from(out);
    };
    const many = (values: string[]): number => a!.bus.publishMany(a!.topic('n') as never, a!.window.wrap(records(values)), 0, records(values).length, null);
    expect(many(['nobody', 'hears'])).toBe(2);
    const box = b!.subscribe('n', { capacity: CAPACITY_MIN, policy: Policy.BLOCK });
    expect(many(['one', '', 'three'])).toBe(3);
    a!.publish('n', 'four');
    const got = b!.drainMany(box);
    expect(got.map((message) => message.text)).toEqual(['one', '', 'three', 'four']);
    expect(new Set(got.map(({ id }) => id)).size).toBe(4);
    expect(many(Array.from({ length: 100 }, (_, i) => `${i}`))).toBe(73);
    expect(b!.texts(box).length).toBe(73);
    b!.subscribe('n', { capacity: CAPACITY_MIN });
    expect(many(['a'])).toBe(0);
    b!.bus.release(box.address);
    b!.subscribe('n');
    expect(many(['a', 'b'])).toBe(2);
    expect(a!.bus.publishMany(a!.topic('n') as never, a!.window.wrap(Uint8Array.of(1, 0, 0, 0, 65, 255, 255, 255, 255, 1)), 0, 10, null)).toBe(1);
    expect(a!.bus.publishMany(a!.topic('n') as never, a!.window.wrap(Uint8Array.of(9, 9)), 0, 2, null)).toBe(0);
  });
});

describe('full mailboxes', () => {
  const fill = (peer: Peer, subject: string): number => {
    for (let count = 0; ; count++) if (peer.publish(subject, 'x'.repeat(100)) !== 1) return count;
  };

  it('BU8 drop-oldest: the newest are kept, and the first that is read tells how many were lost', () => {
    const { peers: [a, b] } = new BusRig(2);
    const box = b!.subscribe('n', { capacity: CAPACITY_MIN });
    for (let i = 0; i < 500; i++) expect(a!.publish('n', `${i}`)).toBe(1);
    const got = b!.drain(box);
    expect(got.at(-1)!.text).toBe('499');
    expect(got.map((message) => message.lost)).toEqual([500 - got.length, ...got.slice(1).map(() => 0)]);
    expect(box.dropped).toBe(500 - got.length);
    expect(got.map((message) => Number(message.text))).toEqual(Array.from({ length: got.length }, (_, i) => 500 - got.length + i));
    a!.publish('n', 'next');
    expect(b!.read(box)).toMatchObject({ text: 'next', lost: 0 });
  });

  it('BU9 refuse: EAGAIN, and nobody has the message', () => {
    const { peers: [a, b] } = new BusRig(2);
    const open = b!.subscribe('n', { capacity: 1 << 16 });
    const box = b!.subscribe('n', { capacity: CAPACITY_MIN, policy: Policy.REFUSE });
    for (let i = 0; i < 100; i++) a!.publish('n', 'x'.repeat(100));
    expect(a!.publish('n', 'x'.repeat(100))).toBe(-Errno.EAGAIN);
    expect(b!.drain(open).length).toBe(b!.drain(box).length);
    expect(a!.publish('n', 'y')).toBe(2);
  });

  it('BU10 block: the publisher waits, all others have the message, and room lets it go on', () => {
    const { peers: [a, b, c] } = new BusRig(3);
    const box = b!.subscribe('n', { capacity: CAPACITY_MIN, policy: Policy.BLOCK });
    const other = c!.subscribe('*');
    expect(a!.publish('n', 'x')).toBe(2);
    for (let i = 0; i < 200; i++) {
      const result = a!.publish('n', 'x'.repeat(100));
      if (result === BLOCKED) break;
      expect(result).toBe(2);
    }
    const sent = c!.drain(other).length;
    expect(a!.bus.resume()).toBe(BLOCKED);
    const seen = a!.handle.bell();
    a!.bus.blockedOn.addWaiter(a!.handle.slot);
    expect(b!.drain(box).length).toBe(sent - 1);
    expect(a!.handle.bell()).not.toBe(seen);
    a!.bus.blockedOn.removeWaiter(a!.handle.slot);
    expect(a!.bus.resume()).toBe(2);
    expect(b!.drain(box).length).toBe(1);
    expect(box.dropped).toBe(0);
  });

  it('BU10 giving up counts the message as lost there; a mailbox that ends frees who waits for it', () => {
    const { peers: [a, b] } = new BusRig(2);
    const box = b!.subscribe('n', { capacity: CAPACITY_MIN, policy: Policy.BLOCK });
    fill(a!, 'n');
    expect(a!.bus.giveUp()).toBe(0);
    expect(box.dropped).toBe(1);
    expect(a!.publish('n', 'x'.repeat(100))).toBe(BLOCKED);
    const seen = a!.handle.bell();
    a!.bus.blockedOn.addWaiter(a!.handle.slot);
    b!.bus.release(box.address);
    expect(a!.handle.bell()).not.toBe(seen);
    expect(a!.bus.resume()).toBe(0);
  });

  it('BU11 a circle of full mailboxes is EDEADLK for who closes it; the message is counted as lost there', () => {
    const { peers: [a, b, c] } = new BusRig(3);
    const [atA, atB, atC] = [a!, b!, c!].map((peer, i) => peer.subscribe(`to.${i}`, { capacity: CAPACITY_MIN, policy: Policy.BLOCK }));
    fill(a!, 'to.1');
    fill(b!, 'to.2');
    expect(fill(c!, 'to.0')).toBeGreaterThan(5);
    expect(atA!.dropped).toBe(1);
    expect(c!.publish('to.0', 'x'.repeat(100))).toBe(-Errno.EDEADLK);
    c!.drain(atC!);
    expect(b!.bus.resume()).toBe(1);
    expect(c!.publish('to.0', 'x'.repeat(100))).toBe(BLOCKED);
    b!.drain(atB!);
    expect(a!.bus.resume()).toBe(1);
    a!.drain(atA!);
    expect(c!.bus.resume()).toBe(1);
  });

  it('BU11 nobody waits for a mailbox of its own', () => {
    const { peers: [a] } = new BusRig(1);
    const box = a!.subscribe('n', { capacity: CAPACITY_MIN, policy: Policy.BLOCK });
    fill(a!, 'n');
    expect(a!.publish('n', 'x'.repeat(100))).toBe(-Errno.EDEADLK);
    expect(box.dropped).toBe(2);
  });

  it('BU12 a subscriber that never reads costs the others nothing, and a bounded share of the arena', () => {
    const rig = new BusRig(3, { maxPages: 2048 });
    const [a, b, c] = rig.peers;
    b!.subscribe('n', { capacity: CAPACITY_MIN });
    const box = c!.subscribe('n', { capacity: 1 << 16 });
    const big = new Uint8Array(1 << 20);
    for (let i = 0; i < 300; i++) {
      expect(a!.publish('n', big)).toBe(2);
      expect(c!.drain(box).length).toBe(1);
    }
    expect(rig.arena.stats().total - rig.arena.stats().free).toBeLessThan(32 << 20);
  });
});

describe('payloads by reference', () => {
  it('BU13 up to 16 MiB, shared by all mailboxes, freed with the last that had it', () => {
    const rig = new BusRig(2);
    const [a, b] = rig.peers;
    const boxes = [b!.subscribe('n', { capacity: CAPACITY_MIN }), b!.subscribe('n')];
    a!.publish('n', 'small');
    boxes.forEach((box) => b!.drain(box));
    const before = inUse(rig);
    const big = new Uint8Array(PAYLOAD_MAX).map((_, i) => i * 7);
    expect(a!.publish('n', big, { type: 'T.v1' })).toBe(2);
    const extra = rig.arena.stats();
    expect(boxes[0]!.nextSize()).toBe(48 + 1 + 4 + PAYLOAD_MAX);
    for (const box of boxes) {
      const got = b!.read(box) as Got;
      expect([got.type, got.flags, got.payload.length]).toEqual(['T.v1', 0, PAYLOAD_MAX]);
      expect(Buffer.compare(got.payload, big)).toBe(0);
    }
    expect(inUse(rig)).toBe(before);
    expect(rig.arena.stats().free - extra.free).toBeLessThan(PAYLOAD_MAX + (1 << 17));
  });

  it('BU13 bytes that are copied are the reader\'s own meanwhile: nothing else takes their place', () => {
    const { arena, peers: [a, b] } = new BusRig(2);
    const [first, second] = [new Uint8Array(2 << 20).fill(1), new Uint8Array(1 << 20).fill(2)];
    const box = b!.subscribe('n', { capacity: CAPACITY_MIN });
    a!.publish('n', first);
    const buffer = new Uint8Array(3 << 20);
    const window = b!.window.wrap(buffer);
    const copy = window.fromArenaTo.bind(window);
    const references: number[] = [];
    Object.assign(window, {
      fromArenaTo: (to: number, from: number, length: number) => {
        // The oldest would be dropped for it.
        if (length === first.length) a!.publish('n', second);
        if (length >= second.length) references.push(arena.u32[(from - ExtentWord.HEADER + ExtentWord.REFS) >>> 2]!);
        copy(to, from, length);
      },
    });
    expect([box.tryRead(window, 0, buffer.length), references]).toEqual([48 + 1 + first.length, [1]]);
    expect([box.tryRead(window, 0, buffer.length), references, box.dropped]).toEqual([48 + 1 + second.length, [1, 1], 0]);
  });

  it('BU13 may lie in memory that has grown since the reader began', () => {
    const rig = new BusRig(2, { pages: 16 });
    const arena = Arena.attach(rig.arena.memory);
    const reader = new Peer(arena, rig.peers[1]!.handle.address);
    const box = reader.subscribe('n', { capacity: CAPACITY_MIN });
    const big = new Uint8Array(PAYLOAD_MAX).fill(7);
    const buffer = new Uint8Array(PAYLOAD_MAX + 100);
    reader.handle.enter();
    const before = arena.pages;
    expect(rig.peers[0]!.publish('n', big)).toBe(1);
    expect([arena.pages, rig.arena.pages > before]).toEqual([before, true]);
    expect([box.nextSize(), box.tryRead(reader.window.wrap(buffer), 0, buffer.length), buffer[PAYLOAD_MAX]]).toEqual([49 + PAYLOAD_MAX, 49 + PAYLOAD_MAX, 7]);
    reader.handle.leave();
    reader.publish('n', 'so that it knows the way');
    reader.handle.enter();
    const known = arena.pages;
    while (rig.arena.pages === known) rig.arena.alloc(1 << 20);
    expect(rig.peers[0]!.publish('n', big)).toBe(1);
    for (let n = 0; n < 50; n++) reader.publish('n', 'x'.repeat(100));
    reader.handle.leave();
    expect(reader.texts(box)).toContain('x'.repeat(100));
  });

  it('BU13 more than 16 MiB: EMSGSIZE', () => {
    const { peers: [a, b] } = new BusRig(2);
    b!.subscribe('n');
    expect(a!.publish('n', new Uint8Array(PAYLOAD_MAX + 1))).toBe(-Errno.EMSGSIZE);
  });

  it('BU13 what is dropped or released unread gives its extent back', () => {
    const rig = new BusRig(2);
    const [a, b] = rig.peers;
    const box = b!.subscribe('n', { capacity: CAPACITY_MIN });
    a!.publish('n', 'x');
    b!.drain(box);
    const before = inUse(rig);
    for (let i = 0; i < 100; i++) a!.publish('n', new Uint8Array(100_000 + i));
    expect(box.dropped).toBeGreaterThan(80);
    const got = b!.drain(box);
    expect(got.at(-1)!.payload.length).toBe(100_099);
    expect(got[0]!.lost).toBe(box.dropped);
    expect(inUse(rig)).toBe(before);
    for (let i = 0; i < 10; i++) a!.publish('n', new Uint8Array(100_000));
    b!.bus.release(box.address);
    b!.subscribe('n', { capacity: CAPACITY_MIN });
    expect(inUse(rig)).toBe(before);
  });

  it('BU14 the bytes of a process\'s mailboxes are bounded: its own mailboxes lose messages, others do not', () => {
    const { peers: [a, b, c] } = new BusRig(3, { extentBytes: 512 << 20 });
    const hoard = Array.from({ length: 20 }, () => b!.subscribe('n', { capacity: CAPACITY_MIN }));
    const box = c!.subscribe('n');
    const big = new Uint8Array(PAYLOAD_MAX);
    let last = 0;
    for (let i = 0; i < 3; i++) {
      last = a!.publish('n', big);
      expect(c!.drain(box).length).toBe(1);
    }
    expect(last).toBe(4);
    expect(hoard.reduce((sum, { dropped }) => sum + dropped, 0)).toBeGreaterThan(0);
    expect(Array.from({ length: 10 }, () => b!.bus.subscribe('q', { capacity: 1 << 24 })).every((result) => result === -Errno.EDQUOT)).toBe(true);
    expect(c!.bus.subscribe('q', { capacity: 1 << 24 })).toBeGreaterThan(0);
  });

  it('BU14 no room for an extent: ENOMEM, and nobody has the message', () => {
    const rig = new BusRig(2, { extentBytes: 1 << 20 });
    const [a, b] = rig.peers;
    const box = b!.subscribe('n', { policy: Policy.BLOCK });
    expect(a!.publish('n', new Uint8Array(600_000))).toBe(1);
    expect(a!.publish('n', new Uint8Array(600_000))).toBe(-Errno.ENOMEM);
    expect(a!.publish('n', 'small')).toBe(1);
    expect(b!.drain(box).length).toBe(2);
    expect(a!.publish('n', new Uint8Array(600_000))).toBe(1);
  });
});
