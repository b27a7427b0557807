/** A run of text as it can be shown: as it is, or a character that hides or misleads, in words. */
export interface SafePiece {
  text: string;
  /** What the character is, for a tooltip; absent for plain text. */
  danger?: string;
}

/** Controls, directions, invisible and odd blanks, private and unassigned ones: all that does not look like what it is. A plain space is not among them. */
const HIDDEN = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const WORD = /\p{L}[\p{L}\p{M}\p{N}]*/gu;
const LATIN = /\p{Script=Latin}/u;
/** Letters that have a script other than Latin. */
const FOREIGN = /(?!\p{Script=Latin}|\p{Script=Common}|\p{Script=Inherited})\p{L}/u;

function hiddenName(character: string): string {
  if (DIRECTION.test(character)) return 'changes the direction of the text';
  if (/\p{Cc}/u.test(character)) return 'a control character';
  return /\p{Z}/u.test(character) ? 'an unusual blank' : 'an invisible or unknown character';
}

/** Positions of letters that stand in one word with Latin ones but are none: `pаypal` with a Cyrillic а. */
function lookalikes(text: string): Set<number> {
  const found = new Set<number>();
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!LATIN.test(word) || !FOREIGN.test(word)) continue;
    let at = index;
    for (const letter of word) {
      if (FOREIGN.test(letter)) found.add(at);
      at += letter.length;
    }
  }
  return found;
}

/** Splits text of a program into what can be shown as it is, and characters that are named instead. */
export function safePieces(text: string): SafePiece[] {
  const alike = lookalikes(text);
  const pieces: SafePiece[] = [];
  let plain = '';
  let at = 0;
  const mark = (shown: string, danger: string): void => {
    if (plain !== '') pieces.push({ text: plain });
    plain = '';
    pieces.push({ text: shown, danger });
  };
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (HIDDEN.test(character)) mark(SHORT[character] ?? `\\u{${code.toString(16)}}`, hiddenName(character));
    else if (alike.has(at)) mark(`${character}\\u{${code.toString(16)}}`, 'a letter of another script among Latin ones');
    else plain += character;
    at += character.length;
  }
  if (plain !== '') pieces.push({ text: plain });
  return pieces;
}

/** The beginning and the end of a text that is too long, and how many characters are left out. Whole code points only. */
export function middleCut(text: string, max: number): { head: string; tail: string; left: number } {
  // A code point has at most two units, so what is sliced off has all that can be shown.
  if (text.length <= max) return { head: text, tail: '', left: 0 };
  const tailLength = Math.floor(max / 3);
  const head = [...text.slice(0, 2 * (max - tailLength))].slice(0, max - tailLength).join('');
  const tail = [...text.slice(-2 * tailLength - 1)].slice(-tailLength).join('');
  if (head.length + tail.length >= text.length) return { head: text, tail: '', left: 0 };
  return { head, tail, left: text.length - head.length - tail.length };
}
