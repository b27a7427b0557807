import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Approval, ApprovalAnswer, AuthorityCalls } from '../../shared/abi/index.ts';

type Api = Pick<AuthorityCalls, 'approvalList' | 'approvalAnswer'>;

/** A question that this window did not answer. */
export interface Settled {
  approval: Approval;
  answer: ApprovalAnswer | 'timeout';
}

export interface ApprovalsState {
  /** Waiting for an answer, the oldest first. */
  list: readonly Approval[];
  /** Put off by the user: they wait on, without being in the way. */
  later: ReadonlySet<number>;
  /** Processes to which everything is denied until they end. */
  refused: ReadonlySet<number>;
  /** How often each process has asked, for as long as it runs. */
  asked: ReadonlyMap<number, number>;
  /** The last that were settled elsewhere, or that nobody answered. */
  settled: readonly Settled[];
  /** What an answer failed with, until the next. */
  failed: string | null;
}

/** More questions than these are not held: the kernel has them, and tells of them again. */
export const APPROVALS_MAX = 200;
const SETTLED_MAX = 16;

const without = <T>(set: ReadonlySet<T>, value: T): ReadonlySet<T> => (set.has(value) ? new Set([...set].filter((each) => each !== value)) : set);

/** The question to show: of those not put off, the oldest. */
export function currentApproval({ list, later }: Pick<ApprovalsState, 'list' | 'later'>): Approval | null {
  return list.find(({ id }) => !later.has(id)) ?? null;
}

/** Questions of the same process behind this one. */
export function waitingBehind(list: readonly Approval[], approval: Approval): number {
  return Math.max(approval.waiting, list.filter(({ id, pid }) => pid === approval.pid && id !== approval.id).length);
}

/** The questions of programs, and the user's answers. */
export class Approvals {
  readonly store: StoreApi<ApprovalsState> = createStore<ApprovalsState>(() => ({
    list: [], later: new Set<number>(), refused: new Set<number>(), asked: new Map<number, number>(), settled: [], failed: null,
  }));
  readonly #api: Api;
  /** Answered here; what the bus says of them is no news. */
  readonly #answered = new Set<number>();

  constructor(api: Api) {
    this.#api = api;
  }

  /** Takes `approval.required`. */
  required(approval: Approval): void {
    const { list, refused } = this.store.getState();
    if (this.#answered.has(approval.id) || list.some(({ id }) => id === approval.id)) {
      // Told again: how many wait behind it has changed.
      this.store.setState({ list: list.map((each) => (each.id === approval.id ? approval : each)) });
      return;
    }
    if (refused.has(approval.pid)) {
      void this.answer(approval.id, 'no');
      return;
    }
    if (list.length >= APPROVALS_MAX) return;
    this.store.setState((state) => ({
      list: [...state.list, approval].toSorted((a, b) => a.id - b.id),
      asked: new Map(state.asked).set(approval.pid, (state.asked.get(approval.pid) ?? 0) + 1),
      // One that was put off is not brought back by what the same process asks next.
      later: state.list.some(({ id, pid }) => pid === approval.pid && state.later.has(id)) ? new Set([...state.later, approval.id]) : state.later,
    }));
  }

  /** Takes `approval.given`. */
  given({ id, answer }: { id: number; answer: Settled['answer'] }): void {
    const approval = this.store.getState().list.find((each) => each.id === id);
    const mine = this.#answered.delete(id);
    this.#remove(id);
    if (approval && !mine) this.store.setState(({ settled }) => ({ settled: [...settled, { approval, answer }].slice(-SETTLED_MAX) }));
  }

  /** A process has ended: it waits for nothing any more. */
  ended(pid: number): void {
    this.store.setState(({ list, later, refused, asked }) => {
      const gone = new Set(list.filter((each) => each.pid === pid).map(({ id }) => id));
      if (gone.size === 0 && !refused.has(pid) && !asked.has(pid)) return {};
      return {
        list: list.filter(({ id }) => !gone.has(id)), later: new Set([...later].filter((id) => !gone.has(id))), refused: without(refused, pid),
        asked: new Map([...asked].filter(([each]) => each !== pid)),
      };
    });
  }

  /** Reads what waits from the kernel: at the start, and where messages were dropped. */
  async refresh(): Promise<void> {
    const waiting = await this.#api.approvalList();
    const ids = new Set(waiting.map(({ id }) => id));
    for (const { id } of this.store.getState().list) if (!ids.has(id)) this.#remove(id);
    for (const approval of waiting) this.required(approval);
  }

  /** The question goes at once; one that was settled meanwhile is no failure, and one whose answer did not arrive comes back. */
  async answer(id: number, answer: ApprovalAnswer): Promise<void> {
    const approval = this.store.getState().list.find((each) => each.id === id);
    this.#answered.add(id);
    this.#remove(id);
    this.store.setState({ failed: null });
    try {
      await this.#api.approvalAnswer(id, answer);
    } catch (error) {
      this.#answered.delete(id);
      if ((error as { code?: unknown }).code === 'ENOENT') return;
      this.store.setState({ failed: error instanceof Error ? error.message : String(error) });
      if (approval) this.required(approval);
    }
  }

  /** Denies what a process asks now, and whatever it asks until it ends. */
  async refuseAll(pid: number): Promise<void> {
    this.store.setState(({ refused }) => ({ refused: new Set([...refused, pid]) }));
    const own = this.store.getState().list.filter((each) => each.pid === pid);
    await Promise.all(own.map(({ id }) => this.answer(id, 'no')));
  }

  /** Puts off what a process asks. It may be answered until its time is over. */
  putOff(pid: number): void {
    this.store.setState(({ list, later }) => ({ later: new Set([...later, ...list.filter((each) => each.pid === pid).map(({ id }) => id)]) }));
  }

  /** Brings back all that was put off. */
  bringBack(): void {
    this.store.setState({ later: new Set() });
  }

  #remove(id: number): void {
    this.store.setState(({ list, later }) => ({ list: list.filter((each) => each.id !== id), later: without(later, id) }));
  }
}
