import { CALLS, type CallSpec } from './calls.ts';

/**
 * A record of a ring, in 32-bit words: the head; when the call ended, in microseconds from the segment's BASE (signed); how long it took (see `spanOf`); the tid where
 * the segment has THREADS; the arguments, 64-bit ones low word first; the bytes of its strings, each as long as `noted` says and filled up to whole words with zeros; with
 * `Flag.RESULT` the result, likewise low word first; with `Flag.BASED` the descriptors that its paths went from, and one, the first path's in the low 16 bits, 0 for what the
 * call names; with `Flag.SLEPT` how much of the duration it slept. Head: words, number of the call, errno, flags; a byte each, the lowest first.
 */
export const RecordWord = { HEAD: 0, END: 1, SPAN: 2, REST: 3 } as const;

export const Flag = {
  /** It has not returned: the process ended within it. */ OPEN: 1,
  /** A string is longer than what was noted. */ CUT: 2,
  /** A string lay outside of the guest's memory: none is noted. */ BAD: 4,
  SLEPT: 8,
  RESULT: 16,
  /** A path went from another descriptor than the call names. */ BASED: 32,
} as const;

/** Bytes of a string that are noted. */
export const STRING_MAX = 256;

export const noted = (length: number): number => Math.min(length >>> 0, STRING_MAX);

const IN_MILLISECONDS = 0x8000_0000;

/** Milliseconds as a span: microseconds below 2^31, about 35 minutes, milliseconds with the highest bit above. */
export function spanOf(milliseconds: number): number {
  const whole = Math.round(milliseconds * 1000);
  return whole < IN_MILLISECONDS ? Math.max(0, whole) : IN_MILLISECONDS + Math.min(Math.round(milliseconds), IN_MILLISECONDS - 1);
}

export const milliseconds = (span: number): number => (span < IN_MILLISECONDS ? span / 1000 : span - IN_MILLISECONDS);

/** What of a call's specification is needed to read its records fast: places in words from the first argument on. */
export interface RecordShape {
  spec: CallSpec;
  /** Words of all arguments. */
  words: number;
  /** Where each argument is. */
  at: readonly number[];
  /** Words of the result, where there is one. */
  resultWords: number;
  /** Where the pointer is to the number that it gives back, in words; -1 for none. */
  out: number;
  /** Where the number of bytes is that it moves, in words; -1: it moves few. `vectors`: that is a count of vectors, and the word before it tells where they are. */
  bulk: number;
  vectors: boolean;
  /** Where each string's pointer is; its length is the word after it. */
  strings: readonly number[];
  /** Where the descriptors are from which its paths go; as many as it has paths. */
  bases: readonly number[];
  /** The same as `at` of the arguments that are descriptors. */
  fds: readonly number[];
  /** It can change what descriptors are open on. */
  changes: boolean;
  /** The head of its records, without their length. */
  head: number;
}

const VECTORS = /^(iovs|[rs]i_data)$/;

function shapeOf(spec: CallSpec): RecordShape {
  let words = 0;
  const at = spec.args.map(({ wide }) => {
    const place = words;
    words += wide ? 2 : 1;
    return place;
  });
  const kind = spec.args[spec.result]?.kind;
  const named = (name: RegExp): number => spec.args.findIndex((argument) => name.test(argument.name));
  const bulk = named(/^(iovs_len|[rs]i_data_len|buf_len|payload_len|value_len|records_len)$/);
  return {
    spec, words, at,
    resultWords: kind === 'outWide' || kind === 'outTime' ? 2 : 1,
    out: spec.result < 0 ? -1 : at[spec.result]!,
    bulk: bulk < 0 ? -1 : at[bulk]!,
    vectors: named(VECTORS) >= 0,
    strings: spec.strings.map((place) => at[place]!),
    bases: spec.strings.filter((place) => spec.args[place]!.kind === 'path').map((place) => at[spec.args.findLastIndex(({ kind: other }, before) => other === 'fd' && before < place)]!),
    fds: spec.args.flatMap((argument, place) => (argument.kind === 'fd' ? [at[place]!] : [])),
    changes: kind === 'outFd' || /close$|renumber$/.test(spec.name),
    head: spec.number << 8,
  };
}

/** By the number of the call; undefined where there is none. */
export const SHAPES: readonly (RecordShape | undefined)[] = Array.from({ length: 256 }, (_, number) => CALLS[number] && shapeOf(CALLS[number]));
