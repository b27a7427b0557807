import { TRACE_FAMILIES, type TraceBucket, type TraceCalls, type TraceFilter, type TraceInfo, type TracedCall } from '../../../shared/abi/index.ts';
import { familyOf } from '../wording.ts';

export const traced = (seq: number, more: Partial<TracedCall> = {}): TracedCall => ({ seq, tid: 0, call: 'fd_read', at: seq, duration: 0.01, errno: 0, args: [3, 1024, 1, 2048], ...more });

export const infoOf = (run: number, more: Partial<TraceInfo> = {}): TraceInfo => ({ run, pid: run + 100, name: `program${run}`, args: [], started: 1_000_000, calls: 0, first: 0, lost: 0, ...more });

/** A few runs in memory, which answer as the kernel does, plainly; what is asked is noted. */
export class MemoryTrace implements TraceCalls {
  readonly runs = new Map<number, { info: TraceInfo; calls: TracedCall[] }>();
  readonly asked: string[] = [];

  add(run: number, calls: TracedCall[], more: Partial<TraceInfo> = {}): void {
    this.runs.set(run, { info: infoOf(run, { calls: calls.length, ...more }), calls });
  }

  /** The run makes more calls; `keep`: only so many of the last are kept. */
  grow(run: number, count: number, keep = Infinity): TraceInfo {
    const held = this.#held(run);
    for (let n = 0; n < count; n++) held.calls.push(traced(held.info.calls + n));
    const dropped = Math.max(0, held.calls.length - keep);
    held.calls.splice(0, dropped);
    held.info = { ...held.info, calls: held.info.calls + count, first: held.info.first + dropped };
    return held.info;
  }

  end(run: number): void {
    const held = this.#held(run);
    held.info = { ...held.info, ended: held.info.started + 5000 };
  }

  async traceRuns(): Promise<TraceInfo[]> {
    this.asked.push('runs');
    return [...this.runs.values()].map(({ info }) => info).reverse();
  }

  async traceRead(run: number, filter: TraceFilter, from: number, count: number): Promise<{ info: TraceInfo; total: number; calls: TracedCall[] }> {
    this.asked.push(`read ${from} ${count}`);
    const matching = this.#matching(run, filter);
    const at = from < 0 ? Math.max(0, matching.length + from) : from;
    return { info: this.#held(run).info, total: matching.length, calls: matching.slice(at, at + count) };
  }

  async tracePlace(run: number, filter: TraceFilter, seq: number): Promise<number> {
    return this.#matching(run, filter).findIndex((call) => call.seq >= seq);
  }

  async traceSlowest(run: number, filter: TraceFilter, count: number): Promise<TracedCall[]> {
    return [...this.#matching(run, filter)].sort((one, other) => other.duration - one.duration).slice(0, count);
  }

  async traceStats(run: number, filter: TraceFilter) {
    const calls = this.#matching(run, filter);
    return [...new Set(calls.map(({ call }) => call))].map((call) => {
      const own = calls.filter((each) => each.call === call);
      const [slowest] = [...own].sort((one, other) => other.duration - one.duration);
      return { call, count: own.length, failed: own.filter(({ errno }) => errno !== 0).length, total: own.reduce((sum, { duration }) => sum + duration, 0), longest: slowest!.duration, slowest: slowest!.seq, bytes: 0 };
    });
  }

  async traceStrip(run: number, filter: TraceFilter, from: number, to: number, buckets: number): Promise<TraceBucket[]> {
    this.asked.push(`strip ${from} ${to}`);
    const strip = Array.from({ length: buckets }, (): TraceBucket => ({ count: 0, families: TRACE_FAMILIES.map(() => 0), failed: 0, busy: 0, waiting: 0 }));
    for (const { at, call, errno, duration } of this.#matching(run, filter)) {
      const bucket = strip[Math.floor(((at - from) / (to - from)) * buckets)];
      if (!bucket) continue;
      bucket.count++;
      bucket.families[TRACE_FAMILIES.indexOf(familyOf(call))]!++;
      if (errno !== 0) bucket.failed++;
      bucket.busy += duration;
    }
    return strip;
  }

  async traceOfPath(path: string, count: number): Promise<{ run: number; call: TracedCall }[]> {
    return [...this.runs].reverse().flatMap(([run, { calls }]) => calls.filter((call) => call.path === path || call.to === path).reverse().map((call) => ({ run, call }))).slice(0, count);
  }

  async traceExport(): Promise<MessagePort> {
    throw new Error('not in memory');
  }

  async traceNoting(): Promise<void> {}

  async traceClear(): Promise<void> {
    for (const [run, { info }] of this.runs) if (info.ended !== undefined) this.runs.delete(run);
  }

  #held(run: number): { info: TraceInfo; calls: TracedCall[] } {
    const held = this.runs.get(run);
    if (!held) throw new Error(`ENOENT: nothing is kept of run ${run}`);
    return held;
  }

  #matching(run: number, { calls, errno, text, from = -Infinity, to = Infinity }: TraceFilter): TracedCall[] {
    return this.#held(run).calls.filter((call) => (!calls || calls.includes(call.call)) && (errno !== 'failed' || call.errno !== 0) && call.at >= from && call.at <= to
      && (text === undefined || call.call.includes(text) || call.path?.includes(text)));
  }
}
