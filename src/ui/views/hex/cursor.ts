export interface Cursor {
  /** Offset of the byte that is typed over. */
  at: number;
  /** The other end of the selection; the same as `at` where only one byte is selected. */
  anchor: number;
  /** What typing goes to: digits of a byte, or a character. */
  column: 'hex' | 'text';
  /** The high digit of the byte has been typed. */
  low: boolean;
}

export interface Extent {
  size: number;
  /** Bytes of a row, rows of a page. */
  width: number;
  page: number;
}

/** Where a key leads, with Ctrl or without; null where it does not move the cursor. */
export function moveCursor(at: number, key: string, control: boolean, { size, width, page }: Extent): number | null {
  const column = at % width;
  const last = size - 1;
  const vertical = (rows: number): number => {
    const to = at + rows * width;
    if (to < 0) return column;
    return to > last ? Math.min(last, Math.floor(last / width) * width + column) : to;
  };
  const moves: Readonly<Record<string, () => number>> = {
    ArrowLeft: () => at - 1, ArrowRight: () => at + 1, ArrowUp: () => vertical(-1), ArrowDown: () => vertical(1), PageUp: () => vertical(-page), PageDown: () => vertical(page),
    Home: () => (control ? 0 : at - column), End: () => (control ? last : at - column + width - 1),
  };
  const to = moves[key]?.();
  return to === undefined ? null : Math.max(0, Math.min(last, to));
}

/** `[from, to)` of the selection. */
export const selectionOf = ({ at, anchor }: Cursor): { from: number; to: number } => ({ from: Math.min(at, anchor), to: Math.max(at, anchor) + 1 });

export interface Typed {
  /** The byte as it is to be, null where the key types nothing. */
  byte: Uint8Array | null;
  low: boolean;
  /** Bytes that the cursor moves on. */
  step: number;
}

/** What a key types at a byte. */
export function typeKey(key: string, { column, low }: Cursor, current: number): Typed | null {
  if (column === 'text') {
    if ([...key].length !== 1) return null;
    const bytes = new TextEncoder().encode(key);
    return { byte: bytes, low: false, step: bytes.length };
  }
  if (!/^[0-9a-f]$/i.test(key)) return null;
  const digit = parseInt(key, 16);
  return low
    ? { byte: Uint8Array.of((current & 0xf0) | digit), low: false, step: 1 }
    : { byte: Uint8Array.of((digit << 4) | (current & 0x0f)), low: true, step: 0 };
}
