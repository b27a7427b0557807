export type Quote = '' | "'" | '"';

/** Where the cursor stands, as far as completion needs to know. */
export interface Context {
  /** The unfinished word, as typed. */
  raw: string;
  position: 'command' | 'argument' | 'redirect';
  /** Name of the command that the word is an argument of. */
  command: string;
  /** Its words before this one, without their quotes. */
  words: readonly string[];
}

/** After these a command is expected again. */
const LEADING = new Set(['if', 'then', 'else', 'elif', 'while', 'until', 'do', '!', '{', 'time', 'exec', 'command', 'nohup', 'env']);
const ASSIGNMENT = /^[A-Za-z_]\w*=/;
const OPERATOR = /[;&|()<>\n]/;
const BLANK = /[ \t]/;

/** The simple command that is being typed. */
class Scan {
  words: string[] = [];
  afterRedirect = false;

  word(raw: string): void {
    if (this.afterRedirect) this.afterRedirect = false;
    else if (this.words.length > 0 || !(LEADING.has(raw) || ASSIGNMENT.test(raw))) this.words.push(unquote(raw));
  }
}

/** Reads the shell's words before the cursor; null within a comment. */
export function contextOf(before: string): Context | null {
  const stack: Scan[] = [];
  let scan = new Scan();
  let at = 0;
  let raw = '';
  while (at < before.length) {
    const char = before[at]!;
    if (raw === '' && BLANK.test(char)) at++;
    else if (raw === '' && char === '#') return null;
    else if (raw === '' && OPERATOR.test(char)) {
      at++;
      if (char === '<' || char === '>') scan.afterRedirect = true;
      else scan = char === '(' ? (stack.push(scan), new Scan()) : char === ')' ? (stack.pop() ?? new Scan()) : new Scan();
    } else {
      const end = wordEnd(before, at);
      const nested = substitution(before.slice(at, end));
      if (nested >= 0) {
        stack.push(scan);
        scan = new Scan();
        at += nested;
        continue;
      }
      if (end === before.length) {
        raw = before.slice(at);
        break;
      }
      scan.word(before.slice(at, end));
      at = end;
    }
  }
  const position = scan.afterRedirect ? 'redirect' : scan.words.length === 0 ? 'command' : 'argument';
  return { raw, position, command: scan.words[0] ?? '', words: scan.words };
}

/** End of the word that begins at `from`: what is quoted and whole substitutions belong to it. */
function wordEnd(text: string, from: number): number {
  let quote: Quote = '';
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (quote === "'") quote = char === "'" ? '' : quote;
    else if (char === '\\') at++;
    else if (char === '"') quote = quote === '"' ? '' : '"';
    else if (text.startsWith('$(', at)) at = substitutionEnd(text, at + 2);
    else if (quote === '' && char === "'") quote = "'";
    else if (quote === '' && (OPERATOR.test(char) || BLANK.test(char))) return at;
  }
  return text.length;
}

/** Place of the parenthesis that closes, or the text's end. */
function substitutionEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    while (at < text.length && (BLANK.test(text[at]!) || (OPERATOR.test(text[at]!) && text[at] !== ')'))) at++;
    if (text[at] === ')') return at;
    at = Math.max(wordEnd(text, at), at + (at < text.length ? 1 : 0));
  }
  return text.length;
}

/** Where the text within an unclosed `$(` begins; -1 if there is none. */
function substitution(word: string): number {
  for (let at = word.indexOf('$('); at >= 0; at = word.indexOf('$(', at + 2)) {
    if (isInSingleQuotes(word, at)) continue;
    const end = substitutionEnd(word, at + 2);
    if (end >= word.length) return at + 2;
    at = end - 1;
  }
  return -1;
}

function isInSingleQuotes(word: string, at: number): boolean {
  return splitQuotes(word.slice(0, at)).quote === "'";
}

/** A word's text without its quotes, and the quote that is still open at its end. */
export function splitQuotes(raw: string): { value: string; quote: Quote } {
  let quote: Quote = '';
  let value = '';
  for (let at = 0; at < raw.length; at++) {
    const char = raw[at]!;
    if (quote === "'") {
      if (char === "'") quote = '';
      else value += char;
    } else if (char === '\\' && (quote === '' || /["\\$`\n]/.test(raw[at + 1] ?? ''))) {
      if (raw[++at] !== '\n') value += raw[at] ?? '';
    } else if (char === '"' || (char === "'" && quote === '')) {
      quote = quote === char ? '' : char;
    } else {
      value += char;
    }
  }
  return { value, quote };
}

export const unquote = (raw: string): string => splitQuotes(raw).value;

/** A name as it is typed within a quote, so that the shell reads it as it is. */
export function quoteName(name: string, quote: Quote, startsWord: boolean): string {
  if (quote === "'") return name.replaceAll("'", "'\\''");
  if (quote === '"') return name.replace(/["\\$`]/g, '\\$&');
  // A line feed cannot be escaped with a backslash; other control characters are better seen within quotes too.
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]/.test(name)) return `'${name.replaceAll("'", "'\\''")}'`;
  const text = name.replace(/[^\p{L}\p{N}\p{M}\p{S}_\-./+:,@%^=~#\u00a1-\u{10ffff}]|[$`<>|]/gu, '\\$&');
  return startsWord ? text.replace(/^[~#=]/, '\\$&') : text;
}
