import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NO_GRANTS, type Action, type Approval, type ComponentGrants } from '../../shared/abi/index.ts';
import { programGrants, UNKNOWN_IDENTITY, type ProgramIdentity } from '../capability/index.ts';
import { heldOf } from './held.ts';
import { Policy, type Subject } from './index.ts';
import { memoryAuthority, type MemoryAuthority } from './testing/index.ts';

const HASH = 'ab'.repeat(32);
let processes: Map<number, Subject>;
let at: number;
let parts: MemoryAuthority;

function start(pid: number, component: Partial<ComponentGrants> = {}, identity: Partial<ProgramIdentity> = {}): number {
  const grants = { ...programGrants([{ name: '/data', path: '/data', grant: pid * 10 }], { clocks: false, entropy: false }), component: { ...NO_GRANTS, ...component } };
  processes.set(pid, { pid, ppid: 0, name: `p${pid}`, grants, identity: { ...UNKNOWN_IDENTITY, hash: HASH, path: `/home/p${pid}.wasm`, ...identity } });
  parts.authority.started(processes.get(pid)!);
  return pid;
}

beforeEach(() => {
  vi.useFakeTimers();
  processes = new Map();
  at = 1_000_000;
  parts = memoryAuthority({ find: (pid) => processes.get(pid), running: () => [...processes.values()] }, { now: () => at });
});

afterEach(() => vi.useRealTimers());

const publish = (subject: string): Action => ({ kind: 'publish', subject });
/** `ok`, the errno, or a promise of it. */
function outcome(pid: number, action: Action, reason?: string): string | Promise<string> {
  const told = (error: unknown): string => (error as { code: string }).code;
  try {
    const waiting = parts.authority.require(pid, action, reason);
    return waiting instanceof Promise ? waiting.then(() => 'ok', told) : 'ok';
  } catch (error) {
    return told(error);
  }
}
const use = async (...given: Parameters<typeof outcome>): Promise<string> => outcome(...given);
const policy = async (text: string): Promise<void> => parts.authority.setPolicy(await Policy.read(text));
const rule = (decision: string, action: string, more = ''): string => `[[rule]]\ndecision = "${decision}"\naction = "${action}"\n${more}\n`;
const records = async () => {
  await parts.audit.flush();
  return (await parts.audit.log.query({ limit: 1000 })).records.reverse();
};
const shown = (): Approval[] => parts.published.filter(({ subject }) => subject === 'approval.required').map(({ data }) => data as Approval);

describe('AU1: what nobody granted is refused', () => {
  test('each kind, with nobody to ask', async () => {
    start(1);
    const actions: Action[] = [
      { kind: 'file', path: '/etc/x', rights: ['read'] }, { kind: 'http', method: 'GET', url: 'https://example.org/' }, { kind: 'listen', port: 80 }, { kind: 'connect', port: 80 },
      publish('a'), { kind: 'subscribe', subject: 'a' }, { kind: 'kv', namespace: 'x', access: 'read' }, { kind: 'spawn', path: '/bin/x' }, { kind: 'clocks' }, { kind: 'entropy' },
    ];
    for (const action of actions) expect(await use(1, action), action.kind).toBe('ENOTCAPABLE');
    expect((await records()).map(({ decision, by }) => `${decision} ${by}`)).toEqual(actions.map(() => 'deny default'));
    expect(await use(2, publish('a'))).toBe('ESRCH');
  });

  test('a grant allows what it covers, at once', () => {
    start(1, { publish: ['a.>'], http: [{ host: '*.example.org', methods: ['GET'] }], kv: ['x'], spawn: ['/bin/*'] });
    for (const action of [publish('a.b'), { kind: 'http', method: 'GET', url: 'https://a.example.org/x' }, { kind: 'kv', namespace: 'x', access: 'write' }, { kind: 'spawn', path: '/bin/x' }, { kind: 'file', path: '/data/x', rights: ['read', 'delete'] }] as Action[]) {
      expect(outcome(1, action), action.kind).toBe('ok');
    }
  });

  test('AU4: the kernel’s own subjects and namespaces, whatever was granted', async () => {
    start(1, { publish: ['>'], kv: ['palimpsest:audit'] });
    parts.approvals.attend();
    for (const action of [publish('approval.given'), publish('proc.1.exit'), publish('fs.changed.home'), { kind: 'kv', namespace: 'palimpsest:audit', access: 'read' }] as Action[]) expect(await use(1, action)).toBe('EACCES');
    expect(shown()).toEqual([]);
  });
});

