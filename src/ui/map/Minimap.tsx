import { useEffect, useLayoutEffect, useRef, type PointerEvent, type ReactElement } from 'react';
import { drawMinimap, type Scene } from './draw.ts';
import { boundsOf, type Point } from './layout.ts';

const WIDTH = 148;
const HEIGHT = 92;
const MARGIN = 60;

/** The whole picture, small, with a frame around what is seen; a press goes there. What it does the keys and the wheel do too. */
export function Minimap({ scene }: { scene: Scene }): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(scene);
  const shape = useRef({ origin: { x: 0, y: 0 }, scale: 1 });
  const { view } = scene;
  const draw = useRef(() => {});
  useLayoutEffect(() => {
    latest.current = scene;
    draw.current();
  });
  useEffect(() => {
    const element = canvas.current!;
    const context = element.getContext('2d')!;
    element.width = WIDTH * devicePixelRatio;
    element.height = HEIGHT * devicePixelRatio;
    let asked = 0;
    const paint = (): void => {
      asked = 0;
      const box = boundsOf(latest.current.places.values());
      const scale = Math.min(WIDTH / (box.width + 2 * MARGIN), HEIGHT / (box.height + 2 * MARGIN));
      const origin = { x: box.x + box.width / 2 - WIDTH / 2 / scale, y: box.y + box.height / 2 - HEIGHT / 2 / scale };
      shape.current = { origin, scale };
      drawMinimap(context, latest.current, devicePixelRatio, origin, scale);
    };
    draw.current = () => void (asked ||= requestAnimationFrame(paint));
    const stop = view.subscribe(() => draw.current());
    draw.current();
    return () => {
      stop();
      cancelAnimationFrame(asked);
      draw.current = () => {};
    };
  }, [view]);
  const go = (event: PointerEvent): void => {
    if (event.buttons === 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    const box = canvas.current!.getBoundingClientRect();
    const { origin, scale } = shape.current;
    const at: Point = { x: origin.x + (event.clientX - box.left) / scale, y: origin.y + (event.clientY - box.top) / scale };
    view.pan(view.width / 2 - (at.x * view.k + view.x), view.height / 2 - (at.y * view.k + view.y));
  };
  return <canvas ref={canvas} className="map-minimap" aria-hidden="true" onPointerDown={go} onPointerMove={go} />;
}
