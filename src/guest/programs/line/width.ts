const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** East Asian wide and full-width characters and emoji, of Unicode 15: [first, last], ascending. */
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], [0x231a, 0x231b], [0x2329, 0x232a], [0x23e9, 0x23ec], [0x23f0, 0x23f0], [0x23f3, 0x23f3],
  [0x25fd, 0x25fe], [0x2614, 0x2615], [0x2648, 0x2653], [0x267f, 0x267f], [0x2693, 0x2693], [0x26a1, 0x26a1],
  [0x26aa, 0x26ab], [0x26bd, 0x26be], [0x26c4, 0x26c5], [0x26ce, 0x26ce], [0x26d4, 0x26d4], [0x26ea, 0x26ea],
  [0x26f2, 0x26f3], [0x26f5, 0x26f5], [0x26fa, 0x26fa], [0x26fd, 0x26fd], [0x2705, 0x2705], [0x270a, 0x270b],
  [0x2728, 0x2728], [0x274c, 0x274c], [0x274e, 0x274e], [0x2753, 0x2755], [0x2757, 0x2757], [0x2795, 0x2797],
  [0x27b0, 0x27b0], [0x27bf, 0x27bf], [0x2b1b, 0x2b1c], [0x2b50, 0x2b50], [0x2b55, 0x2b55], [0x2e80, 0x2e99],
  [0x2e9b, 0x2ef3], [0x2f00, 0x2fd5], [0x2ff0, 0x2ffb], [0x3000, 0x303e], [0x3041, 0x3096], [0x3099, 0x30ff],
  [0x3105, 0x312f], [0x3131, 0x318e], [0x3190, 0x31e3], [0x31f0, 0x321e], [0x3220, 0x3247], [0x3250, 0x4dbf],
  [0x4e00, 0xa48c], [0xa490, 0xa4c6], [0xa960, 0xa97c], [0xac00, 0xd7a3], [0xf900, 0xfaff], [0xfe10, 0xfe19],
  [0xfe30, 0xfe52], [0xfe54, 0xfe66], [0xfe68, 0xfe6b], [0xff01, 0xff60], [0xffe0, 0xffe6], [0x16fe0, 0x16fe4],
  [0x16ff0, 0x16ff1], [0x17000, 0x187f7], [0x18800, 0x18cd5], [0x18d00, 0x18d08], [0x1b000, 0x1b11e], [0x1b150, 0x1b152],
  [0x1b164, 0x1b167], [0x1b170, 0x1b2fb], [0x1f004, 0x1f004], [0x1f0cf, 0x1f0cf], [0x1f18e, 0x1f18e], [0x1f191, 0x1f19a],
  [0x1f200, 0x1f202], [0x1f210, 0x1f23b], [0x1f240, 0x1f248], [0x1f250, 0x1f251], [0x1f260, 0x1f265], [0x1f300, 0x1f320],
  [0x1f32d, 0x1f335], [0x1f337, 0x1f37c], [0x1f37e, 0x1f393], [0x1f3a0, 0x1f3ca], [0x1f3cf, 0x1f3d3], [0x1f3e0, 0x1f3f0],
  [0x1f3f4, 0x1f3f4], [0x1f3f8, 0x1f43e], [0x1f440, 0x1f440], [0x1f442, 0x1f4fc], [0x1f4ff, 0x1f53d], [0x1f54b, 0x1f54e],
  [0x1f550, 0x1f567], [0x1f57a, 0x1f57a], [0x1f595, 0x1f596], [0x1f5a4, 0x1f5a4], [0x1f5fb, 0x1f64f], [0x1f680, 0x1f6c5],
  [0x1f6cc, 0x1f6cc], [0x1f6d0, 0x1f6d2], [0x1f6d5, 0x1f6d7], [0x1f6eb, 0x1f6ec], [0x1f6f4, 0x1f6fc], [0x1f7e0, 0x1f7eb],
  [0x1f90c, 0x1f93a], [0x1f93c, 0x1f945], [0x1f947, 0x1f978], [0x1f97a, 0x1f9cb], [0x1f9cd, 0x1f9ff], [0x1fa70, 0x1fa74],
  [0x1fa78, 0x1fa7a], [0x1fa80, 0x1fa86], [0x1fa90, 0x1faa8], [0x1fab0, 0x1fab6], [0x1fac0, 0x1fac2], [0x1fad0, 0x1fad6],
  [0x20000, 0x2fffd], [0x30000, 0x3fffd],
];

