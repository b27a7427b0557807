import type { Graph, GraphEdge, GraphNode } from './graph.ts';

export interface Point {
  x: number;
  y: number;
}

/** Sizes of the picture in its own units; a node's place is that of its upper left corner. */
export const NODE = { width: 200, height: 48 } as const;
export const ROW = 62;
/** Between columns. Further lanes of processes go to the left, all others to the right. */
export const BETWEEN = 150;
const LANE = NODE.width + 24;
/** Rows that a column has before it gets a further lane, and its lanes at most, when it is laid out. */
const ROWS_WANTED = 10;
const LANES_MAX = [3, 2, 3] as const;
/** A further lane is worth so many rows. */
const LANE_COST = 8;
const REMEMBERED_MAX = 2000;

interface Cell {
  lane: number;
  row: number;
}

const key = (column: number, { lane, row }: Cell): string => `${column} ${lane} ${row}`;

/**
 * Where nodes are. Who is there stays where it is, whoever comes and goes; who comes goes to the free cell of its column that is nearest to its
 * neighbours, or back to where it, or the one before it in the same seat, was; who was dragged is where it was put.
 */
export class Layout {
  readonly #cells = new Map<string, Cell>();
  /** Of those that are gone too, the oldest first; by their seats as well. */
  readonly #remembered = new Map<string, Cell>();
  readonly #dragged: Map<string, Point>;
  /** Lanes that the middle column was laid out with: where the third begins. */
  #middle = 1;
  #places = new Map<string, Point>();

  constructor(dragged: Iterable<readonly [string, Point]> = []) {
    this.#dragged = new Map(dragged);
  }

  get places(): ReadonlyMap<string, Point> {
    return this.#places;
  }

  get dragged(): ReadonlyMap<string, Point> {
    return this.#dragged;
  }

  /** Places all nodes; those that had a place keep it. */
  update(graph: Graph): ReadonlyMap<string, Point> {
    if (this.#cells.size === 0 && graph.nodes.length > 0) this.#layOut(graph);
    else this.#addNew(graph);
    return this.#take(graph);
  }

  /** Lays out everything anew; what was dragged too. */
  tidy(graph: Graph): ReadonlyMap<string, Point> {
    this.#cells.clear();
    this.#remembered.clear();
    this.#dragged.clear();
    this.#layOut(graph);
    return this.#take(graph);
  }

  drag(id: string, place: Point): ReadonlyMap<string, Point> {
    this.#dragged.set(id, place);
    this.#places = new Map(this.#places).set(id, place);
    return this.#places;
  }

  #take(graph: Graph): ReadonlyMap<string, Point> {
    this.#places = new Map(graph.nodes.map((node) => [node.id, this.#dragged.get(node.id) ?? this.#placeOf(node.column, this.#cells.get(node.id)!)]));
    return this.#places;
  }

  #placeOf(column: 0 | 1 | 2, { lane, row }: Cell): Point {
    const left = [0, NODE.width + BETWEEN, NODE.width + 2 * BETWEEN + this.#middle * LANE - (LANE - NODE.width)][column]!;
    return { x: left + (column === 0 ? -lane : lane) * LANE, y: row * ROW };
  }

