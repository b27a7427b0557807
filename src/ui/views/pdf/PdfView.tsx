import { useEffect, useLayoutEffect, useRef, useState, type CSSProperties, type ReactElement } from 'react';
import { TextLayer, type PDFDocumentProxy, type PDFPageProxy } from 'pdfjs-dist';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ZoomIn, ZoomOut } from 'lucide-react';
import { basename } from '../../../shared/base/index.ts';
import { useApp } from '../../app/index.ts';
import { visibleName } from '../../kit/index.ts';
import type { ViewerProps } from '../../viewer/index.ts';
import { openPdf } from './open-pdf.ts';
import './pdf.css';

type State = { state: 'loading' } | { state: 'failed'; message: string } | { state: 'open'; document: PDFDocumentProxy; first: { width: number; height: number } };

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3] as const;
const GAP = 16;

/** A PDF: its pages one below the other, drawn when they come into sight, with their text to select. */
export function PdfView({ path, stat: { size }, version }: ViewerProps): ReactElement {
  const app = useApp();
  const [pdf, setPdf] = useState<State>({ state: 'loading' });
  useEffect(() => {
    let gone = false;
    let end: (() => void) | null = null;
    const failed = (error: unknown): void => {
      if (!gone) setPdf({ state: 'failed', message: error instanceof Error ? error.message : String(error) });
    };
    const open = async (): Promise<void> => {
      const task = await openPdf(app.client.api, path, size, failed);
      end = () => void task.destroy();
      if (gone) return end();
      task.onPassword = () => failed(new Error('It is locked with a password'));
      const document = await task.promise;
      const { width, height } = (await document.getPage(1)).getViewport({ scale: 1 });
      if (!gone) setPdf({ state: 'open', document, first: { width, height } });
    };
    open().catch(failed);
    return () => {
      gone = true;
      end?.();
    };
  }, [app, path, size, version]);
  if (pdf.state === 'loading') return <div className="empty" role="status">Loading…</div>;
  if (pdf.state === 'failed') return <div className="empty" role="alert">{visibleName(path)} cannot be shown as PDF: {visibleName(pdf.message)}</div>;
  return <Pages key={pdf.document.fingerprints[0]} document={pdf.document} first={pdf.first} name={visibleName(basename(path))} />;
}

function Pages({ document, first, name }: { document: PDFDocumentProxy; first: { width: number; height: number }; name: string }): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(0);
  const [zoom, setZoom] = useState<number>(1);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setRoom(element.clientWidth - 2 * GAP));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // At 100 % the first page is as wide as there is room for, within reason.
  const scale = zoom * Math.min(1.6, Math.max(0.2, room / first.width));
  const count = document.numPages;
  const list = useVirtualizer({ count, getScrollElement: () => scroller.current, estimateSize: () => first.height * scale + GAP, overscan: 1, getItemKey: (index) => `${index}:${scale}` });
  const items = list.getVirtualItems();
  const shown = items.find((item) => item.end > (list.scrollOffset ?? 0) + 40)?.index ?? 0;
  const step = (by: number): void => setZoom(ZOOMS[Math.max(0, Math.min(ZOOMS.length - 1, ZOOMS.findIndex((each) => each === zoom) + by))] ?? 1);
  return (
    <div className="pdf-view">
      <div ref={scroller} className="pdf-pages" tabIndex={0} role="document" aria-label={`Pages of ${name}`}>
        <div style={{ height: list.getTotalSize(), position: 'relative' }}>
          {room > 0 && items.map((item) => (
            <div key={item.key} ref={list.measureElement} data-index={item.index} className="pdf-slot" style={{ transform: `translateY(${item.start}px)` }}>
              <PdfPage document={document} number={item.index + 1} scale={scale} guess={first} />
            </div>
          ))}
        </div>
      </div>
      <div className="status-line">
        <span className="status-told" role="status">Page {shown + 1} of {count}</span>
        <label className="pdf-go">Page <input className="input" type="number" min={1} max={count} aria-label="Go to page" value={shown + 1} onChange={(event) => list.scrollToIndex(Math.max(0, Math.min(count, Number(event.target.value)) - 1), { align: 'start' })} /></label>
        <button type="button" className="icon-btn" aria-label="Zoom out" title="Zoom out" onClick={() => step(-1)}><ZoomOut size={14} aria-hidden="true" /></button>
        <button type="button" className="status-item" title="To the width of the view" onClick={() => setZoom(1)}>{Math.round(zoom * 100)} %</button>
        <button type="button" className="icon-btn" aria-label="Zoom in" title="Zoom in" onClick={() => step(1)}><ZoomIn size={14} aria-hidden="true" /></button>
      </div>
    </div>
  );
}

/** Pixels of a canvas are bounded: a page can claim any size. */
const PIXELS_MAX = 16 * 1024 * 1024;

function PdfPage({ document, number, scale, guess }: { document: PDFDocumentProxy; number: number; scale: number; guess: { width: number; height: number } }): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState(guess);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    let stop = (): void => undefined;
    const draw = async (): Promise<void> => {
      const page = await document.getPage(number);
      if (gone || !host.current) return;
      const { width, height } = page.getViewport({ scale: 1 });
      setSize({ width, height });
      stop = await drawPage(page, host.current, scale, () => gone);
    };
    draw().catch((cause: unknown) => {
      if (!gone) setError(cause instanceof Error ? cause.message : String(cause));
    });
    return () => {
      gone = true;
      stop();
    };
  }, [document, number, scale]);
  return (
    <div className="pdf-page" role="group" aria-label={`Page ${number}`} style={{ width: size.width * scale, height: size.height * scale, '--total-scale-factor': scale } as CSSProperties}>
      <div ref={host} className="pdf-drawn" />
      {error !== null && <p role="alert">Page {number} cannot be drawn: {visibleName(error)}</p>}
    </div>
  );
}

/** Draws a page and lays its text over it; yields what takes both away. */
async function drawPage(page: PDFPageProxy, host: HTMLElement, scale: number, gone: () => boolean): Promise<() => void> {
  const viewport = page.getViewport({ scale });
  const ratio = Math.min(devicePixelRatio || 1, Math.sqrt(PIXELS_MAX / Math.max(1, viewport.width * viewport.height)));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.floor(viewport.width * ratio));
  canvas.height = Math.max(1, Math.floor(viewport.height * ratio));
  const text = document.createElement('div');
  text.className = 'pdf-text';
  host.replaceChildren(canvas, text);
  const rendering = page.render({ canvas, viewport, transform: [ratio, 0, 0, ratio, 0, 0], annotationMode: 0 });
  const layer = new TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport });
  const stop = (): void => {
    rendering.cancel();
    layer.cancel();
    // A canvas that is thrown away keeps its memory until it is collected, unless it is emptied.
    canvas.width = canvas.height = 0;
    host.replaceChildren();
    page.cleanup();
  };
  const cancelled = (error: unknown): void => {
    if (!gone() && !(error instanceof Error && error.name === 'RenderingCancelledException')) throw error;
  };
  await Promise.all([rendering.promise.catch(cancelled), layer.render().catch(cancelled)]);
  return stop;
}
