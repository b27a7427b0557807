import { describe, expect, test } from 'vitest';
import { NO_GRANTS, type Action } from '../../shared/abi/index.ts';
import { UNKNOWN_IDENTITY } from '../capability/index.ts';
import { Policy, ProgramRules } from './policy.ts';

const problemsOf = async (text: string) => (await Policy.read(text)).problems.map(({ line, column, key, message }) => `${line}:${column} ${key}: ${message}`);
const rule = (...lines: string[]): string => `[[rule]]\n${lines.join('\n')}\n`;
const publish = (subject: string): Action => ({ kind: 'publish', subject });

describe('PF2: each fault is told with its line and column', () => {
  test.each<[string, string]>([
    [rule('action = "http"'), '1:1 rule[0]: a rule has a decision: allow, deny or ask'],
    [rule('decision = "allow"'), '1:1 rule[0]: a rule says which action it is about; "any" is about all'],
    [rule('decision = "permit"', 'action = "http"'), '2:12 rule[0].decision: decision is one of allow, deny, ask'],
    [rule('decision = "allow"', 'action = ["http", "fly"]'), '3:19 rule[0].action[1]: an action is one of file, http, listen, connect, publish, subscribe, kv, spawn, clocks, entropy, any'],
    [rule('decision = "allow"', 'action = []'), '3:10 rule[0].action: no action is named'],
    [rule('decision = "allow"', 'action = "http"', 'host = "EXAMPLE.org"'), '4:8 rule[0].host: a host is written in lower case'],
    [rule('decision = "allow"', 'action = "http"', 'subject = "a"'), '4:11 rule[0].subject: subject says nothing about http; it is for publish and subscribe'],
    [rule('decision = "allow"', 'action = "any"', 'path = "/a"'), '4:8 rule[0].path: path says nothing about http; it is for file and spawn'],
    [rule('decision = "allow"', 'action = "http"', 'hash = "abc"'), '4:8 rule[0].hash: a hash has 64 hexadecimal digits in lower case (BLAKE3)'],
    [rule('decision = "deny"', 'action = "http"', 'per-minute = 5'), '4:14 rule[0].per-minute: only what is allowed has a budget'],
    [rule('decision = "allow"', 'action = "http"', 'per-minute = 0'), '4:14 rule[0].per-minute: per-minute is a whole number from 1 to 1000000'],
    [rule('decision = "allow"', 'action = "http"', 'programm = "/bin/x"'), '4:1 rule[0].programm: programm is not known here; there are decision, action, program, hash, id, manifest, trust, path, rights, host, methods, insecure, port, subject, namespace, access, per-minute, note'],
    ['rule = 3', '1:8 rule: rules are written as [[rule]]'],
    ['[[trust]]\nhash = "x"\ntrust = "trusted"', '2:8 trust[0].hash: a hash has 64 hexadecimal digits in lower case (BLAKE3)'],
    ['[[rules]]\n', '1:3 rules: rules is not known here; there are rule, trust'],
    ['[[rule]\n', '2:1 : Unterminated table-key'],
  ])('%j', async (text, expected) => expect(await problemsOf(text)).toContain(expected));

  test('a rule with a fault is no part of what is in force, not even by what is right of it', async () => {
    const policy = await Policy.read(rule('decision = "deny"', 'action = "http"') + rule('decision = "deny"', 'action = ["publish", "fly"]') + rule('decision = "allow"', 'action = "kv"'));
    expect([policy.rules.length, policy.problems.length]).toEqual([2, 1]);
    const closed = policy.closed(Policy.EMPTY);
    expect(closed.rules.map(({ decision }) => decision)).toEqual(['deny']);
  });

  test('what the last good one forbade holds beside a faulty one; of the unreadable first one nothing is known', async () => {
    const good = await Policy.read(rule('decision = "deny"', 'action = "publish"') + rule('decision = "allow"', 'action = "http"'));
    const broken = await Policy.read('[[rule');
    const closed = broken.closed(good);
    expect([closed.rules.map(({ decision }) => decision), closed.unknown, broken.closed(Policy.EMPTY).unknown, closed.problems.length]).toEqual([['deny'], false, true, 1]);
  });
});

