import { FsError } from '../base/index.ts';

/** Longest subject or pattern, in bytes of UTF-8. */
export const SUBJECT_MAX = 256;

const forbidden = /[\s\p{Cc}]/u;
const surrogate = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;
const beyondLatin = /[\u0800-\uFFFF]/g;
const beyondAscii = /[\u0080-\uFFFF]/g;

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** Each unit is one byte, one more from U+0080, one more from U+0800; a pair has 4 bytes instead of 6. */
function utf8Length(text: string): number {
  if (text.length * 3 <= SUBJECT_MAX || text.length > SUBJECT_MAX) return text.length;
  return text.length + count(text, beyondAscii) + count(text, beyondLatin) - 2 * count(text, surrogate);
}

/** What subjects and patterns have in common: why `text` is neither, or its tokens. */
function split(text: string): string | string[] {
  if (text === '') return 'it is empty';
  const bytes = utf8Length(text);
  if (bytes > SUBJECT_MAX) return `it has ${text.length > SUBJECT_MAX ? 'more than ' : ''}${bytes} bytes, ${SUBJECT_MAX} at most`;
  if (forbidden.test(text)) return 'it contains blanks or control characters';
  const tokens = text.split('.');
  const empty = tokens.indexOf('');
  return empty < 0 ? tokens : `it has an empty token at place ${empty + 1}`;
}

/** The tokens of a subject `a.b.c` (1 or more, none empty, without blanks, together at most `SUBJECT_MAX` bytes), or why it is none. */
export function subjectTokens(subject: string): string[] | string {
  const tokens = split(subject);
  if (typeof tokens === 'string') return tokens;
  // `*` and `>` as tokens are for patterns only.
  return tokens.includes('*') || tokens.includes('>') ? 'wildcards belong to patterns, not to subjects' : tokens;
}

/** The tokens of a pattern (as a subject, with `*` for any one token and `>`, last only, for one or more), or why it is none. */
export function patternTokens(pattern: string): string[] | string {
  const tokens = split(pattern);
  if (typeof tokens === 'string') return tokens;
  const rest = tokens.indexOf('>');
  return rest >= 0 && rest !== tokens.length - 1 ? '`>` is allowed as the last token only' : tokens;
}

function checked(tokens: string[] | string, call: string, text: string): string[] {
  if (typeof tokens !== 'string') return tokens;
  throw new FsError('EINVAL', call, text.slice(0, 80), { detail: tokens });
}

/** @throws FsError EINVAL, naming what is wrong. */
export function parseSubject(subject: string): string[] {
  return checked(subjectTokens(subject), 'publish', subject);
}

/** @throws FsError EINVAL, naming what is wrong. */
export function parsePattern(pattern: string): string[] {
  return checked(patternTokens(pattern), 'subscribe', pattern);
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
