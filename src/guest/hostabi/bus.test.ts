import { describe, expect, it } from 'vitest';
import type { Action, SyscallRequest } from '../../shared/abi/index.ts';
import { Errno } from '../../shared/base/index.ts';
import { Policy } from '../../shared/bus/index.ts';
import { decodeFrame, type Got } from '../../shared/bus/testing/bus-rig.ts';
import { at, Rig, type RigOptions } from '../testing/rig.ts';

const FRAME = 0x20000;
const ROOM = 0x10000;
const NONBLOCK = 4;
const JSON_PREFIX = '\u0080\u0004';

const latin = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A guest that publishes, asks and listens; every action is granted unless `kernel` says otherwise. */
class Guest {
  readonly rig: Rig;
  readonly asked: Action[] = [];
  answer: (action: Action) => { errno?: number; value?: { remember: boolean; counter?: number } } = () => ({ value: { remember: true } });
  /** Address of the word for each subject that it publishes to. */
  readonly counters = new Map<string, number>();

  constructor(options: RigOptions = {}) {
    this.rig = new Rig({
      pages: 8, ...options,
      kernel: (request: SyscallRequest) => {
        if (request.op !== 'authorize') return undefined;
        this.asked.push(request.action);
        const { errno, value } = this.answer(request.action);
        return { ...(errno !== undefined && { errno }), ...(value && { value: { counter: request.count ? this.#counter(request.action) : 0, ...value } }) };
      },
    });
  }

  #counter(action: Action): number {
    const subject = action.kind === 'publish' ? action.subject : '';
    const known = this.counters.get(subject);
    if (known !== undefined) return known;
    const made = this.rig.arena.allocZeroed(64);
    this.counters.set(subject, made);
    return made;
  }

  /** Uses that it counted by itself. */
  counted(subject: string): number | undefined {
    const address = this.counters.get(subject);
    return address === undefined ? undefined : this.rig.arena.u32[address >>> 2];
  }

  #put(text: string | Uint8Array): [number, number] {
    const bytes = typeof text === 'string' ? latin(text) : text;
    this.rig.u8.set(bytes, at.DATA);
    return [at.DATA, bytes.length];
  }

  publish(subject: string, payload: string | Uint8Array, { flags = 0, type = '' } = {}): number {
    const { rig } = this;
    rig.path2(type);
    [flags, at.PATH2, type.length, 0].forEach((word, index) => rig.view.setUint32(at.IOVS + index * 4, word, true));
    return rig.host.astrid_publish(...rig.path(subject), ...this.#put(payload), flags === 0 && type === '' ? 0 : at.IOVS);
  }

  /** The handle, or a negated errno. */
  subscribe(pattern: string, { flags = 0, policy = 0, capacity = 0, group = '' } = {}): number {
    const { rig } = this;
    rig.path2(group);
    [flags, policy, capacity, at.PATH2, group.length, 0].forEach((word, index) => rig.view.setUint32(at.IOVS + index * 4, word, true));
    const errno = rig.host.astrid_subscribe(...rig.path(pattern), at.IOVS, at.OUT);
    return errno === 0 ? rig.out32() : -errno;
  }

  request(subject: string, payload: string, milliseconds = 60_000): number {
    const errno = this.rig.host.astrid_request(...this.rig.path(subject), ...this.#put(payload), BigInt(milliseconds) * 1_000_000n, at.OUT);
    return errno === 0 ? this.rig.out32() : -errno;
  }

  /** To the frame that was read last. */
  reply(payload: string): number {
    return this.rig.host.astrid_reply(FRAME, ...this.#put(payload));
  }

  /** The message, or a negated errno. */
  read(fd: number, ...room: number[]): Got | number {
    const { rig } = this;
    const vectors = room.length === 0 ? [ROOM] : room;
    let from = FRAME;
    vectors.forEach((length, index) => {
      rig.view.setUint32(at.IOVS + index * 8, from, true);
      rig.view.setUint32(at.IOVS + index * 8 + 4, length, true);
      from += length;
    });
    const errno = rig.calls.fd_read(fd, at.IOVS, vectors.length, at.OUT);
    return errno === 0 ? decodeFrame(rig.u8.slice(FRAME, FRAME + rig.out32())) : -errno;
  }

  /** `[events, errno, nbytes]` of a poll that waits for at most `milliseconds`. */
  poll(fd: number, milliseconds: number): [number, number, number] {
    const { rig: { view, u8, calls } } = this;
    u8.fill(0, at.DATA, at.DATA + 96);
    view.setUint8(at.DATA + 8, 1);
    view.setUint32(at.DATA + 16, fd, true);
    view.setUint32(at.DATA + 48 + 16, 1, true);
    view.setBigUint64(at.DATA + 48 + 24, BigInt(milliseconds) * 1_000_000n, true);
    expect(calls.poll_oneoff(at.DATA, at.DATA + 1024, 2, at.OUT)).toBe(0);
    const first = at.DATA + 1024;
    return view.getUint8(first + 10) === 1 ? [this.rig.out32(), view.getUint16(first + 8, true), Number(view.getBigUint64(first + 16, true))] : [0, 0, 0];
  }
}

describe('messages', () => {
  it('HA9 one read gives one message; none is left when it does not wait', () => {
    const guest = new Guest();
    const fd = guest.subscribe('a.>');
    guest.rig.calls.fd_fdstat_set_flags(fd, NONBLOCK);
    expect(guest.read(fd)).toBe(-Errno.EAGAIN);
    expect([guest.publish('a.b', 'Uone'), guest.publish('a.c.d', 'Utwo', { type: 'T' }), guest.publish('b', 'Uother')]).toEqual([0, 0, 0]);
    expect(guest.read(fd)).toMatchObject({ subject: 'a.b', type: '', text: 'Uone', source: 7, flags: 0, lost: 0 });
    expect(guest.read(fd)).toMatchObject({ subject: 'a.c.d', type: 'T', text: 'Utwo' });
    expect(guest.read(fd)).toBe(-Errno.EAGAIN);
    guest.rig.close();
  });

  it('HA9 too small a buffer leaves the message; poll and stat tell its size; several vectors are one buffer', () => {
    const guest = new Guest();
    const fd = guest.subscribe('a');
    guest.publish('a', `U${'x'.repeat(100)}`);
    const size = 48 + 1 + 101;
    expect(guest.read(fd, size - 1)).toBe(-Errno.EMSGSIZE);
    expect(guest.read(fd, 40, 40)).toBe(-Errno.EMSGSIZE);
    expect(guest.poll(fd, 0)).toEqual([2, 0, size]);
    expect([guest.rig.calls.fd_filestat_get(fd, at.OUT), guest.rig.view.getBigUint64(at.OUT + 32, true)]).toEqual([0, BigInt(size)]);
    expect(guest.read(fd, 10, 40, 0, 1000)).toMatchObject({ subject: 'a', payload: latin(`U${'x'.repeat(100)}`) });
    guest.publish('a', 'Uone');
    guest.publish('a', 'Utwo');
    // Not two of them, though both would fit.
    expect(guest.read(fd, 53, 1000)).toMatchObject({ text: 'Uone' });
    expect(guest.read(fd, 40_000, 40_000)).toMatchObject({ text: 'Utwo' });
    guest.rig.close();
  });

  it('HA9 is a description like others: rights, no position, gone when it is closed', () => {
    const guest = new Guest();
    const { calls, kernelBus } = guest.rig;
    const fd = guest.subscribe('a');
    expect(calls.fd_fdstat_get(fd, at.OUT)).toBe(0);
    expect([guest.rig.u8[at.OUT], guest.rig.view.getBigUint64(at.OUT + 8, true) & 2n]).toEqual([0, 2n]);
    expect([calls.fd_tell(fd, at.OUT), calls.fd_write(fd, at.IOVS, 0, at.OUT), calls.fd_readdir(fd, at.DATA, 100, 0n, at.OUT), calls.fd_sync(fd)])
      .toEqual([Errno.ESPIPE, Errno.EBADF, Errno.ENOTDIR, Errno.EINVAL]);
    expect(kernelBus.hasListeners(kernelBus.topicOf('a')!)).toBe(true);
    expect([calls.fd_close(fd), guest.read(fd), kernelBus.hasListeners(kernelBus.topicOf('a')!)]).toEqual([0, -Errno.EBADF, false]);
    guest.subscribe('a');
    guest.rig.close();
    expect(kernelBus.hasListeners(kernelBus.topicOf('a')!)).toBe(false);
  });

  it('HA3 what is no subject, pattern, option or payload is refused by name, and nobody is asked', () => {
    const guest = new Guest();
    expect(['', 'a..b', '.a', 'a.*', '>', 'a b', 'x'.repeat(257), 'x'.repeat(5000)].map((subject) => guest.publish(subject, 'Uone'))).toEqual(Array(8).fill(Errno.EINVAL));
    expect([guest.publish('a', ''), guest.publish('a', 'one'), guest.publish('a', '\u0080'), guest.publish('a', '\u0080\u0005{}')]).toEqual(Array(4).fill(Errno.EINVAL));
    expect([guest.publish('a', 'Uone', { flags: 2 }), guest.publish('a', 'Uone', { type: 'x'.repeat(256) })]).toEqual([Errno.EINVAL, Errno.EINVAL]);
    expect([{ policy: 3 }, { flags: 2 }, { capacity: 5000 }, { capacity: 2048 }, { capacity: 1 << 25 }, { group: 'g'.repeat(256) }].map((options) => guest.subscribe('a', options))).toEqual(Array(6).fill(-Errno.EINVAL));
    expect(guest.rig.host.astrid_publish(...guest.rig.path(Uint8Array.of(0x61, 0xff)), at.DATA, 1, 0)).toBe(Errno.EILSEQ);
    expect([guest.rig.host.astrid_publish(-16, 100, at.DATA, 1, 0), guest.rig.host.astrid_subscribe(at.PATH, 1, 0, -1), guest.rig.host.astrid_reply(-48, at.DATA, 1)]).toEqual(Array(3).fill(Errno.EFAULT));
    expect(guest.request('a', 'Uone', -1)).toBe(-Errno.EINVAL);
    expect(guest.asked).toEqual([]);
    guest.rig.close();
  });

  it('HA8 a message of a registered type has its shape, and the kernel\'s are its own', () => {
    const guest = new Guest();
    const fd = guest.subscribe('user.>');
    const good = `${JSON_PREFIX}{"text":"hi"}`;
    expect([guest.publish('user.input', good), guest.publish('user.input', good, { type: 'UserInput.v1' }), guest.publish('a', good, { type: 'UserInput.v1' })]).toEqual([0, 0, 0]);
    expect([guest.read(fd), guest.read(fd)]).toMatchObject([{ type: 'UserInput.v1' }, { type: 'UserInput.v1' }]);
    const bad = `${JSON_PREFIX}{"txt":"hi"}`;
    expect([
      guest.publish('user.input', bad), guest.publish('user.input', `${JSON_PREFIX}{`), guest.publish('a', bad, { type: 'UserInput.v1' }), guest.publish('user.input', good, { type: 'AgentResponse.v1' }),
    ]).toEqual(Array(4).fill(Errno.EINVAL));
    expect([guest.publish('proc.7.exit', good), guest.publish('a', good, { type: 'ApprovalGiven.v1' }), guest.publish('log.7', good)]).toEqual([Errno.EPERM, Errno.EPERM, Errno.EPERM]);
    guest.rig.close();
  });

  it('HA6 beyond the limit nothing is sent', () => {
    const guest = new Guest();
    const fd = guest.subscribe('a');
    guest.rig.calls.fd_fdstat_set_flags(fd, NONBLOCK);
    guest.rig.vfs.process.handle.messagesMax = 2;
    expect([guest.publish('a', 'U1'), guest.rig.host.astrid_log(2, ...guest.rig.path('x')), guest.publish('a', 'U2'), guest.request('a', 'U3')]).toEqual([0, 0, Errno.EDQUOT, -Errno.EDQUOT]);
    expect([guest.read(fd), guest.read(fd)]).toMatchObject([{ text: 'U1' }, -Errno.EAGAIN]);
    guest.rig.close();
  });
});

describe('a mailbox that is full', () => {
  it('HA10 lets its publishers wait; a caught signal ends the wait, and that mailbox does not get the message', () => {
    const guest = new Guest();
    const { kernelBus, vfs: { process } } = guest.rig;
    const reader = kernelBus.mailbox(kernelBus.subscribe('a', { policy: Policy.BLOCK, capacity: 4096 }));
    const second = kernelBus.mailbox(kernelBus.subscribe('a', { policy: Policy.BLOCK, capacity: 4096 }));
    const other = guest.subscribe('a');
    process.handle.raise(1);
    const sent = Array.from({ length: 100 }, (_, number) => guest.publish('a', `U${String(number).padStart(100)}`));
    expect(sent).toEqual(Array(100).fill(0));
    for (const { dropped } of [reader, second]) expect([dropped > 0, dropped < 100]).toEqual([true, true]);
    expect(Array.from({ length: 100 }, () => (guest.read(other) as Got).text.trim())).toHaveLength(100);
    // A request is asked all the same, of those that have room.
    expect(guest.request('a', 'U?')).toBeGreaterThan(other);
    for (const { address } of [reader, second]) kernelBus.release(address);
    guest.rig.close();
  });

  it('with a policy of refusing is EAGAIN', () => {
    const guest = new Guest();
    const { kernelBus } = guest.rig;
    const address = kernelBus.subscribe('a', { policy: Policy.REFUSE, capacity: 4096 });
    const sent = Array.from({ length: 100 }, () => guest.publish('a', `U${'x'.repeat(100)}`));
    expect([...new Set(sent)]).toEqual([0, Errno.EAGAIN]);
    kernelBus.release(address);
    expect(guest.publish('a', 'U')).toBe(0);
    guest.rig.close();
  });

  it('of one\'s own is EDEADLK rather than a wait without an end', () => {
    const guest = new Guest();
    guest.subscribe('a', { policy: 1, capacity: 4096 });
    const sent = Array.from({ length: 100 }, () => guest.publish('a', `U${'x'.repeat(100)}`));
    expect([...new Set(sent)]).toEqual([0, Errno.EDEADLK]);
    guest.rig.close();
  });
});

describe('requests', () => {
  it('are answered once, by who has read them', () => {
    const guest = new Guest();
    const inbox = guest.subscribe('ask');
    const answer = guest.request('ask', 'Uquestion');
    guest.rig.calls.fd_fdstat_set_flags(answer, NONBLOCK);
    expect([answer > inbox, guest.read(answer), guest.reply('Utoo early')]).toEqual([true, -Errno.EAGAIN, Errno.EINVAL]);
    expect(guest.read(inbox)).toMatchObject({ text: 'Uquestion', flags: 2 });
    expect([guest.reply('no prefix'), guest.reply('Uanswer'), guest.reply('Uagain')]).toEqual([Errno.EINVAL, 0, Errno.ENOENT]);
    expect(guest.read(answer)).toMatchObject({ text: 'Uanswer' });
    guest.rig.close();
  });

  it('nobody listens to fail at once; those nobody answers fail at their deadline, which wakes a poll and a read', () => {
    const guest = new Guest();
    expect(guest.request('ask', 'U?')).toBe(-Errno.EHOSTUNREACH);
    guest.subscribe('ask');
    const first = guest.request('ask', 'U?', 30);
    expect(guest.poll(first, 60_000)).toEqual([1, 0, 1]);
    expect(guest.read(first)).toBe(-Errno.ETIMEDOUT);
    const second = guest.request('ask', 'U?', 30);
    expect(guest.read(second)).toBe(-Errno.ETIMEDOUT);
    guest.rig.close();
  });

  it('that are forged are none', () => {
    const guest = new Guest();
    guest.subscribe('ask');
    guest.request('ask', 'U?');
    for (let word = 0; word < 200; word++) {
      guest.rig.view.setUint32(FRAME + 32, word, true);
      guest.rig.view.setUint32(FRAME + 36, word * 7, true);
      expect([Errno.EINVAL, Errno.ENOENT]).toContain(guest.reply('Uforged'));
    }
    guest.rig.close();
  });
});

describe('decisions', () => {
  it('HA5 are asked for once for each subject, and again when what is granted has changed', () => {
    const guest = new Guest();
    expect([guest.publish('a', 'U'), guest.publish('a', 'U'), guest.publish('b', 'U'), guest.publish('a', 'U')]).toEqual([0, 0, 0, 0]);
    expect(guest.asked).toEqual([{ kind: 'publish', subject: 'a' }, { kind: 'publish', subject: 'b' }]);
    guest.rig.moveGrantEpoch();
    guest.answer = () => ({ errno: Errno.EACCES });
    expect([guest.publish('a', 'U'), guest.publish('a', 'U'), guest.asked.length]).toEqual([Errno.EACCES, Errno.EACCES, 4]);
    guest.answer = () => ({ value: { remember: false } });
    expect([guest.publish('a', 'U'), guest.publish('a', 'U'), guest.asked.length]).toEqual([0, 0, 6]);
    guest.rig.close();
  });

  it('HA12 uses of what is remembered are counted, those that were asked for are not', () => {
    const guest = new Guest();
    for (let n = 0; n < 5; n++) guest.publish('a', 'U');
    guest.publish('b', 'U');
    guest.request('b', 'U');
    expect([guest.counted('a'), guest.counted('b'), guest.asked.length]).toEqual([4, 1, 2]);
    guest.rig.moveGrantEpoch();
    guest.publish('a', 'U');
    guest.publish('a', 'U');
    expect([guest.counted('a'), guest.asked.length]).toEqual([5, 3]);
    guest.answer = () => ({ value: { remember: false } });
    guest.rig.moveGrantEpoch();
    for (let n = 0; n < 3; n++) guest.publish('a', 'U');
    expect([guest.counted('a'), guest.asked.length]).toEqual([5, 6]);
    const open = guest.subscribe('c');
    expect([open > 0, guest.counters.size]).toEqual([true, 2]);
    guest.rig.close();
  });

  it('HA12 what has no word to be counted in is asked each time, and word 0 stays as it is', () => {
    const guest = new Guest();
    guest.answer = () => ({ value: { remember: true, counter: 0 } });
    const [magic] = guest.rig.arena.u32;
    for (let n = 0; n < 3; n++) guest.publish('a', 'U');
    expect([guest.asked.length, guest.rig.arena.u32[0]]).toEqual([3, magic]);
    guest.rig.close();
  });

  it('HA12 what goes over the messages of a second is no use', () => {
    const guest = new Guest();
    guest.rig.vfs.process.handle.messagesMax = 3;
    const results = Array.from({ length: 6 }, () => guest.publish('a', 'U'));
    expect(results).toEqual([0, 0, 0, Errno.EDQUOT, Errno.EDQUOT, Errno.EDQUOT]);
    expect(guest.counted('a')).toBe(2);
    guest.rig.close();
  });

  it('HA5 that were taken while the answer was on its way do not outlive it', () => {
    const guest = new Guest();
    guest.answer = () => {
      guest.rig.moveGrantEpoch();
      return { value: { remember: true } };
    };
    guest.publish('a', 'U');
    guest.publish('a', 'U');
    expect(guest.asked).toHaveLength(2);
    guest.rig.close();
  });

  it('HA5 a subscription that is not granted any more gives ENOTCAPABLE, to polls too, until it is granted again', () => {
    const guest = new Guest();
    const fd = guest.subscribe('a.*');
    guest.publish('a.b', 'U1');
    guest.rig.moveGrantEpoch();
    guest.answer = ({ kind }) => (kind === 'subscribe' ? { errno: Errno.EACCES } : { value: { remember: true } });
    expect([guest.read(fd), guest.read(fd), guest.poll(fd, 0)]).toEqual([-Errno.ENOTCAPABLE, -Errno.ENOTCAPABLE, [2, 0, 1]]);
    expect(guest.asked.filter(({ kind }) => kind === 'subscribe')).toEqual([{ kind: 'subscribe', subject: 'a.*' }, { kind: 'subscribe', subject: 'a.*' }]);
    guest.rig.moveGrantEpoch();
    guest.answer = () => ({ value: { remember: true } });
    expect(guest.read(fd)).toMatchObject({ text: 'U1' });
    guest.rig.close();
  });

  it('HA5 a subscription whose grant was taken while its answer was on its way is not read', () => {
    const guest = new Guest();
    guest.answer = () => {
      guest.rig.moveGrantEpoch();
      guest.answer = ({ kind }) => (kind === 'subscribe' ? { errno: Errno.ENOTCAPABLE } : { value: { remember: true } });
      return { value: { remember: true } };
    };
    const fd = guest.subscribe('a');
    guest.publish('a', 'Usecret');
    expect(guest.read(fd)).toBe(-Errno.ENOTCAPABLE);
    guest.rig.close();
  });

  it('a refused subscription leaves nothing behind', () => {
    const guest = new Guest();
    guest.answer = () => ({ errno: Errno.ENOTCAPABLE });
    const open = guest.rig.vfs.process.table.count();
    expect([guest.subscribe('a'), guest.rig.vfs.process.table.count() - open]).toEqual([-Errno.ENOTCAPABLE, 0]);
    const { kernelBus } = guest.rig;
    expect(kernelBus.hasListeners(kernelBus.topicOf('a')!)).toBe(false);
    guest.rig.close();
  });
});

describe('log lines', () => {
  it.each([
    ['plain', '{"level":"info","text":"plain"}'],
    ['{"user":"x","n":[1,2]}', '{"level":"info","fields":{"user":"x","n":[1,2]}}'],
    ['{no json', '{"level":"info","text":"{no json"}'],
    ['{}}', '{"level":"info","text":"{}}"}'],
    ['a"b\n', '{"level":"info","text":"a\\"b\\n"}'],
  ])('HA8 %j is published as %s', (said, line) => {
    const guest = new Guest();
    const fd = guest.subscribe('log.*');
    expect(guest.rig.host.astrid_log(2, ...guest.rig.path(said))).toBe(0);
    expect(guest.read(fd)).toMatchObject({ subject: 'log.7', type: 'LogLine.v1', payload: latin(JSON_PREFIX + line) });
    guest.rig.close();
  });

  it('HA3 have a level and a bound', () => {
    const guest = new Guest();
    expect([guest.rig.host.astrid_log(5, at.PATH, 1), guest.rig.host.astrid_log(-1, at.PATH, 1), guest.rig.host.astrid_log(0, at.DATA, 16_385), guest.rig.host.astrid_log(0, -1, 2)])
      .toEqual([Errno.EINVAL, Errno.EINVAL, Errno.EMSGSIZE, Errno.EFAULT]);
    guest.rig.close();
  });
});
