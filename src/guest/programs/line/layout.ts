import { escaped, graphemeWidth } from './width.ts';

/** A prompt as it is drawn: escape sequences and text of one row, and the columns that it takes. */
export interface Label {
  text: string;
  width: number;
}

/** What is to be seen: a text with a cursor, the prompt before its first row and the one before each further row. */
export interface Picture {
  prompt: Label;
  next: Label;
  graphemes: readonly string[];
  /** Index into `graphemes`, or their count. */
  cursor: number;
}

export interface Place {
  row: number;
  column: number;
  /** Into the row's text. */
  offset: number;
  /** The row is full: the column shown is its last one. */
  full: boolean;
}

interface Row {
  text: string;
  /** The terminal came here by itself, at the right edge; otherwise by a line feed. */
  wrapped: boolean;
  /** First grapheme of it. */
  first: number;
}

const TAB = 8;

/** Where each part of a picture stands on a terminal of `columns`, which is wider than both prompts. */
export class Layout {
  readonly columns: number;
  readonly rows: Row[] = [];
  /** Of each grapheme, and of the end. */
  readonly places: Place[] = [];
  readonly cursor: Place;
  #column = 0;

  /** `forced`: behind a last row that is full stands an empty one for the cursor. */
  constructor(picture: Picture, columns: number, forced = true) {
    this.columns = columns;
    this.#begin(picture.prompt, 0);
    picture.graphemes.forEach((grapheme, index) => {
      if (grapheme === '\n') {
        this.#mark();
        this.#begin(picture.next, index + 1);
      } else {
        this.#put(grapheme, index);
      }
    });
    if (forced && this.#column >= columns) this.#wrap(picture.graphemes.length);
    this.#mark();
    this.cursor = this.places[picture.cursor]!;
  }

  #begin({ text, width }: Label, first: number): void {
    this.rows.push({ text, wrapped: false, first });
    this.#column = width;
  }

  #wrap(first: number): void {
    this.rows.push({ text: '', wrapped: true, first });
    this.#column = 0;
  }

  #mark(): void {
    const full = this.#column >= this.columns;
    this.places.push({ row: this.rows.length - 1, column: full ? this.columns - 1 : this.#column, offset: this.rows.at(-1)!.text.length, full });
  }

  #put(grapheme: string, index: number): void {
    const shown = grapheme === '\t' ? ' '.repeat(this.#tab()) : escaped(grapheme);
    if (shown === null) {
      this.#cell(grapheme, graphemeWidth(grapheme), index, true);
      return;
    }
    const [on, off] = grapheme === '\t' ? ['', ''] : ['\x1b[7m', '\x1b[27m'];
    for (let at = 0; at < shown.length; at++) this.#cell(on + shown[at]! + off, 1, index, at === 0);
  }

  /** Columns to the next tab stop, or to the edge. */
  #tab(): number {
    const column = this.#column >= this.columns ? 0 : this.#column;
    return Math.min(TAB - (column % TAB), this.columns - column);
  }

  #cell(text: string, width: number, index: number, isFirst: boolean): void {
    const left = this.columns - this.#column;
    if (width > left) {
      // A character that the terminal would break in two is kept together; a wide one the terminal wraps by itself.
      if (left > 0 && width > graphemeWidth(String.fromCodePoint(text.codePointAt(0)!))) this.rows.at(-1)!.text += ' '.repeat(left);
      this.#wrap(index);
    }
    if (isFirst) this.#mark();
    this.rows.at(-1)!.text += text;
    this.#column += width;
  }

  /** Whether the last row was forced. */
  get forced(): boolean {
    const end = this.places.at(-1)!;
    return end.column === 0 && this.rows[end.row]!.wrapped;
  }

  /** How many rows each line takes, where lines end in line feeds. */
  get heights(): number[] {
    const heights: number[] = [];
    for (const { wrapped } of this.rows) {
      if (wrapped) heights[heights.length - 1]!++;
      else heights.push(1);
    }
    return heights;
  }
}
