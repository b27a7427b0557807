import type { NodeKind } from '../../shared/abi/index.ts';

/** What the list must know of a node. */
export interface ListedNode {
  readonly name: string;
  readonly kind: NodeKind;
  /** Not 0: it stands for entries that are not loaded, and comes last. */
  more: number;
  /** Its own row and those that are shown below it. */
  rows: number;
}

/** Nodes of one chunk at most; a full one is halved. */
const CHUNK_MAX = 512;
/** Past this many entries names are compared by code unit: a collator needs 20 times as long. */
const COLLATE_MAX = 5000;
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

type Compare = (a: ListedNode, b: ListedNode) => number;

const byCodeUnit: Compare = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
const byCollator: Compare = (a, b) => collator.compare(a.name, b.name) || byCodeUnit(a, b);

/** Directories, then all else, then the row that says how much is not there. */
const rank = (node: ListedNode): number => (node.more > 0 ? 2 : node.kind === 'directory' ? 0 : 1);

const ordered = (names: Compare): Compare => (a, b) => rank(a) - rank(b) || names(a, b);
const SMALL = ordered(byCollator);
const LARGE = ordered(byCodeUnit);

interface Chunk<Node> {
  nodes: Node[];
  /** Rows of all of them. */
  rows: number;
}

/**
 * The children of a directory in their order, and how many rows they and what is open below them take. Adding, removing and finding
 * one costs a few microseconds among 100 000: no list of all rows is ever made.
 */
export class ChildList<Node extends ListedNode> {
  #chunks: Chunk<Node>[] = [];
  #compare = SMALL;
  #length = 0;
  #rows = 0;

  get length(): number {
    return this.#length;
  }

  /** Rows of all children with what is shown below them. */
  get rows(): number {
    return this.#rows;
  }

  /** How many are to come: many are put in by the order of large lists from the start. */
  expect(count: number): void {
    if (count > COLLATE_MAX) this.#enlarge();
  }

  /** Puts in nodes that are not there. */
  add(nodes: Node[]): void {
    if (this.#length + nodes.length > COLLATE_MAX) this.#enlarge();
    if (nodes.length > 64 && nodes.length * 8 > this.#length) {
      nodes.sort(this.#compare);
      this.#refill(merged([...this], nodes, this.#compare));
    } else for (const node of nodes) this.#insert(node);
  }

  /** Whether it was there. */
  remove(node: Node): boolean {
    const index = this.#chunkOf(node);
    const chunk = this.#chunks[index];
    const at = chunk ? this.#place(chunk.nodes, node) : 0;
    if (!chunk || chunk.nodes[at] !== node) return false;
    chunk.nodes.splice(at, 1);
    if (chunk.nodes.length === 0) this.#chunks.splice(index, 1);
    this.#count(chunk, -1, -node.rows);
    return true;
  }

  /** Rows of a child changed by so many. */
  grown(node: Node, rows: number): void {
    const chunk = this.#chunks[this.#chunkOf(node)];
    if (chunk) this.#count(chunk, 0, rows);
  }

  /** From 0; -1: it is not there. */
  positionOf(node: Node): number {
    return this.#before(node, (each) => each.nodes.length, () => 1);
  }

  /** Rows of all that stand before a child. */
  rowsBefore(node: Node): number {
    return this.#before(node, (each) => each.rows, (each) => each.rows);
  }

  /** The child with the row `row` (from 0, below all of these), and which of its own rows that is. */
  atRow(row: number): { node: Node; rest: number } | undefined {
    let rest = row;
    for (const chunk of this.#chunks) {
      if (rest >= chunk.rows) {
        rest -= chunk.rows;
        continue;
      }
      for (const node of chunk.nodes) {
        if (rest < node.rows) return { node, rest };
        rest -= node.rows;
      }
    }
    return undefined;
  }

  *[Symbol.iterator](): Generator<Node> {
    for (const { nodes } of this.#chunks) yield* nodes;
  }

  first(): Node | undefined {
    return this.#chunks[0]?.nodes[0];
  }

  #before(node: Node, ofChunk: (chunk: Chunk<Node>) => number, ofNode: (node: Node) => number): number {
    const index = this.#chunkOf(node);
    const nodes = this.#chunks[index]?.nodes ?? [];
    const at = this.#place(nodes, node);
    if (nodes[at] !== node) return -1;
    let sum = 0;
    for (let each = 0; each < index; each++) sum += ofChunk(this.#chunks[each] as Chunk<Node>);
    for (let each = 0; each < at; each++) sum += ofNode(nodes[each] as Node);
    return sum;
  }

  #insert(node: Node): void {
    if (this.#chunks.length === 0) this.#chunks.push({ nodes: [], rows: 0 });
    const index = this.#chunkOf(node);
    const chunk = this.#chunks[index] as Chunk<Node>;
    chunk.nodes.splice(this.#place(chunk.nodes, node), 0, node);
    this.#count(chunk, 1, node.rows);
    if (chunk.nodes.length > CHUNK_MAX) {
      const nodes = chunk.nodes.splice(CHUNK_MAX >> 1);
      const rows = rowsOf(nodes);
      chunk.rows -= rows;
      this.#chunks.splice(index + 1, 0, { nodes, rows });
    }
  }

  #count(chunk: Chunk<Node>, length: number, rows: number): void {
    chunk.rows += rows;
    this.#rows += rows;
    this.#length += length;
  }

  /** The last chunk that begins at or before the node, else the first one. */
  #chunkOf(node: Node): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#compare(this.#chunks[middle]!.nodes[0] as Node, node) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #place(nodes: readonly Node[], node: Node): number {
    let low = 0;
    let high = nodes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(nodes[middle] as Node, node) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #enlarge(): void {
    if (this.#compare === LARGE) return;
    this.#compare = LARGE;
    this.#refill([...this].sort(LARGE));
  }

  #refill(nodes: readonly Node[]): void {
    this.#chunks = [];
    for (let at = 0; at < nodes.length; at += CHUNK_MAX >> 1) {
      const part = nodes.slice(at, at + (CHUNK_MAX >> 1));
      this.#chunks.push({ nodes: part, rows: rowsOf(part) });
    }
    this.#length = nodes.length;
    this.#rows = this.#chunks.reduce((sum, { rows }) => sum + rows, 0);
  }
}

const rowsOf = (nodes: readonly ListedNode[]): number => nodes.reduce((sum, { rows }) => sum + rows, 0);

function merged<Node extends ListedNode>(a: readonly Node[], b: readonly Node[], compare: Compare): Node[] {
  const all: Node[] = [];
  let at = 0;
  for (const node of a) {
    while (at < b.length && compare(b[at] as Node, node) < 0) all.push(b[at++] as Node);
    all.push(node);
  }
  while (at < b.length) all.push(b[at++] as Node);
  return all;
}
