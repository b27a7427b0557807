import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactElement, type RefObject } from 'react';
import { Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { useStore } from 'zustand';
import { TRACE_FAMILIES, type TraceBucket } from '../../shared/abi/index.ts';
import { useApp } from '../app/index.ts';
import { formatCount, plural } from '../kit/index.ts';
import { STRIP_HEIGHT, drawOverview, drawStrip, paletteOf, prepare, spanAt } from './draw-strip.ts';
import { ZOOM_STEP, isWhole, lengthOf, panned, placeOf, stretchAfterKey, stretchText, timeAt, within, zoomed, type Stretch } from './strip-geometry.ts';
import type { StripState } from './strip-model.ts';
import type { TraceModel } from './trace-model.ts';
import { useTrace } from './use-trace.ts';
import { FAMILY_WORDS, formatSpan, resultText } from './wording.ts';

const OVERVIEW_HEIGHT = 18;
/** A press that moves less is a click. */
const STEADY = 4;

interface StripProps {
  model: TraceModel;
  /** A call was clicked, or a moment: its row is wanted. */
  onTime: (at: number, seq?: number) => void;
}

/** The run over time: all of it small, and the stretch that is looked at large. Drag selects, the wheel zooms, a click leads to the row. */
export function Strip({ model, onTime }: StripProps): ReactElement {
  const strip = useStore(model.strip.store);
  const range = useTrace(model, (state) => state.range);
  const shown = range ?? strip.whole;
  const zoom = (factor: number): void => model.setRange(zoomed(shown, strip.whole, factor));
  return (
    <div className="trace-strip">
      <div className="trace-strip-main">
        <Overview model={model} strip={strip} shown={shown} />
        <Main model={model} strip={strip} shown={shown} onTime={onTime} />
      </div>
      <div className="trace-strip-tools" role="group" aria-label="Zoom">
        <button type="button" className="icon-btn" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoom(ZOOM_STEP * 1.5)}><ZoomIn size={14} aria-hidden="true" /></button>
        <button type="button" className="icon-btn" aria-label="Zoom out" title="Zoom out (−)" disabled={range === null} onClick={() => zoom(1 / (ZOOM_STEP * 1.5))}><ZoomOut size={14} aria-hidden="true" /></button>
        <button type="button" className="icon-btn" aria-label="Show the whole run" title="The whole run (Esc)" disabled={range === null} onClick={() => model.setRange(null)}><Maximize2 size={14} aria-hidden="true" /></button>
      </div>
    </div>
  );
}

/** Draws whenever what it depends on changes, and when the size or the theme does. */
function useCanvas(height: number, draw: (context: CanvasRenderingContext2D, width: number, element: HTMLCanvasElement) => void, onWidth?: (width: number) => void): RefObject<HTMLCanvasElement | null> {
  const ref = useRef<HTMLCanvasElement>(null);
  const app = useApp();
  useStore(app.theme);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const canvas = ref.current;
    if (!canvas) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(canvas);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (width > 0) onWidth?.(width);
  }, [width, onWidth]);
  // The theme's tokens hold once the page has them: after the commit.
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas && width > 0 ? prepare(canvas, width, height) : null;
    if (canvas && context) draw(context, width, canvas);
  });
  return ref;
}

type Drag = { kind: 'select'; at: number; x: number; moved: boolean } | { kind: 'pan'; at: number; x: number; moved: boolean; start: Stretch };

/** The pointer on a piece of time: what is being dragged, and the stretch that a drag marks. */
function useDrag(width: () => number, span: Stretch, done: (stretch: Stretch) => void, click: (event: PointerEvent, at: number) => void) {
  const drag = useRef<Drag | null>(null);
  const [mark, setMark] = useState<Stretch | null>(null);
  const xOf = (event: PointerEvent): number => event.clientX - event.currentTarget.getBoundingClientRect().left;
  return {
    mark,
    onPointerDown: (event: PointerEvent, pan?: Stretch): void => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const x = xOf(event);
      const common = { at: timeAt(x, width(), span), x, moved: false };
      drag.current = pan ? { kind: 'pan', ...common, start: pan } : { kind: 'select', ...common };
    },
    onPointerMove: (event: PointerEvent, panTo?: (stretch: Stretch) => void): void => {
      const held = drag.current;
      if (!held) return;
      const x = xOf(event);
      if (Math.abs(x - held.x) > STEADY) held.moved = true;
      if (!held.moved) return;
      const at = timeAt(x, width(), span);
      if (held.kind === 'pan') panTo?.({ from: held.start.from + at - held.at, to: held.start.to + at - held.at });
      else setMark({ from: Math.min(at, held.at), to: Math.max(at, held.at) });
    },
    onPointerUp: (event: PointerEvent): void => {
      const held = drag.current;
      drag.current = null;
      setMark(null);
      if (!held) return;
      if (!held.moved) click(event, held.at);
      else if (mark) done(mark);
    },
    onPointerCancel: (): void => {
      drag.current = null;
      setMark(null);
    },
  };
}

