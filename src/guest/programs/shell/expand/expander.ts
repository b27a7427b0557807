import type { Part, Word } from '../parse/index.ts';
import { arithmetic } from './arithmetic.ts';
import { Fields } from './fields.ts';
import { glob } from './glob.ts';
import { compilePattern, withoutPrefix, withoutSuffix } from './pattern.ts';
import { ExpansionError, type ExpandScope } from './scope.ts';

type Param = Extract<Part, { k: 'param' }>;

/** Where a part stands. */
interface Place {
  quoted: boolean;
  /** Literal text here is the result of an expansion: it is split, as in `${x:-a b}`. */
  result: boolean;
}

const PLAIN: Place = { quoted: false, result: false };
const QUOTED: Place = { quoted: true, result: false };
const DEFAULT_IFS = ' \t\n';

/** Word expansions in their order (POSIX.1-2017, Shell, 2.6). Failures are `ExpansionError`s and `ArithmeticError`s. */
export class Expander {
  readonly #scope: ExpandScope;

  constructor(scope: ExpandScope) {
    this.#scope = scope;
  }

  /** The arguments that words stand for: split into fields, and matched against the names of files. */
  fields(words: readonly Word[]): string[] {
    const out: string[] = [];
    for (const word of words) {
      const [only] = word;
      if (word.length === 1 && only!.k === 'text' && !/^~|[*?]|\[[^]*\]/.test(only!.s)) out.push(only!.s);
      else this.#fields(word, out);
    }
    return out;
  }

