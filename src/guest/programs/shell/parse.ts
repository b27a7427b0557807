/** One command of a line. Words are expanded later, for a variable may change in between. */
export interface Command {
  words: Word[];
  redirects: Redirect[];
  /** When it runs: always, or only after the one before it has succeeded or failed. */
  when: 'always' | 'success' | 'failure';
}

export interface Redirect {
  kind: '<' | '>' | '>>';
  /** 0, 1 or 2. */
  fd: number;
  target: Word;
}

/** Parts of a word; `quoted` text is taken literally, `variable` names one, and only plain text may hold `*` and `?`. */
export type Part = { text: string; quoted: boolean } | { variable: string; quoted: boolean };
export type Word = Part[];

/** What is wrong with a line, for the user. */
export class ParseError extends Error {}

const SPECIAL = ' \t\n;&|<>';
const NAME = /^(?:\{(\w+|\?)\}|(\w+|\?))/;

class Parser {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  parse(): Command[] {
    const commands: Command[] = [];
    let when: Command['when'] = 'always';
    for (;;) {
      const command = this.#command(when);
      if (command.words.length > 0 || command.redirects.length > 0) commands.push(command);
      else if (when !== 'always' && this.#at >= this.#line.length) throw new ParseError('a command is missing at the end');
      if (this.#at >= this.#line.length) return commands;
      when = this.#separator();
    }
  }

  #separator(): Command['when'] {
    if (this.#take('&&')) return 'success';
    if (this.#take('||')) return 'failure';
    if (this.#take(';') || this.#take('\n')) return 'always';
    if (this.#take('|')) throw new ParseError('pipes between commands are not available here yet');
    throw new ParseError('commands in the background (&) are not available here yet');
  }

  #take(text: string): boolean {
    if (!this.#line.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #command(when: Command['when']): Command {
    const command: Command = { words: [], redirects: [], when };
    for (;;) {
      while (this.#line[this.#at] === ' ' || this.#line[this.#at] === '\t') this.#at++;
      const char = this.#line[this.#at];
      if (char === '#') this.#at = this.#line.length;
      if (this.#at >= this.#line.length || ';&|\n'.includes(this.#line[this.#at]!)) return command;
      const redirect = this.#redirect();
      if (redirect) command.redirects.push(redirect);
      else command.words.push(this.#word());
    }
  }

  #redirect(): Redirect | null {
    const match = /^([012])?(>>|>|<)/.exec(this.#line.slice(this.#at, this.#at + 3));
    if (!match) return null;
    this.#at += match[0].length;
    while (this.#line[this.#at] === ' ') this.#at++;
    const kind = match[2] as Redirect['kind'];
    const target = this.#word();
    if (target.length === 0) throw new ParseError(`a file name is missing after ${kind}`);
    return { kind, fd: match[1] === undefined ? (kind === '<' ? 0 : 1) : Number(match[1]), target };
  }

  #word(): Word {
    const word: Word = [];
    for (;;) {
      const char = this.#line[this.#at];
      if (char === undefined || SPECIAL.includes(char)) return word;
      if (char === "'") word.push({ text: this.#until("'"), quoted: true });
      else if (char === '"') this.#double(word);
      else if (char === '\\') word.push({ text: this.#escaped(), quoted: true });
      else if (char === '$') word.push(this.#variable(false));
      else word.push({ text: this.#plain(), quoted: false });
    }
  }

  #plain(): string {
    const from = this.#at;
    while (this.#at < this.#line.length && !`${SPECIAL}'"\\$`.includes(this.#line[this.#at]!)) this.#at++;
    return this.#line.slice(from, this.#at);
  }

  #escaped(): string {
    const char = this.#line[this.#at + 1];
    if (char === undefined) throw new ParseError('nothing follows the last \\');
    const text = String.fromCodePoint(this.#line.codePointAt(this.#at + 1)!);
    this.#at += 1 + text.length;
    return text;
  }

  #until(quote: string): string {
    const end = this.#line.indexOf(quote, this.#at + 1);
    if (end < 0) throw new ParseError(`a closing ${quote} is missing`);
    const text = this.#line.slice(this.#at + 1, end);
    this.#at = end + 1;
    return text;
  }

  #double(word: Word): void {
    this.#at++;
    let text = '';
    for (;;) {
      const char = this.#line[this.#at];
      if (char === undefined) throw new ParseError('a closing " is missing');
      if (char === '"') break;
      if (char === '\\' && '"\\$'.includes(this.#line[this.#at + 1] ?? ' ')) text += this.#escaped();
      else if (char === '$') {
        word.push({ text, quoted: true }, this.#variable(true));
        text = '';
      } else {
        text += char;
        this.#at++;
      }
    }
    this.#at++;
    word.push({ text, quoted: true });
  }

  #variable(quoted: boolean): Part {
    const match = NAME.exec(this.#line.slice(this.#at + 1));
    if (!match) {
      this.#at++;
      return { text: '$', quoted: true };
    }
    this.#at += 1 + match[0].length;
    return { variable: match[1] ?? match[2]!, quoted };
  }
}

/**
 * Commands of one line: words with '…', "…", \ and $NAME, the separators ; && ||, redirections < > >> 2>, # comments.
 * Throws `ParseError`.
 */
export function parseLine(line: string): Command[] {
  return new Parser(line).parse();
}
