import { expect, test } from 'vitest';
import { NO_GRANTS, type ApprovalAnswer } from '../../shared/abi/index.ts';
import { programGrants, UNKNOWN_IDENTITY } from '../capability/index.ts';
import type { Subject } from './index.ts';
import { memoryAuthority } from './testing/index.ts';

test('AP3: what is answered with a yes does not count, and the user is told of what is not put', async () => {
  const told: string[] = [];
  const subject: Subject = { pid: 1, ppid: 0, name: 'asks', grants: { ...programGrants([], { clocks: false, entropy: false }), component: NO_GRANTS }, identity: { ...UNKNOWN_IDENTITY, hash: 'ab'.repeat(32) } };
  const { authority, approvals } = memoryAuthority({ find: () => subject, running: () => [subject], onFlood: (name) => told.push(name) }, { now: () => 1 });
  approvals.attend();
  authority.started(subject);
  const ask = async (name: string, answer?: ApprovalAnswer): Promise<string> => {
    const waiting = (async () => authority.require(1, { kind: 'publish', subject: name }))().then(() => 'ok', (error: { code: string }) => error.code);
    await Promise.resolve();
    if (answer) approvals.answer(approvals.list()[0]!.id, answer);
    return waiting;
  };
  for (let n = 0; n < 30; n++) expect(await ask(`yes.${n}`, (['once', 'running', 'always'] as const)[n % 3]!)).toBe('ok');
  for (let n = 0; n < 12; n++) expect(await ask(`no.${n}`, 'no')).toBe('EACCES');
  expect(told).toEqual([]);
  for (let n = 0; n < 3; n++) expect(await ask(`more.${n}`)).toBe('ENOTCAPABLE');
  expect(told).toEqual(['asks']);
});