function Mark({ mark, span }: { mark: Stretch | null; span: Stretch }): ReactElement | null {
  if (!mark) return null;
  return <i className="trace-mark" aria-hidden="true" style={{ left: `${placeOf(mark.from, 100, span)}%`, width: `${placeOf(mark.to, 100, span) - placeOf(mark.from, 100, span)}%` }} />;
}

function Overview({ model, strip, shown }: { model: TraceModel; strip: StripState; shown: Stretch }): ReactElement {
  const { whole, overview } = strip;
  const canvas = useCanvas(OVERVIEW_HEIGHT, (context, width, element) => drawOverview(context, width, OVERVIEW_HEIGHT, paletteOf(element), overview, shown, whole));
  const all = isWhole(shown, whole);
  const drag = useDrag(() => canvas.current?.clientWidth ?? 1, whole, (stretch) => model.setRange(stretch), (_event, at) => {
    if (!all) model.setRange(within({ from: at - lengthOf(shown) / 2, to: at + lengthOf(shown) / 2 }, whole));
  });
  const inside = (event: PointerEvent): boolean => {
    const at = timeAt(event.clientX - event.currentTarget.getBoundingClientRect().left, canvas.current?.clientWidth ?? 1, whole);
    return !all && at >= shown.from && at <= shown.to;
  };
  return (
    <div
      className="trace-overview" aria-hidden="true" onPointerDown={(event) => drag.onPointerDown(event, inside(event) ? shown : undefined)} onPointerMove={(event) => drag.onPointerMove(event, (stretch) => model.setRange(within(stretch, whole)))}
      onPointerUp={drag.onPointerUp} onPointerCancel={drag.onPointerCancel} onDoubleClick={() => model.setRange(null)}
    >
      <canvas ref={canvas} style={{ height: OVERVIEW_HEIGHT }} />
      {!all && <i className="trace-seen" style={{ left: `${placeOf(shown.from, 100, whole)}%`, width: `max(3px, ${placeOf(shown.to, 100, whole) - placeOf(shown.from, 100, whole)}%)` }} />}
      <Mark mark={drag.mark} span={whole} />
    </div>
  );
}

function Main({ model, strip, shown, onTime }: { model: TraceModel; strip: StripState; shown: Stretch; onTime: StripProps['onTime'] }): ReactElement {
  const { whole } = strip;
  const chosen = useTrace(model, (state) => state.selection?.call ?? null);
  const [hover, setHover] = useState<{ x: number; y: number; width: number } | null>(null);
  const holder = useRef<HTMLDivElement>(null);
  const [onWidth] = useState(() => (width: number) => model.strip.setWidth(width));
  // What was read is drawn where it is now, until the reading of the new stretch is there.
  const canvas = useCanvas(STRIP_HEIGHT, (context, width, element) => {
    const picture = { shown: strip.shown, buckets: strip.buckets, spans: strip.spans, chosen };
    const scale = lengthOf(strip.shown) / (lengthOf(shown) || 1);
    context.save();
    context.beginPath();
    context.rect(0, 0, width, STRIP_HEIGHT);
    context.clip();
    if (strip.shown !== shown && lengthOf(strip.shown) > 0 && Number.isFinite(scale)) {
      context.translate(placeOf(strip.shown.from, width, shown), 0);
      context.scale(scale, 1);
    }
    drawStrip(context, width, paletteOf(element), picture);
    context.restore();
  }, onWidth);
  const width = (): number => canvas.current?.clientWidth ?? 1;
  const drag = useDrag(width, shown, (stretch) => model.setRange(stretch), (event, at) => {
    const box = event.currentTarget.getBoundingClientRect();
    const span = strip.spans ? spanAt(event.clientX - box.left, event.clientY - box.top, width(), shown, strip.spans) : null;
    onTime(at, span?.seq);
  });
  useWheel(holder, model, shown, whole);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') onTime(shown.from);
    else {
      const next = stretchAfterKey(event.key, shown, whole);
      if (!next) return;
      model.setRange(next);
    }
    event.preventDefault();
  };
  return (
    <div
      ref={holder} className="trace-strip-large" role="slider" tabIndex={0} aria-label="Time" aria-valuemin={0} aria-valuemax={Math.ceil(whole.to)} aria-valuenow={Math.round(shown.from)}
      aria-valuetext={stretchText(shown, whole, formatSpan)} aria-describedby="trace-strip-help" onKeyDown={onKeyDown}
      onPointerDown={(event) => drag.onPointerDown(event)} onPointerUp={drag.onPointerUp} onPointerCancel={drag.onPointerCancel} onPointerLeave={() => setHover(null)} onDoubleClick={() => model.setRange(null)}
      onPointerMove={(event) => {
        drag.onPointerMove(event);
        const box = event.currentTarget.getBoundingClientRect();
        setHover({ x: event.clientX - box.left, y: event.clientY - box.top, width: box.width });
      }}
    >
      <canvas ref={canvas} style={{ height: STRIP_HEIGHT }} aria-hidden="true" />
      <Mark mark={drag.mark} span={shown} />
      {hover && lengthOf(shown) > 0 && <Hover at={hover} width={hover.width} shown={shown} strip={strip} mark={drag.mark} />}
      <p id="trace-strip-help" className="hidden-text">Arrow left and right move, plus and minus zoom, Home and End go to the ends, Escape shows the whole run, Enter goes to the first call that is shown.</p>
    </div>
  );
}

