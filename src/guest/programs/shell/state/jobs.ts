import type { ExitStatus, WaitResult } from '../../../../shared/abi/index.ts';

export interface JobProcess {
  readonly pid: number;
  state: 'running' | 'stopped' | 'exited';
  /** Exit code, or 128 + the signal that stopped it. */
  status: number;
  ended?: ExitStatus;
}

export interface Job {
  /** 0: it is not in the list. */
  id: number;
  /** Process group, where jobs have their own; else 0. */
  readonly group: number;
  readonly processes: readonly JobProcess[];
  readonly text: string;
  /** Its last change has been told. */
  told: boolean;
}

/** Ends of background processes that are remembered for `wait`, at most; the oldest are forgotten. */
const ENDED_MAX = 512;

export function jobState(job: Job): JobProcess['state'] {
  if (job.processes.every(({ state }) => state === 'exited')) return 'exited';
  return job.processes.some(({ state }) => state === 'stopped') && !job.processes.some(({ state }) => state === 'running') ? 'stopped' : 'running';
}

/** Of the last process, or with `pipefail` of the last one that failed. */
export function jobStatus(job: Pick<Job, 'processes'>, pipefail = false): number {
  const { processes } = job;
  const failed = pipefail ? processes.findLast(({ status }) => status !== 0) : undefined;
  return (failed ?? processes.at(-1))?.status ?? 0;
}

/** What runs in the background or is stopped. */
export class Jobs {
  readonly #jobs: Job[] = [];
  /** Those last stopped or started, the current one last. */
  #recent: Job[] = [];

  get list(): readonly Job[] {
    return this.#jobs;
  }

  /** A job that is not in the list, as one in the foreground is. */
  static create(pids: readonly number[], group: number, text: string): Job {
    return { id: 0, group, text, told: true, processes: pids.map((pid) => ({ pid, state: 'running', status: 0 })) };
  }

  /** Puts a job into the list. */
  enter(job: Job): void {
    job.id = Math.max(0, ...this.#jobs.map(({ id }) => id)) + 1;
    if (this.#jobs.length >= ENDED_MAX) this.remove(this.#jobs.find((each) => jobState(each) === 'exited') ?? this.#jobs[0]!);
    this.#jobs.push(job);
    this.touch(job);
  }

  remove(job: Job): void {
    const at = this.#jobs.indexOf(job);
    if (at >= 0) this.#jobs.splice(at, 1);
    this.#recent = this.#recent.filter((each) => each !== job);
  }

  /** It becomes the current job. */
  touch(job: Job): void {
    this.#recent = [...this.#recent.filter((each) => each !== job), job];
  }

  get current(): Job | undefined {
    return this.#recent.at(-1);
  }

  get previous(): Job | undefined {
    return this.#recent.at(-2);
  }

  ofPid(pid: number): Job | undefined {
    return this.#jobs.find(({ processes }) => processes.some((each) => each.pid === pid));
  }

  /** `%1`, `%+`, `%-`, `%text`, `%?text`; undefined if there is none. */
  find(spec: string): Job | undefined {
    const name = spec.replace(/^%/, '');
    if (name === '' || name === '+' || name === '%') return this.current;
    if (name === '-') return this.previous ?? this.current;
    if (/^\d+$/.test(name)) return this.#jobs.find(({ id }) => id === Number(name));
    return this.#jobs.findLast(({ text }) => (name.startsWith('?') ? text.includes(name.slice(1)) : text.startsWith(name)));
  }

  /** Enters what `wait` told. */
  note(result: WaitResult): void {
    const job = this.ofPid(result.pid);
    const process = job?.processes.find(({ pid }) => pid === result.pid);
    if (job && process) noteProcess(job, process, result);
  }
}

export function noteProcess(job: Job, process: JobProcess, result: WaitResult): void {
  job.told = false;
  if (result.state === 'exited') {
    process.state = 'exited';
    process.status = result.status.code;
    process.ended = result.status;
  } else process.state = result.state === 'stopped' ? 'stopped' : 'running';
}
