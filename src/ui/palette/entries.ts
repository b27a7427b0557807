import type { ProcessInfo } from '../../shared/abi/index.ts';
import { fuzzyMatch, visibleName, type Match } from '../kit/index.ts';
import { GROUPS, type Command } from '../commands/index.ts';

/** One line of the palette. */
export interface Entry {
  /** Unique among all. */
  id: string;
  /** Plain text; what came from a file or a program is made visible already. */
  title: string;
  kind: 'command' | 'file' | 'run' | 'process';
  /** In a quieter voice behind the title. */
  detail?: string;
  keys?: string;
  /** Why it cannot be chosen. */
  unavailable?: string;
  /** Parts of the title that matched. */
  ranges: Match['ranges'];
}

export interface Section {
  heading: string;
  entries: Entry[];
}

export interface Sources {
  commands: readonly Command[];
  reasonOf(command: Command): string | null;
  recent: { commands: readonly string[]; files: readonly string[] };
  /** Paths of files, each once. */
  files(): Iterable<string>;
  processes: readonly ProcessInfo[];
}

export type Mode = 'all' | 'commands' | 'processes' | 'help';

/** The first letter says what is looked for. */
export const PREFIXES = [
  { prefix: '>', mode: 'commands', text: 'commands only' },
  { prefix: '@', mode: 'processes', text: 'processes' },
  { prefix: '?', mode: 'help', text: 'what can be typed here' },
] as const satisfies readonly { prefix: string; mode: Mode; text: string }[];

export function parseQuery(text: string): { mode: Mode; query: string } {
  const found = PREFIXES.find(({ prefix }) => text.startsWith(prefix));
  return found ? { mode: found.mode, query: text.slice(1).trim() } : { mode: 'all', query: text.trim() };
}

const FILES_MAX = 30;
const RUNS_MAX = 3;
const RECENT_MAX = 5;
const RECENT_BONUS = 2;
/** In the name of a file a match counts for more than in the rest of its path. */
const NAME_BONUS = 12;

interface Scored {
  entry: Entry;
  score: number;
}

/** Of what matches far worse than the best one nothing is shown. */
const WORTH = 1 / 3;

function best(list: Scored[], count = Infinity): Scored[] {
  // Of more files than a call takes arguments, too.
  const top = list.reduce((most, { score }) => Math.max(most, score), -Infinity);
  return list.filter(({ score }) => score >= top * WORTH).toSorted((one, other) => other.score - one.score || (one.entry.title < other.entry.title ? -1 : 1)).slice(0, count);
}

/** What the palette shows for a text, the best first. */
export function findEntries(text: string, sources: Sources): Section[] {
  const { mode, query } = parseQuery(text);
  if (mode === 'help') return [{ heading: 'Type', entries: PREFIXES.map(({ prefix, text: what }) => ({ id: `help ${prefix}`, kind: 'command', title: prefix, detail: what, ranges: [] })) }];
  if (mode === 'processes') return section('Processes', findProcesses(query, sources.processes).toSorted((one, other) => other.score - one.score));
  if (query === '') return everything(sources, mode);
  const commands = best(findCommands(query, sources));
  if (mode === 'commands') return section('Commands', commands);
  const files = best(findFiles(query, sources.files()), FILES_MAX);
  const runs = files.filter(({ entry }) => entry.id.endsWith('.wasm') || entry.id.startsWith('file /bin/')).slice(0, RUNS_MAX).map(({ entry, score }) => ({ score, entry: { ...entry, id: entry.id.replace('file', 'run'), kind: 'run' as const } }));
  const parts = [{ heading: 'Commands', list: commands }, { heading: 'Files', list: files }, { heading: 'Run', list: runs }];
  // At the same score a command is meant.
  return parts.toSorted((one, other) => (other.list[0]?.score ?? -Infinity) - (one.list[0]?.score ?? -Infinity)).flatMap(({ heading, list }) => section(heading, list));
}

const section = (heading: string, list: Scored[]): Section[] => (list.length > 0 ? [{ heading, entries: list.map(({ entry }) => entry) }] : []);

function everything({ commands, reasonOf, recent }: Sources, mode: Mode): Section[] {
  const used = recent.commands.flatMap((id) => commands.find((command) => command.id === id) ?? []).slice(0, RECENT_MAX).map((command) => entryOf(command, reasonOf(command)));
  const files = mode === 'all' ? recent.files.slice(0, RECENT_MAX).map((path) => fileEntry(path, [])) : [];
  const listed = GROUPS.map((group) => ({
    heading: group,
    entries: commands.filter((command) => command.group === group && !used.some(({ id }) => id === command.id)).map((command) => entryOf(command, reasonOf(command))),
  }));
  return [{ heading: 'Used last', entries: [...used, ...files] }, ...listed].filter(({ entries }) => entries.length > 0);
}

function entryOf({ id, title, keys }: Command, reason: string | null, ranges: Match['ranges'] = [], group?: string): Entry {
  const detail = reason ?? group;
  return { id, kind: 'command', title, ...(detail !== undefined && { detail }), ...(keys && { keys }), ...(reason !== null && { unavailable: reason }), ranges };
}

function findCommands(query: string, { commands, reasonOf, recent }: Sources): Scored[] {
  return commands.flatMap((command) => {
    const match = fuzzyMatch(query, command.title) ?? withoutMarks(fuzzyMatch(query, `${command.title} ${command.group}`));
    if (!match) return [];
    const reason = reasonOf(command);
    const bonus = (recent.commands.includes(command.id) ? RECENT_BONUS : 0) - (reason === null ? 0 : RECENT_BONUS);
    return [{ entry: entryOf(command, reason, match.ranges, command.group), score: match.score + bonus }];
  });
}

const withoutMarks = (match: Match | null): Match | null => match && { score: match.score / 2, ranges: [] };

function findFiles(query: string, paths: Iterable<string>): Scored[] {
  const wanted = query.replaceAll(/\s+/g, '').toLowerCase();
  const found: Scored[] = [];
  for (const path of paths) {
    if (!mayMatch(wanted, path)) continue;
    const shown = visibleName(path);
    const match = fuzzyMatch(query, shown);
    if (!match) continue;
    const name = shown.lastIndexOf('/') + 1;
    found.push({ entry: fileEntry(path, match.ranges), score: match.score + (match.ranges.every(([from]) => from >= name) ? NAME_BONUS : 0) });
  }
  return found;
}

/** Cheap, for a hundred thousand of them: all letters are somewhere. */
function mayMatch(wanted: string, path: string): boolean {
  const lower = path.toLowerCase();
  for (const letter of wanted) if (!lower.includes(letter)) return false;
  return true;
}

const fileEntry = (path: string, ranges: Match['ranges']): Entry => ({ id: `file ${path}`, kind: 'file', title: visibleName(path), ranges });

function findProcesses(query: string, processes: readonly ProcessInfo[]): Scored[] {
  return processes.flatMap((process) => {
    const title = visibleName(`${process.pid} ${process.name}`);
    const match = fuzzyMatch(query, title);
    if (!match) return [];
    const state = process.exit ? `ended: ${process.exit.reason} ${process.exit.code}` : process.state;
    return [{ entry: { id: `process ${process.pid}`, kind: 'process' as const, title, detail: state, ranges: match.ranges }, score: match.score + (process.exit ? 0 : NAME_BONUS) }];
  });
}
