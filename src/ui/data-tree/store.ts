export type Kind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null' | 'alias' | 'error';
const KINDS: readonly Kind[] = ['object', 'array', 'string', 'number', 'boolean', 'null', 'alias', 'error'];

/** Values of a document that are kept; about thirty bytes each. */
export const NODES_MAX = 5_000_000;

/** What is wrong with a document, and where: offset in its source, line and column from 1 on. */
export interface Fault {
  message: string;
  offset: number;
  line: number;
  column: number;
}

class Column {
  #items = new Uint32Array(1024);

  at(index: number): number {
    return this.#items[index]!;
  }

  set(index: number, value: number): void {
    if (index >= this.#items.length) {
      const grown = new Uint32Array(Math.max(index + 1, this.#items.length * 2));
      grown.set(this.#items);
      this.#items = grown;
    }
    this.#items[index] = value;
  }
}

/**
 * The values of a document in the order of their beginnings, as columns of numbers: a node's children follow it, up to `next`. Node 0 is the whole. Texts
 * are places in the source until they are asked for, so numbers keep all their digits and nothing is nested on a stack.
 */
export class NodeStore {
  length = 0;
  /** More values than are kept. */
  full = false;
  readonly #kind = new Column();
  readonly #start = new Column();
  readonly #end = new Column();
  readonly #keyStart = new Column();
  readonly #keyEnd = new Column();
  readonly #next = new Column();
  readonly #parent = new Column();
  readonly #count = new Column();

  /** Adds a value as the last child of `parent` (itself for the first). Its range and end are set by `close`. Yields its number. */
  add(kind: Kind, parent: number, start: number, keyStart = 0, keyEnd = 0): number {
    const node = this.length++;
    this.#kind.set(node, KINDS.indexOf(kind));
    this.#start.set(node, start);
    this.#end.set(node, start);
    this.#keyStart.set(node, keyStart);
    this.#keyEnd.set(node, keyEnd);
    this.#next.set(node, node + 1);
    this.#parent.set(node, parent);
    this.#count.set(node, 0);
    if (node > 0) this.#count.set(parent, this.#count.at(parent) + 1);
    return node;
  }

  /** Ends a value: all that was added since is within it. */
  close(node: number, end: number): void {
    this.#end.set(node, end);
    this.#next.set(node, this.length);
  }

  kind(node: number): Kind {
    return KINDS[this.#kind.at(node)]!;
  }

  start(node: number): number {
    return this.#start.at(node);
  }

  end(node: number): number {
    return this.#end.at(node);
  }

  /** Where its key stands in the source; null for none. */
  key(node: number): { start: number; end: number } | null {
    return this.#keyEnd.at(node) === 0 ? null : { start: this.#keyStart.at(node), end: this.#keyEnd.at(node) };
  }

  next(node: number): number {
    return this.#next.at(node);
  }

  parent(node: number): number {
    return this.#parent.at(node);
  }

  count(node: number): number {
    return this.#count.at(node);
  }
}
