import type { Action, HostValues } from '../../shared/abi/index.ts';
import type { Process } from '../vfs/index.ts';

/** Epoch of what is not remembered. */
const NEVER = -1;

/** An action of which this process remembers that it may do it. */
export interface Remembered {
  /** `Pcb.GRANT_EPOCH` as it was before it was asked. */
  epoch: number;
}

/**
 * What the kernel has allowed. It is asked once for each action (a blocking call, which may wait for a user); its answer holds, where it says so,
 * until what the process may do changes. A refusal is never remembered: the user may be asked again.
 */
export class Decisions {
  readonly #process: Process;
  /** The epoch by which the last action was decided. */
  #asked = NEVER;

  constructor(process: Process) {
    this.#process = process;
  }

  /** A new one. */
  static none(): Remembered {
    return { epoch: NEVER };
  }

  /** Whether it may be done, as was said before. */
  remembers({ epoch }: Remembered): boolean {
    this.#asked = epoch;
    return epoch === this.#process.handle.grantEpoch;
  }

  /** 0, or the errno of the refusal. The kernel is asked where the answer is not remembered. */
  allow(remembered: Remembered, action: Action): number {
    const epoch = this.#process.handle.grantEpoch;
    this.#asked = epoch;
    if (remembered.epoch === epoch) return 0;
    const { errno, value } = this.#process.kernel({ op: 'authorize', action });
    if (errno !== 0) return errno;
    remembered.epoch = (value as HostValues['authorize']).remember ? epoch : NEVER;
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
