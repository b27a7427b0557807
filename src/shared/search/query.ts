import type { DirEntry, NodeKind, Origin } from '../abi/index.ts';
import { folded, fuzzyMatch } from './fuzzy.ts';

/** What was typed into a filter. Of one qualifier several values are alternatives; words, and different qualifiers, must all hold. */
export interface Query {
  /** Folded. One with a `/` in it is looked for in the path, another in the name. */
  words: readonly string[];
  origins: readonly Origin[];
  kinds: readonly NodeKind[];
  /** Folded, without the dot. */
  extensions: readonly string[];
  /** Files that one of these runs made or wrote. */
  runs: readonly number[];
}

/** Characters of a query that count. */
const QUERY_MAX = 512;

const KINDS: Readonly<Record<string, readonly NodeKind[]>> = {
  file: ['file'], dir: ['directory'], directory: ['directory'], folder: ['directory'], link: ['symlink'], symlink: ['symlink'], device: ['device', 'pipe', 'socket'],
};
const ORIGINS: readonly Origin[] = ['base', 'new', 'changed', 'deleted', 'mount', 'device', 'memory'];

type Parts = { -readonly [Key in keyof Query]: Query[Key] extends readonly (infer Value)[] ? Value[] : never };

const QUALIFIERS: Readonly<Record<string, (parts: Parts, value: string) => boolean>> = {
  origin: ({ origins }, value) => ORIGINS.includes(value as Origin) && origins.push(value as Origin) > 0,
  kind: ({ kinds }, value) => Object.hasOwn(KINDS, value) && kinds.push(...(KINDS[value] ?? [])) > 0,
  ext: ({ extensions }, value) => value !== '' && extensions.push(value.replace(/^\./, '')) > 0,
  run: ({ runs }, value) => /^\d{1,15}$/.test(value) && runs.push(Number(value)) > 0,
};

/** A qualifier whose value is none (`kind:x`) is a word. */
export function parseQuery(text: string): Query {
  const parts: Parts = { words: [], origins: [], kinds: [], extensions: [], runs: [] };
  for (const word of text.slice(0, QUERY_MAX).split(/\s+/)) {
    if (word === '') continue;
    const lower = folded(word);
    const colon = lower.indexOf(':');
    const qualifier = colon > 0 ? QUALIFIERS[lower.slice(0, colon)] : undefined;
    if (!qualifier || !Object.hasOwn(QUALIFIERS, lower.slice(0, colon)) || !qualifier(parts, lower.slice(colon + 1))) parts.words.push(lower);
  }
  return parts;
}

export const isEmpty = ({ words, origins, kinds, extensions, runs }: Query): boolean =>
  words.length + origins.length + kinds.length + extensions.length + runs.length === 0;

/** How well an entry's name and path answer to the words, kind and extension; 0: not at all. Origin and run are the caller's. */
export function nameScore(query: Query, { name, kind }: Pick<DirEntry, 'name' | 'kind'>, path: string): number {
  if (query.kinds.length > 0 && !query.kinds.includes(kind)) return 0;
  if (query.extensions.length > 0 && !query.extensions.includes(extensionOf(name))) return 0;
  let score = 1;
  for (const word of query.words) {
    const match = fuzzyMatch(word.includes('/') ? path : name, word);
    if (!match) return 0;
    score += match.score;
  }
  return score;
}

export const hasOrigin = ({ origins }: Query, origin: Origin): boolean => origins.length === 0 || origins.includes(origin);

function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? folded(name.slice(dot + 1)) : '';
}

/** Positions in the name of what the words were found by, ascending; of a word with a `/` in it what falls into the name. */
export function marksIn(query: Query, name: string, path: string): number[] {
  const marks = new Set<number>();
  const offset = path.length - name.length;
  for (const word of query.words) {
    const inPath = word.includes('/');
    for (const at of fuzzyMatch(inPath ? path : name, word)?.at ?? []) {
      if (!inPath) marks.add(at);
      else if (at >= offset) marks.add(at - offset);
    }
  }
  return [...marks].sort((a, b) => a - b);
}

/** The query with a qualifier put in, or taken out if it is there. */
export function toggledQualifier(text: string, qualifier: string): string {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const left = words.filter((word) => word.toLowerCase() !== qualifier);
  return (left.length < words.length ? left : [...words, qualifier]).join(' ');
}

export const hasQualifier = (text: string, qualifier: string): boolean => text.toLowerCase().split(/\s+/).includes(qualifier);
