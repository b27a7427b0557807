import type { ClockGrants } from '../../shared/abi/index.ts';
import { Decisions, type Remembered } from './decisions.ts';

const CLOCKS = { kind: 'clocks' } as const;
const ENTROPY = { kind: 'entropy' } as const;

/**
 * Clocks and entropy as the process may have them at this moment: what it was started with holds until something was revoked; what it was not given it
 * is asked for when it is used.
 */
export class LiveGrants implements ClockGrants {
  readonly #decisions: Decisions;
  readonly #clocks: Remembered;
  readonly #entropy: Remembered;

  constructor(decisions: Decisions, start: ClockGrants) {
    this.#decisions = decisions;
    // A control block begins with epoch 0.
    this.#clocks = start.clocks ? { ...Decisions.none(), epoch: 0 } : Decisions.none();
    this.#entropy = start.entropy ? { ...Decisions.none(), epoch: 0 } : Decisions.none();
  }

  get clocks(): boolean {
    return this.#decisions.allow(this.#clocks, CLOCKS) === 0;
  }

  get entropy(): boolean {
    return this.#decisions.allow(this.#entropy, ENTROPY) === 0;
  }
}
