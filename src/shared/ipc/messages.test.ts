import { describe, expect, test } from 'vitest';
import { checkData, checkMessage, encodePayload, faultOf, isKernelSubject, MESSAGES, typeOfSubject, type MessageName } from './index.ts';

describe('messages', () => {
  test.each<[string, MessageName | undefined]>([
    ['user.input', 'UserInput.v1'], ['user.input.7', 'UserInput.v1'], ['user.input.7.x', undefined], ['user', undefined], ['users.input', undefined],
    ['agent.stream', 'AgentStream.v1'], ['proc.7.exit', 'ProcessExited.v1'], ['proc.7.exit.x', undefined], ['proc.exit', undefined],
    ['log.5', 'LogLine.v1'], ['log', undefined], ['metric.a', 'Metric.v1'], ['metric.a.b.c', 'Metric.v1'], ['metric', undefined],
    ['constructor', undefined], ['__proto__.x', undefined], ['', undefined],
  ])('MT2: %j carries %s', (subject, type) => expect(typeOfSubject(subject)).toBe(type));

  test('MT2: no two types claim one subject', () => {
    const patterns = Object.values(MESSAGES).flatMap(({ subjects }) => [...subjects]);
    expect(new Set(patterns).size).toBe(patterns.length);
    for (const [name, { subjects }] of Object.entries(MESSAGES)) {
      for (const subject of subjects) expect(typeOfSubject(subject.replaceAll('*', 'x').replace('>', 'x.y'))).toBe(name);
    }
  });

  test.each<[string, unknown, string, string]>([
    ['UserInput.v1', { text: 5 }, '.text', 'is a number, not text'],
    ['UserInput.v1', {}, '.text', 'is missing (text)'],
    ['UserInput.v1', 'hi', '', 'is text, not an object'],
    ['UserInput.v1', { text: 'a', session: null }, '.session', 'is null, not text'],
    ['ProcessExited.v1', { code: 1.5, signal: null, reason: 'exit', duration: 1 }, '.code', 'is a number, not a whole number'],
    ['ProcessExited.v1', { code: 0, signal: null, reason: 'bored', duration: 1 }, '.reason', '"bored" is none of exit, trap, killed, error, limit'],
    ['FsChanged.v1', { changes: [{ path: '/a', op: 'write', pid: 1 }, { path: '/a', op: 'eat', pid: 1 }], overflow: false }, '.changes[1].op', '"eat" is none of create, mkdir, symlink, link, unlink, rmdir, rename, write, attr'],
    ['Metric.v1', { name: 'x', value: Infinity }, '.value', 'is a number, not a number'],
    ['Metric.v1', { name: 'x', value: 1, labels: { a: 'b', 'c"': 3 } }, '.labels["c\\""]', 'is a number, not text'],
  ])('MT3: %s of %j: %s %s', (type, data, at, why) => expect(faultOf(type, data)).toEqual({ at, why }));

  test('MT3: members that are inherited do not count, members that nobody knows do no harm', () => {
    expect(faultOf('UserInput.v1', Object.create({ text: 'inherited' }))).toMatchObject({ at: '.text' });
    expect(faultOf('UserInput.v1', { text: 'a', later: 1 })).toBeNull();
    expect(faultOf('ApprovalRequired.v1', { action: { kind: 'constructor' } })).not.toBeNull();
  });

  test('MT4: at the boundary the subject gives the type, and another one is refused', () => {
    const payload = encodePayload({ text: 'hi' });
    expect(checkMessage('user.input', '', payload, 'guest')).toBe('UserInput.v1');
    expect(checkMessage('chat.room', '', payload, 'guest')).toBe('');
    expect(checkMessage('chat.room', 'Chat.v7', payload, 'guest')).toBe('Chat.v7');
    expect(checkMessage('chat.room', 'UserInput.v1', payload, 'guest')).toBe('UserInput.v1');
    expect(() => checkMessage('user.input', 'UserInput.v2', payload, 'guest')).toThrow(/carries UserInput.v1, not "UserInput.v2" \(EINVAL\)/);
    expect(() => checkMessage('chat.room', 'Metric.v1', payload, 'guest')).toThrow(/Metric.v1: name is missing .*EINVAL/);
    expect(() => checkMessage('user.input', '', encodePayload('hi', 'raw'), 'guest')).toThrow(/the payload is bytes, not an object \(EINVAL\)/);
    expect(() => checkMessage('chat.room', '', Uint8Array.of(7, 1), 'guest')).toThrow(/EINVAL/);
    expect(() => checkMessage('chat.room', '', new Uint8Array(0), 'guest')).toThrow(/EINVAL/);
  });

  test('MT5: only the kernel sends what the window believes', () => {
    const data = { id: 1, answer: 'always' };
    expect(isKernelSubject('approval.given')).toBe(true);
    expect(isKernelSubject('metric.a')).toBe(false);
    for (const sender of ['guest', 'page'] as const) {
      expect(() => checkMessage('approval.given', '', encodePayload(data), sender)).toThrow(/EPERM/);
      expect(() => checkData('x.y', 'ApprovalGiven.v1', data, sender)).toThrow(/EPERM/);
    }
    expect(checkData('approval.given', '', data, 'kernel')).toBe('ApprovalGiven.v1');
  });
});
