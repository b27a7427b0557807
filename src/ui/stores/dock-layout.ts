import type { TabId } from './tab-id.ts';

/** Tabs that lie on each other. */
export interface DockGroup {
  tabs: readonly TabId[];
  /** The one on top. */
  active: TabId;
  /** Share of the split that it is in, in any unit. */
  size: number;
}

/** Groups and splits beside each other; one in a row is a column, one in a column is a row. */
export interface DockSplit {
  children: readonly DockNode[];
  size: number;
}

export type DockNode = DockGroup | DockSplit;

/** Where the tabs of the centre are. */
export interface DockLayout {
  /** How the outermost split lies. */
  direction: 'row' | 'column';
  root: DockSplit;
}

const DEPTH_MAX = 6;
const GROUPS_MAX = 16;
const SIZE_MAX = 100_000;

export const isGroup = (node: DockNode): node is DockGroup => 'tabs' in node;

/** All groups, as they are read: from left to right and from top to bottom. */
export function groupsOf(layout: DockLayout | null): DockGroup[] {
  const below = (node: DockNode): DockGroup[] => (isGroup(node) ? [node] : node.children.flatMap(below));
  return layout ? below(layout.root) : [];
}

/**
 * Takes what `localStorage` holds, of which nothing is believed: only tabs that are `open` count, each once, in at most
 * 16 groups, six splits deep. Undefined where no group is left, or the value is none.
 */
export function acceptDockLayout(value: unknown, open: readonly TabId[]): DockLayout | undefined {
  const found = record(value);
  if (!found || (found['direction'] !== 'row' && found['direction'] !== 'column')) return undefined;
  const reader = new Reader(open);
  const root = reader.split(found['root'], 0);
  return root && { direction: found['direction'], root };
}

const record = (value: unknown): Record<string, unknown> | undefined => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined);

function sizeOf({ size }: Record<string, unknown>): number {
  return typeof size === 'number' && size >= 1 && size <= SIZE_MAX ? Math.round(size) : 1;
}

class Reader {
  /** Those that have no place yet. */
  readonly #left: Set<TabId>;
  #groups = 0;

  constructor(open: readonly TabId[]) {
    this.#left = new Set(open);
  }

  split(value: unknown, depth: number): DockSplit | undefined {
    const found = record(value);
    if (!found || !Array.isArray(found['children']) || depth >= DEPTH_MAX) return undefined;
    const children = found['children'].slice(0, GROUPS_MAX).flatMap((child) => this.#node(child, depth + 1) ?? []);
    return children.length > 0 ? { children, size: sizeOf(found) } : undefined;
  }

  #node(value: unknown, depth: number): DockNode | undefined {
    const found = record(value);
    return found && Array.isArray(found['tabs']) ? this.#group(found, found['tabs']) : this.split(value, depth);
  }

  #group(found: Record<string, unknown>, listed: readonly unknown[]): DockGroup | undefined {
    if (this.#groups >= GROUPS_MAX) return undefined;
    const tabs = listed.filter((id): id is TabId => typeof id === 'string' && this.#left.delete(id));
    const [first] = tabs;
    if (first === undefined) return undefined;
    this.#groups++;
    return { tabs, active: tabs.find((id) => id === found['active']) ?? first, size: sizeOf(found) };
  }
}
