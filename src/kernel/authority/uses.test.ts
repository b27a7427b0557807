import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NO_GRANTS, type Action, type AuditRecord, type ComponentGrants, type HeldGrant } from '../../shared/abi/index.ts';
import { programGrants, UNKNOWN_IDENTITY } from '../capability/index.ts';
import { Policy, USE_WORDS, type Subject } from './index.ts';
import { memoryAuthority, type MemoryAuthority } from './testing/index.ts';

let processes: Map<number, Subject>;
let parts: MemoryAuthority;

beforeEach(() => {
  vi.useFakeTimers();
  processes = new Map();
  parts = memoryAuthority({ find: (pid) => processes.get(pid), running: () => [...processes.values()] }, { now: () => 1_000_000 });
});

afterEach(() => {
  parts.authority.dispose();
  vi.useRealTimers();
});

function start(pid: number, component: Partial<ComponentGrants>): void {
  const grants = { ...programGrants([], { clocks: false, entropy: false }), component: { ...NO_GRANTS, ...component } };
  processes.set(pid, { pid, ppid: 0, name: `p${pid}`, grants, identity: { ...UNKNOWN_IDENTITY, hash: 'ab'.repeat(32), path: `/home/p${pid}.wasm` } });
}

const publish = (subject: string): Action => ({ kind: 'publish', subject });

/** Asks for a decision that is remembered; the address of its word, 0 where it is not. */
async function remembered(pid: number, subject: string): Promise<number> {
  const { remember, counter } = await parts.authority.authorize(pid, publish(subject), undefined, true);
  expect(remember).toBe(counter !== 0);
  return counter;
}

const grantsOf = (pid: number): HeldGrant[] => parts.authority.list().find((process) => process.pid === pid)!.grants;

async function records(): Promise<AuditRecord[]> {
  await parts.audit.flush();
  return (await parts.audit.log.query({ limit: 1000 })).records.reverse();
}

/** `subject count` of the records about publications, in order. */
const told = async (): Promise<string[]> =>
  (await records()).filter(({ action }) => action.kind === 'publish').map(({ action, decision, by, count }) => `${(action as { subject: string }).subject} ${decision} ${by} ${count}`);

/** Lets the time of the next telling come, and what it tells be written. */
async function later(): Promise<void> {
  await vi.advanceTimersByTimeAsync(2000);
}

describe('AU13: what a process does by decisions that it remembers is counted', () => {
  test('the list shows it at once, a record tells of it at most every two seconds, and only what is new', async () => {
    start(1, { publish: ['a.>'] });
    const word = await remembered(1, 'a.x');
    parts.words.count(word, 41);
    expect(grantsOf(1)).toMatchObject([{ summary: 'publish a.>', uses: 42 }]);
    expect(await told()).toEqual(['a.x allow grant 1']);
    await later();
    expect(await told()).toEqual(['a.x allow grant 1', 'a.x allow grant 41']);
    await later();
    await later();
    expect((await told()).length).toBe(2);
    parts.words.count(word, 8);
    await later();
    expect((await told()).slice(2)).toEqual(['a.x allow grant 8']);
    expect(grantsOf(1)[0]!.uses).toBe(50);
    expect(await parts.audit.log.verify()).toEqual({ records: 3, broken: null });
  });

  test('the word may wrap', async () => {
    start(1, { publish: ['a'] });
    const word = await remembered(1, 'a');
    parts.words.count(word, 2 ** 32 - 1);
    await later();
    parts.words.count(word, 3);
    expect([parts.words.read(word), grantsOf(1)[0]!.uses]).toEqual([2, 2 ** 32 + 3]);
  });

  test('its end tells the rest, and lets the words go', async () => {
    start(1, { publish: ['a'] });
    parts.words.count(await remembered(1, 'a'), 7);
    expect(parts.words.blocks.size).toBe(1);
    processes.delete(1);
    parts.authority.ended(1);
    expect([await told(), parts.words.blocks.size]).toEqual([['a allow grant 1', 'a allow grant 7'], 0]);
    await later();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a revocation tells what was used until then, before it; a use that crosses it is not lost', async () => {
    start(1, { publish: ['a'] });
    const word = await remembered(1, 'a');
    parts.words.count(word, 5);
    await parts.authority.revoke(1, grantsOf(1)[0]!.id);
    expect((await records()).map(({ action, count }) => `${action.kind} ${count}`)).toEqual(['publish 1', 'publish 5', 'revoke 1']);
    parts.words.count(word, 1);
    expect(grantsOf(1)).toMatchObject([{ uses: 7, revoked: true }]);
    parts.authority.ended(1);
    expect((await told()).at(-1)).toBe('a allow grant 1');
  });

  test('an action keeps its word when it is decided anew; what came before stays with what allowed it', async () => {
    start(1, {});
    await parts.authority.setPolicy(await Policy.read('[[rule]]\ndecision = "allow"\naction = "publish"\nsubject = "a"\n'));
    const word = await remembered(1, 'a');
    parts.words.count(word, 3);
    await parts.authority.setPolicy(await Policy.read('[[rule]]\ndecision = "allow"\naction = "publish"\nsubject = "*"\n'));
    expect(await remembered(1, 'a')).toBe(word);
    parts.words.count(word, 10);
    expect(grantsOf(1)).toMatchObject([{ origin: 'policy', uses: 11 }]);
    parts.authority.ended(1);
    expect(await told()).toEqual(['a allow policy 1', 'a allow policy 3', 'a allow policy 1', 'a allow policy 10']);
  });

  test('a subscription, and what is not to be remembered, takes no word', async () => {
    start(1, { publish: ['a'], subscribe: ['a'] });
    expect(parts.authority.authorize(1, { kind: 'subscribe', subject: 'a' })).toEqual({ remember: true, counter: 0 });
    await parts.authority.setPolicy(await Policy.read('[[rule]]\ndecision = "allow"\naction = "publish"\nsubject = "b"\nper-minute = 9\n'));
    expect([await remembered(1, 'b'), parts.words.blocks.size]).toEqual([0, 0]);
  });
});

