import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuditQuery, AuditRecord } from '../../shared/abi/index.ts';
import { AUDIT_PAGE, Audit } from './audit.ts';

const record = (seq: number, program = 'p'): AuditRecord => ({
  seq, time: seq, pid: 1, run: 1, program, module: '', action: { kind: 'clocks' }, decision: 'allow', by: 'grant', count: 1, hash: '',
});

/** A log in memory that answers as the kernel does. */
function log(count: number) {
  const records = Array.from({ length: count }, (_, at) => record(at + 1, at % 2 ? 'odd' : 'even'));
  const asked: AuditQuery[] = [];
  const audit = new Audit({
    auditQuery: async (query = {}) => {
      asked.push(query);
      const found = records.filter(({ program }) => query.program === undefined || program.includes(query.program));
      return { records: found.filter(({ seq }) => seq < (query.before ?? Infinity)).toReversed().slice(0, query.limit ?? 100), total: found.length };
    },
    auditVerify: async () => ({ records: records.length, broken: null }),
  });
  const seqs = (): number[] => audit.store.getState().records.map(({ seq }) => seq);
  return { audit, records, asked, seqs };
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe('the audit', () => {
  it('is read page by page, from the latest on, to its end', async () => {
    const { audit, seqs } = log(450);
    await audit.refresh();
    expect([seqs()[0], seqs().length]).toEqual([450, AUDIT_PAGE]);
    for (let page = 0; page < 5; page++) await audit.loadMore();
    expect(seqs()).toEqual(Array.from({ length: 450 }, (_, at) => 450 - at));
  });

  it('is searched when the typing rests; what was asked before is no answer', async () => {
    const { audit, asked, seqs } = log(10);
    await audit.refresh();
    for (const program of ['o', 'od', 'odd']) audit.setFilter({ program });
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked.slice(1)).toEqual([{ program: 'odd', limit: AUDIT_PAGE }]);
    expect(seqs()).toEqual([10, 8, 6, 4, 2]);
    audit.setFilter({ program: '' });
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked.at(-1)).toEqual({ limit: AUDIT_PAGE });
  });

  it('takes what is new at its top, and only tells of it further down', async () => {
    const { audit, records, seqs } = log(3);
    await audit.refresh();
    await audit.look(true);
    expect(seqs()).toEqual([3, 2, 1]);
    records.push(record(4));
    await audit.look(false);
    expect(seqs()).toEqual([3, 2, 1]);
    expect(audit.store.getState().newer).toBe(true);
    await audit.look(true);
    expect(seqs()).toEqual([4, 3, 2, 1]);
    expect(audit.store.getState().newer).toBe(false);
  });

  it('an older page that comes after the search changed is dropped', async () => {
    const { audit, seqs } = log(450);
    await audit.refresh();
    const older = audit.loadMore();
    audit.setFilter({ program: 'odd' });
    await older;
    await vi.advanceTimersByTimeAsync(1000);
    expect(seqs()[0]).toBe(450);
    expect(seqs()).toHaveLength(AUDIT_PAGE);
  });

  it('says what it was told of the chain', async () => {
    const { audit } = log(2);
    await audit.verify();
    expect(audit.store.getState().verdict).toEqual({ records: 2, broken: null });
  });
});
