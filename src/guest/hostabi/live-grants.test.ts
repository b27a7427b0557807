import { expect, test } from 'vitest';
import { Errno } from '../../shared/base/index.ts';
import type { Process } from '../vfs/index.ts';
import { Decisions } from './decisions.ts';
import { LiveGrants } from './live-grants.ts';

/** The kernel's side: what it was asked, and what it says. */
function processOf(answer: { errno: number }) {
  const asked: string[] = [];
  const handle = { grantEpoch: 0 };
  const kernel = (request: { op: string; action?: { kind: string } }) => {
    asked.push(request.action!.kind);
    return { errno: answer.errno, value: { remember: true, counter: 0 }, data: new Uint8Array(0) };
  };
  return { process: { handle, kernel, shared: null } as unknown as Process, handle, asked };
}

test('GR6 what a program was started with it has without a question, until something is revoked', () => {
  const answer = { errno: 0 };
  const { process, handle, asked } = processOf(answer);
  const grants = new LiveGrants(new Decisions(process), { clocks: true, entropy: true });
  expect([grants.clocks, grants.entropy, grants.clocks, asked]).toEqual([true, true, true, []]);
  handle.grantEpoch++;
  expect([grants.clocks, grants.clocks, asked]).toEqual([true, true, ['clocks']]);
  handle.grantEpoch++;
  answer.errno = Errno.ENOTCAPABLE;
  expect([grants.clocks, grants.entropy]).toEqual([false, false]);
});

test('GR7 what it was not given it is asked for; a refusal is not remembered', () => {
  const answer = { errno: Errno.ENOTCAPABLE as number };
  const { process, asked } = processOf(answer);
  const grants = new LiveGrants(new Decisions(process), { clocks: false, entropy: false });
  expect([grants.entropy, grants.entropy, asked]).toEqual([false, false, ['entropy', 'entropy']]);
  answer.errno = 0;
  expect([grants.entropy, grants.entropy, asked.length]).toEqual([true, true, 3]);
});
