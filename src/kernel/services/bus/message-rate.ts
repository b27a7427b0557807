import { FsError, type Clock } from '../../../shared/base/index.ts';

/** Messages that a process publishes by files in a second: a bucket that a second fills. */
export class MessageRate {
  readonly #clock: Clock;
  readonly #buckets = new Map<number, { left: number; at: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  forget(pid: number): void {
    this.#buckets.delete(pid);
  }

  /** `limit` null: none. @throws FsError EDQUOT */
  count(pid: number, limit: number | null): void {
    if (limit === null) return;
    const now = this.#clock.monotonic();
    const bucket = this.#buckets.get(pid) ?? { left: limit, at: now };
    bucket.left = Math.min(limit, bucket.left + ((now - bucket.at) * limit) / 1000);
    bucket.at = now;
    this.#buckets.set(pid, bucket);
    if (bucket.left < 1) throw new FsError('EDQUOT', 'publish', undefined, { detail: `the process may publish ${limit} messages a second` });
    bucket.left--;
  }
}
