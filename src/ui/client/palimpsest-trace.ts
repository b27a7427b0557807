import type { KernelApi, TraceBucket, TracedCall, TraceFilter, TraceFormat, TraceInfo, TraceStats } from '../../shared/abi/index.ts';
import { joinPath } from '../../shared/base/index.ts';
import { receiveBytes } from '../../shared/link/index.ts';
import type { BusClient } from './bus-client.ts';

/**
 * The system calls of runs: the last ones of each run, and of the last 64 runs. A run is named by its number in the history (`Exit.run`). Rejects with `ENOENT` where nothing is kept of it.
 * Names and paths in calls are a program's: text that nobody has checked.
 */
export interface PalimpsestTrace {
  /** The newest first. */
  runs(): Promise<TraceInfo[]>;
  /** Calls `from` … (default 0; negative: from the end) of those that match, at most `count` (default 1000, which is the most). `total` is how many match. */
  read(run: number, options?: { filter?: TraceFilter; from?: number; count?: number }): Promise<{ info: TraceInfo; total: number; calls: TracedCall[] }>;
  /** By call, the most frequent first. */
  stats(run: number, filter?: TraceFilter): Promise<TraceStats[]>;
  /** Those that took longest, the longest first; at most 200. */
  slowest(run: number, count?: number, filter?: TraceFilter): Promise<TracedCall[]>;
  /** Equal stretches of the time between two moments, in milliseconds since the start of the run. */
  strip(run: number, from: number, to: number, buckets: number, filter?: TraceFilter): Promise<TraceBucket[]>;
  /** The calls about one path, of all runs, the newest first. */
  ofPath(path: string, count?: number): Promise<{ run: number; call: TracedCall }[]>;
  /** `strace`: text; `json`: an object a line; `chrome`: opens in Perfetto. */
  export(run: number, format: TraceFormat, filter?: TraceFilter): Promise<ReadableStream<Uint8Array>>;
  /** Hears of a run while it goes on, at most ten times a second, and when it has ended. Returns what ends that. */
  onChange(run: number, listener: (info: TraceInfo) => void): () => void;
  /** Forgets what is kept of ended runs. */
  clear(): Promise<void>;
  /** Whether the calls of processes that start from now on are noted. They always are, but for measuring what that costs. */
  noting(on: boolean): Promise<void>;
}

export function createTrace(api: KernelApi, bus: Pick<BusClient, 'subscribe'>): PalimpsestTrace {
  return Object.freeze<PalimpsestTrace>({
    runs: () => api.traceRuns(),
    read: (run, { filter = {}, from = 0, count = 1000 } = {}) => api.traceRead(run, filter, from, count),
    stats: (run, filter = {}) => api.traceStats(run, filter),
    slowest: (run, count = 50, filter = {}) => api.traceSlowest(run, filter, count),
    strip: (run, from, to, buckets, filter = {}) => api.traceStrip(run, filter, from, to, buckets),
    ofPath: (path, count = 100) => api.traceOfPath(joinPath('/', path), count),
    export: async (run, format, filter = {}) => receiveBytes(await api.traceExport(run, filter, format)),
    onChange: (run, listener) => bus.subscribe(`trace.${run}`, ({ data }) => listener(data as TraceInfo)),
    clear: () => api.traceClear(),
    noting: (on) => api.traceNoting(on),
  });
}