  #layOut({ nodes }: Graph): void {
    for (const column of [0, 1, 2] as const) {
      const ordered = nodes.filter((node) => node.column === column).sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
      const lanes = Math.max(1, Math.min(LANES_MAX[column], Math.ceil(ordered.length / ROWS_WANTED)));
      const perLane = Math.ceil(ordered.length / lanes);
      if (column === 1) this.#middle = lanes;
      for (const [at, node] of ordered.entries()) {
        const lane = Math.floor(at / perLane);
        const inLane = Math.min(perLane, ordered.length - lane * perLane);
        this.#put(node, { lane, row: (at % perLane) - Math.floor((inLane - 1) / 2) });
      }
    }
  }

  #put({ id, seat }: GraphNode, cell: Cell): void {
    this.#cells.set(id, cell);
    for (const name of seat === undefined ? [id] : [id, seat]) {
      this.#remembered.delete(name);
      this.#remembered.set(name, cell);
    }
    while (this.#remembered.size > REMEMBERED_MAX) this.#remembered.delete(this.#remembered.keys().next().value!);
  }

  #addNew({ nodes, edges, byId }: Graph): void {
    for (const id of this.#cells.keys()) if (!byId.has(id)) this.#cells.delete(id);
    const taken = new Set(nodes.flatMap(({ id, column }) => (this.#cells.has(id) ? [key(column, this.#cells.get(id)!)] : [])));
    const fresh = nodes.filter(({ id }) => !this.#cells.has(id)).sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
    if (fresh.length === 0) return;
    const neighbours = neighboursOf(edges);
    for (const node of fresh) {
      const before = [node.id, node.seat ?? node.id].map((name) => this.#remembered.get(name)).find((one) => one && !taken.has(key(node.column, one)));
      const cell = before ?? this.#freeCell(node, this.#wanted(node, nodes, neighbours), taken);
      taken.add(key(node.column, cell));
      this.#put(node, cell);
    }
  }

  /** The row of its neighbours; without any the one after those that come before it in its column. */
  #wanted(node: GraphNode, nodes: readonly GraphNode[], neighbours: ReadonlyMap<string, readonly string[]>): number {
    const before = nodes.filter((one) => one.column === node.column && one.order <= node.order && this.#cells.has(one.id)).sort((a, b) => a.order - b.order).at(-1);
    const after = before ? this.#cells.get(before.id)!.row + 1 : 0;
    const rows = (neighbours.get(node.id) ?? []).flatMap((id) => this.#cells.get(id)?.row ?? []);
    if (rows.length === 0 || node.column !== 2) return after;
    return Math.round(rows.reduce((sum, row) => sum + row, 0) / rows.length);
  }

  #freeCell(node: GraphNode, wanted: number, taken: ReadonlySet<string>): Cell {
    const lanes = node.column === 1 ? this.#middle : 64;
    for (let cost = 0; ; cost++) {
      for (let lane = 0; lane < lanes && lane * LANE_COST <= cost; lane++) {
        const away = cost - lane * LANE_COST;
        for (const row of away === 0 ? [wanted] : [wanted + away, wanted - away]) if (!taken.has(key(node.column, { lane, row }))) return { lane, row };
      }
    }
  }
}

function neighboursOf(edges: readonly GraphEdge[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const add = (a: string, b: string): void => void (found.get(a)?.push(b) ?? found.set(a, [b]));
  for (const { from, to } of edges) {
    add(from, to);
    add(to, from);
  }
  return found;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What all nodes take up; without any a point. */
export function boundsOf(places: Iterable<Point>): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of places) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + NODE.width);
    bottom = Math.max(bottom, y + NODE.height);
  }
  return left === Infinity ? { x: 0, y: 0, width: 0, height: 0 } : { x: left, y: top, width: right - left, height: bottom - top };
}

/** The four points of an edge's curve: from the side that looks at the other node, between two of one column around on the left. */
export function curveOf(from: Point, to: Point): readonly [Point, Point, Point, Point] {
  const [ay, by] = [from.y + NODE.height / 2, to.y + NODE.height / 2];
  if (Math.abs(from.x - to.x) < NODE.width) {
    const left = Math.min(from.x, to.x) - 48;
    return [{ x: from.x, y: ay }, { x: left, y: ay }, { x: left, y: by }, { x: to.x, y: by }];
  }
  const forward = from.x < to.x;
  const a = { x: from.x + (forward ? NODE.width : 0), y: ay };
  const b = { x: to.x + (forward ? 0 : NODE.width), y: by };
  const bend = (b.x - a.x) / 2;
  return [a, { x: a.x + bend, y: a.y }, { x: b.x - bend, y: b.y }, b];
}
