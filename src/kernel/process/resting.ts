/** Milliseconds that memory rests which a worker had that was ended: it may still run for a moment. */
export const REST = 500;

/** What is to be let go when that time is over. */
export class Resting {
  readonly #waiting = new Map<ReturnType<typeof setTimeout>, () => void>();

  later(action: () => void): void {
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      action();
    }, REST);
    this.#waiting.set(timer, action);
  }

  /** All of it now: there are no workers any more. */
  settle(): void {
    for (const [timer, action] of [...this.#waiting]) {
      clearTimeout(timer);
      this.#waiting.delete(timer);
      action();
    }
  }
}
