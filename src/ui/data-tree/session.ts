import { placeOf, readJson } from './json.ts';
import type { Fault, Kind, NodeStore } from './store.ts';
import type { YamlTree } from './yaml.ts';

export type TreeFormat = 'json' | 'jsonl' | 'yaml';

export interface TreeFacts {
  format: TreeFormat;
  /** Values in the document. */
  nodes: number;
  /** Lines that are shown, with what is open. */
  rows: number;
  fault: Fault | null;
  full: boolean;
}

export interface TreeRow {
  node: number;
  depth: number;
  /** Key within an object; null in a list and for the whole. */
  key: string | null;
  /** Place among its siblings, from 0 on, and how many there are. */
  index: number;
  siblings: number;
  kind: Kind;
  /** The value as it stands in the source, cut; for containers the number of entries is what is shown. */
  text: string;
  entries: number;
  open: boolean;
  /** Another entry of the same object has the same key. */
  duplicate: boolean;
}

const TEXT_MAX = 300;
const COPY_MAX = 4_000_000;
const PAGE_MAX = 500;
const DUPLICATES_MAX = 200_000;
/** Containers with fewer entries are opened at the start. */
const OPEN_AT_START = 100;

/** One document as a tree: which of its containers are open, and the rows that this makes. */
export class TreeSession {
  readonly #bytes: Uint8Array;
  readonly #yaml: YamlTree | null;
  readonly #text: string;
  readonly #store: NodeStore;
  readonly #fault: Fault | null;
  readonly #format: TreeFormat;
  readonly #open = new Set<number>();
  readonly #duplicates = new Map<number, Set<number>>();
  readonly #decoder = new TextDecoder();
  /** Nodes that are shown, their depths and places among siblings. */
  #rows = new Uint32Array();
  #depths = new Uint32Array();
  #places = new Uint32Array();

