import type { Limits } from '../../shared/abi/index.ts';
import { FD_MAX } from '../../shared/arena/index.ts';
import { FsError, type Clock } from '../../shared/base/index.ts';
import type { ProcessRecord } from './process-record.ts';
import type { Signal } from './signals.ts';

/** Processes of one session by default: some control blocks are left for the others. */
const PROCESSES_MAX = 224;

/** What a process may use if nothing else is said. */
export const DEFAULT_LIMITS: Limits = { memory: null, wall: null, cpu: null, files: FD_MAX, output: null, processes: PROCESSES_MAX, messages: null };

const NAMES = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];
/** The longest that a timer can be set for, in milliseconds. */
const TIMER_MAX = 2 ** 31 - 1;
/** Milliseconds between two looks at the running time of a process that is near its limit: it runs, it waits. */
const LOOK_RUNNING = 4;
const LOOK_WAITING = 25;

function lower(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}

/** `given` as a caller from another realm has it, over `base`. @throws FsError EINVAL */
export function withLimits(base: Limits, given: Partial<Limits> = {}): Limits {
  const limits = { ...base };
  for (const name of NAMES) {
    const value = given[name];
    if (value === undefined) continue;
    if (value !== null && !(typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER)) {
      throw new FsError('EINVAL', 'limits', name, { detail: `${String(value).slice(0, 40)} is no limit` });
    }
    limits[name] = value === null ? null : Math.floor(value);
  }
  limits.files = lower(limits.files, FD_MAX);
  return limits;
}

/** What a child gets that asks for `given`: nothing above its parent's. @throws FsError EINVAL */
export function childLimits(parent: Limits, given: Partial<Limits> = {}): Limits {
  const wanted = withLimits(parent, given);
  for (const name of NAMES) wanted[name] = lower(wanted[name], parent[name]);
  return wanted;
}

/**
 * Whether a process may set these limits of another (or its own): each stays where it is, is lowered, or is raised to `own` at
 * most. `own`: the limits of who sets them, if it may raise any; else null. @throws FsError EINVAL
 */
export function maySet(limits: Limits, set: Partial<Limits>, own: Limits | null): boolean {
  const wanted = withLimits(limits, set);
  const isWithin = (name: keyof Limits, most: Limits): boolean => lower(wanted[name], most[name]) === wanted[name];
  return NAMES.every((name) => isWithin(name, limits) || (own !== null && isWithin(name, own)));
}

/** The limits whose crossing ends the process, and the signal that stands for it in the exit code. */
export const ENDING = { wall: 'KILL', cpu: 'XCPU', output: 'XFSZ' } as const satisfies Partial<Record<keyof Limits, Signal>>;
export type EndingLimit = keyof typeof ENDING;

export function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

export function amount(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'] as const;
  let at = 0;
  let value = bytes;
  for (; value >= 1024 && at < units.length - 1; at++) value /= 1024;
  return `${at === 0 ? value : Number(value.toFixed(1))} ${units[at]}`;
}

/** What the user is told of a process that came to a limit. */
export function limitMessage(limit: EndingLimit, limits: Limits): string {
  const most = limits[limit] ?? 0;
  if (limit === 'output') return `stopped: wrote ${amount(most)} to its streams, its limit`;
  return limit === 'cpu' ? `stopped: used ${seconds(most)} of CPU time, its limit` : `stopped: ran for ${seconds(most)}, its limit`;
}

interface Watch {
  wall: ReturnType<typeof setTimeout> | undefined;
  cpu: ReturnType<typeof setTimeout> | undefined;
}

/**
 * Watches what running processes use. Nothing is sampled: of running time it is known how much is left, and it is looked at
 * again when that could be gone.
 */
export class LimitKeeper {
  readonly #clock: Clock;
  readonly #exceeded: (record: ProcessRecord, limit: EndingLimit) => void;
  readonly #watched = new Map<ProcessRecord, Watch>();

  /** `exceeded` is called once at most for each process. */
  constructor(clock: Clock, exceeded: (record: ProcessRecord, limit: EndingLimit) => void) {
    this.#clock = clock;
    this.#exceeded = exceeded;
  }

  /** From the moment when its program runs, and again when its limits have changed. */
  watch(record: ProcessRecord): void {
    this.forget(record);
    const { limits, handle } = record;
    handle.filesMax = limits.files ?? FD_MAX;
    handle.messagesMax = limits.messages ?? Infinity;
    // The guest takes 0 for none, so that a limit of 0 is the least that there is: one byte is already too much.
    handle.outputMax = limits.output === null ? 0 : Math.max(limits.output, Number.MIN_VALUE);
    const watch: Watch = { wall: undefined, cpu: undefined };
    this.#watched.set(record, watch);
    if (limits.wall !== null) this.#wall(record, watch, limits.wall);
    if (limits.cpu !== null) this.#cpu(record, watch, limits.cpu);
  }

  forget(record: ProcessRecord): void {
    const watch = this.#watched.get(record);
    clearTimeout(watch?.wall);
    clearTimeout(watch?.cpu);
    this.#watched.delete(record);
  }

  #wall(record: ProcessRecord, watch: Watch, limit: number): void {
    const left = limit - (this.#clock.monotonic() - record.runAt);
    if (left <= 0) this.#over(record, 'wall');
    else watch.wall = setTimeout(() => this.#wall(record, watch, limit), Math.min(left, TIMER_MAX));
  }

  #cpu(record: ProcessRecord, watch: Watch, limit: number): void {
    const left = limit - record.cpu();
    const soonest = record.threads.waiting ? LOOK_WAITING : LOOK_RUNNING;
    if (left <= 0) this.#over(record, 'cpu');
    else watch.cpu = setTimeout(() => this.#cpu(record, watch, limit), Math.min(Math.max(left / record.threads.count, soonest), TIMER_MAX));
  }

  #over(record: ProcessRecord, limit: EndingLimit): void {
    this.forget(record);
    this.#exceeded(record, limit);
  }
}
