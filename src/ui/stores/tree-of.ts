import type { NodeKind, Origin } from '../../shared/abi/index.ts';
import { basename, dirname } from '../../shared/base/index.ts';
import { TreeModel } from './tree-model.ts';
import type { TreeEntry, TreeNode } from './tree-node.ts';

export interface PlacedEntry {
  path: string;
  origin: Origin;
  kind: NodeKind;
  size: number;
  mtime?: number;
  rights?: number | undefined;
}

/** A tree of these entries and of the directories above them; all with something in them are open, but for those that were closed in `before`. */
export function treeOf(entries: readonly PlacedEntry[], before: TreeModel, originOf: (directory: string) => Origin = () => 'base'): TreeModel {
  const byDirectory = new Map<string, Map<string, TreeEntry>>();
  const add = (path: string, entry: Omit<TreeEntry, 'name'>, sure: boolean): void => {
    if (path === '/') return;
    const directory = dirname(path);
    const known = byDirectory.get(directory);
    const listed = known ?? new Map<string, TreeEntry>();
    const name = basename(path);
    if (sure || !listed.has(name)) listed.set(name, { ...entry, name });
    if (known) return;
    byDirectory.set(directory, listed);
    if (directory !== '/') add(directory, { kind: 'directory', size: 0, origin: originOf(directory) }, false);
  };
  for (const { path, kind, size, origin, mtime, rights } of entries) {
    add(path, { kind, size, origin, ...(mtime !== undefined && { mtime }), ...(rights !== undefined && { rights }) }, true);
  }
  const model = new TreeModel();
  const fill = (node: TreeNode): void => {
    model.setExpanded(node, before.find(node.path)?.expanded ?? true);
    model.setChildren(node, [...(byDirectory.get(node.path)?.values() ?? [])]);
    for (const child of node.children ?? []) if (byDirectory.has(child.path)) fill(child);
  };
  fill(model.root);
  return model;
}
