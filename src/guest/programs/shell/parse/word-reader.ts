import type { List, ParamOp, Part, Word } from './ast.ts';
import { ParseError } from './parse-error.ts';
import { Source } from './source.ts';

/** What words need of the grammar: the list of commands up to the `)` that ends it. */
export interface NestedLists {
  untilParenthesis(source: Source): List;
  whole(source: Source): List;
  deeper<T>(line: number, read: () => T): T;
}

const NAME_START = /[A-Za-z_]/;
const NAME_CHAR = /\w/;
const SPECIAL = '@*#?-$!';
const META = ' \t\n;&|<>()';

/** Parts of a word, neighbouring text joined. */
class Parts {
  readonly list: Part[] = [];

  add(part: Part): void {
    const last = this.list.at(-1);
    if (last && (part.k === 'text' || part.k === 'quoted') && last.k === part.k) last.s += part.s;
    else this.list.push(part);
  }

  text(s: string): void {
    this.add({ k: 'text', s });
  }
}

/** Reads words: quoting and the places where something is to be filled in (POSIX.1-2017, Shell, 2.2 and 2.6). */
export class WordReader {
  readonly #source: Source;
  readonly #nested: NestedLists;

  constructor(source: Source, nested: NestedLists) {
    this.#source = source;
    this.#nested = nested;
  }

