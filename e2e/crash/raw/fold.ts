import type { RawNode, RawRecord, Reference } from './decode.ts';
import { blocksOf, type RawTree } from './tree.ts';

const lastName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Does to `tree` what the records say, in order; what does not fit is named in `wrong`. */
export function foldRecords(tree: RawTree, records: Iterable<RawRecord>, wrong: string[]): void {
  for (const record of records) {
    const fault = foldOne(tree, record);
    if (fault !== null) wrong.push(`record ${record.seq}, ${record.op} ${record.path}: ${fault}`);
  }
}

function foldOne(tree: RawTree, record: RawRecord): string | null {
  const { op, parent, path, before, after } = record;
  const names = tree.names.get(parent);
  if (op !== 'write' && op !== 'attr' && !names) return `directory ${parent} is not there`;
  const name = lastName(path);
  switch (op) {
    case 'create':
    case 'mkdir':
    case 'symlink':
      if (!after || names!.has(name)) return 'the name is taken';
      if (tree.nodes.has(after.ino)) return `node ${after.ino} is there already`;
      names!.set(name, after.ino);
      tree.nodes.set(after.ino, after.kind === 'file' ? { ...after, chunks: [] } : after);
      if (after.kind === 'directory') tree.names.set(after.ino, new Map());
      return null;
    case 'link':
      if (!after || names!.has(name)) return 'the name is taken';
      names!.set(name, after.ino);
      return update(tree, before, after, []);
    case 'unlink':
    case 'rmdir':
      if (!before || names!.get(name) !== before.ino) return `the name stands for ${names!.get(name)}, not for ${before?.ino}`;
      names!.delete(name);
      return after ? update(tree, before, after, []) : drop(tree, before);
    case 'rename': return rename(tree, record);
    case 'write':
    case 'attr': return update(tree, before, after, record.blocks);
  }
}

function rename(tree: RawTree, { path, parent, parent2, to, before, after, replaced }: RawRecord): string | null {
  const from = tree.names.get(parent);
  const target = tree.names.get(parent2);
  if (!from || !target || to === undefined || !before) return 'a directory is not there';
  if (from.get(lastName(path)) !== before.ino) return `the name stands for ${from.get(lastName(path))}, not for ${before.ino}`;
  const there = target.get(lastName(to));
  if (there !== replaced?.ino) return `replaces ${replaced?.ino}, but ${there} is there`;
  from.delete(lastName(path));
  target.set(lastName(to), before.ino);
  if (replaced) {
    const old = tree.nodes.get(replaced.ino);
    if (old && old.kind !== 'directory' && old.nlink > 1) tree.nodes.set(old.ino, { ...old, nlink: old.nlink - 1 });
    else drop(tree, replaced);
  }
  return update(tree, before, after, []);
}

function drop(tree: RawTree, node: RawNode): string | null {
  tree.nodes.delete(node.ino);
  if (node.kind === 'directory') {
    if ((tree.names.get(node.ino)?.size ?? 0) > 0) return 'the directory is not empty';
    tree.names.delete(node.ino);
  }
  return null;
}

function update(tree: RawTree, before: RawNode | undefined, after: RawNode | undefined, blocks: RawRecord['blocks']): string | null {
  if (!after) return 'nothing is left';
  const node = tree.nodes.get(after.ino);
  if (!node) return `node ${after.ino} is not there`;
  if (before && (before.size !== node.size || before.nlink !== node.nlink)) {
    return `says ${before.size} bytes and ${before.nlink} names before, there are ${node.size} and ${node.nlink}`;
  }
  const { chunks: _, base: _base, ...rest } = after;
  const updated: RawNode = { ...rest };
  if (node.kind === 'file') {
    const list = blocksOf(node);
    for (const { index, before: old, after: now } of blocks) {
      if (!same(list[index] ?? null, old)) return `block ${index} was another one`;
      while (list.length < index) list.push(null);
      list[index] = now;
    }
    while (list.length > 0 && !list.at(-1)) list.pop();
    updated.chunks = list;
    if (after.base !== undefined || node.base !== undefined) updated.base = after.base ?? node.base!;
  }
  tree.nodes.set(after.ino, updated);
  return null;
}

export function same(a: Reference | null, b: Reference | null): boolean {
  if (!a || !b) return a === b;
  return a.hash === b.hash && a.pack === b.pack && a.offset === b.offset && a.length === b.length && a.valid === b.valid;
}
