type Element =
  | { t: 'char'; char: string }
  | { t: 'any' }
  | { t: 'star' }
  | { t: 'set'; negated: boolean; singles: Set<string>; ranges: [string, string][]; classes: RegExp[] };

/** A pattern of POSIX.1-2017, Shell, 2.13, ready to be matched. */
export type Pattern = readonly Element[];

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /^[\p{L}\p{N}]$/u, alpha: /^\p{L}$/u, blank: /^[ \t]$/, cntrl: /^\p{Cc}$/u, digit: /^\d$/, graph: /^[^\s\p{C}]$/u, lower: /^\p{Ll}$/u,
  print: /^[^\p{C}]$/u, punct: /^[!-/:-@[-`{-~]$/, space: /^\s$/, upper: /^\p{Lu}$/u, xdigit: /^[\da-fA-F]$/,
};
const CACHE_MAX = 256;
const cache = new Map<string, Pattern>();

/** Characters that are literal wherever they stand. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]!^-]/g, '\\$&');
}

/** What a pattern stands for once it is taken as text. */
export function unescapePattern(pattern: string): string {
  return pattern.replace(/\\([^])/g, '$1');
}

/** `source`: `*`, `?` and `[…]` mean something unless a backslash is before them. */
export function compilePattern(source: string): Pattern {
  const known = cache.get(source);
  if (known) return known;
  const pattern = parse(Array.from(source));
  if (cache.size >= CACHE_MAX) cache.clear();
  cache.set(source, pattern);
  return pattern;
}

function parse(chars: readonly string[]): Pattern {
  const elements: Element[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (char === '*') {
      if (elements.at(-1)?.t !== 'star') elements.push({ t: 'star' });
    } else if (char === '?') elements.push({ t: 'any' });
    else if (char === '\\' && at + 1 < chars.length) elements.push({ t: 'char', char: chars[++at]! });
    else {
      const set = char === '[' ? parseSet(chars, at + 1) : null;
      elements.push(set ? set.element : { t: 'char', char });
      if (set) at = set.end;
    }
  }
  return elements;
}

/** A bracket expression whose first character is at `from`; null if it does not end. `end`: of its `]`. */
function parseSet(chars: readonly string[], from: number): { element: Element; end: number } | null {
  let at = from;
  const negated = chars[at] === '!' || chars[at] === '^';
  if (negated) at++;
  const element: Element = { t: 'set', negated, singles: new Set(), ranges: [], classes: [] };
  for (let first = true; at < chars.length; first = false) {
    if (chars[at] === ']' && !first) return { element, end: at };
    const named = /^\[([:=.])(.+?)\1\]/.exec(chars[at] === '[' ? chars.slice(at, at + 16).join('') : '');
    if (named) {
      if (named[1] === ':') element.classes.push(CLASSES[named[2]!] ?? /(?!)/);
      else element.singles.add(named[2]!);
      at += named[0].length;
      continue;
    }
    at = addMember(element, chars, at);
  }
  return null;
}

/** One character or a range; the position after it. */
function addMember(set: Extract<Element, { t: 'set' }>, chars: readonly string[], at: number): number {
  const literal = (index: number): [string, number] => (chars[index] === '\\' && index + 1 < chars.length ? [chars[index + 1]!, index + 2] : [chars[index]!, index + 1]);
  const [low, after] = literal(at);
  if (chars[after] === '-' && after + 1 < chars.length && chars[after + 1] !== ']') {
    const [high, end] = literal(after + 1);
    set.ranges.push([low, high]);
    return end;
  }
  set.singles.add(low);
  return after;
}

function accepts(element: Element, char: string): boolean {
  switch (element.t) {
    case 'char': return element.char === char;
    case 'any':
    case 'star': return true;
    case 'set': return inSet(element, char) !== element.negated;
  }
}

function inSet({ singles, ranges, classes }: Extract<Element, { t: 'set' }>, char: string): boolean {
  if (singles.has(char)) return true;
  const code = char.codePointAt(0)!;
  return ranges.some(([low, high]) => code >= low.codePointAt(0)! && code <= high.codePointAt(0)!) || classes.some((test) => test.test(char));
}

/** Whether all of the text matches. Time: text times pattern at most. */
export function matches(pattern: Pattern, text: string): boolean {
  const chars = Array.from(text);
  let at = 0;
  let element = 0;
  let star = -1;
  let resume = 0;
  while (at < chars.length) {
    const current = pattern[element];
    if (current?.t === 'star') {
      star = element++;
      resume = at;
    } else if (current && accepts(current, chars[at]!)) {
      element++;
      at++;
    } else if (star >= 0) {
      element = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[element]?.t === 'star') element++;
  return element === pattern.length;
}

/** Length, in characters, of the shortest or longest beginning of `chars` that matches; -1 for none. */
function prefix(pattern: Pattern, chars: readonly string[], longest: boolean): number {
  let states = new Uint8Array(pattern.length + 1);
  const skipStars = (set: Uint8Array): void => {
    for (let i = 0; i < pattern.length; i++) if (set[i] && pattern[i]!.t === 'star') set[i + 1] = 1;
  };
  states[0] = 1;
  skipStars(states);
  let found = -1;
  for (let at = 0; ; at++) {
    if (states[pattern.length]) found = at;
    if (at === chars.length || (found >= 0 && !longest)) return found;
    const next = new Uint8Array(pattern.length + 1);
    let alive = false;
    for (let i = 0; i < pattern.length; i++) {
      if (!states[i] || !accepts(pattern[i]!, chars[at]!)) continue;
      next[pattern[i]!.t === 'star' ? i : i + 1] = 1;
      alive = true;
    }
    if (!alive) return found;
    skipStars(next);
    states = next;
  }
}

/** The text without its shortest or longest beginning that matches. */
export function withoutPrefix(pattern: Pattern, text: string, longest: boolean): string {
  const chars = Array.from(text);
  const length = prefix(pattern, chars, longest);
  return length <= 0 ? text : chars.slice(length).join('');
}

export function withoutSuffix(pattern: Pattern, text: string, longest: boolean): string {
  const chars = Array.from(text);
  const length = prefix(pattern.toReversed(), chars.toReversed(), longest);
  return length <= 0 ? text : chars.slice(0, chars.length - length).join('');
}
