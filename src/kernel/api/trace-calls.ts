import { type TraceCalls, type TraceFilter, type TraceFormat } from '../../shared/abi/index.ts';
import { FsError, joinPath } from '../../shared/base/index.ts';
import { sendParts } from './send-parts.ts';
import type { Traces } from '../trace/index.ts';

const READ_MAX = 1000;
const SLOWEST_MAX = 200;
const OF_PATH_MAX = 1000;
const BUCKETS_MAX = 4096;
const NAMES_MAX = 256;
const TEXT_MAX = 4096;
const FORMATS: ReadonlySet<unknown> = new Set<TraceFormat>(['strace', 'json', 'chrome']);

/** The window's calls about system calls. Arguments come from another realm: each is checked. */
export function traceCalls(traces: Traces): TraceCalls {
  return {
    traceRuns: async () => traces.runs(),
    traceRead: async (run, filter, from, count) => traces.read(number(run, 'run'), checked(filter), whole(from, 'from'), within(count, 'count', READ_MAX)),
    tracePlace: async (run, filter, seq) => traces.place(number(run, 'run'), checked(filter), number(seq, 'seq')),
    traceSlowest: async (run, filter, count) => traces.slowest(number(run, 'run'), checked(filter), within(count, 'count', SLOWEST_MAX)),
    traceStats: async (run, filter) => traces.stats(number(run, 'run'), checked(filter)),
    traceStrip: async (run, filter, from, to, buckets) => traces.strip(number(run, 'run'), checked(filter), { from: time(from, 'from'), to: time(to, 'to'), buckets: within(buckets, 'buckets', BUCKETS_MAX) }),
    traceOfPath: async (path, count) => traces.ofPath(joinPath('/', text(path, 'path')), within(count, 'count', OF_PATH_MAX)),
    traceExport: async (run, filter, format) => {
      if (!FORMATS.has(format)) throw invalid('the format is strace, json or chrome');
      return sendParts(traces.export(number(run, 'run'), checked(filter), format)).stream;
    },
    traceClear: async () => traces.clear(),
    traceNoting: async (on) => void (traces.noting = on !== false),
  };
}

const invalid = (detail: string): FsError => new FsError('EINVAL', 'trace', undefined, { detail });

function number(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw invalid(`${what} is no number`);
  return value;
}

/** It may be negative. */
function whole(value: unknown, what: string): number {
  if (!Number.isSafeInteger(value)) throw invalid(`${what} is no number`);
  return value as number;
}

function within(value: unknown, what: string, most: number): number {
  const asked = number(value, what);
  if (asked < 1) throw invalid(`${what} is 0`);
  return Math.min(asked, most);
}

function time(value: unknown, what: string): number {
  if (typeof value !== 'number' || Number.isNaN(value)) throw invalid(`${what} is no time`);
  return value;
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.length > TEXT_MAX) throw invalid(`${what} is no text`);
  return value;
}

function errnoOf(value: unknown): TraceFilter['errno'] & {} {
  if (value === 'failed' || value === 'ok') return value;
  return number(value, 'errno');
}

function namesOf(value: unknown): string[] {
  if (!Array.isArray(value) || value.length > NAMES_MAX) throw invalid(`calls is no list of at most ${NAMES_MAX}`);
  return value.map((name) => text(name, 'a call'));
}

function checked(filter: unknown): TraceFilter {
  if (filter === undefined || filter === null) return {};
  if (typeof filter !== 'object') throw invalid('the filter is no object');
  const given = filter as Record<keyof TraceFilter, unknown>;
  return {
    ...(given.calls !== undefined && { calls: namesOf(given.calls) }),
    ...(given.errno !== undefined && { errno: errnoOf(given.errno) }),
    ...(given.text !== undefined && { text: text(given.text, 'text') }),
    ...(given.path !== undefined && { path: joinPath('/', text(given.path, 'path')) }),
    ...(given.fd !== undefined && { fd: number(given.fd, 'fd') }),
    ...(given.tid !== undefined && { tid: number(given.tid, 'tid') }),
    ...(given.longer !== undefined && { longer: time(given.longer, 'longer') }),
    ...(given.from !== undefined && { from: time(given.from, 'from') }),
    ...(given.to !== undefined && { to: time(given.to, 'to') }),
  };
}