describe('PF3: what rules are about', () => {
  const of = async (text: string, action: Action): Promise<string | undefined> => (await Policy.read(text)).of({ ...UNKNOWN_IDENTITY, path: '/home/x.wasm', declared: NO_GRANTS }).find(action)?.decision;
  const allow = (...more: string[]): string => rule('decision = "allow"', ...more);
  const deny = (...more: string[]): string => rule('decision = "deny"', ...more);

  test.each<[string, Action, string | undefined]>([
    [allow('action = "file"', 'path = "/a/**"', 'rights = ["read"]'), { kind: 'file', path: '/a/b', rights: ['read'] }, 'allow'],
    [allow('action = "file"', 'path = "/a/**"', 'rights = ["read"]'), { kind: 'file', path: '/a/b', rights: ['read', 'write'] }, undefined],
    [deny('action = "file"', 'path = "/a/**"', 'rights = ["write"]'), { kind: 'file', path: '/a/b', rights: ['read', 'write'] }, 'deny'],
    [deny('action = "file"', 'path = "/a/secret/**"'), { kind: 'file', path: '/**', rights: ['read'] }, 'deny'],
    [deny('action = "file"', 'path = "/a/*.key"'), { kind: 'file', path: '/a/id*', rights: ['read'] }, 'deny'],
    [deny('action = "file"', 'path = "/a/*.key"'), { kind: 'file', path: '/b/**', rights: ['read'] }, undefined],
    [allow('action = "http"'), { kind: 'http', method: 'GET', url: 'http://example.org/' }, undefined],
    [allow('action = "http"', 'insecure = true'), { kind: 'http', method: 'GET', url: 'http://example.org/' }, 'allow'],
    [allow('action = "http"', 'host = "*.example.org"', 'methods = ["GET"]'), { kind: 'http', method: 'GET', url: 'https://a.example.org/' }, 'allow'],
    [allow('action = "http"', 'host = "*.example.org"', 'methods = ["GET"]'), { kind: 'http', method: 'POST', url: 'https://a.example.org/' }, undefined],
    [allow('action = "http"', 'host = "example.org"'), { kind: 'http', method: 'GET', url: 'https://example.org:8443/' }, undefined],
    [deny('action = "http"', 'host = "example.org"'), { kind: 'http', method: 'GET', url: 'http://example.org:8080/' }, 'deny'],
    [deny('action = "http"', 'host = "example.org:80"'), { kind: 'http', method: 'GET', url: 'https://example.org/' }, undefined],
    [allow('action = "kv"', 'namespace = "x"', 'access = "read"'), { kind: 'kv', namespace: 'x', access: 'write' }, undefined],
    [deny('action = "kv"', 'namespace = "x"', 'access = "read"'), { kind: 'kv', namespace: 'x', access: 'write' }, 'deny'],
    [allow('action = "listen"', 'port = 80'), { kind: 'listen', port: 81 }, undefined],
    [allow('action = "any"', 'program = "/home/*"'), { kind: 'spawn', path: '/bin/x' }, 'allow'],
    [allow('action = "any"', 'program = "/bin/*"'), { kind: 'spawn', path: '/bin/x' }, undefined],
  ])('%j and %j: %s', async (text, action, expected) => expect(await of(text, action)).toBe(expected));
});

test('PF3: a rule may be for programs with a manifest, or for those without', async () => {
  const of = async (manifest: boolean, id?: string): Promise<string | undefined> => (await Policy.read(rule('decision = "allow"', 'action = "publish"', `manifest = ${manifest}`))).of({ ...UNKNOWN_IDENTITY, ...(id !== undefined && { id }) }).find(publish('a'))?.decision;
  expect(await Promise.all([of(true, 'x'), of(true), of(false, 'x'), of(false)])).toEqual(['allow', undefined, undefined, 'allow']);
});

test('PF3: of many rules about subjects the first that is about it, whatever its first part is', async () => {
  const { rules, problems } = await Policy.read(['a.>', '*.x', 'b.x', '>'].map((subject, at) => rule(`decision = "${at === 3 ? 'ask' : 'deny'}"`, 'action = ["publish", "subscribe"]', `subject = "${subject}"`)).join(''));
  const find = (action: Action): number | undefined => new ProgramRules(rules).find(action)?.line;
  expect(problems).toEqual([]);
  expect([find(publish('a.x')), find(publish('b.x')), find(publish('c.y')), find(publish('a')), find({ kind: 'subscribe', subject: '*.y' }), find({ kind: 'subscribe', subject: 'b.*' })]).toEqual([1, 5, 13, 13, 1, 5]);
});

describe('PF2: hostile policies', () => {
  test('1000 rules are read, and found among; one more is a fault; so are more than 256 KiB', async () => {
    const text = Array.from({ length: 1000 }, (_, at) => rule('decision = "allow"', 'action = "publish"', `subject = "a.n${at}"`)).join('');
    const policy = await Policy.read(text);
    expect([policy.rules.length, policy.problems]).toEqual([1000, []]);
    expect(policy.of(UNKNOWN_IDENTITY).find(publish('a.n999'))?.line).toBe(4 * 999 + 1);
    expect(policy.of(UNKNOWN_IDENTITY).find({ kind: 'clocks' })).toBeUndefined();
    expect((await Policy.read(text + rule('decision = "deny"', 'action = "any"'))).problems).toMatchObject([{ line: 4001, key: 'rule', message: 'there are more than 1000 rules' }]);
    expect(await Policy.read(`# ${'x'.repeat(256 * 1024)}`)).toMatchObject({ unknown: true, problems: [{ message: 'it has more than 256 KiB' }] });
  });

  test.each([['a list', `x = [\n${'1,'.repeat(100_000)}]`, 2], ['keys', Array.from({ length: 28_000 }, (_, at) => `a${at}=1\n`).join(''), 24_001]])('%s of more values than it may have are not read', async (_name, text, line) => {
    const { unknown, problems } = await Policy.read(text);
    expect([unknown, problems]).toMatchObject([true, [{ line, message: 'it has more than 12000 values' }]]);
  });

  test.each([['nested', `rule = ${'['.repeat(50_000)}`], ['redefined', '[[rule]]\ndecision = "allow"\n[rule]\n'], ['dotted', `${'rule.'.repeat(20_000)}x = 1`], ['within itself', '[[rule]]\n[[rule.rule]]\n']])('%s', async (_name, text) => {
    expect((await Policy.read(text)).problems.length).toBeGreaterThan(0);
  });
});
