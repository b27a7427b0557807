import type { Flow, Rate } from './flow.ts';
import { strength } from './flow.ts';
import type { Graph, GraphEdge } from './graph.ts';
import { curveOf, NODE, type Point } from './layout.ts';
import type { View } from './view.ts';

/** Of the tokens, as canvas takes them. */
export interface Colours {
  line: string;
  strong: string;
  teal: string;
  blue: string;
  violet: string;
  raised: string;
  text: string;
}

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return { line: of('line'), strong: of('line-strong'), teal: of('teal'), blue: of('blue'), violet: of('violet'), raised: of('raised'), text: of('text') };
}

export interface Scene {
  view: View;
  graph: Graph;
  places: ReadonlyMap<string, Point>;
  flow: Flow;
  /** All others are dim. Null: nobody is. */
  lit: ReadonlySet<string> | null;
  selected: string | null;
  colours: Colours;
}

/** Units of the picture that dashes go in a second. */
const SPEED = 44;
const DIM = 0.22;

function begin(context: CanvasRenderingContext2D, { view }: Scene, ratio: number): void {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.setTransform(ratio * view.k, 0, 0, ratio * view.k, ratio * view.x, ratio * view.y);
  context.lineCap = 'round';
}

function forEachSeen({ view, graph, places }: Scene, draw: (edge: GraphEdge, a: Point, b: Point) => void): void {
  const [from, to] = [view.toPicture({ x: 0, y: 0 }), view.toPicture({ x: view.width, y: view.height })];
  for (const edge of graph.edges) {
    const [a, b] = [places.get(edge.from), places.get(edge.to)];
    if (a && b && isSeen(a, b, from, to)) draw(edge, a, b);
  }
}

/** Draws all edges as they are at rest: many, and only when something has changed. */
export function drawStillEdges(context: CanvasRenderingContext2D, scene: Scene, ratio: number): void {
  begin(context, scene, ratio);
  forEachSeen(scene, (edge, a, b) => drawStill(context, scene, edge, a, b, scene.flow.edges.has(edge.id)));
  context.globalAlpha = 1;
}

/** Draws what goes along edges: few, and in every frame. `time` in seconds; null: nothing moves. */
export function drawLiveEdges(context: CanvasRenderingContext2D, scene: Scene, ratio: number, time: number | null): void {
  begin(context, scene, ratio);
  forEachSeen(scene, (edge, a, b) => {
    const rate = scene.flow.edges.get(edge.id);
    if (rate) drawLive(context, scene, edge, a, b, rate, time);
  });
  context.globalAlpha = 1;
}

function isSeen(a: Point, b: Point, from: Point, to: Point): boolean {
  return Math.max(a.x, b.x) + NODE.width > from.x && Math.min(a.x, b.x) - 60 < to.x && Math.max(a.y, b.y) + NODE.height > from.y && Math.min(a.y, b.y) < to.y;
}

const isMessage = (edge: GraphEdge): boolean => edge.kind === 'listens' || edge.kind === 'publishes';
const isLit = ({ lit }: Scene, { from, to }: GraphEdge): boolean => lit === null || (lit.has(from) && lit.has(to));

function trace(context: CanvasRenderingContext2D, a: Point, b: Point, shift: number): void {
  const [p, c, d, q] = curveOf(a, b);
  context.beginPath();
  context.moveTo(p.x, p.y + shift);
  context.bezierCurveTo(c.x, c.y + shift, d.x, d.y + shift, q.x, q.y + shift);
  context.stroke();
}

function drawStill(context: CanvasRenderingContext2D, scene: Scene, edge: GraphEdge, a: Point, b: Point, live: boolean): void {
  const near = scene.selected !== null && (edge.from === scene.selected || edge.to === scene.selected);
  context.globalAlpha = isLit(scene, edge) ? (live ? 0.5 : 1) : DIM;
  context.strokeStyle = near || (scene.lit !== null && isLit(scene, edge)) ? scene.colours.strong : scene.colours.line;
  context.lineWidth = near ? 2 : 1.5;
  context.setLineDash(isMessage(edge) ? [0.5, 5] : []);
  context.lineDashOffset = 0;
  trace(context, a, b, 0);
}

/** Dashes go the way of what is written, against it for what is read; dots for messages. */
function drawLive(context: CanvasRenderingContext2D, scene: Scene, edge: GraphEdge, a: Point, b: Point, rate: Rate, time: number | null): void {
  const { colours } = scene;
  context.globalAlpha = (isLit(scene, edge) ? 1 : DIM) * (0.55 + 0.45 * strength(rate));
  context.lineWidth = 1.75 + 1.5 * strength(rate);
  const both = rate.read > 0 && rate.write > 0;
  const moved = (time ?? 0) * SPEED;
  const stroke = (colour: string, dash: number[], offset: number, shift: number): void => {
    context.strokeStyle = colour;
    context.setLineDash(dash);
    context.lineDashOffset = offset;
    trace(context, a, b, shift);
  };
  if (rate.write > 0) stroke(colours.blue, [6, 5], -moved, both ? -2.5 : 0);
  if (rate.read > 0) stroke(colours.teal, [6, 5], moved, both ? 2.5 : 0);
  if (rate.message > 0) stroke(colours.violet, [1, 6], edge.kind === 'listens' ? moved : -moved, 0);
}

/** All nodes as boxes, and what is seen of them. `scale`: of the picture. */
export function drawMinimap(context: CanvasRenderingContext2D, scene: Scene, ratio: number, origin: Point, scale: number): void {
  const { view, places, lit, selected, colours } = scene;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.setTransform(ratio * scale, 0, 0, ratio * scale, -origin.x * scale * ratio, -origin.y * scale * ratio);
  for (const [id, { x, y }] of places) {
    context.globalAlpha = lit === null || lit.has(id) ? 1 : 0.35;
    context.fillStyle = id === selected ? colours.blue : colours.strong;
    context.fillRect(x, y, NODE.width, NODE.height);
  }
  context.globalAlpha = 1;
  const a = view.toPicture({ x: 0, y: 0 });
  context.strokeStyle = colours.blue;
  context.lineWidth = 1.5 / scale;
  context.setLineDash([]);
  context.strokeRect(a.x, a.y, view.width / view.k, view.height / view.k);
}
