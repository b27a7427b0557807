import type { Approval, ApprovalAnswer } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';

/** How a question ended. `flood`: it was not asked, for its program asks too much. `nobody`: there was nobody to ask. `gone`: its process has ended. */
export type Settled = ApprovalAnswer | 'timeout' | 'flood' | 'nobody' | 'gone';

export type Question = Omit<Approval, 'id' | 'asked' | 'expires' | 'waiting'>;

export interface ApprovalsOptions {
  /** Milliseconds since the epoch. */
  now(): number;
  publish(subject: 'approval.required' | 'approval.given', data: unknown): void;
}

interface Pending {
  readonly approval: Approval;
  /** Equal for equal questions of one process. */
  readonly key: string;
  readonly program: string;
  readonly waiters: ((how: Settled) => void)[];
  shown: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Milliseconds that a question waits for its answer, if nothing else is said; and at most. */
const DEADLINE = 60_000;
const DEADLINE_MAX = 600_000;
/** Questions that wait: of one program, and of all. */
const PROGRAM_MAX = 4;
const TOTAL_MAX = 32;
/** Who waits for one and the same question, at most. */
const WAITERS_MAX = 64;
/** Questions that one program may put in this time, those left out that were answered with a yes. */
const RATE = 12;
const RATE_TIME = 60_000;
/** Programs whose questions are counted, at most; the longest silent is forgotten. */
const PROGRAMS_MAX = 256;

/** The questions to the user: one of each program is shown at a time, the others wait behind it. Rules: SPEC.md, AP1 on. */
export class Approvals {
  readonly #options: ApprovalsOptions;
  readonly #pending = new Map<number, Pending>();
  /** When each program asked, lately. */
  readonly #asked = new Map<string, number[]>();
  #lastId = 0;
  #audience = 0;

  constructor(options: ApprovalsOptions) {
    this.#options = options;
  }

  /** Whether there is somebody who shows questions. */
  get attended(): boolean {
    return this.#audience > 0;
  }

  /** Somebody shows questions from now on. The result: not any more; what waits then can still be answered. */
  attend(): () => void {
    this.#audience++;
    let there = true;
    return () => {
      if (there) this.#audience--;
      there = false;
    };
  }

  /** `program`: what the bounds are counted by. `key`: equal for equal questions of a process, which are put once. `wait`: milliseconds. */
  ask(program: string, key: string, pid: number, question: () => Question, wait = DEADLINE): Promise<Settled> {
    if (!this.attended) return Promise.resolve('nobody');
    const same = [...this.#pending.values()].find((one) => one.key === key && one.program === program && one.approval.pid === pid);
    if (same) return same.waiters.length < WAITERS_MAX ? new Promise((resolve) => void same.waiters.push(resolve)) : Promise.resolve('flood');
    if (this.#pending.size >= TOTAL_MAX || this.#of(program).length >= PROGRAM_MAX || !this.#mayAsk(program)) return Promise.resolve('flood');
    return new Promise((resolve) => this.#put(program, key, question(), Math.min(Math.max(wait, 0), DEADLINE_MAX), resolve));
  }

  list(): Approval[] {
    return [...this.#pending.values()].filter(({ shown }) => shown).map((one) => this.#told(one));
  }

  /** @throws FsError ENOENT: it is settled already, or was never shown */
  answer(id: number, answer: ApprovalAnswer): void {
    const pending = this.#pending.get(id);
    if (!pending?.shown) throw new FsError('ENOENT', 'approval', undefined, { detail: `there is no question ${id} that waits` });
    if (answer === 'always' && pending.approval.rule === undefined) throw new FsError('EINVAL', 'approval', undefined, { detail: 'this cannot be allowed for always: nothing is known by which the program could be recognized' });
    this.#settle(id, pending, answer);
  }

  /** Its process has ended. */
  forget(pid: number): void {
    for (const [id, pending] of [...this.#pending]) if (pending.approval.pid === pid) this.#settle(id, pending, 'gone');
  }

  /** Ends all; nobody will answer. */
  dispose(): void {
    this.#audience = 0;
    for (const [id, pending] of [...this.#pending]) this.#settle(id, pending, 'gone');
  }

  #of(program: string): Pending[] {
    return [...this.#pending.values()].filter((one) => one.program === program);
  }

  #mayAsk(program: string): boolean {
    const now = this.#options.now();
    const lately = (this.#asked.get(program) ?? []).filter((time) => now - time < RATE_TIME);
    this.#asked.delete(program);
    const may = lately.length < RATE;
    this.#asked.set(program, may ? [...lately, now] : lately);
    const oldest = this.#asked.keys().next();
    if (this.#asked.size > PROGRAMS_MAX && !oldest.done) this.#asked.delete(oldest.value);
    return may;
  }

  #put(program: string, key: string, question: Question, wait: number, resolve: (how: Settled) => void): void {
    const id = ++this.#lastId;
    const asked = this.#options.now();
    const pending: Pending = { approval: { ...question, id, asked, expires: asked + wait, waiting: 0 }, key, program, waiters: [resolve], shown: false, timer: undefined };
    pending.timer = setTimeout(() => this.#settle(id, pending, 'timeout'), wait);
    this.#pending.set(id, pending);
    this.#showNext(program);
  }

  #showNext(program: string): void {
    const all = this.#of(program);
    const [first] = all;
    if (!first || all.some(({ shown }) => shown)) return;
    first.shown = true;
    this.#options.publish('approval.required', this.#told(first));
  }

  #told({ approval, program }: Pending): Approval {
    return { ...approval, waiting: this.#of(program).length - 1 };
  }

  #settle(id: number, pending: Pending, how: Settled): void {
    if (!this.#pending.delete(id)) return;
    clearTimeout(pending.timer);
    if (how === 'once' || how === 'running' || how === 'always') this.#asked.get(pending.program)?.pop();
    if (pending.shown) this.#options.publish('approval.given', { id, answer: how === 'gone' ? 'no' : how });
    this.#showNext(pending.program);
    for (const waiter of pending.waiters) waiter(how);
  }
}
