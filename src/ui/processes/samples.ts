import type { ProcessInfo } from '../../shared/abi/index.ts';

/** A second of a process. `cpu` in per cent of one core, the others per second; `memory` in bytes. */
export interface Rates {
  cpu: number;
  memory: number;
  calls: number;
  read: number;
  written: number;
}

export interface Series {
  /** Milliseconds since the epoch, the oldest first. */
  times: number[];
  rates: Rates[];
}

/** Seconds that are kept of a process, and processes; the one that was heard of longest ago goes first. */
export const POINTS_MAX = 240;
export const PROCESSES_MAX = 256;
/** Closer looks than this, in ms, would show the jitter of the clock. */
const STEP_MIN = 250;

type Totals = Pick<ProcessInfo, 'cpu' | 'syscalls' | 'read' | 'written'>;

/** What processes did between one look at the listing and the next, while the pane is looked at. */
export class Samples {
  readonly #last = new Map<number, { time: number; totals: Totals }>();
  readonly #series = new Map<number, Series>();

  /** `time`: when the kernel answered, in ms since the epoch. */
  take(list: readonly ProcessInfo[], time: number): void {
    for (const process of list) if (!process.exit) this.#takeOne(process, time);
    for (const pid of [...this.#series.keys()].slice(0, Math.max(0, this.#series.size - PROCESSES_MAX))) this.#series.delete(pid);
    const alive = new Set(list.filter(({ exit }) => !exit).map(({ pid }) => pid));
    for (const pid of this.#last.keys()) if (!alive.has(pid)) this.#last.delete(pid);
  }

  /** Its last second; null before there is one, and once it has ended. */
  latest(pid: number): Rates | null {
    return this.#last.has(pid) ? (this.#series.get(pid)?.rates.at(-1) ?? null) : null;
  }

  series(pid: number): Series {
    return this.#series.get(pid) ?? { times: [], rates: [] };
  }

  #takeOne(process: ProcessInfo, time: number): void {
    const { pid, cpu, syscalls, read, written, memory = 0 } = process;
    const before = this.#last.get(pid);
    if (before && time - before.time < STEP_MIN) return;
    this.#last.set(pid, { time, totals: { cpu, syscalls, read, written } });
    // Of a pid that was given again the totals begin anew.
    if (!before || before.totals.syscalls > syscalls || before.totals.read > read) return;
    const seconds = (time - before.time) / 1000;
    const per = (now: number, then: number): number => Math.max(0, now - then) / seconds;
    const { totals } = before;
    const rate: Rates = { cpu: Math.min(100 * (process.threads ?? 1), per(cpu, totals.cpu) / 10), memory, calls: per(syscalls, totals.syscalls), read: per(read, totals.read), written: per(written, totals.written) };
    const { times, rates } = this.series(pid);
    this.#series.delete(pid);
    this.#series.set(pid, { times: [...times, time].slice(-POINTS_MAX), rates: [...rates, rate].slice(-POINTS_MAX) });
  }
}