describe('AU10: the policy stands over the grants', () => {
  test('deny beats a grant, ask asks in spite of one, allow gives what nobody granted', async () => {
    start(1, { publish: ['a.>', 'b'] });
    await policy(rule('deny', 'publish', 'subject = "a.secret"') + rule('ask', 'publish', 'subject = "b"') + rule('allow', 'publish', 'subject = "c.*"'));
    expect([await use(1, publish('a.secret')), await use(1, publish('a.x')), await use(1, publish('b')), await use(1, publish('c.x')), await use(1, publish('c.x.y'))]).toEqual(['EACCES', 'ok', 'ENOTCAPABLE', 'ok', 'ENOTCAPABLE']);
    expect((await records()).filter(({ action }) => action.kind === 'publish').map(({ by }) => by)).toEqual(['policy', 'grant', 'default', 'policy', 'default']);
  });

  test('the first rule that is about it counts; what is denied is denied in part, what is allowed only as a whole', async () => {
    start(1);
    await policy(rule('allow', 'subscribe', 'subject = "a.b"') + rule('deny', 'subscribe', 'subject = "a.*"') + rule('allow', 'subscribe', 'subject = ">"'));
    const subscribe = (subject: string) => use(1, { kind: 'subscribe', subject });
    expect([await subscribe('a.b'), await subscribe('a.c'), await subscribe('>'), await subscribe('*.b'), await subscribe('c')]).toEqual(['ok', 'EACCES', 'EACCES', 'EACCES', 'ok']);
  });

  test('PF6: an id that a manifest claims allows nothing, and is denied all the same', async () => {
    start(1, {}, { id: 'org.example.one', trust: 'trusted' });
    start(2, {}, { id: 'org.example.one' });
    await policy(rule('deny', 'publish', 'subject = "no"\nid = "org.example.one"') + rule('allow', 'publish', 'subject = "id"\nid = "org.example.one"') + rule('allow', 'publish', `subject = "hash"\nid = "org.example.one"\nhash = "${HASH}"`));
    const of = (pid: number) => Promise.all(['no', 'id', 'hash'].map((subject) => use(pid, publish(subject))));
    expect([await of(1), await of(2)]).toEqual([['EACCES', 'ok', 'ok'], ['EACCES', 'ENOTCAPABLE', 'ok']]);
  });

  test('rules are for programs: by path, hash, id, trust', async () => {
    start(1, {}, { id: 'org.example.one', trust: 'trusted' });
    start(2);
    await policy(rule('allow', 'publish', 'subject = "path"\nprogram = "/home/p1*"') + rule('allow', 'publish', `subject = "hash"\nhash = "${'cd'.repeat(32)}"`) + rule('allow', 'publish', 'subject = "id"\nid = "org.example.one"') + rule('allow', 'publish', 'subject = "trust"\ntrust = "trusted"'));
    const of = (pid: number) => Promise.all(['path', 'hash', 'id', 'trust'].map((subject) => use(pid, publish(subject))));
    expect([await of(1), await of(2)]).toEqual([['ok', 'ENOTCAPABLE', 'ok', 'ok'], ['ENOTCAPABLE', 'ENOTCAPABLE', 'ENOTCAPABLE', 'ENOTCAPABLE']]);
  });

  test('MF8: a rule gives nothing beyond what the program held that started it', async () => {
    start(1, {}, { ceiling: heldOf({ ...NO_GRANTS, publish: ['a.>'] }) });
    await policy(rule('allow', 'publish'));
    expect([await use(1, publish('a.x')), await use(1, publish('b'))]).toEqual(['ok', 'ENOTCAPABLE']);
  });

  test('a budget by minute', async () => {
    start(1);
    await policy(rule('allow', 'http', 'host = "example.org"\nper-minute = 2'));
    const get = () => use(1, { kind: 'http', method: 'GET', url: 'https://example.org/' });
    expect([await get(), await get(), await get()]).toEqual(['ok', 'ok', 'EDQUOT']);
    at += 60_000;
    expect(await get()).toBe('ok');
  });

  test('it is live: what a rule gave is gone with the rule, what a rule forbids is revoked', async () => {
    start(1, { publish: ['b'] });
    const told: string[] = [];
    parts.authority.watch(1, publish('b'), () => told.push('b'));
    parts.authority.watch(1, { kind: 'http', method: 'GET', url: 'https://example.org/' }, () => told.push('http'));
    await policy(rule('allow', 'publish', 'subject = "a"'));
    expect([await use(1, publish('a')), await use(1, publish('b')), told]).toEqual(['ok', 'ok', []]);
    await policy(rule('deny', 'publish', 'subject = "b"') + rule('deny', 'file', 'path = "/data/secret"'));
    expect([await use(1, publish('a')), await use(1, publish('b')), told, parts.revoked]).toEqual(['ENOTCAPABLE', 'EACCES', ['b'], [10]]);
  });
});

