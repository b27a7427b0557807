import { Layout, type Picture, type Place } from './layout.ts';

/** Draws pictures over several rows of a terminal, each time only what differs from the last one. */
export class LineView {
  #last: { picture: Picture; layout: Layout; top: number } | null = null;
  /** The terminal's cursor, in rows below the first one drawn; negative above it, after a resize. */
  #row = 0;

  /** A new line begins where the cursor stands, in the first column. */
  reset(): void {
    this.#last = null;
    this.#row = 0;
  }

  /**
   * Control sequences and text that bring the screen from the last drawing to this one. A text of more rows than the
   * terminal has is drawn around its cursor.
   */
  draw(picture: Picture, columns: number, rows: number): string {
    const layout = new Layout(picture, columns);
    const top = Math.max(0, Math.min(layout.cursor.row - (rows >> 1), layout.rows.length - rows));
    const last = this.#last;
    this.#last = { picture, layout, top };
    const canPatch = last !== null && last.layout.columns === columns && top === 0 && last.top === 0 && last.layout.rows.length <= rows
      && last.picture.prompt.text === picture.prompt.text && last.picture.next.text === picture.next.text;
    return canPatch ? this.#patch(last.picture, last.layout, picture, layout) : this.#whole(layout, top, rows);
  }

  #whole(layout: Layout, top: number, rows: number): string {
    const shown = layout.rows.slice(top, top + rows);
    const text = shown.map((row, index) => (index === 0 ? row.text : step(row.wrapped, row.text))).join('');
    const start = `${up(this.#row)}${down(-this.#row)}\r\x1b[J`;
    this.#row = layout.cursor.row - top;
    return `${start}${text}${up(shown.length - 1 - this.#row)}${toColumn(layout.cursor.column)}`;
  }

  /** From the first grapheme on that differs. */
  #patch(before: Picture, old: Layout, after: Picture, layout: Layout): string {
    let from = same(before.graphemes, after.graphemes);
    const changed = from < before.graphemes.length || from < after.graphemes.length;
    if (!changed) return this.#moveTo(old.cursor, layout.cursor);
    // Erasing from a row's first column on would make the terminal forget that the row goes on from the one above.
    while (from > 0 && (layout.places[from]!.full || layout.rows[layout.places[from]!.row]!.first === from)) from--;
    const start = layout.places[from]!;
    const erase = from < before.graphemes.length ? '\x1b[J' : '';
    const text = layout.rows.slice(start.row).map((row, index) => (index === 0 ? row.text.slice(start.offset) : step(row.wrapped, row.text))).join('');
    const move = this.#moveTo(old.cursor, start);
    const end = layout.places.at(-1)!;
    const isThere = layout.cursor.row === end.row && layout.cursor.column === end.column;
    this.#row = layout.cursor.row;
    return `${move}${erase}${text}${isThere ? '' : up(layout.rows.length - 1 - layout.cursor.row) + toColumn(layout.cursor.column)}`;
  }

  #moveTo(from: Place, to: Place): string {
    this.#row = to.row;
    if (from.row === to.row) {
      const by = to.column - from.column;
      return by === 0 ? '' : `\x1b[${Math.abs(by)}${by > 0 ? 'C' : 'D'}`;
    }
    return `${to.row < from.row ? up(from.row - to.row) : down(to.row - from.row)}${toColumn(to.column)}`;
  }

  /**
   * The terminal has been resized and has wrapped its lines anew. The next drawing begins where the last one began, so this
   * follows the cursor as xterm.js moves it: from the last line to the first, by the rows that each line gains or loses, be it
   * above the cursor or below; only the line that it then takes for the cursor's own is left as it was.
   */
  resized(columns: number): void {
    const last = this.#last;
    this.#last = null;
    if (!last || last.top > 0 || last.picture.prompt.width >= columns || last.picture.next.width >= columns) return;
    const before = last.layout.heights;
    const after = new Layout(last.picture, columns, last.layout.forced).heights;
    const narrower = columns < last.layout.columns;
    const cursor = last.layout.cursor.row;
    let row = cursor;
    for (let line = before.length - 1, end = last.layout.rows.length; line >= 0; line--) {
      const start = end - before[line]!;
      const at = narrower ? row : cursor;
      if (at < start || at >= end) row += after[line]! - before[line]!;
      end = start;
    }
    this.#row = row;
  }

  /** Brings the cursor below the line that is being left. */
  leave(rows: number): string {
    const last = this.#last;
    const lowest = last ? Math.min(last.layout.rows.length - last.top, rows) - 1 : 0;
    const below = down(lowest - this.#row);
    this.reset();
    return `${below}\r\n`;
  }
}

/** To the next row: at the edge the terminal holds the wrap back until something is printed. */
const step = (wrapped: boolean, text: string): string => (wrapped ? text || ' \r' : `\r\n${text}`);
const up = (rows: number): string => (rows > 0 ? `\x1b[${rows}A` : '');
const down = (rows: number): string => (rows > 0 ? `\x1b[${rows}B` : '');
const toColumn = (column: number): string => (column > 0 ? `\r\x1b[${column}C` : '\r');

function same(a: readonly string[], b: readonly string[]): number {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  return at;
}
