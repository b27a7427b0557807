import type { ProcessHandle } from '../../shared/arena/index.ts';

/** Messages per second, by `Limits.messages` as it is now: a bucket that holds as many as a second gives. Each thread of a process has its own. */
export class MessageBudget {
  readonly #handle: ProcessHandle;
  readonly #now: () => number;
  #left = 0;
  #filled = -Infinity;

  /** `now`: milliseconds of a monotonic clock. */
  constructor(handle: ProcessHandle, now: () => number = () => performance.now()) {
    this.#handle = handle;
    this.#now = now;
  }

  /** Whether one more message may be published; counts it. */
  take(): boolean {
    const most = this.#handle.messagesMax;
    if (most === Infinity) return true;
    const now = this.#now();
    this.#left = this.#filled === -Infinity ? most : Math.min(most, this.#left + ((now - this.#filled) / 1000) * most);
    this.#filled = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
