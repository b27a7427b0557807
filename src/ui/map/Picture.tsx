import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactElement, type RefObject } from 'react';
import { useStore } from 'zustand';
import { useApp } from '../app/index.ts';
import { Menu } from '../kit/index.ts';
import { drawLiveEdges, drawStillEdges, readColours, type Scene } from './draw.ts';
import type { GraphNode } from './graph.ts';
import { boundsOf } from './layout.ts';
import { IconSheet } from './IconSheet.tsx';
import { liveText, tonesOf } from './live.ts';
import type { MapModel } from './map-model.ts';
import { Minimap } from './Minimap.tsx';
import { actionsOf } from './node-actions.ts';
import { NodeButton } from './NodeButton.tsx';
import { DIRECTIONS, stepFrom, type Direction } from './steps.ts';
import { usePointers } from './use-pointers.ts';
import { ZOOM, type View } from './view.ts';

interface PictureProps {
  model: MapModel;
  view: View;
  /** What a search has found; null: nothing is sought. */
  found: ReadonlySet<string> | null;
  lit: ReadonlySet<string> | null;
  onSearch: () => void;
}

const NUDGE = 16;
const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** The picture: edges on a canvas, nodes as buttons over it. Drag, wheel and pinch move it; arrows go from node to node. */
export function Picture({ model, view, found, lit, onSearch }: PictureProps): ReactElement {
  const app = useApp();
  const { graph, places, moved, selected } = useStore(model.store);
  const theme = useStore(app.theme, (state) => state.shown);
  const [focused, setFocused] = useState<string>('you');
  const [menu, setMenu] = useState<{ node: GraphNode; x: number; y: number } | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const world = useRef<HTMLDivElement>(null);
  const still = useRef<HTMLCanvasElement>(null);
  const live = useRef<HTMLCanvasElement>(null);
  const colours = useMemo(() => {
    void theme;
    return readColours();
  }, [theme]);
  const scene: Scene = { view, graph, places, flow: model.flow, lit, selected, colours };
  useDrawing({ still, live, world, frame }, scene, moved);
  usePointers(frame, view, model);
  const tones = useMemo(() => {
    void moved;
    return tonesOf(graph, model.flow);
  }, [graph, model, moved]);
  const degrees = useMemo(() => degreesOf(graph.edges), [graph]);
  const tabbable = graph.byId.has(focused) ? focused : (graph.nodes[0]?.id ?? '');

  const go = (id: string | null): void => {
    if (id === null) return;
    setFocused(id);
    const place = places.get(id);
    if (place) view.reveal(place);
    frame.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
  };
  const open = (node: GraphNode): void => actionsOf(app, model, node)[0]?.run();
  const onKeyDown = (event: KeyboardEvent): void => {
    const node = nodeAt(event.target, graph.byId);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (node && DIRECTIONS.includes(event.key)) {
      if (event.shiftKey) nudge(model, node.id, event.key as Direction);
      else go(stepFrom(node.id, event.key as Direction, graph, places));
    } else if (node && event.key === 'Enter') open(node);
    else if (event.key === 'Escape') model.select(null);
    else if (event.key === '+' || event.key === '=') view.zoom(ZOOM.step);
    else if (event.key === '-') view.zoom(1 / ZOOM.step);
    else if (event.key === '0') view.fit(boundsOf(places.values()));
    else if (event.key === '/') onSearch();
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent): void => {
    const node = nodeAt(event.target, graph.byId);
    if (!node) return void (event.target === world.current || event.target === frame.current ? model.select(null) : undefined);
    setFocused(node.id);
    if (node.cluster) model.toggle(node.cluster);
    else model.select(node.id);
  };
  const onContextMenu = (event: MouseEvent): void => {
    const node = nodeAt(event.target, graph.byId);
    if (!node) return;
    event.preventDefault();
    const box = (event.target as Element).closest('[data-node]')!.getBoundingClientRect();
    setMenu({ node, x: event.clientX || box.left, y: event.clientY || box.bottom });
  };
  return (
    <div ref={frame} className="map-view" role="group" aria-label="Picture of what is connected" onKeyDown={onKeyDown} onClick={onClick} onContextMenu={onContextMenu} onDoubleClick={(event) => { const node = nodeAt(event.target, graph.byId); if (node && !node.cluster) open(node); }}>
      <canvas ref={still} className="map-edges" aria-hidden="true" />
      <canvas ref={live} className="map-edges" aria-hidden="true" />
      <div ref={world} className="map-world">
        {graph.nodes.map((node) => {
          const place = places.get(node.id);
          return place && (
            <NodeButton
              key={node.id} node={node} x={place.x} y={place.y} live={liveText(node, graph, model.flow)} tone={tones.get(node.id) ?? null} selected={selected === node.id}
              dim={(lit !== null && !lit.has(node.id)) || (found !== null && !found.has(node.id))} found={found?.has(node.id) ?? false} tabbable={tabbable === node.id} edges={degrees.get(node.id) ?? 0}
            />
          );
        })}
      </div>
      <IconSheet theme={theme} />
      <Minimap scene={scene} />
      {menu && <Menu x={menu.x} y={menu.y} label={`Actions for ${menu.node.kind}`} items={actionsOf(app, model, menu.node)} onClose={() => setMenu(null)} />}
    </div>
  );
}

