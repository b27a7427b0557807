import { describe, expect, it } from 'vitest';
import { FdTable, OfdFlag, OfdKind, OpenFiles, Pcb } from '../arena/index.ts';
import { Errno } from '../base/index.ts';
import { BLOCKED, CAPACITY_MIN, FrameFlag, PAYLOAD_MAX, Policy } from './index.ts';
import { BusRig, inUse, type Got, type Peer } from './testing/bus-rig.ts';

const text = (got: Got | number): string => (typeof got === 'number' ? `result ${got}` : got.text);

describe('queue groups', () => {
  it('BU15 each message goes to one member, and to every group and plain subscription', () => {
    const { peers: [a, b, c] } = new BusRig(3);
    const workers = [b!.subscribe('job.*', { group: 'w' }), c!.subscribe('job.>', { group: 'w' }), c!.subscribe('job.1', { group: 'w' })];
    const other = b!.subscribe('job.1', { group: 'v' });
    const plain = c!.subscribe('job.1');
    for (let i = 0; i < 30; i++) expect(a!.publish('job.1', `${i}`)).toBe(3);
    const shares = workers.map((box, i) => (i === 0 ? b! : c!).texts(box));
    expect(shares.map((share) => share.length)).toEqual([10, 10, 10]);
    expect(shares.flat().map(Number).toSorted((x, y) => x - y)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect([b!.texts(other).length, c!.texts(plain).length]).toEqual([30, 30]);
  });

  it('BU15 members that are full or gone are passed over', () => {
    const { peers: [a, b, c] } = new BusRig(3);
    const small = b!.subscribe('j', { group: 'w', capacity: CAPACITY_MIN });
    const large = c!.subscribe('j', { group: 'w', capacity: 1 << 16, policy: Policy.REFUSE });
    for (let i = 0; i < 200; i++) expect(a!.publish('j', 'x'.repeat(100))).toBe(1);
    expect(small.dropped).toBe(0);
    expect(b!.drain(small).length + c!.drain(large).length).toBe(200);
    b!.bus.release(small.address);
    for (let i = 0; i < 10; i++) expect(a!.publish('j', 'x')).toBe(1);
    expect(c!.drain(large).length).toBe(10);
  });

  it('BU15 all full: a member that drops, else one that waits, else refusal', () => {
    const { peers: [a, b] } = new BusRig(2);
    const publishUntil = (result: number): number => {
      for (let i = 0; i < 1000; i++) if (a!.publish('j', 'x'.repeat(100)) === result) return i;
      throw new Error('never');
    };
    const refusing = b!.subscribe('j', { group: 'w', capacity: CAPACITY_MIN, policy: Policy.REFUSE });
    expect(publishUntil(-Errno.EAGAIN)).toBeGreaterThan(10);
    const blocking = b!.subscribe('j', { group: 'w', capacity: CAPACITY_MIN, policy: Policy.BLOCK });
    expect(publishUntil(BLOCKED)).toBeGreaterThan(10);
    b!.read(blocking);
    expect(a!.bus.resume()).toBe(1);
    const dropping = b!.subscribe('j', { group: 'w', capacity: CAPACITY_MIN });
    for (let i = 0; i < 100; i++) expect(a!.publish('j', 'x'.repeat(100))).toBe(1);
    expect([refusing.dropped, blocking.dropped, dropping.dropped > 50]).toEqual([0, 0, true]);
  });
});

describe('last values', () => {
  it('BU16 a new subscription gets the last value of each subject that matches, marked, then what comes', () => {
    const { peers: [a, b] } = new BusRig(2);
    for (const [subject, value] of [['s.1', 'old'], ['s.2', 'two'], ['s.1', 'one'], ['t', 'no']] as const) a!.publish(subject, value, { retain: true, type: 'State.v1' });
    a!.publish('s.3', 'not kept');
    const plain = b!.subscribe('s.*');
    const box = b!.subscribe('s.*', { last: true });
    a!.publish('s.1', 'live', { retain: true });
    const got = b!.drain(box);
    expect(got.map((message) => [message.subject, message.text, message.flags, message.type, message.source])).toEqual([
      ['s.2', 'two', FrameFlag.LAST, 'State.v1', 10], ['s.1', 'one', FrameFlag.LAST, 'State.v1', 10], ['s.1', 'live', 0, '', 10],
    ]);
    expect(b!.texts(plain)).toEqual(['live']);
    expect(b!.bus.last('s.>')!.length).toBe(2);
    expect(b!.bus.last('s..')).toBe(null);
  });

  it('BU16 a value can be forgotten, and then costs nothing', () => {
    const rig = new BusRig(2);
    const [a, b] = rig.peers;
    a!.publish('s', 'x');
    const before = inUse(rig);
    a!.publish('s', new Uint8Array(1 << 20), { retain: true });
    expect(b!.bus.forget(b!.topic('s') as never)).toBe(true);
    expect(b!.bus.forget(b!.topic('s') as never)).toBe(false);
    expect(b!.bus.last('>')).toEqual([]);
    expect(inUse(rig)).toBe(before);
  });

  it('BU17 at most 1024 values and 32 MiB: those set longest ago go first', () => {
    const { peers: [a, b] } = new BusRig(2, { maxPages: 8192 });
    for (let i = 0; i < 1500; i++) a!.publish(`s.${i}`, `${i}`, { retain: true });
    const values = b!.bus.last('s.*')!;
    expect(values.length).toBe(1024);
    const box = b!.subscribe('s.*', { last: true, capacity: 1 << 18 });
    expect(b!.texts(box)).toEqual(Array.from({ length: 1024 }, (_, i) => `${476 + i}`));
    for (let i = 0; i < 4; i++) expect(a!.publish(`big.${i}`, new Uint8Array(PAYLOAD_MAX - 1000), { retain: true })).toBe(0);
    expect(b!.bus.last('big.*')!.length).toBe(2);
    expect(b!.bus.last('s.*')!.length).toBeLessThan(1024);
  });
});

describe('requests', () => {
  it('BU18 a request has one reply, which its mailbox gives once', () => {
    const rig = new BusRig(2);
    const [a, b] = rig.peers;
    const service = b!.subscribe('add');
    a!.publish('add', 'warm');
    b!.drain(service);
    const before = inUse(rig);
    const mailbox = a!.bus.mailbox(a!.request('add', '1+2'));
    expect(a!.read(mailbox)).toBe(0);
    const asked = b!.read(service) as Got;
    expect([asked.text, asked.flags]).toEqual(['1+2', FrameFlag.REQUEST]);
    const seen = a!.handle.bell();
    mailbox.addWaiter(a!.handle.slot);
    expect(b!.reply(asked, '3')).toBe(0);
    expect(a!.handle.bell()).not.toBe(seen);
    mailbox.removeWaiter(a!.handle.slot);
    expect(b!.reply(asked, '4')).toBe(-Errno.ENOENT);
    expect(mailbox.nextSize()).toBe(48 + 3 + 1);
    expect(a!.read(mailbox)).toMatchObject({ subject: 'add', text: '3', source: 11, correlation: asked.correlation });
    expect(a!.read(mailbox)).toBe(-Errno.ENOENT);
    a!.bus.release(mailbox.address);
    expect(inUse(rig)).toBe(before);
  });

  it('BU18 nobody listens: EHOSTUNREACH at once', () => {
    const rig = new BusRig(1);
    rig.peers[0]!.request('nobody', 'x');
    const before = inUse(rig);
    expect(rig.peers[0]!.request('nobody', 'x')).toBe(-Errno.EHOSTUNREACH);
    expect(inUse(rig)).toBe(before);
  });

  it('BU19 after the deadline reading is ETIMEDOUT and an answer ENOENT', async () => {
    const { peers: [a, b] } = new BusRig(2);
    const service = b!.subscribe('slow');
    const mailbox = a!.bus.mailbox(a!.request('slow', 'x', 5));
    const asked = b!.read(service) as Got;
    expect(mailbox.deadline - performance.timeOrigin - performance.now()).toBeLessThanOrEqual(5);
    await new Promise((resolve) => void setTimeout(resolve, 10));
    expect(mailbox.nextSize()).toBe(1);
    expect(a!.read(mailbox)).toBe(-Errno.ETIMEDOUT);
    expect(b!.reply(asked, 'late')).toBe(-Errno.ENOENT);
  });

  it('BU20 only who read the request can answer it; forged and stale ones are refused', () => {
    const { peers: [a, b, c] } = new BusRig(3);
    const service = b!.subscribe('s');
    const mailbox = a!.bus.mailbox(a!.request('s', 'x'));
    const asked = b!.read(service) as Got;
    expect(c!.reply(asked, 'forged')).toBe(-Errno.ENOENT);
    expect(b!.reply({ replyTo: 0, correlation: 0 }, 'x')).toBe(-Errno.EINVAL);
    expect(b!.reply({ ...asked, replyTo: asked.replyTo + 1 }, 'x')).toBe(-Errno.ENOENT);
    expect(b!.reply({ ...asked, correlation: asked.correlation ^ 1 }, 'x')).toBe(-Errno.ENOENT);
    a!.bus.release(mailbox.address);
    const next = a!.bus.mailbox(a!.request('s', 'y'));
    expect(next.address).toBe(mailbox.address);
    expect(b!.reply(asked, 'for the one before')).toBe(-Errno.ENOENT);
    expect(a!.read(next)).toBe(0);
    expect(b!.reply(b!.read(service) as Got, new Uint8Array(100_000))).toBe(0);
    expect((a!.read(next) as Got).payload.length).toBe(100_000);
  });

  it('BU20 any frame that was a request can be answered: batches tell of them too', () => {
    const { peers: [a, b] } = new BusRig(2);
    const service = b!.subscribe('s');
    const asking = Array.from({ length: 5 }, (_, i) => a!.bus.mailbox(a!.request('s', `${i}`)));
    const asked = b!.drainMany(service);
    expect(asked.map((message) => message.text)).toEqual(['0', '1', '2', '3', '4']);
    for (const request of asked.toReversed()) expect(b!.reply(request, `re ${request.text}`)).toBe(0);
    expect(asking.map((mailbox) => text(a!.read(mailbox)))).toEqual(['re 0', 're 1', 're 2', 're 3', 're 4']);
  });

  it('BU21 a request that waits for room is asked when there is some, and its mailbox is known to the kernel meanwhile', () => {
    const rig = new BusRig(2);
    const [a, b] = rig.peers;
    const service = b!.subscribe('s', { capacity: CAPACITY_MIN, policy: Policy.BLOCK });
    while (a!.publish('s', 'x'.repeat(100)) === 1);
    expect(a!.bus.giveUp()).toBe(0);
    expect(a!.request('s', 'x'.repeat(100))).toBe(BLOCKED);
    const inbox = (): number => rig.arena.u32[(a!.handle.address >>> 2) + Pcb.INBOX]!;
    expect(inbox()).not.toBe(0);
    b!.drain(service);
    const mailbox = a!.bus.resume();
    expect(mailbox).toBeGreaterThan(0);
    expect(inbox()).toBe(0);
    expect(b!.reply(b!.read(service) as Got, 'ok')).toBe(0);
    expect(text(a!.read(a!.bus.mailbox(mailbox)))).toBe('ok');
  });
});

describe('ends', () => {
  it('BU22 a description owns its mailbox: its last release ends the subscription, for the dead too', () => {
    const rig = new BusRig(3);
    const [a, b, c] = rig.peers;
    const files = new OpenFiles(rig.arena, { releaseInode: () => {}, releaseHandle: () => {}, releaseMailbox: (mailbox) => rig.kernel.bus.release(mailbox) });
    const tableOf = (peer: Peer): FdTable => new FdTable(rig.arena, files, peer.handle.address);
    const table = tableOf(b!);
    for (const options of [{}, { policy: Policy.BLOCK, capacity: CAPACITY_MIN }]) {
      table.install(files.create(OfdKind.MAILBOX, b!.bus.subscribe('n', options), OfdFlag.READ));
    }
    expect(a!.publish('n', new Uint8Array(50_000))).toBe(2);
    for (let asked = a!.request('n', 'x'.repeat(100)); asked !== BLOCKED; asked = a!.request('n', 'x'.repeat(100))) a!.bus.release(asked);
    tableOf(a!).destroy();
    expect(rig.arena.u32[(a!.handle.address >>> 2) + Pcb.INBOX]).toBe(0);
    expect(table.close(0)).toBe(0);
    expect(c!.publish('n', 'x'.repeat(100))).toBe(BLOCKED);
    table.destroy();
    expect(c!.bus.resume()).toBe(0);
    expect(c!.publish('n', 'x')).toBe(0);
    expect(rig.peers.map(({ bus }) => bus.charged)).toEqual([0, 0, 0]);
  });

  it('BU23 a mailbox that is revoked gives ENOTCAPABLE at once, gets nothing more, and is still its owner\'s to release', () => {
    const rig = new BusRig(2);
    const [a, b] = rig.peers;
    const box = b!.subscribe('n');
    a!.publish('n', 'unread');
    const seen = b!.handle.bell();
    box.addWaiter(b!.handle.slot);
    rig.kernel.bus.revoke(box.address);
    expect(b!.handle.bell()).not.toBe(seen);
    expect(box.nextSize()).toBe(1);
    expect(b!.read(box)).toBe(-Errno.ENOTCAPABLE);
    expect(a!.publish('n', 'x')).toBe(0);
    b!.bus.release(box.address);
    expect(b!.bus.mailbox(b!.subscribe('n').address).nextSize()).toBe(0);
  });

  it('BU24 the kernel\'s own messages do not come back to its mailbox; a guest\'s do', () => {
    const rig = new BusRig(1);
    const [a] = rig.peers;
    const kernel = rig.kernel.bus.createMailbox(Policy.DROP_OLDEST, 1 << 16);
    rig.kernel.bus.listen(kernel, '>');
    const own = a!.subscribe('>');
    expect(rig.kernel.publish('n', 'from kernel')).toBe(1);
    expect(a!.publish('n', 'from guest')).toBe(2);
    expect(rig.kernel.drain(rig.kernel.bus.mailbox(kernel)).map((message) => [message.text, message.source])).toEqual([['from guest', 10]]);
    expect(a!.drain(own).map((message) => [message.text, message.source])).toEqual([['from kernel', 0], ['from guest', 10]]);
  });

  it('BU25 16384 mailboxes are all; a process has 64 MiB of them', () => {
    const { peers } = new BusRig(3, { maxPages: 16384 });
    let made = 0;
    let refused = 0;
    for (const peer of peers) for (let i = 0; i < 8192; i++) {
      const result = peer.bus.subscribe('n', { capacity: CAPACITY_MIN });
      if (result > 0) made++;
      else refused = result;
    }
    expect([made, refused]).toEqual([16384, -Errno.ENFILE]);
  });
});

describe('doorbells', () => {
  it('BU26 one ring does until the reader has looked; the next message rings again', () => {
    const { peers: [a, b] } = new BusRig(2);
    const box = b!.subscribe('n', { capacity: CAPACITY_MIN });
    const bell = (): number => b!.handle.bell();
    const start = bell();
    a!.publish('n', '0');
    expect(bell()).toBe(start);
    b!.texts(box);
    box.addWaiter(b!.handle.slot);
    for (let i = 0; i < 5; i++) a!.publish('n', '1');
    expect(bell()).toBe(start + 1);
    expect(b!.texts(box).length).toBe(5);
    a!.publish('n', '2');
    expect(bell()).toBe(start + 2);
    expect(box.nextSize()).toBeGreaterThan(0);
    a!.publish('n', '3');
    expect(bell()).toBe(start + 3);
    b!.bus.release(box.address);
    const next = b!.subscribe('n', { capacity: CAPACITY_MIN });
    expect(next.address).toBe(box.address);
    next.addWaiter(b!.handle.slot);
    const before = bell();
    a!.publish('n', '4');
    expect(bell()).toBe(before + 1);
  });
});
