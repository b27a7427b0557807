import type {
  AndOr, Assignment, CaseItem, Command, Compound, FunctionDefinition, List, Pipeline, Redirect, Simple, Word,
} from './ast.ts';
import { Lexer, type Token } from './lexer.ts';
import { ParseError } from './parse-error.ts';
import { Source, type More } from './source.ts';
import { Tokens } from './tokens.ts';
import type { NestedLists } from './word-reader.ts';

export interface ParserOptions {
  /** Value of an alias; undefined if there is none of that name. */
  alias?: (name: string) => string | undefined;
  /** Number of the first line. Default 1. */
  line?: number;
  /** Where more text comes from. */
  more?: More;
}

/** Words that end a list of commands and never begin a command. */
const CLOSING = new Set(['}', 'do', 'done', 'elif', 'else', 'esac', 'fi', 'then']);
const NAME = /^[A-Za-z_]\w*$/;
const ASSIGNMENT = /^([A-Za-z_]\w*)=/;
/** Commands within commands; deeper ones are refused before they could exhaust the stack. */
const DEPTH_MAX = 150;

/** Recursive descent over POSIX.1-2017's shell grammar (2.10), one complete command at a time. */
export class Parser extends Tokens implements NestedLists {
  readonly #options: ParserOptions;
  readonly #source: Source;
  protected lexer: Lexer;
  #depth = 0;