  /** `readYaml` is given where the format is YAML: it comes with its library. */
  constructor(bytes: Uint8Array, format: TreeFormat, readYaml: ((text: string) => YamlTree) | null) {
    this.#bytes = bytes;
    this.#format = format;
    this.#text = readYaml ? new TextDecoder().decode(bytes) : '';
    this.#yaml = readYaml ? readYaml(this.#text) : null;
    const { store, fault } = this.#yaml ?? readJson(bytes, { lines: format === 'jsonl' });
    this.#store = store;
    this.#fault = fault;
    if (this.#entries(0) > 0) this.#open.add(0);
    this.#openSmall();
    this.#arrange();
  }

  #openSmall(): void {
    const { length } = this.#store;
    if (length > 2_000) return;
    for (let node = 1; node < length; node++) if (this.#store.parent(node) === 0 && this.#entries(node) > 0 && this.#entries(node) < OPEN_AT_START && length < 200) this.#open.add(node);
  }

  get facts(): TreeFacts {
    return { format: this.#format, nodes: this.#store.length, rows: this.#rows.length, fault: this.#fault, full: this.#store.full };
  }

  #entries(node: number): number {
    return node < this.#store.length ? this.#store.count(node) : 0;
  }

  /** Goes through all that is open, without recursion. */
  #arrange(): void {
    const rows: number[] = [];
    const depths: number[] = [];
    const places: number[] = [];
    const ends: number[] = [];
    const counters: number[] = [];
    for (let node = 0; node < this.#store.length;) {
      while (ends.length > 0 && node >= ends.at(-1)!) {
        ends.pop();
        counters.pop();
      }
      rows.push(node);
      depths.push(ends.length);
      places.push(counters.length > 0 ? counters[counters.length - 1]!++ : 0);
      if (this.#open.has(node) && this.#entries(node) > 0) {
        ends.push(this.#store.next(node));
        counters.push(0);
        node += 1;
      } else node = this.#store.next(node);
    }
    this.#rows = Uint32Array.from(rows);
    this.#depths = Uint32Array.from(depths);
    this.#places = Uint32Array.from(places);
  }

  /** Opens or closes the container of a row; yields how many rows there are now. `deep`: all within too, up to 100 000. */
  toggle(row: number, open: boolean, deep = false): number {
    const node = this.#rows[row];
    if (node === undefined) return this.#rows.length;
    const end = deep ? Math.min(this.#store.next(node), node + 100_000) : node + 1;
    for (let each = node; each < end; each++) {
      if (open && this.#entries(each) > 0) this.#open.add(each);
      else if (!open) this.#open.delete(each);
    }
    this.#arrange();
    return this.#rows.length;
  }

  rows(from: number, to: number): TreeRow[] {
    const rows: TreeRow[] = [];
    for (let at = Math.max(0, from); at < Math.min(to, from + PAGE_MAX, this.#rows.length); at++) rows.push(this.#row(at));
    return rows;
  }

  #row(at: number): TreeRow {
    const node = this.#rows[at]!;
    const kind = this.#store.kind(node);
    const container = kind === 'object' || kind === 'array';
    return {
      node, depth: this.#depths[at]!, key: this.#key(node), index: this.#places[at]!, siblings: node === 0 ? 1 : this.#store.count(this.#store.parent(node)), kind,
      text: container ? '' : this.#valueText(node, TEXT_MAX), entries: this.#entries(node), open: this.#open.has(node), duplicate: this.#isDuplicate(node),
    };
  }

  #key(node: number): string | null {
    if (this.#yaml) return this.#yaml.keys.get(node) ?? null;
    const key = this.#store.key(node);
    return key && unquoted(this.#source(key.start, key.end, TEXT_MAX * 4));
  }

  #source(start: number, end: number, max: number): string {
    return this.#decoder.decode(this.#bytes.subarray(start, Math.min(end, start + max)));
  }

  /** A text without its quotes, anything else as it stands. */
  #valueText(node: number, max: number): string {
    const text = this.#yaml ? (this.#yaml.texts.get(node) ?? this.#text.slice(this.#store.start(node), this.#store.end(node))) : this.#source(this.#store.start(node), this.#store.end(node), max * 4);
    const plain = this.#store.kind(node) === 'string' && !this.#yaml ? unquoted(text) : text;
    return plain.length > max ? `${plain.slice(0, max)}…` : plain;
  }

  #isDuplicate(node: number): boolean {
    const parent = this.#store.parent(node);
    if (node === 0 || this.#store.kind(parent) !== 'object' || this.#store.count(parent) > DUPLICATES_MAX) return false;
    let found = this.#duplicates.get(parent);
    if (!found) {
      found = new Set();
      const seen = new Map<string, number>();
      for (let each = parent + 1; each < this.#store.next(parent); each = this.#store.next(each)) {
        const key = this.#key(each) ?? '';
        const before = seen.get(key);
        if (before !== undefined) found.add(before).add(each);
        seen.set(key, each);
      }
      this.#duplicates.set(parent, found);
    }
    return found.has(node);
  }

  /** How a program would reach the value: `$.users[3]["first name"]`. */
  path(row: number): string {
    const parts: string[] = [];
    for (let node = this.#rows[row] ?? 0; node !== 0; node = this.#store.parent(node)) {
      const key = this.#key(node);
      parts.push(key === null ? `[${this.#placeOf(node)}]` : /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);
    }
    return `$${parts.toReversed().join('')}`;
  }

  #placeOf(node: number): number {
    let place = 0;
    for (let each = this.#store.parent(node) + 1; each < node; each = this.#store.next(each)) place += 1;
    return place;
  }

  /** The value as it stands in the source, up to four million characters. A text comes without its quotes. */
  value(row: number): string {
    const node = this.#rows[row] ?? 0;
    if (this.#store.kind(node) === 'string') return this.#valueText(node, COPY_MAX);
    return this.#yaml ? this.#text.slice(this.#store.start(node), this.#store.end(node)).slice(0, COPY_MAX) : this.#source(this.#store.start(node), this.#store.end(node), COPY_MAX);
  }

  /** Line of the source in which the value begins, from 1 on. */
  line(row: number): number {
    const start = this.#store.start(this.#rows[row] ?? 0);
    if (!this.#yaml) return placeOf(this.#bytes, start).line;
    return this.#text.slice(0, start).split('\n').length;
  }

  /** The row above that holds this one; itself for the whole. */
  parentRow(row: number): number {
    const depth = this.#depths[row] ?? 0;
    for (let at = row - 1; at >= 0; at--) if (this.#depths[at]! < depth) return at;
    return row;
  }

  /** The next value after a row, or before it, whose key or text contains this, whatever its case; goes around once. What holds it is opened. */
  find(query: string, row: number, backwards: boolean): { row: number; rows: number } | null {
    const wanted = query.toLowerCase();
    const { length } = this.#store;
    const from = this.#rows[row] ?? 0;
    for (let steps = 1; steps <= length; steps++) {
      const node = (from + (backwards ? -steps : steps) + 2 * length) % length;
      if (!this.#contains(node, wanted)) continue;
      for (let parent = this.#store.parent(node), child = node; child !== 0; child = parent, parent = this.#store.parent(parent)) this.#open.add(parent);
      this.#arrange();
      return { row: rowOf(this.#rows, node), rows: this.#rows.length };
    }
    return null;
  }

  #contains(node: number, wanted: string): boolean {
    if (this.#key(node)?.toLowerCase().includes(wanted)) return true;
    const kind = this.#store.kind(node);
    return kind !== 'object' && kind !== 'array' && this.#valueText(node, 4096).toLowerCase().includes(wanted);
  }
}

/** Where a node is among those that are shown; they are in order. */
function rowOf(rows: Uint32Array, node: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! < node) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A text in the quotes of JSON as it is meant; one that was cut loses what its end may be half of. */
function unquoted(source: string): string {
  try {
    return JSON.parse(source) as string;
  } catch {
    try {
      return JSON.parse(`${whole(source)}"`) as string;
    } catch {
      return source.slice(1);
    }
  }
}

/** Without half of an escape or of a character at the end. */
function whole(source: string): string {
  if (source.endsWith('\ufffd')) return source.slice(0, -1);
  const digits = /u[0-9a-fA-F]{0,3}$/.exec(source)?.[0].length ?? 0;
  const end = source.length - digits;
  let slashes = 0;
  while (source[end - 1 - slashes] === '\\') slashes++;
  return slashes % 2 === 1 ? source.slice(0, end - 1) : source;
}
