import type { TraceBucket, TracedCall } from '../../shared/abi/index.ts';
import { TRACE_FAMILIES } from '../../shared/abi/index.ts';
import { barPieces, lengthOf, placeOf, ticks, type Stretch } from './strip-geometry.ts';
import { FAMILY_COLOURS, familyOf, formatTick, outcomeOf } from './wording.ts';

/** Colours of the page as they are now. */
export interface Palette {
  families: readonly string[];
  text: string;
  line: string;
  busy: string;
  waiting: string;
  failed: string;
  chosen: string;
  /** Of names on spans. */
  onSpan: string;
}

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    families: FAMILY_COLOURS.map(colour), text: colour('--mute'), line: colour('--line'), busy: colour('--soft'), waiting: colour('--line-strong'), failed: colour('--red'), chosen: colour('--yellow'),
    onSpan: colour('--on-accent'),
  };
}

/** Parts of the strip from above, in px. */
export const RULER = 16;
export const BARS = 56;
const LANE = 4;
const MARKS = 6;
export const STRIP_HEIGHT = RULER + BARS + 2 + LANE + 2 + MARKS;
const LANES_MAX = 3;
const FONT = '10px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** Makes the canvas as large as it is shown, and yields what draws on it in CSS px. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const scale = devicePixelRatio || 1;
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

export interface StripPicture {
  shown: Stretch;
  buckets: readonly TraceBucket[];
  spans: readonly TracedCall[] | null;
  chosen: TracedCall | null;
}

/** The strip: a scale, calls by kind (bars, or each as a span), time within calls, and marks where calls failed. */
export function drawStrip(context: CanvasRenderingContext2D, width: number, palette: Palette, { shown, buckets, spans, chosen }: StripPicture): void {
  drawRuler(context, width, palette, shown);
  if (spans) drawSpans(context, width, palette, shown, spans);
  else drawBars(context, width, palette, buckets, RULER, BARS);
  drawLanes(context, width, palette, shown, buckets);
  if (chosen) drawChosen(context, width, palette, shown, chosen);
}

function drawRuler(context: CanvasRenderingContext2D, width: number, { text, line }: Palette, shown: Stretch): void {
  const { times, step } = ticks(shown, width);
  context.font = FONT;
  context.textBaseline = 'middle';
  for (const time of times) {
    const x = Math.round(placeOf(time, width, shown)) + 0.5;
    context.fillStyle = line;
    context.fillRect(x - 0.5, 0, 1, RULER + BARS);
    context.fillStyle = text;
    const label = formatTick(time, step);
    if (x + 4 + label.length * 6 < width) context.fillText(label, x + 4, RULER / 2);
  }
}

function drawBars(context: CanvasRenderingContext2D, width: number, { families }: Palette, buckets: readonly TraceBucket[], top: number, height: number): void {
  const most = buckets.reduce((found, { count }) => Math.max(found, count), 0);
  const step = width / Math.max(1, buckets.length);
  const gap = step >= 3 ? 1 : 0;
  buckets.forEach((bucket, at) => {
    for (const { family, from, to } of barPieces(bucket, most)) {
      context.fillStyle = families[family] ?? families[0]!;
      // A piece is never thinner than what can be seen.
      const tall = Math.max(1, (to - from) * height);
      context.fillRect(at * step, top + height - to * height, Math.max(1, step - gap), tall);
    }
  });
}

/** Shares of time within calls and waiting, and red marks where some failed. */
function drawLanes(context: CanvasRenderingContext2D, width: number, { busy, waiting, failed }: Palette, shown: Stretch, buckets: readonly TraceBucket[]): void {
  const step = width / Math.max(1, buckets.length);
  const span = lengthOf(shown) / Math.max(1, buckets.length);
  const lane = RULER + BARS + 2;
  buckets.forEach((bucket, at) => {
    const x = at * step;
    const share = (ms: number): number => Math.min(1, span === 0 ? 0 : ms / span);
    if (bucket.busy > 0) {
      context.fillStyle = busy;
      context.globalAlpha = 0.25 + 0.75 * share(bucket.busy);
      context.fillRect(x, lane, Math.max(1, step), LANE);
    }
    if (bucket.waiting > 0) {
      context.fillStyle = waiting;
      context.globalAlpha = 0.5 + 0.5 * share(bucket.waiting);
      context.fillRect(x, lane + LANE / 2, Math.max(1, step), LANE / 2);
    }
    context.globalAlpha = 1;
    if (bucket.failed > 0) {
      context.fillStyle = failed;
      context.fillRect(x, lane + LANE + 2, Math.max(2, step), MARKS);
    }
  });
}

