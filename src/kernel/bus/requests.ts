import type { BusMessage } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';

/** Milliseconds between two looks at the deadlines: a request is given up at most so much late. */
const TICK = 20;
/** Requests that wait for their answer. */
const PENDING_MAX = 4096;

interface Pending {
  readonly subject: string;
  readonly resolve: (reply: BusMessage) => void;
  readonly reject: (error: unknown) => void;
  readonly lastTick: number;
  /** Ends what waits elsewhere for the same answer. */
  cancel: (() => void) | null;
}

/** The kernel's own requests that wait for their answer. Deadlines are counted in ticks, so that a request costs no timer. */
export class Requests {
  readonly #pending = new Map<number, Pending>();
  #tick = 0;
  #ticking = false;

  /** @throws FsError EAGAIN when too many wait. */
  open(number: number, subject: string, deadline: number, resolve: (reply: BusMessage) => void, reject: (error: unknown) => void): void {
    if (this.#pending.size >= PENDING_MAX) throw new FsError('EAGAIN', 'request', subject, { detail: `${PENDING_MAX} requests wait for their answer` });
    this.#pending.set(number, { subject, resolve, reject, lastTick: this.#tick + Math.ceil(deadline / TICK), cancel: null });
    if (this.#ticking) return;
    this.#ticking = true;
    setTimeout(this.#onTick, TICK);
  }

  /** Called when the request has its answer, or is given up. */
  onEnd(number: number, cancel: () => void): void {
    this.#pending.get(number)!.cancel = cancel;
  }

  subjectOf(number: number): string | undefined {
    return this.#pending.get(number)?.subject;
  }

  /** False: nobody waits for it. */
  answer(number: number, reply: BusMessage): boolean {
    const pending = this.#take(number);
    pending?.resolve(reply);
    return pending !== undefined;
  }

  fail(number: number, error: FsError): void {
    this.#take(number)?.reject(error);
  }

  #take(number: number): Pending | undefined {
    const pending = this.#pending.get(number);
    if (!pending) return undefined;
    this.#pending.delete(number);
    pending.cancel?.();
    return pending;
  }

  readonly #onTick = (): void => {
    this.#tick++;
    for (const [number, { lastTick, subject }] of this.#pending) {
      if (lastTick < this.#tick) this.fail(number, new FsError('ETIMEDOUT', 'request', subject, { detail: 'no answer before the deadline' }));
    }
    if (this.#pending.size > 0) setTimeout(this.#onTick, TICK);
    else this.#ticking = false;
  };
}
