export interface Match {
  /** The higher, the better: whole names, then beginnings, then words, then parts, then letters apart. */
  score: number;
  /** Positions in the text, ascending, in UTF-16 units. */
  at: number[];
}

const SEPARATOR = /[\s._\-/()[\]]/;
const WHOLE = 200;
const BEGINNING = 150;
const WORD = 120;
const PART = 90;
const APART = 40;

/** Lower case, of the same length: positions in one are positions in the other. */
export function folded(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}

/**
 * Whether `text` has the letters of `word` in their order, letter case aside; null: it has not. Together, or apart where each group
 * of them begins a word or is of two at least, or where all are close: what has them by chance is no match.
 * `word` is folded, and not empty.
 */
export function fuzzyMatch(text: string, word: string): Match | null {
  const lower = folded(text);
  const at = lower.indexOf(word);
  return at < 0 ? apart(text, lower, word) : { score: together(text, lower, word, at), at: span(wordStart(text, lower, word, at), word.length) };
}

const span = (from: number, length: number): number[] => Array.from({ length }, (_, index) => from + index);

/** The first place where the word begins a word, else the first one. */
function wordStart(text: string, lower: string, word: string, first: number): number {
  for (let at = first; at >= 0; at = lower.indexOf(word, at + 1)) if (begins(text, at)) return at;
  return first;
}

function together(text: string, lower: string, word: string, first: number): number {
  const long = Math.min(20, text.length / 10);
  if (text.length === word.length) return WHOLE;
  if (first === 0) return BEGINNING - long;
  return (begins(text, wordStart(text, lower, word, first)) ? WORD : PART) - long;
}

/** Whether a word begins there: after a separator, at a capital after a small letter, at the first digit. */
function begins(text: string, at: number): boolean {
  if (at === 0) return true;
  const before = text[at - 1] as string;
  const here = text[at] as string;
  if (SEPARATOR.test(before)) return !SEPARATOR.test(here);
  if (isDigit(here)) return !isDigit(before);
  return here !== here.toLowerCase() && before === before.toLowerCase();
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9';

/** The first place where all letters stand in their order, from its end back, so that they are as close as they can be. */
function apart(text: string, lower: string, word: string): Match | null {
  let end = -1;
  for (const letter of word) {
    end = lower.indexOf(letter, end + 1);
    if (end < 0) return null;
  }
  const at: number[] = [];
  for (let index = word.length - 1, from = end; index >= 0; index--, from--) {
    from = lower.lastIndexOf(word[index] as string, from);
    at.unshift(from);
  }
  const length = end - (at[0] as number) + 1;
  const groups = groupsOf(at);
  const deliberate = groups.every(({ from, length: letters }) => letters >= 2 || begins(text, from));
  if (!deliberate && length > 2 * word.length) return null;
  return { score: Math.max(1, APART - groups.length * 3 - length / 8), at };
}

function groupsOf(at: readonly number[]): { from: number; length: number }[] {
  const groups: { from: number; length: number }[] = [];
  for (const position of at) {
    const last = groups.at(-1);
    if (last && position === last.from + last.length) last.length++;
    else groups.push({ from: position, length: 1 });
  }
  return groups;
}
