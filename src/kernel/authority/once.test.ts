import { beforeEach, describe, expect, test } from 'vitest';
import { NO_GRANTS, type Action } from '../../shared/abi/index.ts';
import { programGrants, UNKNOWN_IDENTITY } from '../capability/index.ts';
import type { Subject } from './index.ts';
import { memoryAuthority, type MemoryAuthority } from './testing/index.ts';

const subject: Subject = { pid: 1, ppid: 0, name: 'asks', grants: { ...programGrants([]), component: NO_GRANTS }, identity: { ...UNKNOWN_IDENTITY, hash: 'ab'.repeat(32) } };
let parts: MemoryAuthority;

beforeEach(() => {
  parts = memoryAuthority({ find: () => subject, running: () => [subject] });
  parts.approvals.attend();
  parts.authority.started(subject);
});

const http = (path: string): Action => ({ kind: 'http', method: 'GET', url: `https://example.org${path}` });

/** Answers what waits, if anything does; how the action ended, and how many questions there were by then. */
async function outcome(waiting: () => unknown, answer: 'once' | 'no'): Promise<[string, number]> {
  const ending = (async () => waiting())().then(() => 'ok', (error: { code: string }) => error.code);
  await Promise.resolve();
  for (const { id } of parts.approvals.list()) parts.approvals.answer(id, answer);
  return [await ending, parts.published.filter(({ subject: name }) => name === 'approval.required').length];
}
const ask = (action: Action, answer: 'once' | 'no' = 'once') => outcome(() => parts.authority.ask(1, action), answer);
const use = (action: Action) => outcome(() => parts.authority.require(1, action), 'no');

describe('AP6: what is asked for ahead and allowed once', () => {
  test('is allowed for one use that it covers, and for no other', async () => {
    expect(await ask(http('/'))).toEqual(['ok', 1]);
    expect(await use({ kind: 'http', method: 'POST', url: 'https://example.org/' })).toEqual(['EACCES', 2]);
    expect(await use(http('/v1'))).toEqual(['ok', 2]);
    expect(await use(http('/v1'))).toEqual(['EACCES', 3]);
  });

  test('is two uses if it was asked for twice, and none once all was revoked', async () => {
    await ask({ kind: 'publish', subject: 'a' });
    await ask({ kind: 'publish', subject: 'a' });
    expect(await use({ kind: 'publish', subject: 'a' })).toEqual(['ok', 2]);
    await parts.authority.revoke(1);
    expect(await use({ kind: 'publish', subject: 'a' })).toEqual(['EACCES', 3]);
  });

  test('a no is a no', async () => {
    expect(await ask(http('/'), 'no')).toEqual(['EACCES', 1]);
    expect(await use(http('/'))).toEqual(['EACCES', 1]);
  });
});