/** Which of the few lanes a thread is in. */
const laneOf = (tid: number): number => tid % LANES_MAX;

function laneBox(spans: readonly TracedCall[]): { lanes: number; tall: number } {
  const lanes = Math.min(LANES_MAX, 1 + spans.reduce((most, { tid }) => Math.max(most, laneOf(tid)), 0));
  return { lanes, tall: Math.min(40, BARS / lanes) };
}

interface SpanBox { x: number; y: number; width: number; height: number }

function spanBox(call: TracedCall, width: number, shown: Stretch, { lanes, tall }: { lanes: number; tall: number }): SpanBox {
  const x = placeOf(call.at, width, shown);
  const end = placeOf(call.open ? shown.to : call.at + call.duration, width, shown);
  return { x, y: RULER + BARS - tall * (lanes - laneOf(call.tid)), width: Math.max(2, Math.min(width, end) - Math.max(0, x)), height: tall - 2 };
}

function drawSpans(context: CanvasRenderingContext2D, width: number, { families, failed, onSpan }: Palette, shown: Stretch, spans: readonly TracedCall[]): void {
  const lanes = laneBox(spans);
  context.font = FONT;
  context.textBaseline = 'middle';
  for (const call of spans) {
    const box = spanBox(call, width, shown, lanes);
    const bad = outcomeOf(call) === 'failed';
    context.fillStyle = families[TRACE_FAMILIES.indexOf(familyOf(call.call))]!;
    context.fillRect(box.x, box.y, box.width, box.height);
    if (bad) {
      context.fillStyle = failed;
      context.fillRect(box.x, box.y, box.width, 3);
    }
    if (box.width < 40) continue;
    context.fillStyle = onSpan;
    const room = Math.floor((box.width - 8) / 6);
    context.fillText(call.call.length > room ? `${call.call.slice(0, Math.max(1, room - 1))}…` : call.call, Math.max(0, box.x) + 4, box.y + box.height / 2 + 1);
  }
}

/** The call at a place, where calls are drawn one by one: the last drawn is on top. */
export function spanAt(x: number, y: number, width: number, shown: Stretch, spans: readonly TracedCall[]): TracedCall | null {
  const lanes = laneBox(spans);
  for (let at = spans.length - 1; at >= 0; at--) {
    const box = spanBox(spans[at]!, width, shown, lanes);
    if (x >= box.x - 1 && x <= box.x + box.width + 1 && y >= box.y && y <= box.y + box.height + 2) return spans[at]!;
  }
  return null;
}

function drawChosen(context: CanvasRenderingContext2D, width: number, { chosen }: Palette, shown: Stretch, call: TracedCall): void {
  const x = placeOf(call.at, width, shown);
  if (x < -1 || x > width + 1) return;
  context.fillStyle = chosen;
  context.fillRect(Math.round(x) - 0.5, 0, 1.5, STRIP_HEIGHT);
}

/** The whole run, small and of one colour; what is not shown large is dimmed. */
export function drawOverview(context: CanvasRenderingContext2D, width: number, height: number, palette: Palette, overview: readonly TraceBucket[], shown: Stretch, whole: Stretch): void {
  const most = overview.reduce((found, { count }) => Math.max(found, count), 0);
  const step = width / Math.max(1, overview.length);
  overview.forEach(({ count, failed }, at) => {
    if (count === 0) return;
    const x = at * step;
    const seen = placeOf(shown.from, width, whole) <= x + step && x <= placeOf(shown.to, width, whole);
    context.globalAlpha = seen ? 0.9 : 0.35;
    context.fillStyle = failed > 0 ? palette.failed : palette.busy;
    const tall = Math.max(1, Math.sqrt(count / most) * height);
    context.fillRect(x, height - tall, Math.max(1, step), tall);
  });
  context.globalAlpha = 1;
}
