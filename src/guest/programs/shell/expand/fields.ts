import { escapePattern } from './pattern.ts';

export interface Field {
  text: string;
  /** As `compilePattern` wants it; what was quoted is escaped. */
  pattern: string;
  /** Something in it that was not quoted could be a pattern. */
  mayBePattern: boolean;
}

const GLOB = /[*?[]/;

/** Collects what a word stands for, field by field (POSIX.1-2017, Shell, 2.6.5). */
export class Fields {
  readonly list: Field[] = [];
  /** Whether there can be several fields. */
  readonly splitting: boolean;
  readonly #splits: boolean;
  readonly #white: string;
  readonly #other: string;
  #text = '';
  #pattern = '';
  #mayBePattern = false;
  /** There is a field, be it empty. */
  #open = false;
  /** Blanks have just ended a field: a delimiter that follows belongs to them. */
  #afterWhite = false;

  /** `splits`: expansions are split at the characters of `ifs`. */
  constructor(ifs: string, splits: boolean) {
    this.splitting = splits;
    this.#splits = splits && ifs !== '';
    this.#white = ifs.replace(/[^ \t\n]/g, '');
    this.#other = ifs.replace(/[ \t\n]/g, '');
  }

  /** Text that stays whole. */
  literal(text: string, quoted: boolean): void {
    if (quoted) this.#pattern += GLOB.test(text) || /[\\\]!^-]/.test(text) ? escapePattern(text) : text;
    else {
      this.#pattern += text;
      this.#mayBePattern ||= GLOB.test(text);
    }
    this.#text += text;
    this.#open = true;
    this.#afterWhite = false;
  }

  /** Something quoted was here: the field counts even if it is empty. */
  keep(): void {
    this.#open = true;
    this.#afterWhite = false;
  }

  /** The unquoted result of an expansion. */
  expansion(text: string): void {
    if (!this.#splits) {
      if (text !== '') this.literal(text, false);
      return;
    }
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const char = text[at]!;
      const white = this.#white.includes(char);
      if (!white && !this.#other.includes(char)) continue;
      if (at > from) this.literal(text.slice(from, at), false);
      from = at + 1;
      if (white) this.#afterBlank();
      else this.#delimiter();
    }
    if (from < text.length) this.literal(from === 0 ? text : text.slice(from), false);
  }

  #afterBlank(): void {
    if (!this.#open) return;
    this.#close();
    this.#afterWhite = true;
  }

  #delimiter(): void {
    if (this.#open || !this.#afterWhite) this.#close();
    this.#afterWhite = false;
  }

  /** Ends the field. */
  #close(): void {
    this.list.push({ text: this.#text, pattern: this.#pattern, mayBePattern: this.#mayBePattern });
    this.#text = '';
    this.#pattern = '';
    this.#mayBePattern = false;
    this.#open = false;
  }

  /** The next positional parameter begins. `always`: an empty field counts, as within double quotes. */
  next(always: boolean): void {
    if (always || this.#open) this.#close();
    this.#afterWhite = false;
  }

  finish(): Field[] {
    if (this.#open) this.#close();
    return this.list;
  }

  /** All of it as one, where nothing is split. */
  whole(): Field {
    return { text: this.#text, pattern: this.#pattern, mayBePattern: this.#mayBePattern };
  }
}
