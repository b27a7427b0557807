import { describe, expect, it } from 'vitest';
import type { Graph, GraphEdge, GraphNode } from './graph.ts';
import { BETWEEN, boundsOf, curveOf, Layout, NODE, type Point } from './layout.ts';

const node = (id: string, column: 0 | 1 | 2, order: number, seat?: string): GraphNode => ({ id, kind: 'process', column, order, title: id, sub: '', faded: false, ...(seat !== undefined && { seat }) });
const graphOf = (nodes: GraphNode[], edges: GraphEdge[] = []): Graph => ({ nodes, edges, byId: new Map(nodes.map((one) => [one.id, one])), edgeIds: new Set(edges.map(({ id }) => id)), instead: new Map(), left: [] });

/** Numbers of a seed, below `max`. */
function randomOf(seed: number): (max: number) => number {
  let state = seed;
  return (max) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * max);
  };
}

function overlapping(places: ReadonlyMap<string, Point>): [string, string] | null {
  const list = [...places];
  for (const [at, [a, p]] of list.entries()) for (const [b, q] of list.slice(at + 1)) if (Math.abs(p.x - q.x) < NODE.width && Math.abs(p.y - q.y) < NODE.height) return [a, b];
  return null;
}

describe('layout', () => {
  it('lays columns out beside each other, each in its order', () => {
    const places = new Layout().update(graphOf([node('b', 1, 2), node('a', 1, 1), node('p', 0, 0), node('l', 2, 0)]));
    expect([places.get('p')!.x, places.get('a')!.x, places.get('l')!.x]).toEqual([0, NODE.width + BETWEEN, 2 * (NODE.width + BETWEEN)]);
    expect(places.get('a')!.y).toBeLessThan(places.get('b')!.y);
  });

  it.each([7, 41, 20_261_126])('keeps who is there where it is, whoever comes and goes, and none lies on another (seed %i)', (seed) => {
    const random = randomOf(seed);
    const layout = new Layout();
    let nodes = Array.from({ length: 30 }, (_, at) => node(`n${at}`, random(3) as 0 | 1 | 2, random(100)));
    let places = layout.update(graphOf(nodes));
    for (let step = 0; step < 120; step++) {
      const before = new Map(places);
      nodes = nodes.filter(() => random(10) > 0);
      const kept = new Set(nodes.map(({ id }) => id));
      for (let count = random(6); count > 0; count--) nodes.push(node(`s${step}.${count}`, random(3) as 0 | 1 | 2, random(100)));
      const edges = nodes.slice(1).map((one, at): GraphEdge => ({ id: `e${at}`, from: nodes[random(nodes.length)]!.id, to: one.id, kind: 'sees' }));
      places = layout.update(graphOf(nodes, edges));
      for (const id of kept) expect(places.get(id)).toEqual(before.get(id));
      expect(overlapping(places)).toBeNull();
    }
  });

  it('who comes back is where it was; who takes a seat is where the one before was', () => {
    const layout = new Layout();
    const [a, b, c] = [node('a', 0, 0), node('b', 0, 1, 'seat'), node('c', 0, 2)];
    const first = new Map(layout.update(graphOf([a, b, c])));
    layout.update(graphOf([a, c]));
    expect(layout.update(graphOf([a, b, c]))).toEqual(first);
    const next = layout.update(graphOf([a, node('d', 0, 9, 'seat'), c]));
    expect(next.get('d')).toEqual(first.get('b'));
  });

  it('what was dragged stays where it was put, until it is tidied up', () => {
    const layout = new Layout([['a', { x: 5, y: 6 }]]);
    const graph = graphOf([node('a', 0, 0), node('b', 0, 1)]);
    expect(layout.update(graph).get('a')).toEqual({ x: 5, y: 6 });
    layout.drag('b', { x: 1, y: 2 });
    expect(layout.update(graph).get('b')).toEqual({ x: 1, y: 2 });
    expect([...layout.dragged.keys()]).toEqual(['a', 'b']);
    expect(overlapping(layout.tidy(graph))).toBeNull();
    expect(layout.dragged.size).toBe(0);
  });

  it('224 processes go into lanes, none lies on another', () => {
    const places = new Layout().update(graphOf(Array.from({ length: 224 }, (_, at) => node(`p${at}`, 0, at))));
    const { width, height } = boundsOf(places.values());
    expect(overlapping(places)).toBeNull();
    expect(height).toBeLessThan(5000);
    expect(width).toBeLessThan(800);
  });

  it('edges go from side to side, and around where both are in one column', () => {
    const [a, b] = [{ x: 0, y: 0 }, { x: 400, y: 100 }];
    expect(curveOf(a, b)[0]).toEqual({ x: NODE.width, y: 24 });
    expect(curveOf(a, b)[3]).toEqual({ x: 400, y: 124 });
    expect(curveOf(b, a)[0]).toEqual({ x: 400, y: 124 });
    expect(curveOf(a, { x: 0, y: 200 })[1]!.x).toBeLessThan(0);
    expect(boundsOf([])).toEqual({ x: 0, y: 0, width: 0, height: 0 });
  });
});
