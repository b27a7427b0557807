/** Gives the next piece of a script that is read as it comes (a terminal, a pipe); null at its end. */
export type More = () => string | null;

interface AliasRange {
  name: string;
  end: number;
}

/** Text under a reading position. An alias is replaced in the text itself. */
export class Source {
  text: string;
  pos = 0;
  line: number;
  /** Where an alias ended whose value ends in a blank: the next word may be an alias too. */
  blankEnd = -1;
  readonly #more: More | null;
  #aliases: AliasRange[] = [];
  #ended = false;

  constructor(text: string, line = 1, more: More | null = null) {
    this.text = text;
    this.line = line;
    this.#more = more;
  }

  /** Makes sure that the character at `pos + ahead` is there; false at the end of the text. */
  #has(ahead: number): boolean {
    while (this.pos + ahead >= this.text.length) {
      if (this.#ended || !this.#more) return false;
      const next = this.#more();
      if (next === null) {
        this.#ended = true;
        return false;
      }
      this.text += next;
    }
    return true;
  }

  /** The character at the position or after it, as it is; empty at the end. */
  raw(ahead = 0): string {
    return this.#has(ahead) ? this.text[this.pos + ahead]! : '';
  }

  /** The next character once lines that a backslash continues are joined; empty at the end. */
  peek(): string {
    while (this.raw() === '\\' && this.raw(1) === '\n') {
      this.pos += 2;
      this.line++;
    }
    return this.raw();
  }

  next(): string {
    const char = this.peek();
    this.skip();
    return char;
  }

  /** Past one character that `peek` or `raw` has shown. */
  skip(): void {
    if (this.text[this.pos] === '\n') this.line++;
    this.pos++;
  }

  /** Takes `char` if it is next. */
  take(char: string): boolean {
    if (this.peek() !== char) return false;
    this.skip();
    return true;
  }

  /** The rest of the line without its end, as it is; null at the end of the text. */
  rawLine(): string | null {
    if (this.raw() === '') return null;
    let end = this.text.indexOf('\n', this.pos);
    while (end < 0 && this.#has(this.text.length - this.pos)) end = this.text.indexOf('\n', this.pos);
    const line = this.text.slice(this.pos, end < 0 ? undefined : end);
    this.pos += line.length;
    if (end >= 0) this.skip();
    return line;
  }

  /** Forgets what was read. */
  compact(): void {
    if (this.pos < 4096 && this.#more === null) return;
    this.text = this.text.slice(this.pos);
    this.pos = 0;
    this.#aliases = [];
    this.blankEnd = -1;
  }

  /** Whether text that begins at `start` came from the alias `name`. */
  isWithinAlias(name: string, start: number): boolean {
    return this.#aliases.some((alias) => alias.name === name && start < alias.end);
  }

  /** Puts an alias's value in place of the text between two positions, and reads on from there. */
  replaceAlias(name: string, start: number, end: number, value: string): void {
    this.text = this.text.slice(0, start) + value + this.text.slice(end);
    const grown = value.length - (end - start);
    this.#aliases = this.#aliases.filter((alias) => alias.end > start);
    for (const alias of this.#aliases) alias.end += grown;
    this.#aliases.push({ name, end: start + value.length });
    const outer = this.blankEnd > start ? this.blankEnd + grown : -1;
    this.blankEnd = Math.max(outer, /[ \t]$/.test(value) ? start + value.length : -1);
    this.pos = start;
  }
}
