import type { TracedCall, TraceValue } from '../../shared/abi/index.ts';
import { Flag } from '../../shared/trace/index.ts';
import type { Cursor } from './chunk.ts';
import type { DescriptorPaths } from './descriptor-paths.ts';
import { textOf } from './path-nodes.ts';

const HIGH = 0x1_0000_0000;

/** 64 bits as a number where that is exact, else as decimal text. */
function wide(low: number, high: number, signed: boolean): TraceValue {
  const top = signed ? high | 0 : high;
  const value = top * HIGH + low;
  return Number.isSafeInteger(value) ? value : String((BigInt(top) << 32n) | BigInt(low));
}

function argsOf(cursor: Cursor): TraceValue[] {
  const { spec, at } = cursor.shape;
  return spec.args.map(({ kind, wide: isWide }, place): TraceValue => {
    const low = cursor.arg(at[place]!);
    if (isWide) return wide(low, cursor.arg(at[place]! + 1), kind === 'wideSigned');
    return kind === 'signed' || kind === 'fd' || kind === 'num' ? low | 0 : low;
  });
}

function resultOf(cursor: Cursor): TraceValue {
  const { spec, resultWords } = cursor.shape;
  if (resultWords === 2) return wide(cursor.result(0), cursor.result(1), false);
  return spec.args[spec.result]?.kind === 'outSigned' ? cursor.result() | 0 : cursor.result();
}

const microseconds = (time: number): number => Math.round(time * 1000) / 1000;

/** What the call was about. A path argument comes before a descriptor, and text is no path. */
function aboutOf(cursor: Cursor, paths: DescriptorPaths): Pick<TracedCall, 'path' | 'to' | 'text' | 'cut'> {
  const { strings, spec } = cursor.shape;
  const [found, texts]: [(string | null)[], string[]] = [[], []];
  for (let index = 0; index < strings.length; index++) {
    const node = paths.string(cursor, index);
    const text = node ? textOf(node) : null;
    if (spec.args[spec.strings[index]!]!.kind === 'path') found.push(text);
    else if (text !== null) texts.push(text);
  }
  if (found.length === 0) {
    const node = paths.descriptor(cursor);
    found.push(node ? textOf(node) : null);
  }
  const [path = null, to = null] = found;
  return {
    ...(path !== null && { path }), ...(to !== null && { to }),
    ...(texts.length > 0 && { text: texts.join(' ') }),
    ...((cursor.flags & Flag.CUT) !== 0 && { cut: true }),
  };
}

/** The call that `cursor` is at; `started`: of the run. */
export function tracedCall(cursor: Cursor, paths: DescriptorPaths, started: number): TracedCall {
  const { seq, tid, errno, duration, slept, shape } = cursor;
  return {
    seq, tid, call: shape.spec.name, at: Math.max(0, microseconds(cursor.began - started)), duration: microseconds(duration), errno, args: argsOf(cursor),
    ...(cursor.hasResult && { result: resultOf(cursor) }),
    ...aboutOf(cursor, paths),
    ...((cursor.flags & Flag.OPEN) !== 0 && { open: true }),
    ...(slept > 0 && { waited: microseconds(slept) }),
  };
}
