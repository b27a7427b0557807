import type { Pipeline } from './ast.ts';
import type { Lexer, Token } from './lexer.ts';
import { ParseError } from './parse-error.ts';

/** Words that mean something where a command may begin. */
export const RESERVED = new Set(['!', '{', '}', 'case', 'do', 'done', 'elif', 'else', 'esac', 'fi', 'for', 'if', 'in', 'then', 'time', 'until', 'while']);

/** One token ahead, and what is expected of it. */
export abstract class Tokens {
  protected abstract lexer: Lexer;
  protected token: Token | null = null;

  protected peek(): Token {
    this.token ??= this.lexer.next();
    return this.token;
  }

  protected take(): Token {
    const token = this.peek();
    this.token = null;
    return token;
  }

  protected skipNewlines(): void {
    while (this.peek().type === 'newline') this.token = null;
  }

  protected unexpected(token: Token, expected?: string): never {
    const what = token.type === 'end' ? 'end of file' : token.type === 'newline' ? 'newline'
      : token.type === 'operator' ? `"${token.text}"` : token.type === 'io' ? 'word'
      : token.plain !== null && RESERVED.has(token.plain) ? `"${token.plain}"` : 'word';
    const wish = expected === undefined ? '' : ` (expecting "${expected}")`;
    throw new ParseError(`${what} unexpected${wish}`, token.type === 'newline' ? token.line : this.lexer.source.line, token.type === 'end');
  }

  protected isOperator(...texts: string[]): boolean {
    const token = this.peek();
    return token.type === 'operator' && texts.includes(token.text);
  }

  /** At the end of a command. */
  protected isEnd(): boolean {
    const { type } = this.peek();
    return type === 'newline' || type === 'end' || this.isOperator(';');
  }

  /** Takes `!` and `time [-p]`, which may stand before a pipeline. */
  protected takePrefix(): Omit<Pipeline, 'commands'> {
    const prefix: Omit<Pipeline, 'commands'> = { negated: false };
    for (;; this.take()) {
      if (this.isReserved('!')) prefix.negated = !prefix.negated;
      else if (this.isReserved('time')) prefix.timed ??= 'time';
      else if (prefix.timed !== undefined && this.isReserved('-p')) prefix.timed = 'posix';
      else return prefix;
    }
  }

  protected isReserved(...words: string[]): boolean {
    const token = this.peek();
    return token.type === 'word' && token.plain !== null && words.includes(token.plain);
  }

  protected expectOperator(text: string): void {
    if (!this.isOperator(text)) this.unexpected(this.peek(), text);
    this.token = null;
  }

  protected expectReserved(word: string): void {
    if (!this.isReserved(word)) this.unexpected(this.peek(), word);
    this.token = null;
  }
}
