import type { Redirect, Word } from './ast.ts';
import { Source } from './source.ts';
import { WordReader, type NestedLists } from './word-reader.ts';

export type Token =
  /** `plain`: the word's text if nothing in it is quoted or filled in, as reserved words, names and aliases are. */
  | { type: 'word'; word: Word; plain: string | null; start: number; end: number; line: number }
  /** One digit directly before `<` or `>`. */
  | { type: 'io'; fd: number; start: number; line: number }
  | { type: 'operator'; text: string; start: number; line: number }
  | { type: 'newline'; start: number; line: number }
  | { type: 'end'; start: number; line: number };

interface PendingDocument {
  redirect: Redirect;
  delimiter: string;
  quoted: boolean;
  stripTabs: boolean;
}

const OPERATORS = ['<<-', '&&', '||', ';;', '<<', '>>', '<&', '>&', '<>', '>|', '&', '|', ';', '<', '>', '(', ')'];

/** Tokens of a script (POSIX.1-2017, Shell, 2.3), and the here-documents that begin after a line's end. */
export class Lexer {
  readonly source: Source;
  readonly words: WordReader;
  /** A here-document met the end of the text instead of its delimiter. */
  openDocument = false;
  readonly #nested: NestedLists;
  #pending: PendingDocument[] = [];

  constructor(source: Source, nested: NestedLists) {
    this.source = source;
    this.#nested = nested;
    this.words = new WordReader(source, nested);
  }

  next(): Token {
    const { source } = this;
    this.#skipBlanks();
    const { pos: start, line } = source;
    const char = source.peek();
    if (char === '') return { type: 'end', start, line };
    if (char === '\n') {
      source.skip();
      this.#readDocuments();
      return { type: 'newline', start, line };
    }
    const operator = this.#operator(char);
    if (operator !== null) return { type: 'operator', text: operator, start, line };
    return this.#word(start, line);
  }

  #skipBlanks(): void {
    const { source } = this;
    for (let char = source.peek(); ; char = source.peek()) {
      if (char === '#') while (source.raw() !== '' && source.raw() !== '\n') source.skip();
      else if (char === ' ' || char === '\t' || char === '\r' && source.raw(1) === '\n') source.skip();
      else return;
    }
  }

  #operator(first: string): string | null {
    const { source } = this;
    if (!'&|;<>()'.includes(first)) return null;
    let text = first;
    source.skip();
    while (text.length < 3 && OPERATORS.includes(text + source.peek()) && source.peek() !== '') text += source.next();
    return text;
  }

  #word(start: number, line: number): Token {
    const { source } = this;
    const word = this.words.word();
    const [only] = word;
    const plain = word.length === 1 && only!.k === 'text' ? only!.s : null;
    const after = source.raw();
    if (plain !== null && (after === '<' || after === '>') && /^\d$/.test(plain)) return { type: 'io', fd: Number(plain), start, line };
    return { type: 'word', word, plain, start, end: source.pos, line };
  }

  /** The document of `redirect` begins on the next line. */
  expectDocument(redirect: Redirect, delimiter: Word, stripTabs: boolean): void {
    const quoted = delimiter.some(({ k }) => k === 'quoted' || k === 'double');
    this.#pending.push({ redirect, delimiter: delimiter.map(literal).join(''), quoted, stripTabs });
  }

  /** A `)` may end a list on the line on which its documents were announced: they are read all the same. */
  finishDocuments(): void {
    if (this.#pending.length === 0) return;
    this.openDocument = true;
    this.#pending = [];
  }

  #readDocuments(): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const document of pending) this.#readDocument(document);
  }

  #readDocument({ redirect, delimiter, quoted, stripTabs }: PendingDocument): void {
    const { line } = this.source;
    const lines: string[] = [];
    for (;;) {
      let next = this.source.rawLine();
      if (next === null) {
        this.openDocument = true;
        break;
      }
      if (stripTabs) next = next.replace(/^\t+/, '');
      if (next === delimiter && !(continued(lines) && !quoted)) break;
      lines.push(`${next}\n`);
    }
    const text = lines.join('');
    redirect.target = quoted ? [{ k: 'quoted', s: text }] : new WordReader(new Source(text, line), this.#nested).document();
  }
}

/** Whether the last line goes on in the next. */
function continued(lines: readonly string[]): boolean {
  return /(?:^|[^\\])(?:\\\\)*\\\n$/.test(lines.at(-1) ?? '');
}

/** A delimiter's text: nothing in it is filled in. */
function literal(part: Word[number]): string {
  switch (part.k) {
    case 'text':
    case 'quoted': return part.s;
    case 'double': return part.parts.map(literal).join('');
    case 'param': return part.op === '' ? `$${part.name}` : `\${${part.name}}`;
    default: return '';
  }
}
