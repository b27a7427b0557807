/** Rows that a key of a tree goes over at once. */
const PAGE = 20;

/** A row of a tree of two levels: whether it is a group, and open. */
export interface TreeRow {
  group: boolean;
  open: boolean;
}

/**
 * What a key does in a list of groups and their members: go to a row, open or close the group (`toggle`), or nothing (null).
 * As the tree view pattern of WAI-ARIA has it.
 */
export function treeStep(key: string, at: number, count: number, rowAt: (index: number) => TreeRow | undefined): number | 'toggle' | null {
  const row = rowAt(at);
  if (!row) return null;
  if (key === 'ArrowRight' && row.group) return row.open ? Math.min(count - 1, at + 1) : 'toggle';
  if (key === 'ArrowLeft') return row.group ? (row.open ? 'toggle' : null) : groupAbove(at, rowAt);
  const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + PAGE, PageUp: at - PAGE, Home: 0, End: count - 1 };
  const next = steps[key];
  return next === undefined ? null : Math.max(0, Math.min(count - 1, next));
}

function groupAbove(at: number, rowAt: (index: number) => TreeRow | undefined): number {
  for (let index = at - 1; index >= 0; index--) if (rowAt(index)?.group) return index;
  return 0;
}

/** The index of the row that an event came from, by its `data-index`; -1 for none. */
export function rowTarget(target: EventTarget): number {
  const text = target instanceof Element ? target.closest<HTMLElement>('[data-index]')?.dataset['index'] : undefined;
  return text === undefined ? -1 : Number(text);
}