function nodeAt(target: EventTarget, byId: ReadonlyMap<string, GraphNode>): GraphNode | undefined {
  const id = target instanceof Element ? target.closest<HTMLElement>('[data-node]')?.dataset['node'] : undefined;
  return id === undefined ? undefined : byId.get(id);
}

function nudge(model: MapModel, id: string, direction: Direction): void {
  const place = model.store.getState().places.get(id);
  if (!place) return;
  const dx = direction === 'ArrowLeft' ? -NUDGE : direction === 'ArrowRight' ? NUDGE : 0;
  const dy = direction === 'ArrowUp' ? -NUDGE : direction === 'ArrowDown' ? NUDGE : 0;
  model.drag(id, { x: place.x + dx, y: place.y + dy });
  model.dropped();
}

function degreesOf(edges: readonly { from: string; to: string }[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { from, to } of edges) for (const id of [from, to]) found.set(id, (found.get(id) ?? 0) + 1);
  return found;
}

/** Milliseconds between two frames of what moves: enough for dashes, and most frames are left to others. */
const FRAME_MS = 40;

interface Parts {
  still: RefObject<HTMLCanvasElement | null>;
  live: RefObject<HTMLCanvasElement | null>;
  world: RefObject<HTMLDivElement | null>;
  frame: RefObject<HTMLDivElement | null>;
}

/** Draws when something has changed, and what moves only while something goes on. */
function useDrawing({ still, live, world, frame }: Parts, scene: Scene, moved: number): void {
  const latest = useRef(scene);
  const draw = useRef<() => void>(() => {});
  const { view } = scene;
  useLayoutEffect(() => {
    latest.current = scene;
    draw.current();
  });
  useEffect(() => {
    void moved;
    draw.current();
  }, [moved]);
  useLayoutEffect(() => {
    const [stillOne, liveOne] = [still.current!, live.current!];
    const [stillContext, liveContext] = [stillOne.getContext('2d')!, liveOne.getContext('2d')!];
    let asked = 0;
    let changed = true;
    let empty = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const paint = (now: number): void => {
      asked = 0;
      const { flow } = latest.current;
      if (changed) {
        if (world.current) world.current.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.k})`;
        drawStillEdges(stillContext, latest.current, devicePixelRatio);
      }
      const moves = flow.live && !calm();
      if (!(empty && !flow.live)) {
        drawLiveEdges(liveContext, latest.current, devicePixelRatio, moves ? now / 1000 : null);
        empty = !flow.live;
      }
      changed = false;
      if (moves) timer ??= setTimeout(() => {
        timer = undefined;
        asked ||= requestAnimationFrame(paint);
      }, FRAME_MS);
    };
    const soon = (): void => {
      changed = true;
      asked ||= requestAnimationFrame(paint);
    };
    draw.current = soon;
    const measure = (): void => {
      const { clientWidth, clientHeight } = frame.current!;
      const first = view.width === 0;
      Object.assign(view, { width: clientWidth, height: clientHeight });
      for (const element of [stillOne, liveOne]) {
        element.width = Math.round(clientWidth * devicePixelRatio);
        element.height = Math.round(clientHeight * devicePixelRatio);
      }
      if (first || !view.moved) view.fitReadable(boundsOf(latest.current.places.values()));
      changed = true;
      empty = false;
      cancelAnimationFrame(asked);
      paint(performance.now());
    };
    const observer = new ResizeObserver(measure);
    observer.observe(frame.current!);
    const stop = view.subscribe(soon);
    return () => {
      observer.disconnect();
      stop();
      cancelAnimationFrame(asked);
      clearTimeout(timer);
      draw.current = () => {};
    };
  }, [still, live, frame, view, world]);
}
