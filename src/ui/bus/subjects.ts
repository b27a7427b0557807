/** What was heard on one subject since the pane first listened, and in the last second. */
export interface SubjectCount {
  subject: string;
  count: number;
  /** Messages in the last second. */
  rate: number;
  /** Milliseconds since the epoch. */
  last: number;
}

/** Subjects that are counted; then the one that was first heard of goes. */
export const SUBJECTS_MAX = 1000;
/** Seconds of the chart. */
export const SECONDS_MAX = 120;

/** Messages a second, all together and by subject. */
export class Subjects {
  readonly #counts = new Map<string, { count: number; before: number; last: number }>();
  #all = 0;
  #before = 0;
  #times: number[] = [];
  #rates: number[] = [];

  take(subject: string, time: number): void {
    this.#all++;
    const known = this.#counts.get(subject);
    if (known) {
      known.count++;
      known.last = time;
      return;
    }
    if (this.#counts.size >= SUBJECTS_MAX) this.#counts.delete(this.#counts.keys().next().value!);
    this.#counts.set(subject, { count: 1, before: 0, last: time });
  }

  clear(): void {
    this.#counts.clear();
    this.#all = this.#before = 0;
    this.#times = [];
    this.#rates = [];
  }

  /** Ends a second of `seconds`; the busiest first, then the latest. */
  second(now: number, seconds: number): { subjects: SubjectCount[]; times: readonly number[]; rates: readonly number[] } {
    this.#times = [...this.#times, now].slice(-SECONDS_MAX);
    this.#rates = [...this.#rates, (this.#all - this.#before) / seconds].slice(-SECONDS_MAX);
    this.#before = this.#all;
    const subjects = [...this.#counts].map(([subject, known]) => {
      const rate = (known.count - known.before) / seconds;
      known.before = known.count;
      return { subject, count: known.count, rate, last: known.last };
    });
    return { subjects: subjects.toSorted((a, b) => b.rate - a.rate || b.last - a.last || b.count - a.count), times: this.#times, rates: this.#rates };
  }
}
