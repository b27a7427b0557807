import { TRACE_FAMILIES, type TraceFamily, type TraceInfo, type TraceValue, type TracedCall } from '../../shared/abi/index.ts';
import { errnoName } from '../../shared/base/index.ts';
import { callNamed, shownArguments, type ArgKind, type ShownArgument } from '../../shared/trace/index.ts';
import { formatBytes, formatCount, visibleName } from '../kit/index.ts';

/** What calls are about, in words; the colours are those of `--trace-<family>`. */
export const FAMILY_WORDS: Readonly<Record<TraceFamily, { text: string; colour: string }>> = {
  read: { text: 'reading', colour: '--teal' },
  write: { text: 'writing', colour: '--blue' },
  names: { text: 'names and folders', colour: '--yellow' },
  descriptors: { text: 'descriptors', colour: '--cyan' },
  wait: { text: 'waiting', colour: '--mute' },
  network: { text: 'connections', colour: '--orange' },
  messages: { text: 'messages', colour: '--violet' },
  system: { text: 'the process itself', colour: '--green' },
};

export function familyOf(call: string): TraceFamily {
  return callNamed(call)?.family ?? 'system';
}

export const FAMILY_COLOURS: readonly string[] = TRACE_FAMILIES.map((family) => FAMILY_WORDS[family].colour);

/** `< 5 µs`, `12 µs`, `1.25 ms`, `340 ms`, `1.20 s`, `2 min 05 s`. Milliseconds. */
export function formatSpan(ms: number): string {
  if (ms <= 0) return '< 5 µs';
  if (ms < 1) return `${Math.max(1, Math.round(ms * 1000))} µs`;
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.floor(ms / 1000);
  return `${formatCount(Math.floor(seconds / 60))} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** A moment of the run with as many places as tell calls apart: `0.012 345`, in seconds. */
export function formatAt(ms: number): string {
  const [whole = '0', rest = ''] = (Math.max(0, ms) / 1000).toFixed(6).split('.');
  return `${formatCount(Number(whole))}.${rest.slice(0, 3)}\u202f${rest.slice(3)}`;
}

/** A mark of a scale whose steps are `step` ms. */
export function formatTick(ms: number, step: number): string {
  if (ms === 0) return '0';
  if (step >= 1000) return `${formatCount(Math.round(ms / 100) / 10)} s`;
  if (step >= 1) return ms >= 1000 ? `${(ms / 1000).toFixed(step >= 100 ? 1 : step >= 10 ? 2 : 3)} s` : `${Math.round(ms)} ms`;
  return `${ms.toFixed(Math.min(3, Math.ceil(-Math.log10(step))))} ms`;
}

/** What is left out of a row: the detail has it. */
const HIDDEN: ReadonlySet<ArgKind> = new Set(['ptr', 'path', 'text', 'outFd', 'outSize', 'outPid', 'outSigned', 'outWide', 'outTime']);

function shortArgument({ name, kind, value, text }: ShownArgument, { call }: TracedCall): string | null {
  if (HIDDEN.has(kind)) return null;
  if (kind === 'fd') return name.endsWith('fd') ? `fd ${text}` : `${name} fd ${text}`;
  if (kind === 'len') return lengthText(name, value, call);
  if (kind === 'rights') return null;
  if (kind === 'wide' || kind === 'wideSigned') return name === 'offset' ? `at ${text}` : name === 'precision' || name === 'cookie' ? null : `${name} ${text}`;
  if (kind === 'time') return `${name} ${text}`;
  if (text === '0' || text === 'SYMLINK_FOLLOW') return null;
  return kind === 'num' || kind === 'signed' || kind === 'pid' ? `${name} ${text}` : text;
}

function lengthText(name: string, value: ShownArgument['value'], call: string): string | null {
  if (typeof value !== 'number') return null;
  if (name === 'iovs_len' || name === 'ri_data_len' || name === 'si_data_len') return value === 1 ? null : `${formatCount(value)} buffers`;
  if (name === 'nsubscriptions') return value === 1 ? '1 event' : `${formatCount(value)} events`;
  if (name === 'buf_len' || name === 'payload_len' || name === 'value_len' || (name === 'len' && call !== 'fd_prestat_dir_name')) return formatBytes(value);
  return null;
}

/** The arguments of a row, in words and as short as they can be told: what points somewhere is left out. */
export function argumentWords(call: TracedCall): string {
  const words = shownArguments(call).map((argument) => shortArgument(argument, call)).filter((word) => word !== null);
  const text = call.text === undefined ? [] : [`“${visibleName(call.text)}${call.cut ? '…' : ''}”`];
  return [...text, ...words].join(', ');
}

/** Nanoseconds as seconds, to the microsecond. */
function secondsText(nanoseconds: TraceValue): string {
  const micros = BigInt(nanoseconds) / 1000n;
  return `${micros / 1_000_000n}.${String(micros % 1_000_000n).padStart(6, '0')} s`;
}

/** What a call gave back: `ENOENT`, `12 B`, `fd 4`, `ok`, `…` while it is not back. */
export function resultText({ call, errno, result, open }: TracedCall): string {
  if (open) return 'not back yet';
  if (errno !== 0) return errnoName(errno);
  if (result === undefined) return 'ok';
  const spec = callNamed(call);
  if (spec?.moves && typeof result === 'number') return formatBytes(result);
  const kind = spec?.args[spec.result]?.kind;
  if (kind === 'outFd') return `fd ${result}`;
  if (kind === 'outPid') return `pid ${result}`;
  if (kind === 'outTime') return secondsText(result);
  if (kind === 'outSize' && typeof result === 'number') return call === 'poll_oneoff' ? `${formatCount(result)} ready` : formatBytes(result);
  return String(result);
}

export type Outcome = 'ok' | 'failed' | 'open';

export const outcomeOf = ({ errno, open }: TracedCall): Outcome => (open ? 'open' : errno === 0 ? 'ok' : 'failed');

/** Share of a bar for a length of time: from a microsecond to ten seconds, each tenfold as long again. */
export function spanShare(ms: number): number {
  if (ms <= 0) return 0;
  return Math.min(1, Math.max(0.04, (Math.log10(ms) + 3) / 7));
}

/** `filetool write a.txt`, cut. Shown through what names hidden characters. */
export function commandOf({ name, args }: Pick<TraceInfo, 'name' | 'args'>): string {
  const rest = args.slice(args[0] === name ? 1 : 0).join(' ');
  return rest === '' ? name : `${name} ${rest}`;
}

/** `/home/a → /home/b` */
export function pathText({ path, to, cut }: Pick<TracedCall, 'path' | 'to' | 'cut'>): string {
  if (path === undefined) return '';
  const shown = visibleName(path) + (cut ? '…' : '');
  return to === undefined ? shown : `${shown} → ${visibleName(to)}`;
}

/** A row for who hears it, and as a line that is copied. */
export function callLine(call: TracedCall): string {
  const words = argumentWords(call);
  const path = pathText(call);
  return `${call.seq}\t${formatAt(call.at).replaceAll('\u202f', '')}\t${call.call}(${[path, words].filter((each) => each !== '').join(', ')})\t${resultText(call).replaceAll('\u202f', ' ')}\t${call.open ? '' : formatSpan(call.duration)}`;
}
