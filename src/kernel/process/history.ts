import type { ExitStatus, ProcessInfo } from '../../shared/abi/index.ts';
import type { EndedProcess } from './process-record.ts';

/** Ended processes that are remembered, for `wait` and for listings. */
const HISTORY_MAX = 256;

/** The processes that have ended, in the order of their ends. Of a full history goes first what nobody waits for. */
export class History {
  readonly #ended = new Map<number, EndedProcess>();

  add(info: ProcessInfo, status: ExitStatus, reaped: boolean): void {
    this.#ended.set(info.pid, { info, status, reaped });
    if (this.#ended.size > HISTORY_MAX) this.#ended.delete(this.#leastWanted());
  }

  #leastWanted(): number {
    for (const [pid, { reaped }] of this.#ended) if (reaped) return pid;
    return this.#ended.keys().next().value!;
  }

  get(pid: number): EndedProcess | undefined {
    return this.#ended.get(pid);
  }

  values(): Iterable<EndedProcess> {
    return this.#ended.values();
  }

  latestFirst(): ProcessInfo[] {
    return [...this.#ended.values()].reverse().map(({ info }) => info);
  }

  /** Its parent has ended: nobody will wait for them. */
  orphan(parent: number): void {
    for (const ended of this.#ended.values()) if (ended.info.ppid === parent) ended.reaped = true;
  }
}
