const SUBJECT_MAX = 256;
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\s\u0000-\u0020\u007f]/;

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

interface Asked {
  readonly text: string;
  /** Null for what is no pattern. */
  readonly tokens: readonly string[] | null;
}

/** One action is compared with many patterns, one after the other. */
let last: Asked = { text: '', tokens: null };

/** The parts of a subject or pattern; null for what is none. */
export function subjectParts(text: string): readonly string[] | null {
  if (last.text !== text) last = { text, tokens: subjectFault(text, true) === null ? text.split('.') : null };
  return last.tokens;
}

/** A pattern, made ready for many questions. `*` is one part, `>` one or more at the end. */
export class SubjectPattern {
  readonly #tokens: readonly string[];

  constructor(text: string) {
    this.#tokens = text.split('.');
  }

  /** Its first part; null where that is a wildcard. */
  get first(): string | null {
    const first = this.#tokens[0]!;
    return first === '*' || first === '>' ? null : first;
  }

  /** Whether every subject of the subject or pattern `inner` is one of this. What is no pattern is not covered. */
  covers(inner: string): boolean {
    const given = subjectParts(inner);
    return given !== null && this.coversParts(given);
  }

  coversParts(given: readonly string[]): boolean {
    const tokens = this.#tokens;
    for (let at = 0; at < tokens.length; at++) {
      const token = tokens[at];
      if (at >= given.length) return false;
      if (token === '>') return true;
      const other = given[at];
      if (other === '>' || (token !== '*' && token !== other)) return false;
    }
    return tokens.length === given.length;
  }

  /** Whether some subject is meant by both; of what is no pattern it is taken to be so. */
  meets(other: string): boolean {
    const given = subjectParts(other);
    return given === null || this.meetsParts(given);
  }

  meetsParts(given: readonly string[]): boolean {
    const tokens = this.#tokens;
    const shorter = Math.min(tokens.length, given.length);
    for (let at = 0; at < shorter; at++) {
      const [a, b] = [tokens[at], given[at]];
      if (a === '>' || b === '>') return true;
      if (a !== b && a !== '*' && b !== '*') return false;
    }
    return tokens.length === given.length;
  }
}

export function subjectCovers(outer: string, inner: string): boolean {
  return new SubjectPattern(outer).covers(inner);
}