/** Zooms at the pointer; sideways, or with Shift, moves. */
function useWheel(holder: RefObject<HTMLDivElement | null>, model: TraceModel, shown: Stretch, whole: Stretch): void {
  const latest = useRef({ shown, whole });
  useEffect(() => {
    latest.current = { shown, whole };
  });
  useEffect(() => {
    const element = holder.current;
    if (!element) return undefined;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const now = latest.current;
      const box = element.getBoundingClientRect();
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : 0;
      const at = timeAt(event.clientX - box.left, box.width, now.shown);
      const next = sideways !== 0 ? panned(now.shown, now.whole, sideways / 200) : zoomed(now.shown, now.whole, Math.exp(-event.deltaY / 300), at);
      latest.current = { ...now, shown: next };
      model.setRange(next);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [holder, model]);
}

/** What is under the pointer, in words. */
function Hover({ at, width, shown, strip, mark }: { at: { x: number; y: number }; width: number; shown: Stretch; strip: StripState; mark: Stretch | null }): ReactElement {
  const time = timeAt(at.x, width, shown);
  const place = Math.min(strip.buckets.length - 1, Math.max(0, Math.floor(placeOf(time, strip.buckets.length, strip.shown))));
  const bucket = strip.buckets[place];
  const span = strip.spans && !mark ? spanAt(at.x, at.y, width, shown, strip.spans) : null;
  return (
    <>
      <i className="trace-hair" aria-hidden="true" style={{ left: at.x }} />
      <div className={`trace-tip${at.x > width / 2 ? ' left' : ''}`} aria-hidden="true" style={at.x > width / 2 ? { right: width - at.x + 8 } : { left: at.x + 8 }}>
        <b>{mark ? `${formatSpan(mark.from)} – ${formatSpan(mark.to)}, ${formatSpan(lengthOf(mark))}` : formatSpan(time)}</b>
        {span && <span><span className="mono">{span.call}</span> {resultText(span)}, {formatSpan(span.duration)}</span>}
        {!span && !mark && bucket && <BucketWords bucket={bucket} />}
      </div>
    </>
  );
}

function BucketWords({ bucket }: { bucket: TraceBucket }): ReactElement {
  return (
    <>
      <span>{plural(bucket.count, 'call')}{bucket.failed > 0 && <span className="bad">, {formatCount(bucket.failed)} failed</span>}</span>
      {TRACE_FAMILIES.map((family, at) => ({ family, count: bucket.families[at] ?? 0 })).filter(({ count }) => count > 0).map(({ family, count }) => (
        <span key={family}><i className="trace-swatch" style={{ background: `var(${FAMILY_WORDS[family].colour})` }} />{FAMILY_WORDS[family].text} {formatCount(count)}</span>
      ))}
    </>
  );
}
