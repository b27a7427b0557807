import { FsError } from '../../shared/base/index.ts';

/** Longest subject or pattern, in bytes of UTF-8. */
export const SUBJECT_MAX = 256;

const forbidden = /[\s\0]/u;
const surrogate = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;
const beyondLatin = /[\u0800-\uFFFF]/g;
const beyondAscii = /[\u0080-\uFFFF]/g;

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** Each unit is one byte, one more from U+0080, one more from U+0800; a pair has 4 bytes instead of 6. */
function utf8Length(text: string): number {
  if (text.length * 3 <= SUBJECT_MAX) return text.length;
  return text.length + count(text, beyondAscii) + count(text, beyondLatin) - 2 * count(text, surrogate);
}

function split(text: string, call: string, what: string): string[] {
  const refuse = (detail: string) => new FsError('EINVAL', call, text.slice(0, 80), { detail });
  if (text === '') throw refuse(`${what} is empty`);
  const bytes = utf8Length(text);
  if (bytes > SUBJECT_MAX) throw refuse(`${what} has ${bytes} bytes, ${SUBJECT_MAX} at most`);
  if (forbidden.test(text)) throw refuse(`${what} contains whitespace or NUL`);
  const tokens = text.split('.');
  const empty = tokens.indexOf('');
  if (empty >= 0) throw refuse(`${what} has an empty token at place ${empty + 1}`);
  return tokens;
}

/**
 * The tokens of a subject `a.b.c`: 1 or more, none empty, without whitespace, together at most `SUBJECT_MAX` bytes.
 * `*` and `>` as tokens are for patterns only. @throws FsError EINVAL, naming what is wrong.
 */
export function parseSubject(subject: string): string[] {
  const tokens = split(subject, 'publish', 'the subject');
  if (tokens.includes('*') || tokens.includes('>')) {
    throw new FsError('EINVAL', 'publish', subject, { detail: 'wildcards belong to patterns, not to subjects' });
  }
  return tokens;
}

/** The tokens of a pattern: as a subject, with `*` for any one token and `>` (last only) for one or more. @throws FsError EINVAL */
export function parsePattern(pattern: string): string[] {
  const tokens = split(pattern, 'subscribe', 'the pattern');
  const rest = tokens.indexOf('>');
  if (rest >= 0 && rest !== tokens.length - 1) {
    throw new FsError('EINVAL', 'subscribe', pattern, { detail: '`>` is allowed as the last token only' });
  }
  return tokens;
}

/** Whether a parsed pattern takes a parsed subject. */
export function matchesTokens(pattern: readonly string[], subject: readonly string[]): boolean {
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === '>') return at < subject.length;
    if (at >= subject.length) return false;
    if (pattern[at] !== '*' && pattern[at] !== subject[at]) return false;
  }
  return pattern.length === subject.length;
}
