import { describe, expect, it } from 'vitest';
import { Errno } from '../base/index.ts';
import { Random } from '../testing/random.ts';
import { BLOCKED, CAPACITY_MIN, FrameFlag, matchesTokens, Policy, type Mailbox } from './index.ts';
import { BusRig, inUse, type Got, type Peer } from './testing/bus-rig.ts';

/** Few tokens, so that patterns and subjects meet. */
const TOKENS = ['a', 'b', 'c'];

interface Sent {
  subject: string;
  text: string;
}

/** A subscription, and what its reader is to get: all that was published since, less what it is told was lost. */
interface Model {
  peer: Peer;
  box: Mailbox;
  pattern: string[];
  policy: number;
  group: string;
  expected: Sent[];
  lost: number;
}

class Fuzz {
  readonly rig = new BusRig(3);
  readonly log: string[] = [];
  readonly models: Model[] = [];
  readonly lasts = new Map<string, string>();
  /** Group and text of what a member has read. */
  readonly shared = new Set<string>();
  read = 0;
  #count = 0;
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  #subject(): string {
    return Array.from({ length: 1 + this.#random.below(3) }, () => this.#random.pick(TOKENS)).join('.');
  }

  #pattern(): string {
    const tokens = this.#subject().split('.').map((token) => (this.#random.chance(0.3) ? '*' : token));
    if (this.#random.chance(0.2)) tokens[tokens.length - 1] = '>';
    return tokens.join('.');
  }

  step(): void {
    const dice = this.#random.next();
    if (dice < 0.04 && this.models.length < 12) this.#subscribe();
    else if (dice < 0.06 && this.models.length > 2) this.#release(this.models.splice(this.#random.below(this.models.length), 1)[0]!);
    else if (dice < 0.6) this.#publish();
    else if (this.models.length > 0) this.#readSome(this.#random.pick(this.models));
  }

  #subscribe(): void {
    const peer = this.#random.pick(this.rig.peers);
    const pattern = this.#pattern();
    const policy = this.#random.pick([Policy.DROP_OLDEST, Policy.DROP_OLDEST, Policy.BLOCK, Policy.REFUSE]);
    const group = this.#random.chance(0.25) ? this.#random.pick(['g', 'h']) : '';
    const last = group === '' && this.#random.chance(0.5);
    const tokens = pattern.split('.');
    const box = peer.subscribe(pattern, { policy, group, last, capacity: CAPACITY_MIN << this.#random.below(4) });
    const expected = last ? [...this.lasts].filter(([subject]) => matchesTokens(tokens, subject.split('.')))// Of those that found no room at once it is not known which.
      .map(([subject, text]) => ({ subject: box.dropped > 0 && policy !== Policy.DROP_OLDEST ? `?${subject}` : subject, text })) : [];
    this.models.push({ peer, box, pattern: tokens, policy, group, expected, lost: 0 });
    this.log.push(`subscribe ${pattern} ${policy} ${group} ${last}`);
  }

  #release(model: Model): void {
    this.log.push(`release ${model.pattern.join('.')}`);
    model.peer.bus.release(model.box.address);
  }

  #publish(): void {
    const peer = this.#random.pick(this.rig.peers);
    const subject = this.#subject();
    const size = this.#random.chance(0.05) ? this.#random.below(60_000) : this.#random.below(500);
    const text = `${this.#count++}`.padEnd(Math.max(8, size), '.');
    const retain = this.#random.chance(0.1);
    const takers = this.models.filter(({ pattern }) => matchesTokens(pattern, subject.split('.')));
    const before = takers.map(({ box }) => box.dropped);
    let result = peer.publish(subject, text, { retain });
    this.log.push(`publish ${subject} ${text.length} ${retain}: ${result}`);
    if (retain && result !== -Errno.ENOMEM) {
      this.lasts.delete(subject);
      this.lasts.set(subject, text);
    }
    if (result === -Errno.EAGAIN) return this.#refused(takers, { subject, text });
    while (result === BLOCKED) result = peer.bus.giveUp();
    const groups = new Set(takers.map(({ group }) => group).filter((group) => group !== ''));
    for (const [i, model] of takers.entries()) if (model.group === '') this.#expect(model, { subject, text }, model.box.dropped - before[i]!);
    if (result >= 0) expect(result).toBeLessThanOrEqual(takers.filter(({ group }) => group === '').length + groups.size);
    else expect(result).toBe(-Errno.EDEADLK);
  }