  #fields(word: Word, out: string[]): void {
    const fields = this.#fill(new Fields(this.#ifs(), true), word, PLAIN, true);
    for (const { text, pattern, mayBePattern } of fields.finish()) {
      const found = mayBePattern && !this.#scope.noglob ? glob(pattern, this.#scope) : [];
      if (found.length === 0) out.push(text);
      else for (const path of found) out.push(path);
    }
  }

  /** One text, neither split nor matched: values of assignments, names in redirections, here-documents. */
  text(word: Word, assignment = false): string {
    const [only] = word;
    if (word.length === 0) return '';
    if (word.length === 1 && only!.k === 'text' && !only!.s.includes('~')) return only!.s;
    return this.#fill(new Fields(this.#ifs(), false), assignment ? this.#assignmentTildes(word) : word, PLAIN, true).whole().text;
  }

  /** A pattern for `case` and the like. */
  pattern(word: Word): string {
    return this.#fill(new Fields(this.#ifs(), false), word, PLAIN, true).whole().pattern;
  }

  #ifs(): string {
    return this.#scope.get('IFS') ?? DEFAULT_IFS;
  }

  #fill(fields: Fields, word: Word, place: Place, tilde: boolean): Fields {
    word.forEach((part, index) => {
      if (tilde && index === 0 && part.k === 'text' && part.s.startsWith('~')) this.#tilde(fields, part.s, word.length === 1);
      else this.#part(fields, part, place);
    });
    return fields;
  }

  /** A `~` or `~user` that a slash or the word's end follows. */
  #tilde(fields: Fields, text: string, isWhole: boolean): void {
    const match = /^~([^/]*)/.exec(text)!;
    const ends = match[0].length < text.length || isWhole;
    const home = ends ? this.#scope.home(match[1]!) : undefined;
    if (home === undefined) {
      fields.literal(text, false);
      return;
    }
    fields.literal(home, true);
    if (match[0].length < text.length) fields.literal(text.slice(match[0].length), false);
  }

  /** In an assignment, tildes count at the start and after each `:` that is not quoted. */
  #assignmentTildes(word: Word): Word {
    if (!word.some((part) => part.k === 'text' && part.s.includes(':~'))) return word;
    return word.flatMap((part, index): Part[] => {
      if (part.k !== 'text' || !part.s.includes(':~')) return [part];
      return part.s.split(/(?<=:)(?=~)/).flatMap((piece, at, pieces): Part[] => {
        if (!piece.startsWith('~') || (at === 0 && index === 0)) return [{ k: 'text', s: piece }];
        const match = /^~([^/:]*)/.exec(piece)!;
        const ends = match[0].length < piece.length || (at === pieces.length - 1 && index === word.length - 1);
        const home = ends ? this.#scope.home(match[1]!) : undefined;
        return home === undefined ? [{ k: 'text', s: piece }] : [{ k: 'quoted', s: home }, { k: 'text', s: piece.slice(match[0].length) }];
      });
    });
  }

  #part(fields: Fields, part: Part, place: Place): void {
    switch (part.k) {
      case 'text':
        if (place.result && !place.quoted) fields.expansion(part.s);
        else fields.literal(part.s, place.quoted);
        break;
      case 'quoted': fields.literal(part.s, true); break;
      case 'double': this.#double(fields, part.parts); break;
      case 'param': this.#param(fields, part, place); break;
      case 'command': this.#result(fields, this.#scope.substitute(part.body), place); break;
      case 'arith': this.#result(fields, this.#arithmetic(part.parts), place); break;
      default: throw new ExpansionError('Bad substitution');
    }
  }

  #double(fields: Fields, parts: readonly Part[]): void {
    const nothing = this.#scope.positional.length === 0 && parts.length > 0 && parts.every((part) => part.k === 'param' && part.name === '@');
    for (const part of parts) this.#part(fields, part, QUOTED);
    if (!nothing) fields.keep();
  }

  #result(fields: Fields, text: string, place: Place): void {
    if (place.quoted) fields.literal(text, true);
    else fields.expansion(text);
  }

  #arithmetic(parts: readonly Part[]): string {
    const text = new Fields('', false);
    for (const part of parts) this.#part(text, part, QUOTED);
    const scope = this.#scope;
    return String(arithmetic(text.whole().text, {
      get: (name) => {
        const value = scope.get(name);
        if (value === undefined && scope.nounset) throw new ExpansionError(`${name}: parameter not set`);
        return value;
      },
      set: (name, value) => scope.set(name, value),
    }));
  }

  #value(name: string): string | undefined {
    if (/^[A-Za-z_]/.test(name)) return this.#scope.get(name);
    if (/^[1-9]/.test(name)) return this.#scope.positional[Number(name) - 1];
    if (name !== '@' && name !== '*') return this.#scope.special(name);
    return this.#scope.positional.length === 0 ? undefined : this.#joined(name);
  }

  /** All positional parameters as one text: `*` with the first character of IFS between, `@` with a blank. */
  #joined(name: string): string {
    return this.#scope.positional.join(name === '*' ? this.#ifs().slice(0, 1) : ' ');
  }

  #param(fields: Fields, part: Param, place: Place): void {
    const { name, op } = part;
    if (op === 'length') return this.#result(fields, this.#length(name), place);
    const value = this.#value(name);
    const isNull = value === undefined || (op !== null && op.startsWith(':') && value === '');
    switch (op) {
      case '-':
      case ':-': return isNull ? this.#word(fields, part.word, place) : this.#filled(fields, name, value, place);
      case '+':
      case ':+': return isNull ? undefined : this.#word(fields, part.word, place);
      case '=':
      case ':=': return isNull ? this.#assign(fields, part, place) : this.#filled(fields, name, value, place);
      case '?':
      case ':?': if (isNull) this.#complain(part); return this.#filled(fields, name, value, place);
      default: break;
    }
    if (value === undefined && this.#scope.nounset && name !== '@' && name !== '*') throw new ExpansionError(`${name}: parameter not set`);
    if (op === '') return this.#filled(fields, name, value ?? '', place);
    this.#result(fields, this.#trimmed(part, value ?? ''), place);
  }

  #filled(fields: Fields, name: string, value: string, place: Place): void {
    if (name === '@' || (name === '*' && !place.quoted)) this.#each(fields, name, place);
    else this.#result(fields, value, place);
  }

  /** Each positional parameter as a field of its own. */
  #each(fields: Fields, name: string, place: Place): void {
    if (!fields.splitting) return this.#result(fields, this.#joined(name), place);
    this.#scope.positional.forEach((value, index) => {
      if (index > 0) fields.next(place.quoted);
      this.#result(fields, value, place);
    });
  }

  /** The word of `${x-word}`. Within double quotes it is quoted, too; else its text is split like a result. */
  #word(fields: Fields, word: Word, place: Place): void {
    this.#fill(fields, word, { quoted: place.quoted, result: true }, !place.quoted);
  }

  #assign(fields: Fields, { name, word }: Param, place: Place): void {
    if (!/^[A-Za-z_]/.test(name)) throw new ExpansionError(`${name}: bad variable name`);
    const inner = new Fields('', false);
    const value = this.#fill(inner, word, { quoted: place.quoted, result: false }, !place.quoted).whole().text;
    this.#scope.set(name, value);
    this.#result(fields, value, place);
  }

  #complain({ name, op, word }: Param): never {
    const message = this.text(word) || `parameter not set${op === ':?' ? ' or null' : ''}`;
    throw new ExpansionError(`${name}: ${message}`);
  }

  #length(name: string): string {
    if (name === '@' || name === '*') return String(this.#scope.positional.length);
    const value = this.#value(name);
    if (value === undefined && this.#scope.nounset) throw new ExpansionError(`${name}: parameter not set`);
    let length = 0;
    for (const _ of value ?? '') length++;
    return String(length);
  }

  #trimmed({ op, word }: Param, value: string): string {
    const pattern = compilePattern(this.pattern(word));
    const longest = op === '%%' || op === '##';
    return op === '%' || op === '%%' ? withoutSuffix(pattern, value, longest) : withoutPrefix(pattern, value, longest);
  }
}
