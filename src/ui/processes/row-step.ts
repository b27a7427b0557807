import type { KeyboardEvent } from 'react';
import type { ProcessRow } from './process-tree.ts';

const PAGE = 15;

/** What a key does on a row: go to another (its index), open or close what is below it, show it in full, its menu; null: nothing. As WAI-ARIA has the tree grid. */
export function rowStep({ key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>, at: number, rows: readonly ProcessRow[]): number | 'toggle' | 'open' | 'menu' | null {
  const row = rows[at];
  if (!row) return null;
  const within = (index: number): number => Math.max(0, Math.min(rows.length - 1, index));
  switch (key) {
    case 'ArrowDown': return within(at + 1);
    case 'ArrowUp': return within(at - 1);
    case 'PageDown': return within(at + PAGE);
    case 'PageUp': return within(at - PAGE);
    case 'Home': return 0;
    case 'End': return rows.length - 1;
    case 'ArrowRight': return row.open === null ? null : row.open ? within(at + 1) : 'toggle';
    case 'ArrowLeft': return row.open ? 'toggle' : parentOf(at, rows);
    case 'Enter': case ' ': return 'open';
    case 'ContextMenu': return 'menu';
    case 'F10': return shiftKey ? 'menu' : null;
    default: return null;
  }
}

function parentOf(at: number, rows: readonly ProcessRow[]): number | null {
  const { level } = rows[at]!;
  for (let index = at - 1; index >= 0; index--) if (rows[index]!.level < level) return index;
  return null;
}
