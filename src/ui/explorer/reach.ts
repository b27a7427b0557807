import { FILE_RIGHTS, RightBit } from '../../shared/abi/index.ts';
import { joinPath } from '../../shared/base/index.ts';
import type { ExplorerState, TreeNode } from '../stores/index.ts';

/** What the process through whose eyes one looks may do with an entry, and from which mount that comes. */
export interface Reach {
  /** It cannot reach it, nor anything in it. */
  none: boolean;
  /** In words; empty: there is nothing to say. */
  words: string;
  /** The same in a few letters: what is mounted there, and the rights where they are not all. */
  tag: string;
}

const ALL = FILE_RIGHTS.reduce((sum, right) => sum | RightBit[right], 0);

const isBelow = (path: string, directory: string): boolean => directory === '/' || path === directory || path.startsWith(`${directory}/`);

/** Null where nobody's eyes are looked through. */
export function reachOf(process: ExplorerState['process'], { path, rights, parent }: Pick<TreeNode, 'path' | 'rights' | 'parent'>): Reach | null {
  if (!process || !parent || rights === undefined) return null;
  const mount = process.mounts.filter((each) => isBelow(path, each.path)).reduce((best, each) => (each.path.length > best.path.length ? each : best));
  const given = process.directories.filter((each) => each.path === path).map(({ name }) => name);
  const leads = rights === 0 && process.directories.some((each) => isBelow(each.path, path) || (each.globs ?? []).some((glob) => isBelow(glob.path, path)));
  const letters = rights === ALL || rights === 0 ? '' : FILE_RIGHTS.filter((right) => rights & RightBit[right]).map((right) => right[0]).join('');
  const words = [
    given.length > 0 ? `given to it as ${given.join(' and ')}` : '',
    rights === 0 ? (leads ? 'on the way to what it was given' : 'out of its reach') : rights === ALL ? '' : `it may ${FILE_RIGHTS.filter((right) => rights & RightBit[right]).join(', ')}`,
    mount.path === '/' ? '' : mount.path === path ? `here is ${mount.service}` : `from ${mount.path} (${mount.service})`,
  ];
  return {
    none: rights === 0 && !leads, words: words.filter((word) => word !== '').join(', '),
    tag: [given.length > 0 ? given.join(' ') : '', mount.path === path ? mount.service : '', letters].filter((part) => part !== '').join(' · '),
  };
}

const WORDS = /'(?:[^']|'')*'|\S+/g;
const plain = (word: string): string => (word.startsWith("'") ? word.slice(1, -1).replaceAll("''", "'") : word);

/** Where the window has what a process sees at a path; null: only the process has it, in a session of its own or in a union that it made. */
export function windowPath(process: NonNullable<ExplorerState['process']>, path: string): string | null {
  if (process.overlay !== undefined) return null;
  const mount = process.mounts.filter((each) => isBelow(path, each.path)).reduce((best, each) => (each.path.length > best.path.length ? each : best));
  for (const line of process.script) {
    const [verb, ...words] = (line.match(WORDS) ?? []).map(plain);
    if (verb !== 'bind' || words.at(-1) !== mount.path) continue;
    return words.length === 2 ? joinPath(words[0] as string, path.slice(mount.path === '/' ? 1 : mount.path.length + 1)) : null;
  }
  return path;
}
