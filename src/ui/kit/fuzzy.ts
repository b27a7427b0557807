export interface Match {
  /** Larger is better; comparable between texts for the same query. */
  score: number;
  /** Which characters matched: from, to (exclusive), in order, in UTF-16 units. */
  ranges: readonly (readonly [number, number])[];
}

const WORD_START = 8;
const INITIAL = 6;
const CONTIGUOUS = 4;
const FIRST = 6;
const GAP = -0.2;
const LENGTH = -0.02;

/**
 * Finds all words of a query in a text, each as letters in order, in any order of the words. What is in one piece, and
 * what begins a word, counts for more. Null where a word is not there; an empty query matches all alike.
 */
export function fuzzyMatch(query: string, text: string): Match | null {
  const lower = text.toLowerCase();
  // A letter may become two when it is lowered: then places would not be those of the text.
  const hay = lower.length === text.length ? lower : text;
  const found: [number, number][] = [];
  let score = hay.length * LENGTH;
  for (const word of query.toLowerCase().split(/\s+/)) {
    if (word === '') continue;
    const match = matchWord(word, hay, text);
    if (!match) return null;
    score += match.score;
    found.push(...match.ranges);
  }
  return { score, ranges: merged(found) };
}

type WordMatch = { score: number; ranges: [number, number][] };

function matchWord(word: string, hay: string, text: string): WordMatch | null {
  const whole = bestPiece(word, hay, text);
  if (whole < 0) return scattered(word, hay, text);
  const piece: WordMatch = { score: pieceScore(whole, word.length, text) + word.length, ranges: [[whole, whole + word.length]] };
  const letters = startsWord(text, whole) ? null : scattered(word, hay, text);
  return letters && letters.score > piece.score ? letters : piece;
}

/** Where the word is in one piece, at the start of a word if it is there. */
function bestPiece(word: string, hay: string, text: string): number {
  let best = -1;
  for (let at = hay.indexOf(word); at >= 0; at = hay.indexOf(word, at + 1)) {
    if (startsWord(text, at)) return at;
    if (best < 0) best = at;
  }
  return best;
}

function pieceScore(at: number, length: number, text: string): number {
  return length * CONTIGUOUS + (startsWord(text, at) ? WORD_START : 0) + (at === 0 ? FIRST : 0);
}

/** Letters in order; each is taken at the start of a word where the rest can still follow. */
function scattered(word: string, hay: string, text: string): WordMatch | null {
  const ranges: [number, number][] = [];
  let score = 0;
  let from = 0;
  for (let index = 0; index < word.length; index++) {
    const next = hay.indexOf(word[index]!, from);
    if (next < 0) return null;
    const start = wordStart(word, index, hay, text, next);
    const at = start ?? next;
    const last = ranges.at(-1);
    if (last && last[1] === at) last[1]++;
    else ranges.push([at, at + 1]);
    score += startsWord(text, at) ? INITIAL : last?.[1] === at + 1 ? 1 : GAP * (at - from);
    from = at + 1;
  }
  return { score, ranges };
}

function wordStart(word: string, index: number, hay: string, text: string, from: number): number | undefined {
  for (let at = from; at >= 0; at = hay.indexOf(word[index]!, at + 1)) {
    if (startsWord(text, at)) return isSubsequence(word, index + 1, hay, at + 1) ? at : undefined;
  }
  return undefined;
}

function isSubsequence(word: string, index: number, hay: string, from: number): boolean {
  let at = from - 1;
  for (let each = index; each < word.length; each++) {
    at = hay.indexOf(word[each]!, at + 1);
    if (at < 0) return false;
  }
  return true;
}

const LETTER = /[\p{L}\p{N}]/u;

function startsWord(text: string, at: number): boolean {
  if (at === 0) return true;
  const [before, here] = [text[at - 1]!, text[at]!];
  return !LETTER.test(before) ? LETTER.test(here) || at === text.length - 1 : before === before.toLowerCase() && here !== here.toLowerCase();
}

function merged(ranges: [number, number][]): [number, number][] {
  const out: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const last = out.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}
