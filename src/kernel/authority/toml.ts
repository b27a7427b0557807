import type { AST } from 'toml-eslint-parser';
import type { ManifestProblem } from '../../shared/abi/index.ts';

/** Where something stands: line and column from 1, columns in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A value of a configuration file, and where it stands. */
export type Located = Place & (
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number; readonly whole: boolean }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'list'; readonly items: readonly Located[] }
  | { readonly kind: 'table'; readonly entries: ReadonlyMap<string, Entry> }
  | { readonly kind: 'other'; readonly what: string }
);
export type LocatedTable = Extract<Located, { kind: 'table' }>;
export interface Entry {
  readonly key: Place;
  readonly value: Located;
}

export interface TomlBounds {
  /** Bytes of UTF-8. */
  bytes: number;
  /** Values in all. */
  items: number;
}

/** Tables and lists within each other, at most. */
const DEPTH_MAX = 16;
const START: Place = { line: 1, column: 1 };

/** Names what cannot be read; thrown and caught in this file alone. */
class Refused extends Error {
  readonly place: Place;

  constructor(message: string, place: Place) {
    super(message);
    this.place = place;
  }
}

interface OpenTable extends Place {
  kind: 'table';
  entries: Map<string, Entry>;
}
interface OpenList extends Place {
  kind: 'list';
  items: Located[];
}

