import { TRACE_FAMILIES, type TraceFamily, type TraceFilter } from '../../shared/abi/index.ts';
import { Errno } from '../../shared/base/index.ts';

/** Names of calls and what they are about. */
export type KnownCalls = ReadonlyMap<string, TraceFamily>;

/** One part of what was typed, as a chip shows it. */
export interface FilterToken {
  /** `call`, `errno`, `path`, …; `text` for words. */
  key: FilterKey;
  value: string;
  /** As typed. */
  source: string;
}

export const FILTER_KEYS = ['call', 'kind', 'errno', 'path', 'fd', 'thread', 'longer', 'text'] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];

export interface ParsedFilter {
  filter: TraceFilter;
  tokens: FilterToken[];
  /** What cannot be meant, as sentences. */
  problems: string[];
}

/** In the order in which the language has them: also for what is suggested. */
export const QUALIFIERS: readonly { key: Exclude<FilterKey, 'text'>; example: string; text: string }[] = [
  { key: 'call', example: 'call:fd_write', text: 'calls of a name, or part of it; several with commas; -call: for all others' },
  { key: 'kind', example: 'kind:read', text: `calls about something: ${TRACE_FAMILIES.join(', ')}` },
  { key: 'errno', example: 'errno:failed', text: 'failed, ok, or an error by name or number; “failed” alone does as well' },
  { key: 'path', example: 'path:/home', text: 'about a path or what is below it; “/home” alone does as well' },
  { key: 'fd', example: 'fd:3', text: 'on a descriptor' },
  { key: 'thread', example: 'thread:0', text: 'of a thread; 0 is the first' },
  { key: 'longer', example: '>1ms', text: 'that took longer than 1ms, 200us, 2s' },
];

/** Words between blanks; quotes hold blanks together: `path:"/home/a b"`. */
function split(text: string): string[] {
  return text.match(/(?:"[^"]*"?|[^\s"])+/g) ?? [];
}

const unquoted = (text: string): string => text.replaceAll('"', '');
const quoted = (text: string): string => (/\s/.test(text) ? `"${unquoted(text)}"` : text);

const ALIASES: Readonly<Record<string, FilterKey>> = { call: 'call', calls: 'call', name: 'call', kind: 'kind', errno: 'errno', error: 'errno', result: 'errno', path: 'path', file: 'path', fd: 'fd', thread: 'thread', tid: 'thread', longer: 'longer', text: 'text' };
const NAKED = /^(failed|ok)$/i;

/** Which qualifier a word has. A minus is kept in the value. */
function tokenOf(source: string): FilterToken | string {
  const [, minus = '', name = '', rest = ''] = /^(-?)([a-z]+):(.*)$/is.exec(source) ?? [];
  if (name !== '') {
    const key = Object.hasOwn(ALIASES, name.toLowerCase()) ? ALIASES[name.toLowerCase()] : undefined;
    if (key === undefined) return `There is no “${name}:”. There are ${QUALIFIERS.map((each) => (each.key === 'longer' ? each.example : `${each.key}:`)).join(' ')}`;
    if (minus !== '' && key !== 'call' && key !== 'kind') return `“-${name}:” is not possible; only calls and kinds can be left out`;
    return { key, value: minus + unquoted(rest), source };
  }
  if (source.startsWith('>')) return { key: 'longer', value: source.slice(1), source };
  const value = unquoted(source);
  if (value.startsWith('/')) return { key: 'path', value, source };
  if (NAKED.test(value) || Object.hasOwn(Errno, value)) return { key: 'errno', value, source };
  return { key: 'text', value, source };
}

/** Milliseconds of `1ms`, `200us`, `1.5s`, `20` (ms). */
export function parseSpan(text: string): number | null {
  const [, figure, unit = 'ms'] = /^=?(\d+(?:\.\d+)?|\.\d+)\s*(ns|us|µs|ms|s)?$/i.exec(text.trim()) ?? [];
  if (figure === undefined) return null;
  const scale: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, 'µs': 1e-3, ms: 1, s: 1000 };
  return Number(figure) * (scale[unit.toLowerCase()] ?? 1);
}

/** Calls by name: the one of that name, else all that have it in theirs. */
function callsNamed(name: string, known: KnownCalls): string[] {
  const wanted = name.trim().toLowerCase();
  if (wanted === '') return [];
  if (known.has(wanted)) return [wanted];
  return [...known.keys()].filter((call) => call.includes(wanted));
}

function callsOfKind(kind: string, known: KnownCalls): string[] {
  const wanted = kind.trim().toLowerCase();
  if (wanted === '') return [];
  return [...known].filter(([, family]) => family.startsWith(wanted)).map(([call]) => call);
}

/** Takes one part into the filter; yields what is wrong with it. */
type Take = (value: string, into: Collected, known: KnownCalls) => string | undefined;

interface Collected {
  filter: TraceFilter;
  wanted: Set<string> | null;
  unwanted: Set<string>;
  words: string[];
}

