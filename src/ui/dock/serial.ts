import type { SerializedDockview } from 'dockview-react';
import { isGroup, type DockGroup, type DockLayout, type DockNode, type TabId } from '../stores/index.ts';

type Grid = SerializedDockview['grid'];
type GridNode = Grid['root'];
type Leaf = Extract<GridNode['data'], { views: string[] }>;

/** Names of the components that every tab of the dock has. */
export const COMPONENTS = { view: 'view', tab: 'tab' } as const;

/** The library's own form of a layout, filled into `width` × `height` px; `titleOf` names the tabs. */
export function toDockview({ direction, root }: DockLayout, width: number, height: number, titleOf: (id: TabId) => string): SerializedDockview {
  const panels: SerializedDockview['panels'] = {};
  let groups = 0;
  const leaf = ({ tabs, active }: DockGroup): Leaf => {
    for (const id of tabs) panels[id] = { id, contentComponent: COMPONENTS.view, tabComponent: COMPONENTS.tab, title: titleOf(id) };
    return { id: `g${++groups}`, views: [...tabs], activeView: active };
  };
  // `along`: what the children share; `across`: what each of them has.
  const below = (node: DockNode, size: number, along: number, across: number): GridNode => {
    if (isGroup(node)) return { type: 'leaf', data: leaf(node), size };
    const total = node.children.reduce((sum, child) => sum + child.size, 0);
    return { type: 'branch', size, data: node.children.map((child) => {
      const share = Math.max(1, Math.round((child.size / total) * along));
      return below(child, share, across, share);
    }) };
  };
  const row = direction === 'row';
  const [along, across] = row ? [width, height] : [height, width];
  return { grid: { root: below(root, across, along, across), width, height, orientation: (row ? 'HORIZONTAL' : 'VERTICAL') as Grid['orientation'] }, panels };
}

/** Null where nothing is open. */
export function fromDockview({ grid }: SerializedDockview): DockLayout | null {
  const below = (node: GridNode): DockNode | null => {
    const size = Math.max(1, Math.round(node.size ?? 1));
    if (!Array.isArray(node.data)) {
      const { views, activeView } = node.data;
      return views[0] === undefined ? null : { tabs: views, active: activeView ?? views[0], size };
    }
    const children = node.data.flatMap((child) => below(child) ?? []);
    return children.length > 0 ? { children, size } : null;
  };
  const root = below(grid.root);
  return root && !isGroup(root) ? { direction: grid.orientation === 'HORIZONTAL' ? 'row' : 'column', root } : null;
}
