import { useEffect, useLayoutEffect, useRef, useState, type CSSProperties, type KeyboardEvent, type ReactElement, type RefObject } from 'react';
import { Grid2x2, Maximize, ZoomIn, ZoomOut } from 'lucide-react';
import { basename } from '../../../shared/base/index.ts';
import { formatBytes, visibleName } from '../../kit/index.ts';
import type { ViewerProps } from '../../viewer/index.ts';
import { IMAGE_MAX } from './Picture.tsx';
import { useBlob } from './use-blob.ts';
import { fitZoom, nextZoom } from './zoom.ts';
import './media.css';

/** A picture to zoom into: it fits, until told otherwise. */
export function ImageViewer({ path, stat: { size }, version, sniffed }: ViewerProps): ReactElement {
  const blob = useBlob(path, size, version, sniffed.type ?? 'image/png', size <= IMAGE_MAX);
  const scroller = useRef<HTMLDivElement>(null);
  const [natural, setNatural] = useState<{ width: number; height: number } | null>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  const [chosen, setChosen] = useState<number | null>(null);
  const [checks, setChecks] = useState(true);
  const [damaged, setDamaged] = useState(false);
  const zoom = chosen ?? (natural ? fitZoom(natural, room) : 1);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setRoom({ width: element.clientWidth - 32, height: element.clientHeight - 32 }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useWheelZoom(scroller, (steps) => setChosen(nextZoom(zoom, steps)));
  const onKeyDown = (event: KeyboardEvent): void => {
    const keys: Readonly<Record<string, () => void>> = { '+': () => setChosen(nextZoom(zoom, 1)), '=': () => setChosen(nextZoom(zoom, 1)), '-': () => setChosen(nextZoom(zoom, -1)), '1': () => setChosen(1), '0': () => setChosen(null) };
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const name = visibleName(basename(path));
  const style: CSSProperties = natural ? { width: natural.width * zoom, height: natural.height * zoom, imageRendering: zoom >= 2 ? 'pixelated' : 'auto' } : { visibility: 'hidden' };
  const told = size > IMAGE_MAX ? `${formatBytes(size)}; up to ${formatBytes(IMAGE_MAX)} are shown. Download it to look at it.`
    : damaged ? 'The picture is damaged, or of a kind that this browser does not know.'
      : blob.state === 'failed' ? `It cannot be read: ${visibleName(blob.message)}` : natural ? `${natural.width} × ${natural.height} px` : 'Loading…';
  return (
    <div className="image-view">
      <div ref={scroller} className="image-room" tabIndex={0} role="group" aria-label={`Picture ${name}: plus and minus zoom, 0 fits`} onKeyDown={onKeyDown} onDoubleClick={() => setChosen(chosen === null ? 1 : null)}>
        {blob.state === 'ready' && !damaged && (
          <img
            className={checks ? 'checks' : ''} src={blob.url} alt={name} style={style} draggable={false} onError={() => setDamaged(true)}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => setNatural({ width: naturalWidth || 300, height: naturalHeight || 150 })}
          />
        )}
      </div>
      <div className="status-line">
        <span className="status-told" role="status">{told}</span>
        <button type="button" className="icon-btn" aria-label="Squares behind what is transparent" title="Squares behind what is transparent" aria-pressed={checks} onClick={() => setChecks(!checks)}><Grid2x2 size={14} aria-hidden="true" /></button>
        <button type="button" className="icon-btn" aria-label="Zoom out" title="Zoom out (−)" onClick={() => setChosen(nextZoom(zoom, -1))}><ZoomOut size={14} aria-hidden="true" /></button>
        <button type="button" className="status-item" title="To its own size (1)" onClick={() => setChosen(1)}>{Math.round(zoom * 100)} %</button>
        <button type="button" className="icon-btn" aria-label="Zoom in" title="Zoom in (+)" onClick={() => setChosen(nextZoom(zoom, 1))}><ZoomIn size={14} aria-hidden="true" /></button>
        <button type="button" className="icon-btn" aria-label="Fit" title="Fit (0)" aria-pressed={chosen === null} onClick={() => setChosen(null)}><Maximize size={14} aria-hidden="true" /></button>
      </div>
    </div>
  );
}

/** Ctrl and the wheel, as a pinch on a touchpad is told too. */
function useWheelZoom(scroller: RefObject<HTMLElement | null>, step: (steps: number) => void): void {
  useEffect(() => {
    const element = scroller.current;
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      step(event.deltaY < 0 ? 1 : -1);
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  });
}