test('AU10: what was withheld at the start is refused without a question', async () => {
  parts.approvals.attend();
  start(1, {}, { withheld: ['entropy'] });
  expect(await use(1, { kind: 'entropy' })).toBe('ENOTCAPABLE');
  expect(shown()).toEqual([]);
  void use(1, { kind: 'clocks' });
  await vi.waitFor(() => expect(shown()).toHaveLength(1));
});

describe('AU5: decisions are remembered until they are void', () => {
  test('the same action is decided once; each change moves the epoch', async () => {
    start(1, { publish: ['a'] });
    expect([outcome(1, publish('a')), await parts.authority.authorize(1, publish('a'))]).toEqual(['ok', { remember: true, counter: 0 }]);
    await policy(rule('deny', 'publish'));
    expect([outcome(1, publish('a')), parts.voided]).toEqual(['EACCES', [1]]);
  });

  test('what is allowed for once is not to be remembered', async () => {
    start(1);
    parts.approvals.attend();
    const waiting = parts.authority.authorize(1, publish('a'));
    await Promise.resolve();
    parts.approvals.answer(shown()[0]!.id, 'once');
    expect(await waiting).toEqual({ remember: false, counter: 0 });
  });
});

describe('AU6: revoked is revoked', () => {
  test('one grant: its next use fails whatever the policy says, its files and watchers are told', async () => {
    start(1, { publish: ['a'] });
    await policy(rule('allow', 'publish'));
    const told: number[] = [];
    parts.authority.watch(1, publish('a'), () => told.push(1));
    const [{ grants }] = parts.authority.list() as [ReturnType<MemoryAuthority['authority']['list']>[number]];
    expect(outcome(1, publish('a'))).toBe('ok');
    void parts.authority.revoke(1, grants.find(({ summary }) => summary === 'publish a')!.id);
    expect([outcome(1, publish('a')), told, parts.voided.at(-1), parts.revoked]).toEqual(['ENOTCAPABLE', [1], 1, []]);
    await parts.authority.revoke(1, grants.find(({ action }) => action.kind === 'file')!.id);
    expect(parts.revoked).toEqual([10]);
    await expect(parts.authority.revoke(1, 99)).rejects.toThrow('ENOENT');
    await expect(parts.authority.revoke(9)).rejects.toThrow('ESRCH');
  });

  test('all of them: also what was allowed for once ends', async () => {
    start(1, { publish: ['a'] });
    const told: string[] = [];
    parts.authority.watch(1, { kind: 'http', method: 'GET', url: 'https://example.org/' }, () => told.push('once'));
    void parts.authority.revoke(1);
    expect([told, outcome(1, publish('a'))]).toEqual([['once'], 'ENOTCAPABLE']);
  });

  test.each([
    ['the user takes it back', () => parts.authority.revoke(1)],
    ['a policy forbids it', () => policy(rule('deny', 'file', 'path = "/data/**"'))],
  ])('AU8 when %s, that is so once what was opened by it has ended, and what watchers ended', async (_how, take) => {
    start(1);
    let end = (): void => {};
    const numbers: (readonly number[])[] = [];
    const watched: number[] = [];
    parts.endOpened = (gone) => {
      numbers.push(gone);
      expect(watched).toEqual([1]);
      return new Promise((resolve) => void (end = resolve));
    };
    parts.authority.watch(1, { kind: 'file', path: '/data/x', rights: ['read'] }, () => watched.push(1));
    let isDone = false;
    const taking = take().then(() => (isDone = true));
    await vi.advanceTimersByTimeAsync(1000);
    expect([numbers, isDone]).toEqual([[[10]], false]);
    end();
    await taking;
  });

  test('AU7: an end tells who watches', () => {
    start(1, { publish: ['a'] });
    const told: number[] = [];
    parts.authority.watch(1, publish('a'), () => told.push(1));
    parts.authority.watch(1, publish('a'), () => told.push(2)).dispose();
    parts.authority.ended(1);
    parts.authority.ended(1);
    expect(told).toEqual([1]);
  });
});

