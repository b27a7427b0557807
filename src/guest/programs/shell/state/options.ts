import { ShellError } from './errors.ts';

/** Options of `set`: long name → letter; those without a letter have only `-o`. */
export const OPTION_NAMES = {
  allexport: 'a', errexit: 'e', ignoreeof: '', monitor: 'm', noclobber: 'C', noexec: 'n', noglob: 'f', nolog: '', notify: 'b', nounset: 'u',
  pipefail: '', verbose: 'v', vi: '', emacs: '', xtrace: 'x', interactive: 'i', stdin: 's', hashall: 'h',
} as const;

export type OptionName = keyof typeof OPTION_NAMES;

const BY_LETTER = new Map((Object.entries(OPTION_NAMES) as [OptionName, string][]).filter(([, letter]) => letter !== '').map(([name, letter]) => [letter, name]));

export class Options {
  readonly #on: Set<OptionName>;

  constructor(on: Iterable<OptionName> = []) {
    this.#on = new Set(on);
  }

  has(name: OptionName): boolean {
    return this.#on.has(name);
  }

  put(name: OptionName, on: boolean): void {
    if (on) this.#on.add(name);
    else this.#on.delete(name);
  }

  /** @throws ShellError for a letter that is none */
  putLetter(letter: string, on: boolean): void {
    const name = BY_LETTER.get(letter);
    if (!name) throw new ShellError(`Illegal option -${letter}`, { ends: true });
    this.put(name, on);
  }

  /** @throws ShellError for a name that is none */
  putName(name: string, on: boolean): void {
    if (!Object.hasOwn(OPTION_NAMES, name)) throw new ShellError(`Illegal option -o ${name}`, { ends: true });
    this.put(name as OptionName, on);
  }

  list(): OptionName[] {
    return [...this.#on];
  }

  /** `$-` */
  get letters(): string {
    return this.list().map((name) => OPTION_NAMES[name]).join('');
  }
}
