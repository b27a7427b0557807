import type { Word } from './ast.ts';
import { ParseError } from './parse-error.ts';
import { Parser } from './parser.ts';
import { WordReader } from './word-reader.ts';

/** A text with substitutions as in double quotes, such as the value of `PS1`. */
export function parseDocument(text: string): Word {
  return WordReader.text(text, new Parser(''));
}

/** Whether more lines could make a script of this text, as an unclosed quote or `if`. */
export function isIncomplete(text: string, alias?: (name: string) => string | undefined): boolean {
  const parser = new Parser(text, alias ? { alias } : {});
  try {
    while (parser.next());
    return parser.openDocument || /(?:^|[^\\])(?:\\\\)*\\\n?$/.test(text);
  } catch (error) {
    if (error instanceof ParseError) return error.incomplete;
    throw error;
  }
}