describe('AP1: questions', () => {
  beforeEach(() => void parts.approvals.attend());
  const settle = async (waiting: Promise<string>, answer: 'once' | 'running' | 'always' | 'no'): Promise<string> => {
    await Promise.resolve();
    parts.approvals.answer(parts.approvals.list()[0]!.id, answer);
    return waiting;
  };

  test('say who, which hash, what, and why', async () => {
    start(1, {}, { declared: { ...NO_GRANTS, http: [{ host: 'example.org', methods: ['GET'] }] } });
    const waiting = use(1, { kind: 'http', method: 'GET', url: 'https://example.org/v1' }, '  to\u202e look\nup \u001b[31mwords\u200b');
    await Promise.resolve();
    expect(shown()).toEqual([{
      id: 1, pid: 1, program: 'p1', path: '/home/p1.wasm', hash: HASH, trust: 'unknown', action: { kind: 'http', method: 'GET', url: 'https://example.org/v1' }, summary: 'GET https://example.org/v1',
      reason: 'to look up [31mwords', declared: true, asked: at, expires: at + 60_000, waiting: 0,
      rule: `[[rule]]\ndecision = "allow"\naction = "http"\nhost = "example.org"\nmethods = ["GET"]\nhash = "${HASH}"\nnote = "1970-01-01: allowed always to /home/p1.wasm"\n`,
    }]);
    expect([await settle(waiting, 'no'), parts.published.at(-1)]).toEqual(['EACCES', { subject: 'approval.given', data: { id: 1, answer: 'no' } }]);
  });

  test('once is once, running holds while it runs, no is not asked again', async () => {
    start(1);
    expect(await settle(use(1, publish('a')), 'once')).toBe('ok');
    expect(await settle(use(1, publish('a')), 'running')).toBe('ok');
    expect(outcome(1, publish('a'))).toBe('ok');
    expect(await settle(use(1, publish('b')), 'no')).toBe('EACCES');
    expect(outcome(1, publish('b'))).toBe('EACCES');
    expect([shown().length, parts.authority.list()[0]?.grants.filter(({ origin }) => origin === 'user').map(({ summary, uses }) => `${summary} ${uses}`)]).toEqual([3, ['publish a 2']]);
    processes.set(2, { ...processes.get(1)!, pid: 2 });
    expect(await settle(use(2, publish('a')), 'no')).toBe('EACCES');
  });

  test('of a URL its host is allowed, with that method', async () => {
    start(1);
    const get = (url: string, method = 'GET'): Promise<string> => use(1, { kind: 'http', method, url });
    expect(await settle(get('https://example.org/a'), 'running')).toBe('ok');
    expect(await get('https://example.org/b')).toBe('ok');
    for (const other of [get('https://example.org/b', 'POST'), get('https://www.example.org/b'), get('http://example.org/b')]) expect(await settle(other, 'no')).toBe('EACCES');
  });

  test('always becomes a rule that gives just this to just this module', async () => {
    start(1);
    expect(await settle(use(1, { kind: 'file', path: '/a "b"\\/x', rights: ['read'] }), 'always')).toBe('ok');
    const read = await Policy.read(parts.appended.join('\n'));
    expect([read.problems, read.rules.length]).toEqual([[], 1]);
    start(2);
    start(3, {}, { hash: 'ef'.repeat(32) });
    await parts.authority.setPolicy(read);
    expect(outcome(2, { kind: 'file', path: '/a "b"\\/x', rights: ['read'] })).toBe('ok');
    expect(await settle(use(3, { kind: 'file', path: '/a "b"\\/x', rights: ['read'] }), 'no')).toBe('EACCES');
  });

  test('of a module that nobody can recognize it cannot be always', async () => {
    start(1, {}, { hash: '' });
    const waiting = use(1, publish('a'));
    await Promise.resolve();
    expect(shown()[0]).not.toHaveProperty('rule');
    expect(() => parts.approvals.answer(1, 'always')).toThrow('EINVAL');
    expect(await settle(waiting, 'no')).toBe('EACCES');
  });

  test('AP2: a deadline is no refusal', async () => {
    start(1);
    const waiting = use(1, publish('a'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect([await waiting, parts.published.at(-1)?.data]).toEqual(['ETIMEDOUT', { id: 1, answer: 'timeout' }]);
    expect(() => parts.approvals.answer(1, 'once')).toThrow('ENOENT');
    expect(await settle(use(1, publish('a')), 'once')).toBe('ok');
    expect((await records()).map(({ by }) => by)).toEqual(['timeout', 'user']);
  });

  test('AP3: one of a program is shown, few wait, equal ones are one', async () => {
    start(1);
    const waiting = ['a', 'b', 'c', 'd', 'e', 'a'].map((subject) => use(1, publish(subject)));
    expect(await waiting[4]).toBe('ENOTCAPABLE');
    expect([shown().map(({ summary }) => summary), parts.approvals.list().map((one) => one.waiting)]).toEqual([['publish a'], [3]]);
    parts.approvals.answer(1, 'running');
    expect([await waiting[0], await waiting[5], shown().length]).toEqual(['ok', 'ok', 2]);
    parts.authority.ended(1);
    processes.delete(1);
    expect(await Promise.all(waiting.slice(1, 4))).toEqual(['ESRCH', 'ESRCH', 'ESRCH']);
    expect(parts.approvals.list()).toEqual([]);
  });

  test('AP3: 10^5 questions of one program: a dozen are put, the rest is one record by count', async () => {
    start(1);
    let asked = 0;
    for (let n = 0; n < 100_000; n++) {
      const waiting = outcome(1, publish(`a.${n}`));
      const open = parts.approvals.list()[0];
      if (open) {
        asked++;
        parts.approvals.answer(open.id, 'no');
      }
      expect(await waiting).toBe(open ? 'EACCES' : 'ENOTCAPABLE');
    }
    const floods = (await records()).filter(({ action }) => action.kind === 'flood');
    expect([asked, floods.length, floods[0]?.count]).toEqual([12, 1, 100_000 - 12]);
    start(2, {}, { hash: 'cd'.repeat(32) });
    expect(await settle(use(2, publish('a')), 'once')).toBe('ok');
  });

  test('AP4: while it was asked the rules may have changed', async () => {
    start(1);
    const waiting = use(1, publish('a'));
    await policy(rule('deny', 'publish'));
    expect(await settle(waiting, 'running')).toBe('EACCES');
  });

  test('AP5: a rule that wants it asked is content with an answer for as long as it runs', async () => {
    start(1, { publish: ['a'] });
    await policy(rule('ask', 'publish'));
    expect(await settle(use(1, publish('a')), 'running')).toBe('ok');
    expect(outcome(1, publish('a'))).toBe('ok');
  });

  test('nobody to ask is a refusal of its own, and is not remembered', async () => {
    parts = memoryAuthority({ find: (pid) => processes.get(pid), running: () => [...processes.values()] }, { now: () => at });
    start(1);
    const leave = parts.approvals.attend();
    leave();
    expect(await use(1, publish('a'))).toBe('ENOTCAPABLE');
    parts.approvals.attend();
    expect(await settle(use(1, publish('a')), 'once')).toBe('ok');
  });
});

describe('LM1: learning and dry runs', () => {
  test('AU11 observe allows and notes all but the network', async () => {
    start(1, {}, { learn: 'observe', path: '/home/My Tool.wasm' });
    const file = (path: string, ...rights: ('read' | 'write' | 'create')[]): Action => ({ kind: 'file', path, rights });
    for (const action of [publish('a.b'), { kind: 'kv', namespace: 'x', access: 'write' }, file('/data/one', 'read'), file('/home/x', 'read', 'write'), { kind: 'listen', port: 80 }] as Action[]) expect(await use(1, action)).toBe('ok');
    expect(await use(1, { kind: 'http', method: 'GET', url: 'https://example.org/' })).toBe('ENOTCAPABLE');
    for (let n = 0; n < 9; n++) parts.learning.file(1001, `/home/logs/${n}`, ['create', 'write']);
    for (let n = 0; n < 5; n++) parts.learning.file(1001, `/home/tree/${n}/x`, ['read']);
    for (let n = 0; n < 20; n++) parts.learning.file(1001, `/home/deep/${n % 5}/${n}`, ['read']);
    const text = parts.learning.text(1001)!;
    const { readManifest } = await import('./manifest.ts');
    expect(await readManifest(text)).toEqual({
      problems: [],
      manifest: {
        component: { id: 'local.my-tool', trust: 'unknown', module: 'My Tool.wasm' }, limits: {},
        grants: {
          ...NO_GRANTS, publish: ['a.b'], kv: ['x'], listen: [80],
          files: [
            { path: '/data/one', rights: ['read'] }, { path: '/home/deep/**', rights: ['read'] }, { path: '/home/logs/*', rights: ['write', 'create'] },
            { path: '/home/tree/**', rights: ['read'] }, { path: '/home/x', rights: ['read', 'write'] },
          ],
        },
      },
    });
  });

  test('what the user refused is not needed', async () => {
    start(1, {}, { learn: 'ask' });
    parts.approvals.attend();
    for (const [subject, answer] of [['a', 'once'], ['b', 'no']] as const) {
      const waiting = use(1, publish(subject));
      await Promise.resolve();
      parts.approvals.answer(parts.approvals.list()[0]!.id, answer);
      await waiting;
    }
    expect(parts.learning.grants(1001).publish).toEqual(['a']);
  });

  test('a dry run: nothing leaves it, even what was granted', async () => {
    start(1, { publish: ['a'], http: [{ host: 'example.org', methods: ['GET'] }], connect: [80] }, { dryRun: true });
    for (const action of [publish('a'), { kind: 'http', method: 'GET', url: 'https://example.org/' }, { kind: 'connect', port: 80 }] as Action[]) expect(await use(1, action)).toBe('EACCES');
    expect((await records()).map(({ by }) => by)).toEqual(['dry-run', 'dry-run', 'dry-run']);
    expect(parts.learning.grants(1001).http).toEqual([{ host: 'example.org', methods: ['GET'] }]);
  });
});
