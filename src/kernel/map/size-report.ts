import type { SizeGroup, SizeNode } from '../../shared/abi/index.ts';
import type { SizedDirectory, SizedFile } from './size-tree.ts';

/** Levels below the directory that was asked for, entries of each, and groups. */
const DEPTH = 3;
const CHILDREN_MAX = 48;
const GROUPS_MAX = 12;
export const OTHERS = 'others';

interface Sum {
  bytes: number;
  files: number;
  /** Bytes by group. */
  groups: Map<string, number>;
}

/** What is shown of a directory: its largest entries, and what they are counted with. */
export function sizeReport(top: SizedDirectory, keyOf: (file: SizedFile) => string): { root: SizeNode; groups: Omit<SizeGroup, 'label'>[] } {
  const sums = new Map<SizedDirectory, Sum>();
  const totals = new Map<string, { bytes: number; files: number }>();
  sumUp(top, keyOf, sums, totals);
  const order = [...totals].sort(([, a], [, b]) => b.bytes - a.bytes || b.files - a.files);
  const shown = order.length > GROUPS_MAX ? order.slice(0, GROUPS_MAX - 1) : order;
  const groups = shown.map(([key, { bytes, files }]) => ({ key, bytes, files }));
  if (shown.length < order.length) {
    const rest = order.slice(shown.length);
    groups.push({ key: OTHERS, bytes: rest.reduce((sum, [, one]) => sum + one.bytes, 0), files: rest.reduce((sum, [, one]) => sum + one.files, 0) });
  }
  const indexes = new Map(groups.map(({ key }, index) => [key, index]));
  const groupOf = (key: string): number => indexes.get(key) ?? groups.length - 1;
  return { root: nodeOf(top, DEPTH, { sums, keyOf, groupOf }), groups };
}

/** Children first, without recursion: a tree may be deep. */
function sumUp(top: SizedDirectory, keyOf: (file: SizedFile) => string, sums: Map<SizedDirectory, Sum>, totals: Map<string, { bytes: number; files: number }>): void {
  const order: SizedDirectory[] = [top];
  for (let at = 0; at < order.length; at++) for (const inner of order[at]!.directories) order.push(inner);
  for (const directory of order.reverse()) {
    const sum: Sum = { bytes: 0, files: 0, groups: new Map() };
    for (const file of directory.files) {
      const key = keyOf(file);
      add(sum, key, file.bytes, 1);
      const total = totals.get(key);
      if (total) {
        total.bytes += file.bytes;
        total.files++;
      } else totals.set(key, { bytes: file.bytes, files: 1 });
    }
    for (const child of directory.directories) {
      const below = sums.get(child)!;
      sum.files += below.files;
      for (const [key, bytes] of below.groups) add(sum, key, bytes, 0);
    }
    sums.set(directory, sum);
  }
}

function add(sum: Sum, key: string, bytes: number, files: number): void {
  sum.bytes += bytes;
  sum.files += files;
  sum.groups.set(key, (sum.groups.get(key) ?? 0) + bytes);
}

interface Shape {
  sums: ReadonlyMap<SizedDirectory, Sum>;
  keyOf: (file: SizedFile) => string;
  groupOf: (key: string) => number;
}

function nodeOf(directory: SizedDirectory, depth: number, shape: Shape): SizeNode {
  const { bytes, files, groups } = shape.sums.get(directory)!;
  const node: SizeNode = { name: directory.name, kind: 'directory', bytes, files, group: largest(groups, shape) };
  if (depth === 0) return node;
  const all = [
    ...directory.directories.map((child) => ({ bytes: shape.sums.get(child)!.bytes, files: shape.sums.get(child)!.files, child, file: null })),
    ...directory.files.map((file) => ({ bytes: file.bytes, files: 1, child: null, file })),
  ].sort((a, b) => b.bytes - a.bytes);
  const shown = all.length > CHILDREN_MAX ? all.slice(0, CHILDREN_MAX - 1) : all;
  node.children = shown.map(({ child, file }) => (child ? nodeOf(child, depth - 1, shape) : fileNode(file, shape)));
  const rest = all.slice(shown.length);
  if (rest.length > 0) node.children.push(restOf(rest, shape));
  return node;
}

const fileNode = (file: SizedFile, { keyOf, groupOf }: Shape): SizeNode => ({ name: file.name, kind: 'file', bytes: file.bytes, files: 1, group: groupOf(keyOf(file)) });

function restOf(rest: readonly { bytes: number; files: number; child: SizedDirectory | null; file: SizedFile | null }[], shape: Shape): SizeNode {
  const groups = new Map<string, number>();
  for (const { child, file } of rest) {
    if (file) groups.set(shape.keyOf(file), (groups.get(shape.keyOf(file)) ?? 0) + file.bytes);
    else for (const [key, bytes] of shape.sums.get(child!)!.groups) groups.set(key, (groups.get(key) ?? 0) + bytes);
  }
  return {
    name: `${rest.length} others`, kind: 'others', bytes: rest.reduce((sum, one) => sum + one.bytes, 0), files: rest.reduce((sum, one) => sum + one.files, 0), group: largest(groups, shape),
  };
}

function largest(groups: ReadonlyMap<string, number>, { groupOf }: Shape): number {
  let best = 0;
  let most = -1;
  for (const [key, bytes] of groups) {
    if (bytes <= most) continue;
    most = bytes;
    best = groupOf(key);
  }
  return best;
}