  /** One that never drops and has lost a message now has lost this one: it is told with the next. */
  #expect(model: Model, sent: Sent, lostNow: number): void {
    if (model.policy === Policy.DROP_OLDEST || lostNow === 0) model.expected.push(sent);
    else expect(lostNow).toBe(1);
  }

  /** A mailbox that refuses was full, and got nothing; of others only such as refuse, which were put into before, may have it. */
  #refused(takers: Model[], sent: Sent): void {
    expect(takers.some(({ policy, group }) => policy === Policy.REFUSE || group !== '')).toBe(true);
    for (const model of takers) if (model.group === '' && model.policy === Policy.REFUSE) this.#maybe(model, sent);
  }

  #maybe(model: Model, sent: Sent): void {
    model.expected.push({ ...sent, subject: `?${sent.subject}` });
  }

  #readSome(model: Model): void {
    const all = this.#random.chance(0.3);
    const got = all ? (this.#random.chance(0.5) ? model.peer.drain(model.box) : model.peer.drainMany(model.box, 70_000)) : [model.peer.read(model.box)].filter((one): one is Got => typeof one !== 'number');
    for (const message of got) this.#check(model, message);
    this.read += got.length;
  }

  #check(model: Model, got: Got): void {
    model.lost += got.lost;
    expect(model.lost).toBeLessThanOrEqual(model.box.dropped);
    const body = new TextDecoder().decode(got.payload);
    if (model.group !== '') return this.#checkShared(model, got.subject, body);
    let skipped = 0;
    for (let next = model.expected.shift(); ; next = model.expected.shift()) {
      if (!next) throw new Error(`${got.subject} ${body.slice(0, 8)} was not to come`);
      if (next.text === body) break;
      if (!next.subject.startsWith('?')) skipped++;
    }
    expect(got.flags & ~FrameFlag.LAST).toBe(0);
    if (model.policy === Policy.DROP_OLDEST) expect(skipped).toBe(got.lost);
    else expect(skipped).toBe(0);
  }

  #checkShared({ group, pattern }: Model, subject: string, body: string): void {
    expect(matchesTokens(pattern, subject.split('.'))).toBe(true);
    const key = `${group} ${body}`;
    if (this.shared.has(key)) throw new Error(`${body.slice(0, 8)} came to two members of ${group}`);
    this.shared.add(key);
  }

  finish(): void {
    for (const model of this.models) {
      for (const message of model.peer.drain(model.box)) this.#check(model, message);
      const left = model.group === '' ? model.expected.filter(({ subject }) => !subject.startsWith('?')).length : 0;
      if (model.policy !== Policy.DROP_OLDEST) expect(left).toBe(0);
      model.peer.bus.release(model.box.address);
    }
    for (const subject of this.lasts.keys()) this.rig.kernel.bus.forget(this.rig.kernel.topic(subject) as never);
  }
}

describe('against a naive model', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('BU1 BU7 BU8 BU9 BU15 BU16 each reader gets what it is to get, in order, and is told of all that it lost: seed %i', (seed) => {
    const fuzz = new Fuzz(seed);
    for (const peer of fuzz.rig.peers) peer.bus.release(peer.subscribe('warm', { capacity: CAPACITY_MIN }).address);
    const before = fuzz.rig.arena.stats();
    try {
      for (let step = 0; step < 4000; step++) fuzz.step();
      fuzz.finish();
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${fuzz.log.slice(-40).join('\n')}`, { cause: error });
    }
    expect(fuzz.read).toBeGreaterThan(500);
    expect(fuzz.rig.peers.map(({ bus }) => bus.charged)).toEqual([0, 0, 0]);
    // But for empty pages that slabs keep, and the last run of records.
    const after = fuzz.rig.arena.stats();
    expect(after.total - after.free - (before.total - before.free)).toBeLessThan(20 * 65_536);
    expect(inUse(fuzz.rig)).not.toBe('');
  });
});
