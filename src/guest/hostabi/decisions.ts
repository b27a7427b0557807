import type { Action, HostValues } from '../../shared/abi/index.ts';
import type { Process } from '../vfs/index.ts';

/** Epoch of what is not remembered. */
const NEVER = -1;

/** An action of which this process remembers that it may do it. */
export interface Remembered {
  /** `Pcb.GRANT_EPOCH` as it was before it was asked. */
  epoch: number;
  /** Its uses are counted: in the word with this index, once it is remembered. */
  readonly counted: boolean;
  counter: number;
}

/**
 * What the kernel has allowed. It is asked once for each action (a blocking call, which may wait for a user); its answer holds, where it says so,
 * until what the process may do changes. A refusal is never remembered: the user may be asked again.
 */
export class Decisions {
  readonly #process: Process;
  /** Other threads may count in the same word. */
  readonly #threads: boolean;
  /** The epoch by which the last action was decided. */
  #asked = NEVER;

  constructor(process: Process) {
    this.#process = process;
    this.#threads = process.shared !== null;
  }

  /** A new one. */
  static none(counted = false): Remembered {
    return { epoch: NEVER, counted, counter: 0 };
  }

  /** Whether it may be done, as was said before. */
  remembers({ epoch }: Remembered): boolean {
    this.#asked = epoch;
    return epoch === this.#process.handle.grantEpoch;
  }

  /** One use of what is remembered and counted. */
  count({ counter }: Remembered): void {
    const { u32 } = this.#process.arena;
    if (this.#threads) Atomics.add(u32, counter, 1);
    else u32[counter] = u32[counter]! + 1;
  }

  /** 0, or the errno of the refusal. The kernel is asked where the answer is not remembered, and counts this use. */
  allow(remembered: Remembered, action: Action): number {
    const epoch = this.#process.handle.grantEpoch;
    this.#asked = epoch;
    if (remembered.epoch === epoch) return 0;
    const { errno, value } = this.#process.kernel({ op: 'authorize', action, ...(remembered.counted && { count: true }) });
    if (errno !== 0) return errno;
    const { remember, counter } = value as HostValues['authorize'];
    // What is to be counted and has no word to be counted in is asked again: word 0 is the arena's own.
    remembered.epoch = remember && (!remembered.counted || counter > 0) ? epoch : NEVER;
    remembered.counter = counter >>> 2;
    return 0;
  }

  /** For what goes on after it was allowed, as the last action: 0, or the errno once it may not be any more. The kernel is asked when what is granted has changed. */
  stays(remembered: Remembered, action: Action): () => number {
    let asked = this.#asked;
    return () => {
      const epoch = this.#process.handle.grantEpoch;
      if (epoch === asked) return 0;
      asked = epoch;
      return this.allow(remembered, action);
    };
  }
}
