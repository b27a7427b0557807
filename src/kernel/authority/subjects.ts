import { covers, overlaps, type TokenRules } from './covers.ts';

const SUBJECT_MAX = 256;
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\s\u0000-\u0020\u007f]/;

const TOKENS: TokenRules<string> = {
  many: (token) => token === '>',
  one: (outer, inner) => outer === inner || outer === '*',
};

/** Why a text is no subject, or with `pattern` no pattern; null if it is one. */
export function subjectFault(text: string, pattern: boolean): string | null {
  if (text === '' || text.length > SUBJECT_MAX) return `a subject has 1 to ${SUBJECT_MAX} characters`;
  if (FORBIDDEN.test(text)) return 'a subject has no blanks and no control characters';
  const tokens = text.split('.');
  for (const [at, token] of tokens.entries()) {
    if (token === '') return 'a subject has no empty parts';
    if (!pattern && (token === '*' || token === '>')) return 'a subject that is published has no wildcards';
    if (token === '>' && at !== tokens.length - 1) return '> is the last part of a pattern';
  }
  return null;
}

/** Whether every subject of the subject or pattern `inner` is one of the pattern `outer`. `>` stands for one part or more. */
export function subjectCovers(outer: string, inner: string): boolean {
  if (subjectFault(inner, true) !== null) return false;
  return covers(widened(outer), widened(inner), TOKENS);
}

/** `>` is one part of any kind, and any number after it. */
function widened(pattern: string): string[] {
  const tokens = pattern.split('.');
  if (tokens.at(-1) === '>') tokens.splice(-1, 1, '*', '>');
  return tokens;
}

/** Whether some subject is meant by both patterns. */
export function subjectsMeet(a: string, b: string): boolean {
  return overlaps(widened(a), widened(b), TOKENS);
}
