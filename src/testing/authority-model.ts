import { Inode } from '../shared/arena/index.ts';
import { BufferWindow } from '../shared/arena/index.ts';
import { FileType } from '../shared/abi/index.ts';
import type { Rig } from '../kernel/process/testing/rig.ts';

/** A name in the tree: of whose directory, and what it names, by inode numbers. */
export interface Entry {
  dir: number;
  name: string;
  ino: number;
  type: number;
}

/** All that is below a directory, at one moment. */
export interface Snapshot {
  entries: Entry[];
  /** Of files: contents and time of change, by number. */
  files: Map<number, string>;
  /** Of directories: their names from the top on, by number. The top is the first. */
  chains: Map<number, { ino: number; name: string }[]>;
}

/** Looks at everything without a right being asked. */
export function snapshot(rig: Rig, top: number): Snapshot {
  const { tree } = rig;
  const ino = (inode: number): number => tree.inodes.ino(inode);
  const shot: Snapshot = { entries: [], files: new Map(), chains: new Map([[ino(top), []]]) };
  const window = new BufferWindow(rig.arena);
  const walk = (dir: number): void => {
    const listed = tree.list(dir, 0, 10_000);
    if (typeof listed === 'number') throw new Error('a directory was not read');
    for (const { name: bytes, inode, type } of listed) {
      const name = new TextDecoder().decode(bytes);
      shot.entries.push({ dir: ino(dir), name, ino: ino(inode), type });
      if (type === FileType.REGULAR_FILE) {
        const data = new Uint8Array(256);
        const count = tree.read(inode, 0, window.wrap(data), 0, 256);
        const { u32 } = rig.arena;
        shot.files.set(ino(inode), `${new TextDecoder().decode(data.subarray(0, Math.max(0, count)))} ${u32[(inode >>> 2) + Inode.MTIME]}`);
      } else if (type === FileType.DIRECTORY) {
        shot.chains.set(ino(inode), [...shot.chains.get(ino(dir))!, { ino: ino(inode), name }]);
        walk(inode);
      }
    }
  };
  walk(top);
  return shot;
}

/** What one process was given: rights to names below a directory, all of them or those that match. */
export interface Fact {
  /** Numbers that end it, each alone. */
  numbers: readonly number[];
  /** The directory that it is of; names outside are nobody's business. */
  root: number;
  /** The directory that the pattern is relative to. */
  base: number;
  /** Null: every name. */
  pattern: string | null;
  rights: number;
  /** It is of a preopen. */
  given: boolean;
  /** What its owner could once do with a node by it, and not because it moved the node itself. */
  ever: Map<number, number>;
}

const parts = (pattern: string): string => pattern.split('/').map((part) => (part === '**' ? '(?:[^/]+/)*' : `${[...part].map((c) => (c === '*' ? '[^/]*' : c === '?' ? '[^/]' : c === '.' ? '\\.' : c)).join('')}/`)).join('');
const known = new Map<string, RegExp>();
function matches(pattern: string, path: string): boolean {
  let regex = known.get(pattern);
  if (!regex) known.set(pattern, (regex = new RegExp(`^${parts(pattern)}$`)));
  return regex.test(path === '' ? '' : `${path}/`);
}

/** Whether a longer path may match. */
function leads(pattern: string, path: string): boolean {
  const all = pattern.split('/');
  return path === '' || all.some((part, at) => (at > 0 && matches(all.slice(0, at).join('/'), path)) || (part === '**' && matches(all.slice(0, at + 1).join('/'), path)));
}

/** Names from the fact's base down to a name in a directory; null if it is not below what the fact is of. `name` empty: the directory itself. */
function relative(fact: Fact, shot: Snapshot, dir: number, name: string): string | null {
  const chain = shot.chains.get(dir);
  if (!chain) return null;
  const top = shot.chains.keys().next().value!;
  const below = (ino: number): number => (ino === top ? 0 : chain.findIndex((one) => one.ino === ino) + 1);
  if ((fact.root !== top && below(fact.root) === 0) || (fact.base !== top && below(fact.base) === 0)) return null;
  return [...chain.slice(below(fact.base)).map((one) => one.name), ...(name === '' ? [] : [name])].join('/');
}

/** Rights to a name by a fact, as things are. */
export function covers(fact: Fact, shot: Snapshot, dir: number, name: string): number {
  const path = relative(fact, shot, dir, name);
  return path !== null && (fact.pattern === null || matches(fact.pattern, path)) ? fact.rights : 0;
}

/** Whether a directory may be looked at on the way to names that match. */
export function onTheWay(fact: Fact, shot: Snapshot, dir: number, name: string): boolean {
  const path = relative(fact, shot, dir, name);
  return path !== null && fact.pattern !== null && fact.rights !== 0 && leads(fact.pattern, path);
}

/** What is covered now may be done for good, by those facts that `grows` lets grow; by others only of what is new. */
export function remember(facts: Iterable<Fact>, shot: Snapshot, before: Snapshot | null, grows: (fact: Fact) => boolean): void {
  const old = new Set(before?.entries.map(({ ino }) => ino));
  for (const fact of facts) {
    for (const { dir, name, ino } of shot.entries) {
      if (before && !grows(fact) && old.has(ino)) continue;
      fact.ever.set(ino, (fact.ever.get(ino) ?? 0) | covers(fact, shot, dir, name));
    }
  }
}
