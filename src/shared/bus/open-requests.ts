/** Requests that are remembered; with more the oldest can no longer be answered. */
const OPEN_MAX = 4096;

/**
 * The requests that this worker has read and not answered: only these it can answer, whatever a guest puts into a frame.
 * By correlation, which the askers draw at random.
 */
export class OpenRequests {
  readonly #open = new Map<number, number>();

  note(replyTo: number, correlation: number): void {
    if (this.#open.size >= OPEN_MAX) for (const oldest of this.#open.keys()) {
      this.#open.delete(oldest);
      break;
    }
    this.#open.set(correlation, replyTo);
  }

  has(replyTo: number, correlation: number): boolean {
    return this.#open.get(correlation) === replyTo;
  }

  close(correlation: number): void {
    this.#open.delete(correlation);
  }
}
