/**
 * System calls of runs, as the window reads them. The calls of every process are noted in a ring in the arena, always; the kernel keeps the last ones of
 * each run, and of the last runs. What was pushed out is counted, never hidden.
 */
export interface TraceInfo {
  /** Number of the run in the history; the key of all calls below. */
  run: number;
  pid: number;
  name: string;
  args: string[];
  /** Milliseconds since the epoch; `ended` only once it has. */
  started: number;
  ended?: number;
  /** Calls that the run made so far, all threads together. */
  calls: number;
  /** The first call that is still kept; those before were pushed out. Kept are `first` … `calls - 1` but for `lost`. */
  first: number;
  /** Calls between them that were overwritten before the kernel could take them. */
  lost: number;
}

/** One argument or result as it is to be read: numbers exact up to 2^53, others and 64-bit patterns as decimal text. */
export type TraceValue = number | string;

/** One system call. */
export interface TracedCall {
  /** Its place in the run, from 0. */
  seq: number;
  /** 0: the process's own thread. */
  tid: number;
  /** Name as the interface has it: `fd_write`, `astrid_publish`. */
  call: string;
  /** Milliseconds since the start of the run, and how long it took; 0: less than the clock's step. */
  at: number;
  duration: number;
  /** 0: it succeeded. Of calls that do not return an errno their result is in `result`. */
  errno: number;
  /** As they were passed, in the order of the interface. */
  args: TraceValue[];
  /** What it gave back beside the errno, where that is one number: a descriptor, bytes. */
  result?: TraceValue;
  /** Namespace paths that it was about, resolved: of the path argument, else of the descriptor. Untrusted text. */
  path?: string;
  /** The second one, of renames and links. */
  to?: string;
  /** What it named that is no path: a subject, a key, a program, the target of a symbolic link. Untrusted text, at most 256 bytes of it. */
  text?: string;
  /** `path`, `to` or `text` is longer than what was noted of it. */
  cut?: true;
  /** Milliseconds of `duration` in which it slept: for others, for the kernel, for the time. */
  waited?: number;
  /** Still waiting: it has not returned. */
  open?: true;
}

/** What is left out of a filter lets everything be. All parts must hold. */
export interface TraceFilter {
  calls?: string[];
  /** `failed`: errno is not 0. A number: this errno. */
  errno?: 'failed' | 'ok' | number;
  /** Part of a path, of `text` or of the call's name, without regard to case. */
  text?: string;
  /** A path, or what is below it. */
  path?: string;
  fd?: number;
  tid?: number;
  /** Milliseconds. */
  longer?: number;
  /** Milliseconds since the start of the run. */
  from?: number;
  to?: number;
}

export interface TraceStats {
  call: string;
  count: number;
  failed: number;
  /** Milliseconds, all and the longest. */
  total: number;
  longest: number;
  /** The call that took longest. */
  slowest: number;
  /** Bytes that were read or written by it. */
  bytes: number;
}

/**
 * What calls are about, by which the strip is coloured: bytes out of a descriptor and into one, names, all else about descriptors, waiting, connections,
 * messages, and what concerns the process itself (clocks, random bytes, arguments, other processes, keys). Every call is in one.
 */
export const TRACE_FAMILIES = ['read', 'write', 'names', 'descriptors', 'wait', 'network', 'messages', 'system'] as const;
export type TraceFamily = (typeof TRACE_FAMILIES)[number];

/** A stretch of time in the strip: the calls that began in it. */
export interface TraceBucket {
  count: number;
  /** The same by family, in the order of {@link TRACE_FAMILIES}. */
  families: number[];
  failed: number;
  /** Milliseconds within calls, and of that in calls that waited for others. */
  busy: number;
  waiting: number;
}

/**
 * The window's calls. ENOENT: no such run is kept. While a run goes on the kernel publishes `trace.<run>` ({@link TraceInfo}) at most ten times a second, and
 * only while somebody listens. A listing is bounded by 64 runs.
 */
export interface TraceCalls {
  /** The newest first. */
  traceRuns(): Promise<TraceInfo[]>;
  /**
   * Calls `from` … of those that match, at most `count` (1 … 1000). `from` counts matches, not calls; negative: from their end, so that the last ones of a
   * running program are had at once. `total` is how many match, so the first of a negative `from` is at `max(0, total + from)`.
   */
  traceRead(run: number, filter: TraceFilter, from: number, count: number): Promise<{ info: TraceInfo; total: number; calls: TracedCall[] }>;
  /** Where a call stands among those that match; the next one where it does not match, -1 where there is none. */
  tracePlace(run: number, filter: TraceFilter, seq: number): Promise<number>;
  /** Those that took longest, of those that match; the longest first, at most `count` (1 … 200). */
  traceSlowest(run: number, filter: TraceFilter, count: number): Promise<TracedCall[]>;
  traceStats(run: number, filter: TraceFilter): Promise<TraceStats[]>;
  /** Equal stretches (at most 4096) of the time from `from` to `to` in milliseconds since the start. */
  traceStrip(run: number, filter: TraceFilter, from: number, to: number, buckets: number): Promise<TraceBucket[]>;
  /** The calls about a path, of all runs that are kept, the newest first, at most `count`. */
  traceOfPath(path: string, count: number): Promise<{ run: number; call: TracedCall }[]>;
  /**
   * `strace`: text as strace prints it with -f -tt -T -y; `json`: one object a line; `chrome`: Trace Event Format, opens in Perfetto. Streamed: the port speaks
   * the byte-stream protocol of `shared/link`.
   */
  traceExport(run: number, filter: TraceFilter, format: TraceFormat): Promise<MessagePort>;
  /** Forgets what is kept of ended runs. */
  traceClear(): Promise<void>;
  /** Whether the calls of processes that start from now on are noted. They always are, but for measuring what that costs. */
  traceNoting(on: boolean): Promise<void>;
}

export type TraceFormat = 'strace' | 'json' | 'chrome';
