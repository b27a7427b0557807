import type { WaitResult } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { deferred, type Deferred } from './deferred.ts';
import type { Population } from './groups.ts';
import type { EndedProcess, ProcessRecord } from './process-record.ts';
import { bitOf } from './signals.ts';

export interface WaitFor {
  /** As `waitpid`: > 0 that one, -1 any, 0 any of the caller's group, < -1 any of group `-pid`. */
  pid: number;
  nohang?: boolean;
  untraced?: boolean;
}

interface Waiter {
  readonly parent: ProcessRecord;
  readonly wanted: WaitFor;
  readonly answer: Deferred<WaitResult>;
}

/** Who waits for which children, and what they are told (SPEC.md, WT1 …). Each end is told once: who was told reaps. */
export class Children {
  readonly #population: Population;
  readonly #waiters = new Set<Waiter>();

  constructor(population: Population) {
    this.#population = population;
  }

  /** Null: `nohang`, and nothing has changed. @throws FsError ECHILD, EINTR */
  wait(parent: ProcessRecord, wanted: WaitFor): WaitResult | null | Promise<WaitResult> {
    const found = this.#find(parent, wanted);
    if (found !== undefined) return found;
    if (wanted.nohang) return null;
    // CHLD is what this call tells by itself.
    if (parent.handle.pendingSignal & ~bitOf('CHLD')) throw interrupted();
    const waiter = { parent, wanted, answer: deferred<WaitResult>() };
    this.#waiters.add(waiter);
    return waiter.answer.promise;
  }

  /** A child of `parent` has changed: whoever waits looks again. */
  changed(parent: number): void {
    for (const waiter of this.#waiters) {
      if (waiter.parent.pid !== parent) continue;
      try {
        const found = this.#find(waiter.parent, waiter.wanted);
        if (found !== undefined) this.#answer(waiter, () => waiter.answer.resolve(found));
      } catch (error) {
        this.#answer(waiter, () => waiter.answer.reject(error));
      }
    }
  }

  /** `parent` has caught a signal, or has ended. */
  interrupt(parent: number): void {
    for (const waiter of this.#waiters) if (waiter.parent.pid === parent) this.#answer(waiter, () => waiter.answer.reject(interrupted()));
  }

  #answer(waiter: Waiter, answer: () => void): void {
    this.#waiters.delete(waiter);
    answer();
  }

  /** A change to tell; undefined if there is none yet. @throws FsError ECHILD */
  #find(parent: ProcessRecord, wanted: WaitFor): WaitResult | undefined {
    for (const ended of this.#population.ended()) {
      if (!ended.reaped && ended.info.ppid === parent.pid && isMeant(wanted.pid, ended.info, parent)) return reap(ended);
    }
    const running = this.#population.running().filter((record) => record.ppid === parent.pid && isMeant(wanted.pid, record, parent));
    if (running.length === 0 && !this.#isEnding(parent, wanted)) throw new FsError('ECHILD', 'wait', String(wanted.pid));
    const changed = wanted.untraced ? running.find(({ report }) => report !== null) : undefined;
    if (!changed?.report) return undefined;
    const { pid, report } = changed;
    changed.report = null;
    return { pid, ...report };
  }

  #isEnding(parent: ProcessRecord, wanted: WaitFor): boolean {
    return this.#population.ending().some((record) => record.ppid === parent.pid && isMeant(wanted.pid, record, parent));
  }
}

function interrupted(): FsError {
  return new FsError('EINTR', 'wait');
}

function isMeant(wanted: number, { pid, group }: { pid: number; group: number }, parent: ProcessRecord): boolean {
  if (wanted > 0) return pid === wanted;
  if (wanted === -1) return true;
  return group === (wanted === 0 ? parent.group : -wanted);
}

/** Lists of changed paths are the window's; they could be longer than a reply. */
function reap(ended: EndedProcess): WaitResult {
  ended.reaped = true;
  const { changes: _, ...status } = ended.status;
  return { pid: ended.info.pid, state: 'exited', status };
}
