import { BufferWindow, KERNEL_SLOT, Ring, type Arena } from '../../../shared/arena/index.ts';
import { Errno, FsError, type ErrnoName } from '../../../shared/base/index.ts';
import type { PullSubscription } from '../../bus/index.ts';
import type { Pump } from '../../process/index.ts';

/** Bytes of lines that wait for their reader. */
const RING_BYTES = 16 * 1024;

export interface LineStreamOptions {
  subscribe(onReady: () => void): PullSubscription;
  /** The next messages as lines. */
  lineOf(subscription: PullSubscription): Uint8Array | undefined;
  /** Nobody has it open any more. Called once. */
  onClosed(): void;
}

/**
 * A subscription as a ring of lines that a process reads. Holds the ring's one writer until the end, and a reader of its own until the process
 * has let go, so that a revocation reaches also what was not read. Policy when full: messages wait in the subscription's bounded queue, which drops
 * the oldest and counts; publishers never wait.
 */
export class LineStream implements Pump {
  readonly ring: number;
  readonly #ring: Ring;
  readonly #window: BufferWindow;
  readonly #subscription: PullSubscription;
  readonly #options: LineStreamOptions;
  #line: Uint8Array | undefined;
  #isScheduled = false;
  #isOpen = true;

  /** @throws FsError ENOMEM, EINVAL */
  constructor(arena: Arena, options: LineStreamOptions) {
    this.#options = options;
    this.#subscription = options.subscribe(() => this.#wake());
    this.ring = Ring.create(arena, RING_BYTES);
    if (this.ring === 0) {
      this.#subscription.dispose();
      throw new FsError('ENOMEM', 'subscribe', undefined, { detail: 'shared memory is full' });
    }
    this.#ring = new Ring(arena, this.ring);
    this.#ring.addWriter();
    this.#ring.addReader();
    this.#window = new BufferWindow(arena);
  }

  get done(): boolean {
    return !this.#isOpen;
  }

  /** The process's end has been made, or never will be: from now on its closing ends the stream. */
  watch(): void {
    this.#ring.addWaiter(KERNEL_SLOT);
    this.pump();
  }

  /** Reading fails from now on; what was not read is gone. */
  fail(code: ErrnoName): void {
    if (!this.#isOpen) return;
    this.#ring.fail(Errno[code]);
    this.#ring.discard();
    this.#close();
  }

  pump(): void {
    if (!this.#isOpen) return;
    if (this.#ring.readers <= 1) return this.#close();
    for (;;) {
      this.#line ??= this.#options.lineOf(this.#subscription);
      if (!this.#line) return;
      const count = this.#ring.tryWrite(this.#window.wrap(this.#line), 0, this.#line.length);
      if (count <= 0) return;
      this.#line = count < this.#line.length ? this.#line.subarray(count) : undefined;
    }
  }

  /** Publishers are not held up by writing lines. */
  #wake(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.pump();
    });
  }

  #close(): void {
    this.#isOpen = false;
    this.#line = undefined;
    this.#subscription.dispose();
    this.#ring.removeWaiter(KERNEL_SLOT);
    this.#ring.leaveWriter();
    this.#ring.dropReader();
    this.#options.onClosed();
  }
}
