import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AuditRecord } from '../../shared/abi/index.ts';
import { createHasher } from '../storage/index.ts';
import { AuditLog, type AuditStore } from './audit-log.ts';
import { chained, GENESIS } from './audit-chain.ts';
import { Audit } from './audit.ts';

const { hash } = await createHasher();
const who = { pid: 7, run: 70, program: 'chat', module: 'ab'.repeat(32) };
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

class Store implements AuditStore {
  readonly values = new Map<string, Uint8Array>();
  fails = false;
  writes = 0;

  /** Nothing of it can be read. */
  unreadable = false;

  async get(key: string): Promise<Uint8Array | null> {
    if (this.unreadable) throw new Error('the store is not there yet');
    return this.values.get(key) ?? null;
  }

  async keys(): Promise<string[]> {
    if (this.unreadable) throw new Error('the store is not there yet');
    return [...this.values.keys()];
  }

  async write(changes: { key: string; value: Uint8Array | null }[]): Promise<void> {
    if (this.fails) throw new Error('the disk is full');
    this.writes++;
    for (const { key, value } of changes) {
      if (value) this.values.set(key, value);
      else this.values.delete(key);
    }
  }
}

const troubles: unknown[] = [];
const open = (store: Store): AuditLog => new AuditLog({ hash, store, onTrouble: (error) => troubles.push(error) });
const record = (n: number): Omit<AuditRecord, 'hash' | 'seq'> => ({ time: n, ...who, action: { kind: 'publish', subject: n % 7 === 5 ? `ä😀.${n}` : `a.${n}` }, decision: n % 3 === 0 ? 'deny' : 'allow', by: 'grant', count: 1 });
const records = (count: number, from = 0) => Array.from({ length: count }, (_, n) => record(from + n));
const all = async (log: AuditLog): Promise<string> => text(await log.read(0, await log.size()));

describe('AL1: every record is chained to the one before', () => {
  test('as JSON lines, from 64 zeros on', async () => {
    const log = open(new Store());
    await log.append(records(3));
    const lines = (await all(log)).trimEnd().split('\n').map((line) => JSON.parse(line) as AuditRecord);
    let before = GENESIS;
    for (const { hash: own, ...rest } of lines) {
      expect(chained(hash, before, rest).hash).toBe(own);
      // Anyone can check it so.
      expect(hash(new TextEncoder().encode(before + JSON.stringify(rest)))).toBe(own);
      before = own;
    }
    expect([lines.map(({ seq }) => seq), await log.verify()]).toEqual([[1, 2, 3], { records: 3, broken: null }]);
  });

  test('it goes on after a reload', async () => {
    const store = new Store();
    await open(store).append(records(600));
    const log = open(store);
    await log.append(records(5, 600));
    expect([await log.verify(), (await log.query({ limit: 1 })).records[0]?.seq, store.values.size]).toEqual([{ records: 605, broken: null }, 605, 5]);
  });
});

describe('AL2: what was changed is found', () => {
  test('each byte of a record, flipped', async () => {
    const store = new Store();
    await open(store).append(records(4));
    const [[key, intact]] = [...store.values] as [[string, Uint8Array]];
    const third = text(intact).split('\n').slice(0, 2).join('\n').length + 1;
    const end = text(intact).split('\n').slice(0, 3).join('\n').length;
    for (let at = third; at <= end; at++) {
      const changed = intact.slice();
      changed[at]! ^= 1;
      store.values.set(key, changed);
      expect((await open(store).verify()).broken, `byte ${at}`).toBe(3);
    }
    store.values.set(key, intact);
    expect((await open(store).verify()).broken).toBeNull();
  });

  test('a record left out, put in, moved, or changed with a new hash of its own', async () => {
    const store = new Store();
    await open(store).append(records(4));
    const [[key, intact]] = [...store.values] as [[string, Uint8Array]];
    const lines = text(intact).trimEnd().split('\n');
    const forged = { ...(JSON.parse(lines[1]!) as AuditRecord), decision: 'allow' as const, by: 'user' as const };
    const broken = async (changed: string[]): Promise<number | null> => {
      store.values.set(key, new TextEncoder().encode(`${changed.join('\n')}\n`));
      return (await open(store).verify()).broken;
    };
    expect(await broken([lines[0]!, lines[2]!, lines[3]!])).toBe(2);
    expect(await broken([lines[0]!, lines[1]!, lines[1]!, lines[2]!, lines[3]!])).toBe(3);
    expect(await broken([lines[1]!, lines[0]!, lines[2]!, lines[3]!])).toBe(1);
    expect(await broken([lines[0]!, chained(hash, (JSON.parse(lines[0]!) as AuditRecord).hash, forged).line, lines[2]!, lines[3]!])).toBe(3);
    expect(await broken([lines[0]!, `${lines[1]!.slice(0, -1)},"more":1}`, lines[2]!, lines[3]!])).toBe(2);
  });

  test('a last line that is broken is not written over, and nothing hides it', async () => {
    const store = new Store();
    await open(store).append(records(3));
    const [[key, intact]] = [...store.values] as [[string, Uint8Array]];
    const changed = intact.slice();
    changed[changed.length - 3]! ^= 1;
    store.values.set(key, changed);
    const log = open(store);
    await log.append(records(2, 3));
    expect([store.values.get(key), (await log.verify()).broken]).toEqual([changed, 3]);
  });
});