describe('AU14: the words are bounded', () => {
  test('beyond those of their own, the actions of one grant share a word, which has its pattern', async () => {
    start(1, { publish: ['a.>', 'b.>'] });
    const own = new Set<number>();
    for (let n = 0; n < 448; n++) own.add(await remembered(1, `a.${n}`));
    expect(own.size).toBe(448);
    const shared = await remembered(1, 'a.more');
    expect([own.has(shared), await remembered(1, 'a.still-more'), await remembered(1, 'a.7')].slice(0, 2)).toEqual([false, shared]);
    const other = await remembered(1, 'b.more');
    expect(other).not.toBe(shared);
    await records();
    parts.words.count(shared, 100);
    parts.words.count(other, 10);
    parts.authority.ended(1);
    expect((await told()).slice(-2)).toEqual(['a.> allow grant 100', 'b.> allow grant 10']);
  });

  test('where there is none left, each use is asked for', async () => {
    const subjects = Array.from({ length: USE_WORDS + 10 }, (_, n) => `s${n}`);
    start(1, { publish: subjects });
    const words: number[] = [];
    for (const subject of subjects) words.push(await remembered(1, subject));
    const given = words.filter((word) => word !== 0);
    expect([given.length, new Set(given).size, parts.words.blocks.size]).toEqual([USE_WORDS, USE_WORDS, 1]);
    const block = [...parts.words.blocks][0]!;
    expect(given.every((word) => word >= block && word < block + USE_WORDS * 4 && word % 4 === 0)).toBe(true);
    await parts.authority.authorize(1, publish(subjects.at(-1)!), undefined, true);
    expect(grantsOf(1).at(-1)!.uses).toBe(2);
  });

  test('and where the memory is full', async () => {
    start(1, { publish: ['a'] });
    parts.words.full = true;
    expect([await remembered(1, 'a'), await remembered(1, 'a'), grantsOf(1)[0]!.uses]).toEqual([0, 0, 2]);
    parts.words.full = false;
    expect(await remembered(1, 'a')).not.toBe(0);
  });

  test('many at once are one record beside those of their own, by count', async () => {
    start(1, { publish: ['a.>'] });
    const words: number[] = [];
    for (let n = 0; n < 200; n++) words.push(await remembered(1, `a.${n}`));
    await records();
    for (const word of words) parts.words.count(word, 1000);
    parts.authority.ended(1);
    const all = await records();
    expect(all.slice(65).map(({ action }) => action.kind)).toContain('flood');
    expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(200 + 200_000);
  });
});
