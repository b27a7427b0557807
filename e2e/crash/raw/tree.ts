import { decodeEntry, decodeNode, type RawNode, type Reference } from './decode.ts';
import type { RawDatabase } from './rows.ts';

export interface ManifestEntry {
  path: string;
  kind: RawNode['kind'];
  size?: number;
  target?: string;
  mtime?: number;
}

export const ROOT = 1;
const BASE = 2 ** 40;

/** What names stand for, by directory; and nodes by number. */
export interface RawTree {
  names: Map<number, Map<string, number>>;
  nodes: Map<number, RawNode>;
}

/** A path's number: FNV-1a over its UTF-16 units with the prime 2^24 + 2^8 + 0x93 in the low and 0x65 in the high word, 39 bits. */
function numberOf(path: string): number {
  let hash = 0x2f811c9dc5n;
  const prime = (1n << 24n) + 0x193n;
  for (let i = 0; i < path.length; i += 1) {
    const unit = BigInt(path.charCodeAt(i));
    const low = BigInt.asUintN(32, ((hash & 0xffffffffn) ^ unit) * prime);
    const high = (((hash >> 32n) ^ unit) * 0x65n + (low >> 25n)) & 0x7fn;
    hash = (high << 32n) | low;
  }
  return BASE + Number(hash);
}

/** The tree that is shipped. */
export function baseTree(entries: readonly ManifestEntry[]): RawTree {
  const tree: RawTree = { names: new Map([[ROOT, new Map()]]), nodes: new Map() };
  tree.nodes.set(ROOT, { kind: 'directory', ino: ROOT, size: 0, nlink: 1, mtime: 0n, ctime: 0n });
  const numbers = new Map([['', ROOT]]);
  const add = ({ path, kind, size = 0, target, mtime = 0 }: ManifestEntry): number => {
    const known = numbers.get(path);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf('/');
    const parent = add({ path: path.slice(0, cut), kind: 'directory', mtime });
    const ino = numberOf(path);
    numbers.set(path, ino);
    tree.names.get(parent)!.set(path.slice(cut + 1), ino);
    const time = BigInt(Math.round(mtime)) * 1_000_000n;
    const node: RawNode = { kind, ino, size, nlink: 1, mtime: time, ctime: time };
    if (kind === 'directory') tree.names.set(ino, new Map());
    if (kind === 'symlink') Object.assign(node, { target, size: Buffer.byteLength(target ?? '') });
    if (kind === 'file') node.base = path;
    tree.nodes.set(ino, node);
    return ino;
  };
  for (const entry of entries) if (entry.path !== '/') add(entry);
  return tree;
}

/** The rows of the stack laid over the base, from the bottom to the top; what does not fit is named in `wrong`. */
export function stackedTree(base: RawTree, { head, entries, nodes }: RawDatabase, wrong: string[]): RawTree {
  const tree: RawTree = { names: new Map([...base.names].map(([ino, names]) => [ino, new Map(names)])), nodes: new Map(base.nodes) };
  const stack = [...head.stack, head.upper];
  const place = (parent: number, name: string, ino: number | null): void => {
    const names = tree.names.get(parent) ?? new Map<string, number>();
    tree.names.set(parent, names);
    if (ino === null) names.delete(name);
    else names.set(name, ino);
  };
  const linked = new Set<number>();
  const listed = new Set<number>();
  for (const layer of stack) {
    for (const { key, value } of nodes.filter((row) => row.key[0] === layer)) {
      const node = decodeNode(value);
      if (node.ino !== key[1]) wrong.push(`node ${key[1]} says that it is ${node.ino}`);
      tree.nodes.set(key[1], node);
      listed.add(key[1]);
    }
    for (const { key: [, parent, name], value } of entries.filter((row) => row.key[0] === layer)) {
      const entry = decodeEntry(value);
      if (entry.name !== name) wrong.push(`entry ${parent}/${name} says that it is ${entry.name}`);
      if (entry.form === 'node') tree.nodes.set(entry.node.ino, entry.node);
      if (entry.form === 'linked') linked.add(entry.ino);
      place(parent, name, entry.form === 'whiteout' ? null : entry.form === 'node' ? entry.node.ino : entry.ino);
    }
  }
  for (const ino of linked) if (!listed.has(ino)) wrong.push(`linked node ${ino} is not in nodes`);
  return tree;
}

/** References of a file's blocks in full, without holes at its end. */
export function blocksOf(node: RawNode): (Reference | null)[] {
  const blocks = node.chunks ? [...node.chunks] : node.base === undefined ? [] : Array.from({ length: Math.ceil(node.size / 65536) }, (_, i) => {
    const length = Math.min(65536, node.size - i * 65536);
    return { hash: '', pack: -1, offset: i * 65536, length, valid: length };
  });
  while (blocks.length > 0 && !blocks.at(-1)) blocks.pop();
  return blocks;
}
