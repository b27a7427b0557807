import type { TracedCall, TraceFormat, TraceInfo } from '../abi/index.ts';
import { errnoName } from '../base/index.ts';
import { callNamed } from './calls.ts';
import { argumentText, errnoMessage, quoted, shortArgumentText } from './words.ts';

/** Writes the calls of one run as text: the head, each call, the tail. */
export interface TraceWords {
  head: string;
  /** Ends with a line's end. */
  one(call: TracedCall): string;
  tail: string;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** Time of the day where the user is, with microseconds. */
function timeOfDay(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  if (second !== lastSecond.second) {
    const date = new Date(milliseconds);
    lastSecond = { second, text: `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}` };
  }
  return `${lastSecond.text}.${String(Math.floor((milliseconds - second * 1000) * 1000)).padStart(6, '0')}`;
}

let lastSecond = { second: -1, text: '' };

/** `</home/a>`: nothing in it but printable ASCII, and no bracket that would end it. */
const annotation = (path: string | undefined): string => (path === undefined ? '' : `<${quoted(path).slice(1, -1).replace(/[<>]/g, (one) => `\\u{${one.codePointAt(0)!.toString(16)}}`)}>`);

/** The arguments as strace has them: descriptors with what they are open on, names in quotes, no pointers to results. */
function argumentsText(call: TracedCall): string {
  const spec = callNamed(call.call);
  if (!spec) return call.args.join(', ');
  const shown: string[] = [];
  const names = [call.path, call.to];
  const takesPath = spec.args.some(({ kind }) => kind === 'path');
  let texts = 0;
  spec.args.forEach(({ kind }, at) => {
    const value = call.args[at]!;
    const before = spec.args[at - 1]?.kind;
    if (kind.startsWith('out') || (kind === 'len' && (before === 'path' || before === 'text'))) return;
    if (kind === 'path') {
      const name = names.shift();
      shown.push(name === undefined ? argumentText('ptr', value) : `${quoted(name)}${call.cut ? '...' : ''}`);
    } else if (kind === 'text') {
      // All texts of a call are told as one.
      if (texts++ === 0) shown.push(call.text === undefined ? argumentText('ptr', value) : `${quoted(call.text)}${call.cut ? '...' : ''}`);
    } else shown.push(`${shortArgumentText(kind, value)}${kind === 'fd' && !takesPath && at === 0 ? annotation(call.path) : ''}`);
  });
  return shown.join(', ');
}

function returned(call: TracedCall): string {
  if (call.open) return '? <unfinished ...>';
  if (call.errno !== 0) return `-1 ${errnoName(call.errno)} (${errnoMessage(call.errno)})`;
  const spec = callNamed(call.call);
  if (spec?.returns === 'never') return '?';
  const opens = spec?.args[spec.result]?.kind === 'outFd';
  return `${call.result ?? 0}${opens ? annotation(call.path) : ''}`;
}

/** As strace prints it with -f -tt -T -y. */
function strace({ pid, started }: TraceInfo): TraceWords {
  return {
    head: '', tail: '',
    one: (call) => {
      const who = call.tid === 0 ? String(pid) : `${pid}.${call.tid}`;
      const took = call.open ? '' : ` <${(call.duration / 1000).toFixed(6)}>`;
      return `[pid ${who}] ${timeOfDay(started + call.at)} ${call.call}(${argumentsText(call)}) = ${returned(call)}${took}\n`;
    },
  };
}

/** JSON escapes control characters; what else could make a line of another one is escaped here. */
const oneLine = (value: unknown): string => JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

function json({ run, pid }: TraceInfo): TraceWords {
  return { head: '', tail: '', one: (call) => `${oneLine({ run, pid, ...call })}\n` };
}

/** Trace Event Format: complete events (`X`), times in microseconds, and the names of process and threads. */
function chrome({ pid, name, args }: TraceInfo): TraceWords {
  const threads = new Set<number>();
  const thread = (tid: number): string => `,\n${oneLine({ name: 'thread_name', ph: 'M', pid, tid, args: { name: tid === 0 ? name : `${name}: thread ${tid}` } })}`;
  return {
    head: `{"displayTimeUnit":"ms","traceEvents":[\n${oneLine({ name: 'process_name', ph: 'M', pid, tid: 0, args: { name: [name, ...args].join(' ').slice(0, 200) } })}`,
    one: (call) => {
      const spec = callNamed(call.call);
      const named = threads.has(call.tid) ? '' : thread(call.tid);
      threads.add(call.tid);
      const details = Object.fromEntries(call.args.map((value, at) => [spec?.args[at]?.name ?? `#${at}`, shortArgumentText(spec?.args[at]?.kind ?? 'num', value)]));
      const about = { ...(call.path !== undefined && { path: call.path }), ...(call.to !== undefined && { to: call.to }), ...(call.text !== undefined && { text: call.text }) };
      const event = {
        name: call.call, cat: spec?.family ?? 'system', ph: 'X', ts: call.at * 1000, dur: call.duration * 1000, pid, tid: call.tid,
        args: { seq: call.seq, returned: returned(call), ...about, arguments: details },
      };
      return `${named},\n${oneLine(event)}`;
    },
    tail: '\n]}\n',
  };
}

const formats = { strace, json, chrome } as const;

/** Text of a run's calls in a format. All that programs have said is escaped in it. */
export function traceWords(format: TraceFormat, info: TraceInfo): TraceWords {
  return formats[format](info);
}
