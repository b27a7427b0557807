/** Subjects that are remembered, at most; then the one that was not seen for longest is forgotten. */
export const RECENT_MAX = 512;

/** Subjects seen lately, each with a number that stays its own as long as it is remembered. */
export class RecentSubjects {
  readonly #numbers = new Map<string, number>();
  #last = 0;

  see(subject: string): void {
    const known = this.#numbers.get(subject);
    if (known !== undefined) this.#numbers.delete(subject);
    else if (this.#numbers.size >= RECENT_MAX) this.#numbers.delete(this.#numbers.keys().next().value!);
    this.#numbers.set(subject, known ?? ++this.#last);
  }

  /** By number, those after `number`. */
  after(number: number, limit: number): { subject: string; number: number }[] {
    return [...this.#numbers].filter(([, own]) => own > number).sort(([, a], [, b]) => a - b).slice(0, limit).map(([subject, own]) => ({ subject, number: own }));
  }
}
