import { COLUMNS_MAX, ROWS_MAX, cellAt, cellsOf, findDelimiter, findRows, rowEnd, type Delimiter } from './rows.ts';

export interface TableFacts {
  delimiter: Delimiter;
  /** The first row has the titles. */
  header: boolean;
  /** Without the header. */
  rows: number;
  titles: string[];
  /** Some rows, for the widths of columns. */
  sample: string[][];
  /** There are more rows or columns than are looked at. */
  more: boolean;
}

export interface Arrangement {
  /** Rows that contain this, whatever its case; '' for all. */
  filter: string;
  sort: { column: number; descending: boolean } | null;
}

export interface TableRow {
  /** Place in the file, from 1 on, without the header. */
  number: number;
  cells: string[];
}

const PAGE_MAX = 500;
const SAMPLE = 200;
/** Characters of a cell by which is sorted. */
const SORTED_MAX = 200;
const WHOLE_CELL_MAX = 1_000_000;

const isNumber = (cell: string): boolean => /^\s*[-+]?\d+([.,]\d+)?\s*$/.test(cell);

/** One table of text, held as bytes: rows are places in it, cells are decoded when they are asked for. */
export class TableSession {
  readonly #bytes: Uint8Array;
  #delimiter = 0x2c;
  #rows = new Uint32Array();
  #header = true;
  /** Numbers of the rows that are shown, in order; null for all as in the file. */
  #order: Uint32Array | null = null;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Finds rows and columns. Null: the delimiter that fits; a header unless a number stands in the first row, for a title is seldom one. */
  open({ delimiter, header }: { delimiter: Delimiter | null; header: boolean | null }): TableFacts {
    const chosen = delimiter ?? findDelimiter(this.#bytes.subarray(0, 65536));
    this.#delimiter = chosen.charCodeAt(0);
    this.#rows = findRows(this.#bytes, this.#delimiter);
    this.#header = this.#rows.length > 0 && (header ?? !cellsOf(this.#bytes, this.#rows[0]!, this.#delimiter).some(isNumber));
    this.#order = null;
    // From all over the file: what comes later may be longer.
    const most = Math.min(SAMPLE, this.#count);
    const sample = Array.from({ length: most }, (_, at) => this.#cells(Math.floor((at * this.#count) / most)));
    const first = this.#header ? cellsOf(this.#bytes, this.#rows[0]!, this.#delimiter) : [];
    const columns = sample.reduce((most, cells) => Math.max(most, cells.length), first.length);
    const titles = Array.from({ length: columns }, (_, column) => (first[column] ?? '') || `column ${column + 1}`);
    return { delimiter: chosen, header: this.#header, rows: this.#count, titles, sample, more: this.#rows.length >= ROWS_MAX || columns >= COLUMNS_MAX };
  }

  get #count(): number {
    return this.#rows.length - (this.#header ? 1 : 0);
  }

  #start(row: number): number {
    return this.#rows[row + (this.#header ? 1 : 0)]!;
  }

  #cells(row: number): string[] {
    return cellsOf(this.#bytes, this.#start(row), this.#delimiter);
  }

  /** Rows `[from, to)` as they are arranged, at most five hundred. */
  rows(from: number, to: number): TableRow[] {
    const rows: TableRow[] = [];
    const end = Math.min(to, from + PAGE_MAX, this.#order?.length ?? this.#count);
    for (let at = Math.max(0, from); at < end; at++) {
      const row = this.#order ? this.#order[at]! : at;
      rows.push({ number: row + 1, cells: this.#cells(row) });
    }
    return rows;
  }

  /** A whole cell, up to a million characters. */
  cell(at: number, column: number): string {
    const row = this.#order ? this.#order[at] : at;
    return row === undefined || row >= this.#count ? '' : cellAt(this.#bytes, this.#start(row), this.#delimiter, column, WHOLE_CELL_MAX);
  }

  /** Filters and sorts; yields how many rows are left. */
  arrange({ filter, sort }: Arrangement): number {
    const wanted = filter.trim().toLowerCase();
    if (wanted === '' && !sort) {
      this.#order = null;
      return this.#count;
    }
    const order = wanted === '' ? Uint32Array.from({ length: this.#count }, (_, row) => row) : this.#matching(wanted);
    this.#order = sort ? this.#sorted(order, sort) : order;
    return this.#order.length;
  }

  #matching(wanted: string): Uint32Array {
    const decoder = new TextDecoder();
    const found: number[] = [];
    for (let row = 0; row < this.#count; row++) {
      const start = this.#start(row);
      const text = decoder.decode(this.#bytes.subarray(start, rowEnd(this.#bytes, start, this.#delimiter))).toLowerCase();
      if (text.includes(wanted)) found.push(row);
    }
    return Uint32Array.from(found);
  }

  /** Numbers by size before texts by alphabet, what is empty last; rows that are equal stay in their order. */
  #sorted(order: Uint32Array, { column, descending }: { column: number; descending: boolean }): Uint32Array {
    const texts = Array.from(order, (row) => cellAt(this.#bytes, this.#start(row), this.#delimiter, column, SORTED_MAX));
    const numbers = Float64Array.from(texts, (text) => (text.trim() === '' ? Number.NaN : Number(text)));
    const ranks = Uint8Array.from(texts, (text, at) => (Number.isNaN(numbers[at]) ? (text === '' ? 2 : 1) : 0));
    const collator = new Intl.Collator(undefined, { sensitivity: 'base' });
    const direction = descending ? -1 : 1;
    const places = Uint32Array.from(texts, (_, at) => at).sort((a, b) => {
      const rank = ranks[a]! - ranks[b]!;
      if (rank !== 0) return ranks[a] === 2 || ranks[b] === 2 ? rank : rank * direction;
      const compared = ranks[a] === 0 ? numbers[a]! - numbers[b]! : collator.compare(texts[a]!, texts[b]!);
      return compared * direction || a - b;
    });
    return places.map((place) => order[place]!);
  }
}

