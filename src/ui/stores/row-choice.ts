import type { ExplorerState } from './explorer-state.ts';
import type { TreeNode } from './tree-node.ts';
import type { TreeRows } from './tree-model.ts';

type Choice = Pick<ExplorerState, 'active' | 'selected' | 'anchor'>;
type Chosen = Pick<ExplorerState, 'active' | 'selected'> & Partial<Pick<ExplorerState, 'selecting'>>;

/** Only this row. */
export const chooseOne = (path: string): Choice => ({ active: path, selected: new Set([path]), anchor: path });

/** This row too, or no longer. */
export function toggleOne({ selected }: Choice, path: string): Choice {
  const next = new Set(selected);
  if (!next.delete(path)) next.add(path);
  return { active: path, selected: next, anchor: path };
}

/** All rows from the anchor to this one. */
export function chooseTo({ anchor }: Choice, rows: TreeRows, node: TreeNode, find: (path: string) => TreeNode | undefined): Choice {
  const start = find(anchor);
  const [from, to] = [start ? rows.indexOf(start) : -1, rows.indexOf(node)];
  if (from < 0 || to < 0) return chooseOne(node.path);
  const selected = new Set<string>();
  const [first, last] = [Math.min(from, to), Math.max(from, to)];
  let index = 0;
  for (const row of rows) {
    if (index > last) break;
    if (index++ >= first && row.more === 0) selected.add(row.path);
  }
  return { active: node.path, selected, anchor };
}

/** All rows but the root. */
export function chooseAll({ active, anchor }: Choice, rows: TreeRows): Choice {
  const selected = new Set<string>();
  for (const row of rows) if (row.parent && row.more === 0) selected.add(row.path);
  return { active, anchor, selected };
}

/** What an action on the chosen rows, or on the active one where that is not among them (never while several are being chosen one by one), is about: nothing twice, nothing below another one, not the root. */
export function chosenNodes({ selected, active, selecting = false }: Chosen, find: (path: string) => TreeNode | undefined): TreeNode[] {
  const nodes = [...(selecting || selected.has(active) ? selected : [active])].flatMap((path) => find(path) ?? []).filter((node) => node.parent && node.more === 0);
  const all = new Set(nodes);
  const isBelowOther = ({ parent }: TreeNode): boolean => {
    for (let above = parent; above; above = above.parent) if (all.has(above)) return true;
    return false;
  };
  return nodes.filter((node) => !isBelowOther(node));
}
