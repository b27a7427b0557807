import { describe, expect, it } from 'vitest';
import type { Approval, ApprovalAnswer } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { APPROVALS_MAX, Approvals, currentApproval, waitingBehind } from './approvals.ts';

function ask(id: number, pid = 7, more: Partial<Approval> = {}): Approval {
  return {
    id, pid, program: `p${pid}`, hash: '', trust: 'unknown', action: { kind: 'publish', subject: 'a' }, summary: 'publish a', declared: false, asked: 0, expires: 1000, waiting: 0, ...more,
  };
}

function desk(fail: (id: number) => Error | null = () => null, waiting: Approval[] = []) {
  const answers: [number, ApprovalAnswer][] = [];
  const approvals = new Approvals({
    approvalList: async () => waiting,
    approvalAnswer: async (id, answer) => {
      const error = fail(id);
      if (error) throw error;
      answers.push([id, answer]);
    },
  });
  const ids = (): number[] => approvals.store.getState().list.map(({ id }) => id);
  const current = (): number | undefined => currentApproval(approvals.store.getState())?.id;
  return { approvals, answers, ids, current };
}

describe('questions of programs', () => {
  it('QU1: are shown one at a time, the oldest first, and once each', () => {
    const { approvals, ids, current } = desk();
    for (const id of [2, 1, 2]) approvals.required(ask(id));
    expect(ids()).toEqual([1, 2]);
    expect(current()).toBe(1);
  });

  it('QU1: that are answered go at once, and what the bus says of them is no news', async () => {
    const { approvals, answers, ids } = desk();
    approvals.required(ask(1));
    const done = approvals.answer(1, 'once');
    expect(ids()).toEqual([]);
    await done;
    approvals.given({ id: 1, answer: 'once' });
    expect(answers).toEqual([[1, 'once']]);
    expect(approvals.store.getState().settled).toEqual([]);
  });

  it('QU8: that nobody answered are told as that, not as denied', () => {
    const { approvals } = desk();
    approvals.required(ask(1));
    approvals.given({ id: 1, answer: 'timeout' });
    expect(approvals.store.getState().settled.map(({ answer }) => answer)).toEqual(['timeout']);
    expect(currentApproval(approvals.store.getState())).toBeNull();
  });

  it('QU11: come back when their answer did not arrive, but not when they were settled', async () => {
    const { approvals, ids } = desk((id) => new FsError(id === 1 ? 'EIO' : 'ENOENT', 'approval'));
    approvals.required(ask(1));
    approvals.required(ask(2));
    await Promise.all([approvals.answer(1, 'no'), approvals.answer(2, 'no')]);
    expect(ids()).toEqual([1]);
    expect(approvals.store.getState().failed).toContain('EIO');
  });

  it('QU7: of a process that is put off wait together, and its next ones with them', () => {
    const { approvals, current } = desk();
    approvals.required(ask(1));
    approvals.required(ask(2, 8));
    approvals.putOff(7);
    expect(current()).toBe(2);
    approvals.required(ask(3));
    approvals.putOff(8);
    expect(current()).toBeUndefined();
    approvals.bringBack();
    expect(current()).toBe(1);
  });

  it('QU10: of a refused process are all denied, those that come later too, until it ends', async () => {
    const { approvals, answers, ids } = desk();
    approvals.required(ask(1));
    approvals.required(ask(2));
    approvals.required(ask(3, 8));
    await approvals.refuseAll(7);
    approvals.required(ask(4));
    expect(answers).toEqual([[1, 'no'], [2, 'no'], [4, 'no']]);
    expect(ids()).toEqual([3]);
    approvals.ended(7);
    approvals.required(ask(5));
    expect(ids()).toEqual([3, 5]);
  });

  it('QU1: of a process that ended are gone', () => {
    const { approvals, ids } = desk();
    for (let id = 0; id < 3; id++) approvals.required(ask(id, id % 2));
    approvals.ended(0);
    expect(ids()).toEqual([1]);
  });

  it('QU1: count what waits behind them, whoever counts more', () => {
    const { approvals } = desk();
    for (const id of [1, 2, 3]) approvals.required(ask(id));
    const { list } = approvals.store.getState();
    expect(waitingBehind(list, list[0]!)).toBe(2);
    expect(waitingBehind(list, { ...list[0]!, waiting: 90 })).toBe(90);
  });

  it('QU1: are held up to a bound, and read again from the kernel', async () => {
    const { approvals, ids } = desk(() => null, [ask(4), ask(5)]);
    for (let id = 0; id < 100_000; id++) approvals.required(ask(id));
    expect(ids()).toHaveLength(APPROVALS_MAX);
    await approvals.refresh();
    expect(ids()).toEqual([4, 5]);
  });
});