  constructor(text: string, options: ParserOptions = {}) {
    super();
    this.#options = options;
    this.#source = new Source(text, options.line, options.more ?? null);
    this.lexer = new Lexer(this.#source, this);
  }

  /** The commands up to the next end of a line; null at the end of the text. Throws `ParseError`. */
  next(): List | null {
    this.token = null;
    this.#source.compact();
    this.skipNewlines();
    if (this.peek().type === 'end') return null;
    const list = this.#line();
    const token = this.peek();
    if (token.type !== 'newline' && token.type !== 'end') this.unexpected(token);
    if (token.type === 'end') this.lexer.finishDocuments();
    return list;
  }

  /** The line that is being read. */
  get line(): number {
    return this.#source.line;
  }

  /** A here-document was cut short by the end of the text. */
  get openDocument(): boolean {
    return this.lexer.openDocument;
  }

  untilParenthesis(source: Source): List {
    return this.#nestedIn(source, () => {
      const list = this.#list([')']);
      const token = this.peek();
      if (token.type !== 'operator' || token.text !== ')') this.unexpected(token, ')');
      this.lexer.finishDocuments();
      return list;
    });
  }

  whole(source: Source): List {
    return this.#nestedIn(source, () => {
      const list = this.#list([]);
      if (this.peek().type !== 'end') this.unexpected(this.peek());
      this.lexer.finishDocuments();
      return list;
    });
  }

  /** Reads with a lexer of its own: the token ahead and announced documents of the outer text stay as they are. */
  #nestedIn(source: Source, read: () => List): List {
    const { line } = source;
    return this.deeper(line, () => {
      const outer = this.lexer;
      const token = this.token;
      this.lexer = new Lexer(source, this);
      this.token = null;
      try {
        return read();
      } finally {
        outer.openDocument ||= this.lexer.openDocument;
        this.lexer = outer;
        this.token = token;
      }
    });
  }

  deeper<T>(line: number, read: () => T): T {
    if (++this.#depth > DEPTH_MAX) throw new ParseError('commands are nested too deeply', line);
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }

  /** Commands up to the line's end, which stays. */
  #line(): List {
    const list: List = [];
    for (;;) {
      const item = this.#andOr();
      list.push(item);
      if (!this.isOperator(';', '&')) return list;
      this.take();
      const token = this.peek();
      if (token.type === 'newline' || token.type === 'end') return list;
    }
  }

  /** Commands up to one of `closing` (operators), a closing reserved word, or the end. */
  #list(closing: readonly string[], mayBeEmpty = true): List {
    const list: List = [];
    for (;;) {
      this.skipNewlines();
      const token = this.peek();
      const ends = token.type === 'end' || (token.type === 'operator' && (closing.includes(token.text) || token.text === ';;'))
        || (token.type === 'word' && token.plain !== null && CLOSING.has(token.plain));
      if (ends) {
        // At the end of the text the caller says what it expected.
        if (list.length === 0 && !mayBeEmpty && token.type !== 'end') this.unexpected(token);
        return list;
      }
      list.push(this.#andOr());
      if (this.isOperator(';', '&')) this.take();
      else if (this.peek().type !== 'newline') return list;
    }
  }

  #andOr(): AndOr {
    const { start } = this.peek();
    const { source } = this.lexer;
    const first = this.#pipeline();
    const rest: AndOr['rest'] = [];
    while (this.isOperator('&&', '||')) {
      const token = this.take();
      this.skipNewlines();
      rest.push({ op: (token as { text: '&&' | '||' }).text, pipeline: this.#pipeline() });
    }
    const text = source.text.slice(start, this.peek().start).trim();
    return { first, rest, background: this.isOperator('&'), text };
  }

  #pipeline(): Pipeline {
    const prefix = this.takePrefix();
    const nothing = prefix.timed !== undefined && this.isEnd();
    const commands: Command[] = [nothing ? { k: 'simple', assigns: [], words: [], redirects: [], line: this.line } : this.#command()];
    while (this.isOperator('|')) {
      this.take();
      this.skipNewlines();
      commands.push(this.#command());
    }
    return { ...prefix, commands };
  }

  #command(): Command {
    const token = this.peek();
    if (token.type === 'operator' && token.text === '(') return this.#subshell();
    if (token.type !== 'word' || token.plain === null) return this.#simple();
    const compound = this.#compound(token.plain, token.line);
    if (compound) return compound;
    if (CLOSING.has(token.plain)) this.unexpected(token);
    if (this.#substituteAlias(token)) return this.#command();
    return this.#simple();
  }

  /** Whether the word was an alias: then its value is read instead. */
  #substituteAlias(token: Token): boolean {
    if (token.type !== 'word' || token.plain === null) return false;
    const value = this.#options.alias?.(token.plain);
    const { source } = this.lexer;
    if (value === undefined || source !== this.lexer.source || source.isWithinAlias(token.plain, token.start)) return false;
    source.replaceAlias(token.plain, token.start, token.end, value);
    this.token = null;
    return true;
  }

  #compound(word: string, line: number): Compound | null {
    switch (word) {
      case '{': return this.#deep(line, () => this.#group(line));
      case 'if': return this.#deep(line, () => this.#if(line));
      case 'for': return this.#deep(line, () => this.#for(line));
      case 'while':
      case 'until': return this.#deep(line, () => this.#while(line, word === 'until'));
      case 'case': return this.#deep(line, () => this.#case(line));
      default: return null;
    }
  }

  #deep(line: number, read: () => Compound): Compound {
    const compound = this.deeper(line, read);
    this.#redirects(compound.redirects);
    return compound;
  }

  #subshell(): Compound {
    const { line } = this.take();
    return this.#deep(line, () => {
      const body = this.#list([')'], false);
      this.expectOperator(')');
      return { k: 'subshell', body, line, redirects: [] };
    });
  }

  #group(line: number): Compound {
    this.take();
    const body = this.#list([], false);
    this.expectReserved('}');
    return { k: 'group', body, line, redirects: [] };
  }

  #if(line: number): Compound {
    const branches: { test: List; body: List }[] = [];
    let otherwise: List | null = null;
    this.take();
    for (;;) {
      const test = this.#list([], false);
      this.expectReserved('then');
      branches.push({ test, body: this.#list([], false) });
      if (this.isReserved('elif')) {
        this.take();
        continue;
      }
      if (this.isReserved('else')) {
        this.take();
        otherwise = this.#list([], false);
      }
      this.expectReserved('fi');
      return { k: 'if', branches, otherwise, line, redirects: [] };
    }
  }

  #for(line: number): Compound {
    this.take();
    const token = this.take();
    if (token.type !== 'word' || token.plain === null || !NAME.test(token.plain)) {
      if (token.type === 'end') this.unexpected(token);
      throw new ParseError('Bad for loop variable', token.line);
    }
    let words: Word[] | null = null;
    this.skipNewlines();
    if (this.isReserved('in')) {
      this.take();
      words = this.#wordList();
    } else if (this.isOperator(';')) this.take();
    this.skipNewlines();
    return { k: 'for', name: token.plain, words, body: this.#doGroup(), line, redirects: [] };
  }

  /** Words up to a `;` or the line's end. */
  #wordList(): Word[] {
    const words: Word[] = [];
    for (let token = this.peek(); token.type === 'word'; token = this.peek()) {
      words.push(token.word);
      this.take();
    }
    if (this.isOperator(';') || this.peek().type === 'newline') this.take();
    else this.unexpected(this.peek());
    return words;
  }

  #doGroup(): List {
    this.expectReserved('do');
    const body = this.#list([], false);
    this.expectReserved('done');
    return body;
  }

  #while(line: number, until: boolean): Compound {
    this.take();
    const test = this.#list([], false);
    return { k: 'while', until, test, body: this.#doGroup(), line, redirects: [] };
  }

  #case(line: number): Compound {
    this.take();
    const token = this.take();
    if (token.type !== 'word') this.unexpected(token);
    this.skipNewlines();
    this.expectReserved('in');
    const items: CaseItem[] = [];
    for (;;) {
      this.skipNewlines();
      if (this.isReserved('esac')) break;
      items.push(this.#caseItem());
      if (this.isOperator(';;')) this.take();
      else if (!this.isReserved('esac')) this.unexpected(this.peek(), ';;');
    }
    this.take();
    return { k: 'case', word: token.word, items, line, redirects: [] };
  }

  #caseItem(): CaseItem {
    if (this.isOperator('(')) this.take();
    const patterns: Word[] = [];
    for (;;) {
      const token = this.take();
      if (token.type !== 'word') this.unexpected(token);
      patterns.push(token.word);
      if (!this.isOperator('|')) break;
      this.take();
    }
    this.expectOperator(')');
    return { patterns, body: this.#list([]) };
  }

  #redirects(into: Redirect[]): void {
    for (let redirect = this.#redirect(); redirect; redirect = this.#redirect()) into.push(redirect);
  }

  /** Null if no redirection is next. */
  #redirect(): Redirect | null {
    const first = this.peek();
    let fd: number | null = null;
    if (first.type === 'io') {
      ({ fd } = first);
      this.take();
    }
    const token = this.peek();
    if (token.type !== 'operator' || !/[<>]/.test(token.text)) return first.type === 'io' ? this.unexpected(token) : null;
    this.take();
    const target = this.take();
    // Digits before another operator are a word here: `2>&1>file`.
    const word: Word = target.type === 'io' ? [{ k: 'text', s: String(target.fd) }] : target.type === 'word' ? target.word : this.unexpected(target);
    if (token.text.endsWith('&') && target.type === 'word' && target.plain !== null && !/^(?:\d+|-)$/.test(target.plain)) {
      throw new ParseError('Bad fd number', target.line);
    }
    if (!token.text.startsWith('<<')) return { op: token.text as Redirect['op'], fd, target: word };
    const redirect: Redirect = { op: '<<', fd, target: [] };
    this.lexer.expectDocument(redirect, word, token.text === '<<-');
    return redirect;
  }

  #simple(): Simple | FunctionDefinition | Compound {
    const { line } = this.peek();
    const command: Simple = { k: 'simple', assigns: [], words: [], redirects: [], line };
    for (;;) {
      const redirect = this.#redirect();
      if (redirect) {
        command.redirects.push(redirect);
        continue;
      }
      const token = this.peek();
      if (token.type !== 'word') break;
      if (this.#mayBeAlias(command, token) && this.#substituteAlias(token)) continue;
      const assignment = command.words.length === 0 ? assignmentOf(token.word) : null;
      this.take();
      if (assignment) command.assigns.push(assignment);
      else command.words.push(token.word);
      if (command.words.length === 1 && command.assigns.length + command.redirects.length === 0 && this.isOperator('(')) {
        return this.#function(token, line);
      }
    }
    if (command.words.length + command.assigns.length + command.redirects.length === 0) this.unexpected(this.peek());
    return command;
  }

  /** After assignments and redirections the first word may be one, too; and the word after an alias that ends in a blank. */
  #mayBeAlias(command: Simple, token: Token): boolean {
    const { source } = this.lexer;
    if (command.words.length === 0) return command.assigns.length + command.redirects.length > 0 || token.start >= source.blankEnd;
    if (source.blankEnd < 0 || token.start < source.blankEnd) return false;
    source.blankEnd = -1;
    return true;
  }

  #function(token: Token, line: number): FunctionDefinition {
    if (token.type !== 'word' || token.plain === null || !/^[^\s$'"`\\=/]+$/.test(token.plain)) throw new ParseError('Bad function name', line);
    this.take();
    this.expectOperator(')');
    this.skipNewlines();
    const body = this.#command();
    if (body.k === 'simple' || body.k === 'function') this.unexpected(this.peek());
    return { k: 'function', line, name: token.plain, body };
  }
}

/** `name=value` at the start of a command; null for any other word. */
function assignmentOf(word: Word): Assignment | null {
  const [first, ...rest] = word;
  const match = first?.k === 'text' ? ASSIGNMENT.exec(first.s) : null;
  if (!match || first?.k !== 'text') return null;
  const after = first.s.slice(match[0].length);
  return { name: match[1]!, value: after === '' ? rest : [{ k: 'text', s: after }, ...rest] };
}
