import type { Word } from './parse.ts';

export interface Expansion {
  variable(name: string): string;
  home: string;
  /** Names in a directory, given as it was typed (`` for the working directory); empty if it cannot be read. */
  list(directory: string): string[];
}

/** A piece of an expanded word; `active` characters may be a pattern. */
interface Piece {
  text: string;
  active: boolean;
}

function pieces(word: Word, scope: Expansion): Piece[] {
  return word.map((part, index) => {
    if ('variable' in part) return { text: scope.variable(part.variable), active: false };
    const tilde = index === 0 && !part.quoted && /^~(?=\/|$)/.test(part.text);
    return { text: tilde ? scope.home + part.text.slice(1) : part.text, active: !part.quoted };
  });
}

/** Stand-ins for `*` and `?` once quoting has been seen through. */
const ANY = '\u0001';
const ONE = '\u0002';

function patternOf(parts: readonly Piece[]): string {
  return parts.map(({ text, active }) => (active ? text.replaceAll('*', ANY).replaceAll('?', ONE) : text)).join('');
}

function matcher(name: string): RegExp {
  const source = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(ANY, '.*').replaceAll(ONE, '.');
  return new RegExp(`^${source}$`, 'su');
}

/** Paths that match a pattern, in order. A name that begins with a dot wants a dot in the pattern. */
function matches(pattern: string, scope: Expansion): string[] {
  let found = [''];
  pattern.split('/').forEach((name, index) => {
    const join = (base: string, next: string): string => (index === 0 ? next : `${base}/${next}`);
    if (!name.includes(ANY) && !name.includes(ONE)) {
      found = found.map((base) => join(base, name));
      return;
    }
    const test = matcher(name);
    found = found.flatMap((base) => scope.list(index > 0 && base === '' ? '/' : base)
      .filter((each) => test.test(each) && (!each.startsWith('.') || name.startsWith('.')))
      .toSorted()
      .map((each) => join(base, each)));
  });
  return found;
}

/** The arguments that one word stands for: variables and `~` filled in, then `*` and `?` matched; a pattern without a match stays as it is. */
export function expandWord(word: Word, scope: Expansion): string[] {
  const parts = pieces(word, scope);
  const literal = parts.map(({ text }) => text).join('');
  if (!parts.some(({ text, active }) => active && /[*?]/.test(text))) {
    const vanished = literal === '' && word.every((part) => 'variable' in part && !part.quoted);
    return vanished ? [] : [literal];
  }
  const found = matches(patternOf(parts), scope);
  return found.length > 0 ? found : [literal];
}