describe('AL3: the log is bounded', () => {
  test('the oldest segments go, and the chain is verified from where they ended, also after a reload', async () => {
    const store = new Store();
    const log = open(store);
    for (let n = 0; n < 140; n++) await log.append(records(512, n * 512));
    expect(store.values.size).toBe(513);
    for (const one of [log, open(store)]) expect(await one.verify()).toEqual({ records: 128 * 512, broken: null });
    const [first, second] = text(await open(store).read(0, 2000)).split('\n').map((line) => JSON.parse(line.startsWith('{') && line.endsWith('}') ? line : '{}') as { checkpoint?: { seq: number; hash: string } } & AuditRecord);
    expect([first?.checkpoint?.seq, second?.seq]).toEqual([12 * 512, 12 * 512 + 1]);
    const { hash: own, checkpoint: _, ...rest } = second!;
    expect(chained(hash, first!.checkpoint!.hash, rest).hash).toBe(own);
    store.values.set('checkpoint', new TextEncoder().encode(JSON.stringify({ seq: 12 * 512, hash: GENESIS })));
    expect((await open(store).verify()).broken).toBe(12 * 512 + 1);
  });

  test('a store that refuses: told once, tried again with the next', async () => {
    const store = new Store();
    const log = open(store);
    store.fails = true;
    troubles.length = 0;
    await log.append(records(2));
    await log.append(records(600, 2));
    expect([troubles.length, store.values.size, (await log.query({ limit: 1000 })).total]).toEqual([1, 0, 602]);
    store.fails = false;
    await log.append(records(1, 602));
    expect([await log.verify(), await open(store).verify()]).toEqual([{ records: 603, broken: null }, { records: 603, broken: null }]);
  });
});