function takeCalls(value: string, into: Collected, find: (name: string) => string[], what: string): string | undefined {
  const not = value.startsWith('-');
  const names = (not ? value.slice(1) : value).split(',').filter((name) => name.trim() !== '');
  const unknown = names.filter((name) => find(name).length === 0);
  const found = names.flatMap(find);
  if (not) found.forEach((call) => into.unwanted.add(call));
  else if (names.length > 0) into.wanted = new Set([...(into.wanted ?? []), ...found]);
  return unknown.length === 0 ? undefined : `No ${what} is called ${unknown.map((name) => `“${name}”`).join(', ')}`;
}

function takeErrno(value: string, { filter }: Collected): string | undefined {
  const word = value.toLowerCase();
  if (word === '') return undefined;
  if (word === 'failed' || word === 'ok') filter.errno = word;
  else if (/^\d+$/.test(word)) filter.errno = Number(word);
  else {
    const name = value.toUpperCase();
    const found = Object.entries(Errno).find(([key]) => key === name || key === `E${name}`);
    if (!found) return `No error is called “${value}”`;
    filter.errno = found[1];
  }
  return undefined;
}

const whole = (field: 'fd' | 'tid', what: string): Take => (value, { filter }) => {
  if (value === '') return undefined;
  if (!/^\d{1,9}$/.test(value)) return `“${value}” is no ${what}: it is a number`;
  filter[field] = Number(value);
  return undefined;
};

const TAKES: Readonly<Record<FilterKey, Take>> = {
  call: (value, into, known) => takeCalls(value, into, (name) => callsNamed(name, known), 'call'),
  kind: (value, into, known) => takeCalls(value, into, (name) => callsOfKind(name, known), 'kind of call'),
  errno: takeErrno,
  path: (value, { filter }) => {
    if (value === '') return undefined;
    if (!value.startsWith('/')) return `A path begins with “/”: for a part of one type “${value}” alone`;
    filter.path = value.length > 1 ? value.replace(/\/+$/, '') || '/' : value;
    return undefined;
  },
  fd: whole('fd', 'descriptor'),
  thread: whole('tid', 'thread'),
  longer: (value, { filter }) => {
    if (value === '') return undefined;
    const span = parseSpan(value);
    if (span === null) return `“>${value}” is no length of time; such are >1ms, >200us, >2s`;
    filter.longer = span;
    return undefined;
  },
  text: (value, { words }) => {
    if (value !== '') words.push(value);
    return undefined;
  },
};

/**
 * What was typed as a filter. All parts must hold; of several of the same the last counts, but names of calls are added up and words are one phrase.
 * What cannot be meant is told, and of names of calls nothing matches then.
 */
export function parseFilterText(text: string, known: KnownCalls): ParsedFilter {
  const into: Collected = { filter: {}, wanted: null, unwanted: new Set(), words: [] };
  const tokens: FilterToken[] = [];
  const problems: string[] = [];
  for (const source of split(text)) {
    const token = tokenOf(source);
    if (typeof token === 'string') {
      problems.push(token);
      continue;
    }
    tokens.push(token);
    const problem = TAKES[token.key](token.value, into, known);
    if (problem !== undefined) problems.push(problem);
  }
  const { filter, wanted, unwanted, words } = into;
  if (wanted || unwanted.size > 0) filter.calls = [...(wanted ?? known.keys())].filter((call) => !unwanted.has(call));
  if (words.length > 0) filter.text = words.join(' ');
  return { filter, tokens, problems };
}

const written = (key: FilterKey, value: string): string => {
  if (key === 'longer') return `>${value}`;
  if (key === 'text' || (key === 'errno' && value === 'failed')) return quoted(value);
  return `${key}:${quoted(value)}`;
};

/** The text with one part set, in the place of the one of that kind; null: without it. */
export function withPart(text: string, key: FilterKey, value: string | null): string {
  const parts = split(text);
  const is = (source: string): boolean => {
    const token = tokenOf(source);
    return typeof token !== 'string' && token.key === key;
  };
  const at = parts.findIndex(is);
  const kept = parts.filter((source) => !is(source));
  if (value !== null) kept.splice(at < 0 ? kept.length : Math.min(at, kept.length), 0, written(key, value));
  return kept.join(' ');
}

/** Names after `call:` or `kind:`; those that are left out are none of them. */
export function namesOf(text: string, key: 'call' | 'kind'): string[] {
  return split(text).flatMap((source) => {
    const token = tokenOf(source);
    return typeof token !== 'string' && token.key === key && !token.value.startsWith('-') ? token.value.split(',').filter((name) => name !== '') : [];
  });
}

/** The text with a name added to those of `call:` or `kind:`, or taken away where it is there. */
export function withNameToggled(text: string, key: 'call' | 'kind', name: string): string {
  const names = namesOf(text, key);
  const next = names.includes(name) ? names.filter((each) => each !== name) : [...names, name];
  return withPart(text, key, next.length === 0 ? null : next.join(','));
}

/** The text without one of its parts. */
export function withoutToken(text: string, { source }: FilterToken): string {
  const parts = split(text);
  const at = parts.indexOf(source);
  return parts.filter((_part, index) => index !== at).join(' ');
}