const FIRST_WIDE = 0x1100;
const EMOJI_STYLE = 0xfe0f;
const JOINER = 0x200d;
const PLAIN = /^[\u0020-\u007e]*$/;
/** What joins the character before it: marks, joiners, skin tones, tags. */
const EXTENDS = /^[\p{M}\u0e33\u0eb3\p{Join_Control}\uff9e\uff9f\p{Emoji_Modifier}\u{e0020}-\u{e007f}]/u;
const REGIONAL = /^[\u{1f1e6}-\u{1f1ff}]/u;
/** Jamo: leading, vowel, trailing, as ranges of what may follow one within a syllable. */
const JAMO_AFTER = /^[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]/;
const SYLLABLE = /^[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb\uac00-\ud7a3]/;

/** Printable ASCII, tabs and line feeds are never joined to each other: one of them alone, or a run with all that it could be joined to. */
const APART = /[\n\t\u0020-\u007e](?![^\n\t\u0020-\u007e])|[\n\t\u0020-\u007e]?(?:[^\n\t\u0020-\u007e]+[\n\t\u0020-\u007e]?)+/g;
/** UTF-16 units that are segmented at once: the time for a text grows with the square of its length. */
const PIECE = 256;

/** The characters of a text as the reader sees them. */
export function graphemes(text: string): string[] {
  if (PLAIN.test(text)) return text.split('');
  const parts: string[] = [];
  for (const [found] of text.matchAll(APART)) {
    if (found.length === 1) parts.push(found);
    else segmentInto(parts, found);
  }
  return parts;
}

/** The last character of a piece may go on in the next one, so that one begins with it. */
function segmentInto(parts: string[], text: string): void {
  let size = PIECE;
  for (let at = 0; at < text.length;) {
    if (/[\ud800-\udbff]/.test(text[at + size - 1] ?? '')) size++;
    const found = Array.from(segmenter.segment(text.slice(at, at + size)), ({ segment }) => segment);
    const isLast = at + size >= text.length;
    if (!isLast && found.length < 2) {
      size *= 2;
      continue;
    }
    if (!isLast) found.pop();
    for (const part of found) {
      parts.push(part);
      at += part.length;
    }
    size = PIECE;
  }
}

function isWide(code: number): boolean {
  if (code < FIRST_WIDE) return false;
  let low = 0;
  let high = wide.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (wide[middle]![0] <= code) low = middle;
    else high = middle - 1;
  }
  return code >= wide[low]![0] && code <= wide[low]![1];
}

/** Columns that one grapheme takes on a terminal: those of the terminal in the page, which draws at most two for what it joins. */
export function graphemeWidth(grapheme: string): number {
  if (grapheme.length === 1 && grapheme < '\u0300') return 1;
  let width = 0;
  let cluster = 0;
  let before = '';
  let pairs = 0;
  for (const char of grapheme) {
    const code = char.codePointAt(0)!;
    const regional = REGIONAL.test(char);
    pairs = regional ? pairs + 1 : 0;
    const own = code === EMOJI_STYLE || isWide(code) || (regional && pairs === 2) ? 2 : 1;
    const joins = before !== '' && (EXTENDS.test(char) || before.codePointAt(0) === JOINER || pairs === 2
      || (JAMO_AFTER.test(char) && SYLLABLE.test(before)));
    if (!joins) {
      width += cluster;
      cluster = 0;
    }
    cluster = Math.max(cluster, own);
    before = char;
  }
  return width + cluster;
}

export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return graphemes(text).reduce((width, each) => width + graphemeWidth(each), 0);
}

/** Text for a terminal from a source that is not trusted, such as a file's name: control characters are shown, not obeyed. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?');
}

/** What is drawn in place of a grapheme that a terminal would obey, hide, or join to what stands before it; null for all others. */
export function escaped(grapheme: string): string | null {
  const code = grapheme.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return null;
  if (grapheme === '\r\n') return '^M^J';
  if (code < 0x20) return `^${String.fromCharCode(code + 64)}`;
  if (code === 0x7f) return '^?';
  if (!/^[\p{C}\p{M}\p{Zl}\p{Zp}\uff9e\uff9f\p{Emoji_Modifier}]/u.test(grapheme)) return null;
  return Array.from(grapheme, (char) => `<${char.codePointAt(0)!.toString(16).padStart(4, '0')}>`).join('');
}