describe('AL3: a store that refuses for a while', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const told: string[] = [];
  const opened = (store: Store): AuditLog => {
    told.length = 0;
    return new AuditLog({ hash, store, onTrouble: () => told.push('trouble'), onStored: () => told.push('stored') });
  };

  test('has all once it takes it, without a further record, and that is told', async () => {
    const store = new Store();
    const log = opened(store);
    store.fails = true;
    await log.append(records(3));
    await vi.advanceTimersByTimeAsync(20_000);
    expect([told, store.values.size]).toEqual([['trouble'], 0]);
    store.fails = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect([told, (await open(store).verify()).records, vi.getTimerCount()]).toEqual([['trouble', 'stored'], 3, 0]);
  });

  test('the same for one that could not be read, with nothing to add', async () => {
    const store = new Store();
    const log = opened(store);
    store.unreadable = true;
    expect((await log.query()).total).toBe(0);
    store.unreadable = false;
    await vi.advanceTimersByTimeAsync(1000);
    expect([told, store.writes, vi.getTimerCount()]).toEqual([['trouble', 'stored'], 0, 0]);
  });

  test('is not tried any more after the end', async () => {
    const store = new Store();
    const log = opened(store);
    store.fails = true;
    await log.append(records(1));
    log.close();
    await log.append(records(1, 1));
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('AL4: it can be asked', () => {
  test('by what it says, the latest first, in pages', async () => {
    const log = open(new Store());
    await log.append([...records(700), { ...record(1), program: 'other', pid: 9, action: { kind: 'http', method: 'GET', url: 'https://example.org/x' } }]);
    expect((await log.query({ decision: 'deny' })).total).toBe(234);
    expect((await log.query({ subject: 'a.69', limit: 3 })).records.map(({ seq }) => seq)).toEqual([700, 698, 697]);
    expect((await log.query({ before: 3 })).records.map(({ seq }) => seq)).toEqual([2, 1]);
    for (const query of [{ program: 'other' }, { pid: 9 }, { path: 'example.org' }, { kind: 'http' }]) expect((await log.query(query)).total).toBe(1);
  });

  test('read in pieces it is the same as read at once', async () => {
    const log = open(new Store());
    await log.append(records(1500));
    const size = await log.size();
    const pieces: number[] = [];
    for (let at = 0; at < size; at += 9973) pieces.push(...(await log.read(at, 9973)));
    expect([pieces.length, text(Uint8Array.from(pieces)) === await all(log), (await log.read(size, 10)).length]).toEqual([size, true, 0]);
  });
});

describe('AL6: a store that cannot be read at first', () => {
  test('what is in it is not written over; what is told meanwhile comes after it', async () => {
    const store = new Store();
    await open(store).append(records(3));
    const log = open(store);
    store.unreadable = true;
    await log.append(records(2, 3));
    expect((await log.query()).total).toBe(0);
    store.unreadable = false;
    await log.append(records(1, 5));
    expect([(await log.query()).records.map(({ seq }) => seq), await open(store).verify()]).toEqual([[6, 5, 4, 3, 2, 1], { records: 6, broken: null }]);
  });

  test('what is told meanwhile is bounded, and the rest counted', async () => {
    const store = new Store();
    store.unreadable = true;
    const log = open(store);
    for (let n = 0; n < 10; n++) await log.append(records(1000, n * 1000));
    store.unreadable = false;
    const { records: [last], total } = await log.query({ limit: 1 });
    expect([total, last?.action, last?.count, (await log.verify()).broken]).toEqual([4097, { kind: 'flood', detail: 'records that were lost while the log could not be read' }, 10_000 - 4096, null]);
  });
});

describe('AL5: a program that floods it is counted', () => {
  const make = () => {
    const log = open(new Store());
    return { log, audit: new Audit({ log, now: () => 5 }) };
  };

  test('equal uses are one record, as long as it is not written', async () => {
    const { log, audit } = make();
    const tally = audit.note(who, { kind: 'publish', subject: 'a' }, 'allow', 'grant');
    for (let n = 0; n < 99; n++) tally.count++;
    await audit.flush();
    expect([tally.open, (await log.query()).records.map(({ count }) => count)]).toEqual([false, [100]]);
  });

  test('10^5 different ones are 64 and one for the rest', async () => {
    const { log, audit } = make();
    for (let n = 0; n < 100_000; n++) audit.note(who, { kind: 'publish', subject: `a.${n}` }, 'deny', 'default');
    audit.note({ ...who, pid: 8 }, { kind: 'clocks' }, 'allow', 'grant');
    await audit.flush();
    const { records: found, total } = await log.query();
    expect([total, found.find(({ action }) => action.kind === 'flood')?.count, found[0]?.pid]).toEqual([66, 100_000 - 64, 8]);
  });

  test('what was allowed is not hidden among what was refused, and what the user decided is told whole', async () => {
    const { log, audit } = make();
    for (let n = 0; n < 1000; n++) audit.note(who, { kind: 'publish', subject: `a.${n}` }, 'deny', 'default');
    for (let n = 0; n < 3; n++) audit.note(who, { kind: 'http', method: 'GET', url: `https://${n}.example/` }, 'allow', 'grant');
    audit.note(who, { kind: 'revoke', detail: 'GET https://0.example' }, 'deny', 'user');
    await audit.flush();
    const told = (await log.query({ limit: 1000 })).records.slice(0, 3).map(({ action, decision, count }) => [action.kind, 'detail' in action && action.detail, decision, count]);
    expect(told).toEqual([
      ['revoke', 'GET https://0.example', 'deny', 1], ['flood', 'http: more than 64 different actions at once', 'allow', 3], ['flood', 'publish: more than 64 different actions at once', 'deny', 1000 - 64],
    ]);
  });

  test('texts are bounded', async () => {
    const { log, audit } = make();
    audit.note({ ...who, program: `\u202e${'x'.repeat(5000)}\n` }, { kind: 'http', method: 'GET', url: `https://a.example/${'x'.repeat(100_000)}` }, 'deny', 'default');
    await audit.flush();
    expect((await all(log)).length).toBeLessThan(1500);
  });
});
