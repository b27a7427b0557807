import { FsError } from '../../shared/base/index.ts';
import type { RunRecord, Store } from '../contract/index.ts';

const PAGE = 1024;
const FAMILY_MAX = 20_000;
/** Milliseconds by which the clock may have been set between an end and a start. */
const CLOCK_SLACK = 10_000;

/**
 * A run and all that it started, directly or not. A child's number is greater than its parent's, so one pass over the later runs finds them; it
 * ends where all that were found had ended. `session`: runs that may not be stored yet, or not as they are now. @throws FsError E2BIG
 */
export async function familyOf(run: number, store: Pick<Store, 'runs'>, session: { from(run: number): Iterable<RunRecord> }): Promise<Set<number>> {
  const found = new Set([run]);
  const live = new Map([...session.from(run)].map((record) => [record.run, record]));
  let over = -Infinity;
  const meet = (record: RunRecord): boolean => {
    if (record.run !== run && (record.parent === undefined || !found.has(record.parent))) return record.started <= over;
    found.add(record.run);
    if (found.size > FAMILY_MAX) throw new FsError('E2BIG', 'undo', undefined, { detail: `run ${run} started more than ${FAMILY_MAX} runs` });
    over = Math.max(over, (record.ended ?? Infinity) + CLOCK_SLACK);
    return true;
  };
  for (let from = run; ;) {
    const page = await store.runs(from, PAGE);
    for (const stored of page) {
      const record = live.get(stored.run) ?? stored;
      live.delete(stored.run);
      if (!meet(record)) return found;
    }
    if (page.length < PAGE) break;
    from = page.at(-1)!.run + 1;
  }
  for (const record of live.values()) if (!meet(record)) break;
  return found;
}
