import type { Graph } from './graph.ts';
import { NODE, type Point } from './layout.ts';

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';
export const DIRECTIONS: readonly string[] = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'];

/** The node that lies in a direction: sideways one that it is connected with, if there is any; else the nearest. Null: none. */
export function stepFrom(id: string, direction: Direction, graph: Graph, places: ReadonlyMap<string, Point>): string | null {
  const at = places.get(id);
  if (!at) return graph.nodes[0]?.id ?? null;
  const sideways = direction === 'ArrowLeft' || direction === 'ArrowRight';
  const connected = new Set(graph.edges.flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : [])));
  let best: string | null = null;
  let least = Infinity;
  for (const [other, place] of places) {
    if (other === id || !lies(direction, at, place)) continue;
    const [dx, dy] = [Math.abs(place.x - at.x), Math.abs(place.y - at.y)];
    const far = (sideways ? dx + 2 * dy : dy + 4 * dx) - (sideways && connected.has(other) ? 10_000 : 0);
    if (far < least) [best, least] = [other, far];
  }
  return best;
}

function lies(direction: Direction, from: Point, to: Point): boolean {
  switch (direction) {
    case 'ArrowLeft': return to.x + NODE.width <= from.x;
    case 'ArrowRight': return to.x >= from.x + NODE.width;
    case 'ArrowUp': return to.y < from.y && Math.abs(to.x - from.x) < NODE.width;
    default: return to.y > from.y && Math.abs(to.x - from.x) < NODE.width;
  }
}
