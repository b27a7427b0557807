import type { TracedCall, TraceBucket, TraceFilter, TraceFormat, TraceInfo, TraceStats } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';

/** A stretch of time in equal parts; milliseconds since the start of the run. */
export interface Stretch {
  from: number;
  to: number;
  buckets: number;
}

interface KeptRun {
  info: TraceInfo;
}

/** The system calls of runs that are kept. */
export class Traces {
  readonly #runs = new Map<number, KeptRun>();

  /** The newest first. */
  runs(): TraceInfo[] {
    return [...this.#runs.values()].reverse().map(({ info }) => info);
  }

  #run(run: number): KeptRun {
    const kept = this.#runs.get(run);
    if (!kept) throw new FsError('ENOENT', 'trace', undefined, { detail: `nothing is kept of run ${run}` });
    return kept;
  }

  async read(run: number, _filter: TraceFilter, _from: number, _count: number): Promise<{ info: TraceInfo; total: number; calls: TracedCall[] }> {
    return { info: this.#run(run).info, total: 0, calls: [] };
  }

  async place(run: number, _filter: TraceFilter, _seq: number): Promise<number> {
    return this.#run(run) && -1;
  }

  async slowest(run: number, _filter: TraceFilter, _count: number): Promise<TracedCall[]> {
    return this.#run(run) && [];
  }

  async stats(run: number, _filter: TraceFilter): Promise<TraceStats[]> {
    return this.#run(run) && [];
  }

  async strip(run: number, _filter: TraceFilter, _stretch: Stretch): Promise<TraceBucket[]> {
    return this.#run(run) && [];
  }

  async ofPath(_path: string, _count: number): Promise<{ run: number; call: TracedCall }[]> {
    return [];
  }

  async export(run: number, _filter: TraceFilter, _format: TraceFormat): Promise<MessagePort> {
    throw new FsError('ENOENT', 'trace', undefined, { detail: `nothing is kept of run ${run}` });
  }

  clear(): void {
    this.#runs.clear();
  }
}