  /** A word as a token: up to a blank or an operator. */
  word(): Word {
    const parts = new Parts();
    for (let char = this.#source.peek(); char !== '' && !META.includes(char); char = this.#source.peek()) this.#unquoted(char, parts);
    return parts.list;
  }

  #unquoted(char: string, parts: Parts): void {
    const source = this.#source;
    source.skip();
    switch (char) {
      case "'": parts.add({ k: 'quoted', s: this.#single() }); break;
      case '"': parts.add({ k: 'double', parts: this.#double() }); break;
      case '\\': parts.add(this.#escaped()); break;
      case '$': this.#dollar(parts, false); break;
      case '`': parts.add(this.#backquote(false)); break;
      default: parts.text(char);
    }
  }

  #escaped(): Part {
    const char = this.#source.raw();
    if (char === '') return { k: 'text', s: '\\' };
    this.#source.skip();
    return { k: 'quoted', s: char };
  }

  #single(): string {
    const source = this.#source;
    const from = source.pos;
    for (let char = source.raw(); char !== "'"; char = source.raw()) {
      if (char === '') throw new ParseError('Unterminated quoted string', source.line, true);
      source.skip();
    }
    const text = source.text.slice(from, source.pos);
    source.skip();
    return text;
  }

  #double(): Part[] {
    const { line } = this.#source;
    return this.#nested.deeper(line, () => {
      const parts = new Parts();
      for (let char = this.#source.next(); char !== '"'; char = this.#source.next()) {
        if (char === '') throw new ParseError('Unterminated quoted string', this.#source.line, true);
        this.#quotedChar(char, parts, '$`"\\');
      }
      return parts.list;
    });
  }

  /** One character inside of double quotes or of what is read like them; `escapable`: what a backslash makes literal. */
  #quotedChar(char: string, parts: Parts, escapable: string): void {
    const source = this.#source;
    if (char === '$') this.#dollar(parts, true);
    else if (char === '`') parts.add(this.#backquote(true));
    else if (char === '\\' && source.raw() !== '' && escapable.includes(source.raw())) {
      parts.add({ k: 'quoted', s: source.raw() });
      source.skip();
    } else parts.text(char);
  }

  /** After a `$`. */
  #dollar(parts: Parts, quoted: boolean): void {
    const source = this.#source;
    const char = source.peek();
    if (char === '(') {
      source.skip();
      parts.add(this.#parenthesis());
    } else if (char === '{') {
      source.skip();
      parts.add(this.#nested.deeper(source.line, () => this.#braces(quoted)));
    } else if (char === "'" && !quoted) {
      source.skip();
      parts.add({ k: 'quoted', s: this.#dollarSingle() });
    } else {
      const name = this.#name() || (SPECIAL.includes(char) && char !== '' || /\d/.test(char) ? source.next() : '');
      parts.add(name === '' ? { k: 'text', s: '$' } : { k: 'param', name, op: '', word: [] });
    }
  }

  #name(): string {
    const source = this.#source;
    let name = '';
    if (!NAME_START.test(source.peek())) return name;
    while (NAME_CHAR.test(source.peek())) name += source.next();
    return name;
  }

  /** `$'…'` (POSIX.1-2024, 2.2.4). */
  #dollarSingle(): string {
    const source = this.#source;
    const from = source.pos;
    for (let char = source.raw(); char !== "'"; char = source.raw()) {
      if (char === '') throw new ParseError('Unterminated quoted string', source.line, true);
      if (char === '\\' && source.raw(1) !== '') source.skip();
      source.skip();
    }
    const text = source.text.slice(from, source.pos);
    source.skip();
    return unescapeDollarSingle(text);
  }

  /** After `$(`: arithmetic if it is `$((…))`, else a command. */
  #parenthesis(): Part {
    const source = this.#source;
    if (source.peek() === '(') {
      const from = source.pos;
      const { line } = source;
      source.skip();
      const parts = this.#nested.deeper(line, () => this.#arithmetic());
      if (parts) return { k: 'arith', parts };
      source.pos = from;
      source.line = line;
    }
    return { k: 'command', body: this.#nested.untilParenthesis(source) };
  }

  /** After `$((`; null if what ends it is not `))`, so that it was a subshell in a command. */
  #arithmetic(): Part[] | null {
    const source = this.#source;
    const { line } = source;
    const parts = new Parts();
    let depth = 0;
    for (;;) {
      const char = source.next();
      if (char === '') throw new ParseError('Missing \'))\'', line, true);
      if (char === '(') depth++;
      if (char === ')' && depth-- === 0) return source.take(')') ? parts.list : null;
      if (char === '"') continue;
      this.#quotedChar(char, parts, '$`"\\');
    }
  }

  #backquote(quoted: boolean): Part {
    const source = this.#source;
    const { line } = source;
    let text = '';
    for (let char = source.raw(); char !== '`'; char = source.raw()) {
      if (char === '') throw new ParseError('EOF in backquote substitution', line, true);
      source.skip();
      const after = source.raw();
      if (char === '\\' && (after === '$' || after === '`' || after === '\\' || (quoted && after === '"'))) {
        source.skip();
        text += after;
      } else text += char;
    }
    source.skip();
    return { k: 'command', body: this.#nested.deeper(line, () => this.#nested.whole(new Source(text, line))) };
  }

  /** After `${`. */
  #braces(quoted: boolean): Part {
    const source = this.#source;
    const { line } = source;
    const from = source.pos - 2;
    if (source.peek() === '#' && !'}'.includes(source.raw(1)) && !/[-:=?+%#]/.test(source.raw(1))) return this.#length(from);
    if (source.peek() === '#' && /[-?#]/.test(source.raw(1)) && source.raw(2) === '}') return this.#length(from);
    const name = this.#parameter();
    if (name === '') return this.#bad(from, line);
    const op = this.#operator();
    if (op === null) return this.#bad(from, line);
    if (op === '') return source.take('}') ? { k: 'param', name, op, word: [] } : this.#bad(from, line);
    const pattern = op.startsWith('%') || op.startsWith('#');
    return { k: 'param', name, op, word: this.#braceWord(quoted && !pattern, line) };
  }

  #length(from: number): Part {
    const source = this.#source;
    const { line } = source;
    source.skip();
    const name = this.#parameter();
    return name !== '' && source.take('}') ? { k: 'param', name, op: 'length', word: [] } : this.#bad(from, line);
  }

  #parameter(): string {
    const source = this.#source;
    let name = this.#name();
    if (name !== '') return name;
    while (/\d/.test(source.peek())) name += source.next();
    const char = source.peek();
    return name === '' && char !== '' && SPECIAL.includes(char) ? source.next() : name;
  }

  #operator(): ParamOp | null {
    const source = this.#source;
    const char = source.peek();
    if (char === '}') return '';
    if (char === '') return '';
    source.skip();
    if (char === ':') {
      const after = source.next();
      return after !== '' && '-=?+'.includes(after) ? `:${after}` as ParamOp : null;
    }
    if (char === '%' || char === '#') return source.take(char) ? `${char}${char}` as ParamOp : char;
    return '-=?+'.includes(char) ? char as ParamOp : null;
  }

  /** A substitution that means nothing: an error only when it is met. */
  #bad(from: number, line: number): Part {
    const source = this.#source;
    this.#braceWord(false, line);
    return { k: 'bad', s: source.text.slice(from, source.pos) };
  }

  /** Up to the `}`. `quoted`: within double quotes, where single quotes and blanks are text. */
  #braceWord(quoted: boolean, line: number): Word {
    const source = this.#source;
    const parts = new Parts();
    for (let char = source.peek(); char !== '}'; char = source.peek()) {
      if (char === '') throw new ParseError("Missing '}'", line, true);
      if (!quoted) {
        this.#unquoted(char, parts);
        continue;
      }
      source.skip();
      if (char === '"') parts.add({ k: 'double', parts: this.#double() });
      else this.#quotedChar(char, parts, '$`"\\}');
    }
    source.skip();
    return parts.list;
  }

  /** The whole text as a here-document whose delimiter was not quoted. */
  document(): Word {
    const parts = new Parts();
    for (let char = this.#source.next(); char !== ''; char = this.#source.next()) this.#quotedChar(char, parts, '$`\\');
    return [{ k: 'double', parts: parts.list }];
  }

  /** The whole text as in double quotes, without any that end it: prompts, `PS4`. */
  static text(text: string, nested: NestedLists): Word {
    return new WordReader(new Source(text), nested).document();
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07', b: '\b', e: '\x1b', E: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"', '?': '?',
};

function unescapeDollarSingle(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8})|c(.)|(.))/gs, (all, octal, hex, unicode, long, control, other) => {
    if (octal) return String.fromCharCode(Number.parseInt(octal as string, 8) & 0xff);
    if (hex) return String.fromCharCode(Number.parseInt(hex as string, 16));
    if (unicode || long) return codePoint(Number.parseInt((unicode ?? long) as string, 16));
    if (control) return String.fromCharCode((control as string).toUpperCase().charCodeAt(0) & 0x1f);
    return ESCAPES[other as string] ?? (all as string);
  });
}

function codePoint(value: number): string {
  return value <= 0x10ffff ? String.fromCodePoint(value) : '\ufffd';
}
