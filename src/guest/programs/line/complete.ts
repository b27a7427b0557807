import { contextOf, quoteName, splitQuotes, unquote, type Context } from './context.ts';
import { helpOptions, type HelpOption } from './help-options.ts';
import type { LineHost } from './host.ts';

export type CandidateKind = 'command' | 'directory' | 'file' | 'link' | 'device' | 'variable' | 'option' | 'job';

export interface Candidate {
  name: string;
  kind: CandidateKind;
  /** A word about it. */
  summary?: string;
}

export interface Completion {
  /** UTF-16 units before the cursor that `text` replaces. */
  replace: number;
  text: string;
  /** Sorted by name. */
  candidates: Candidate[];
}

/** What can stand at the cursor: the part of the word that is replaced, its meaning, and how a name is written in its place. */
interface Question {
  typed: string;
  raw: string;
  candidates: Candidate[];
  write(name: string, candidate: Candidate | null): string;
}

/** Programs of which the help text is remembered. */
const PROGRAMS_MAX = 64;
const TAKES_DIRECTORY = new Set(['cd', 'rmdir', 'pushd']);
const TAKES_COMMAND = new Set(['type', 'which', 'help', 'man', 'xargs']);
const TAKES_VARIABLE = new Set(['export', 'unset', 'read', 'readonly', 'local']);

/** What Tab does with the text before the cursor. */
export class Completer {
  readonly #host: LineHost;
  readonly #options = new Map<string, HelpOption[]>();

  constructor(host: LineHost) {
    this.#host = host;
  }

  /** Null if there is nothing to offer. */
  complete(before: string): Completion | null {
    const context = contextOf(before);
    const question = context && this.#ask(context);
    if (!question) return null;
    const candidates = unique(question.candidates.filter(({ name }) => name.startsWith(question.typed)));
    if (candidates.length === 0) return null;
    const only = candidates.length === 1 ? candidates[0]! : null;
    const common = commonPrefix(candidates.map(({ name }) => name));
    const extends_ = only !== null || common.length > question.typed.length;
    return { replace: question.raw.length, text: extends_ ? question.write(common, only) : question.raw, candidates };
  }

  #ask(context: Context): Question | null {
    const { raw, position, command } = context;
    const { value, quote } = splitQuotes(raw);
    const variable = quote === "'" ? null : /(?:^|[^\\])(\$\{?)(\w*)$/.exec(raw);
    if (variable) return this.#variables(variable[2]!, variable[1]!.endsWith('{'));
    if (position === 'command' && !value.includes('/')) return this.#named(raw, value, 'command', this.#host.names('command'));
    if (position === 'argument') {
      if (value.startsWith('%')) return this.#named(raw, value, 'job', this.#host.names('job'));
      if (value.startsWith('-') && !value.includes('=') && !context.words.includes('--')) return this.#optionsOf(command, raw, value);
      if (TAKES_COMMAND.has(command) && !value.includes('/')) return this.#named(raw, value, 'command', this.#host.names('command'));
      if (TAKES_VARIABLE.has(command) && !value.includes('=')) return this.#named(raw, value, 'variable', this.#host.names('variable'));
    }
    return this.#paths(raw, position !== 'redirect' && TAKES_DIRECTORY.has(command));
  }

  #variables(typed: string, braced: boolean): Question {
    return {
      typed, raw: typed, candidates: named('variable', this.#host.names('variable')),
      write: (name, only) => (only && braced ? `${name}}` : name),
    };
  }

  #named(raw: string, typed: string, kind: CandidateKind, names: Iterable<string>): Question {
    return {
      typed, raw, candidates: named(kind, names),
      write: (name, only) => `${quoteName(name, '', true)}${only ? ' ' : ''}`,
    };
  }

  #optionsOf(command: string, raw: string, typed: string): Question | null {
    const options = this.#knownOptions(command);
    if (!options) return null;
    const values = new Set(options.filter(({ value }) => value).map(({ name }) => name));
    return {
      typed, raw, candidates: options.map(({ name, summary }) => ({ name, kind: 'option', summary })),
      write: (name, only) => (only ? `${name}${values.has(name) ? '=' : ' '}` : name),
    };
  }

  #knownOptions(command: string): HelpOption[] | null {
    const known = this.#options.get(command);
    if (known) return known;
    const text = this.#host.help(command);
    if (text === null) return null;
    const options = helpOptions(text);
    if (this.#options.size >= PROGRAMS_MAX) this.#options.clear();
    this.#options.set(command, options);
    return options;
  }

  /** The last name of a path, also behind `NAME=` and `--option=`. Its directory stays as it was typed. */
  #paths(raw: string, onlyDirectories: boolean): Question | null {
    const cut = nameStart(raw);
    const head = raw.slice(0, cut);
    const tail = raw.slice(cut);
    const directory = this.#expand(head.replace(/^(?:--?)?[\w-]+=/, ''));
    if (directory === null) return null;
    const outer = splitQuotes(head).quote;
    const inner = splitQuotes(outer + tail);
    const opened = outer === '' ? inner.quote : '';
    const entries = this.#host.files.list(directory === '' ? '.' : directory)
      .filter(({ name, kind }) => (inner.value !== '' || !name.startsWith('.')) && (!onlyDirectories || kind === 'directory'));
    return {
      typed: inner.value, raw: tail, candidates: entries,
      write: (name, only) => {
        const text = opened + quoteName(name, outer || opened, cut === 0);
        // A name that begins with a dash would be read as an option.
        const safe = cut === 0 && name.startsWith('-') ? `./${text}` : text;
        if (only === null) return safe;
        return only.kind === 'directory' ? `${safe}/` : `${safe}${outer || opened} `;
      },
    };
  }

  /** The directory that a head of a path means; null if only running it would tell. */
  #expand(head: string): string | null {
    if (/\$\(|`/.test(head)) return null;
    const tilde = head.startsWith('~/') ? `${this.#host.variable('HOME') ?? ''}${head.slice(1)}` : head;
    const single: string[] = [];
    const kept = tilde.replace(/'[^']*'?/g, (part) => `\u0000${single.push(part) - 1}\u0000`);
    const expanded = kept.replace(/(\\.)|\$(?:(\w+)|\{(\w+)\})/gs, (whole, escape, name, braced) => (escape ? whole : (this.#host.variable(name ?? braced) ?? '')));
    return unquote(expanded.replace(/\0(\d+)\0/g, (_, index) => single[Number(index)]!));
  }
}

/** Place behind the last slash that is part of the text, or behind `NAME=`. */
function nameStart(raw: string): number {
  const slash = raw.lastIndexOf('/') + 1;
  if (slash > 0) return slash;
  const match = /^(?:--?)?[\w-]+=/.exec(raw);
  return match ? match[0].length : 0;
}

const named = (kind: CandidateKind, names: Iterable<string>): Candidate[] => Array.from(names, (name) => ({ name, kind }));

function unique(candidates: readonly Candidate[]): Candidate[] {
  const byName = new Map(candidates.map((candidate) => [candidate.name, candidate]));
  return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Ends between characters, not within one. */
function commonPrefix(texts: readonly string[]): string {
  const [first = '', ...rest] = texts;
  let length = first.length;
  for (const text of rest) while (!text.startsWith(first.slice(0, length))) length--;
  const last = first.charCodeAt(length - 1);
  return first.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}
