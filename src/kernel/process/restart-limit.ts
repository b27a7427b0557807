import type { Clock } from '../../shared/base/index.ts';

/** Allows `count` restarts within a window of the monotonic clock, so that what fails at once does not fail forever. */
export class RestartLimit {
  readonly #clock: Clock;
  readonly #count: number;
  readonly #milliseconds: number;
  #times: number[] = [];

  constructor(clock: Clock, limit: { count: number; milliseconds: number }) {
    this.#clock = clock;
    this.#count = limit.count;
    this.#milliseconds = limit.milliseconds;
  }

  /** Whether one more restart is allowed now; counts it if so. */
  allow(): boolean {
    const now = this.#clock.monotonic();
    this.#times = this.#times.filter((time) => now - time < this.#milliseconds);
    if (this.#times.length >= this.#count) return false;
    this.#times.push(now);
    return true;
  }
}