function placeOf(node: { loc: { start: { line: number; column: number } } }): Place {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

class Builder {
  #left: number;

  constructor(items: number) {
    this.#left = items;
  }

  build(program: AST.TOMLProgram): LocatedTable {
    const root: OpenTable = { kind: 'table', entries: new Map(), ...START };
    for (const node of program.body[0].body) {
      if (node.type === 'TOMLKeyValue') this.#put(root, node, 0);
      else this.#section(root, node);
    }
    return root;
  }

  #count(place: Place, depth: number): void {
    if (depth > DEPTH_MAX) throw new Refused(`tables and lists are nested more than ${DEPTH_MAX} deep`, place);
    if (--this.#left < 0) throw new Refused('it has too many values', place);
  }

  #section(root: OpenTable, node: AST.TOMLTable): void {
    const keys = node.key.keys;
    this.#count(placeOf(node), keys.length);
    let table = root;
    for (const key of keys.slice(0, -1)) table = this.#inner(table, key);
    const last = keys.at(-1)!;
    if (node.kind === 'standard') table = this.#inner(table, last);
    else {
      const list = this.#listOf(table, last);
      table = { kind: 'table', entries: new Map(), ...placeOf(node) };
      list.items.push(table);
    }
    for (const pair of node.body) this.#put(table, pair, keys.length);
  }

  /** The table of that name; the last one of a list of tables. */
  #inner(table: OpenTable, key: AST.TOMLBare | AST.TOMLQuoted): OpenTable {
    const name = nameOf(key);
    const there = table.entries.get(name)?.value;
    const inner = there?.kind === 'list' ? there.items.at(-1) : there;
    if (inner?.kind === 'table') return inner as OpenTable;
    if (inner) throw new Refused(`${name.slice(0, 40)} is no table`, placeOf(key));
    const made: OpenTable = { kind: 'table', entries: new Map(), ...placeOf(key) };
    table.entries.set(name, { key: placeOf(key), value: made });
    return made;
  }

  #listOf(table: OpenTable, key: AST.TOMLBare | AST.TOMLQuoted): OpenList {
    const name = nameOf(key);
    const there = table.entries.get(name)?.value;
    if (there?.kind === 'list') return there as OpenList;
    if (there) throw new Refused(`${name.slice(0, 40)} is no list of tables`, placeOf(key));
    const made: OpenList = { kind: 'list', items: [], ...placeOf(key) };
    table.entries.set(name, { key: placeOf(key), value: made });
    return made;
  }

  #put(table: OpenTable, { key, value }: AST.TOMLKeyValue, depth: number): void {
    this.#count(placeOf(key), depth + key.keys.length);
    let inner = table;
    for (const part of key.keys.slice(0, -1)) inner = this.#inner(inner, part);
    const last = key.keys.at(-1)!;
    inner.entries.set(nameOf(last), { key: placeOf(last), value: this.#value(value, depth + key.keys.length) });
  }

  #value(node: AST.TOMLContentNode, depth: number): Located {
    const place = placeOf(node);
    this.#count(place, depth);
    if (node.type === 'TOMLArray') return { kind: 'list', items: node.elements.map((element) => this.#value(element, depth + 1)), ...place };
    if (node.type === 'TOMLInlineTable') {
      const table: OpenTable = { kind: 'table', entries: new Map(), ...place };
      for (const pair of node.body) this.#put(table, pair, depth + 1);
      return table;
    }
    switch (node.kind) {
      case 'string': return { kind: 'string', value: node.value, ...place };
      case 'boolean': return { kind: 'boolean', value: node.value, ...place };
      case 'integer': return { kind: 'number', value: Number(node.bigint), whole: Number.isSafeInteger(Number(node.bigint)), ...place };
      case 'float': return { kind: 'number', value: node.value, whole: false, ...place };
      default: return { kind: 'other', what: 'a date', ...place };
    }
  }
}

function problem(message: string, { line, column }: Place): ManifestProblem {
  return { line, column, key: '', message };
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * What the parser would be busy with for long: where the text may be nested too deep for anybody to mean it, or has many more values than it may. What stands in
 * texts and comments counts too.
 */
function tooMuch(text: string, items: number): ManifestProblem | null {
  let depth = 0;
  let marks = 0;
  let line = 1;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const one = text[at];
    if (one === '\n') {
      line++;
      start = at + 1;
    } else if (one === '[' || one === '{') depth++;
    else if (one === ']' || one === '}') depth = Math.max(0, depth - 1);
    if (one === ',' || one === '=' || one === '[') marks++;
    if (depth > 64) return problem(`tables and lists are nested more than ${DEPTH_MAX} deep`, { line, column: at - start + 1 });
    if (marks > 2 * items) return problem(`it has more than ${items} values`, { line, column: at - start + 1 });
  }
  return null;
}

/** Reads TOML with places. The parser is loaded when it is first needed. Never throws for what the text says. */
export async function parseToml(text: string, bounds: TomlBounds): Promise<LocatedTable | ManifestProblem> {
  if (text.length > bounds.bytes || utf8Length(text) > bounds.bytes) return problem(`it has more than ${bounds.bytes / 1024} KiB`, START);
  const { parseTOML, ParseError } = await import('toml-eslint-parser');
  const refused = tooMuch(text, bounds.items);
  if (refused) return refused;
  try {
    return new Builder(bounds.items).build(parseTOML(text.replace(/^\uFEFF/, ''), { tomlVersion: '1.0' }));
  } catch (error) {
    if (error instanceof ParseError) return problem(error.message, { line: error.lineNumber, column: error.column + 1 });
    if (error instanceof Refused) return problem(error.message, error.place);
    if (error instanceof RangeError) return problem('it is nested too deep to be read', START);
    throw error;
  }
}

/** A value of this realm or of JSON in the same form, at no place. Cycles and what no file can say end as `other`. */
export function locate(value: unknown, depth = 0): Located {
  const place = { line: 0, column: 0 };
  if (typeof value === 'string') return { kind: 'string', value, ...place };
  if (typeof value === 'number') return { kind: 'number', value, whole: Number.isSafeInteger(value), ...place };
  if (typeof value === 'boolean') return { kind: 'boolean', value, ...place };
  if (typeof value !== 'object' || value === null || depth > DEPTH_MAX) return { kind: 'other', what: value === null ? 'nothing' : typeof value, ...place };
  if (Array.isArray(value)) return { kind: 'list', items: value.slice(0, LIST_MAX).map((item: unknown) => locate(item, depth + 1)), ...place };
  const entries = Object.entries(value).slice(0, LIST_MAX).filter(([, one]) => one !== undefined);
  return { kind: 'table', entries: new Map(entries.map(([key, one]) => [key, { key: place, value: locate(one, depth + 1) }])), ...place };
}

/** More than any list may have, so that it is refused and not cut. */
const LIST_MAX = 2000;
