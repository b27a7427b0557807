import { useEffect, type RefObject } from 'react';
import type { Point } from './layout.ts';
import type { MapModel } from './map-model.ts';
import type { View } from './view.ts';

/** Pixels that a pointer may move in a click. */
const SLACK = 4;
/** A wheel's notch is at least this; a touchpad's steps are smaller, or go sideways. */
const NOTCH = 50;

interface Drag {
  node: string | null;
  /** Of the node, when it was taken. */
  from: Point | null;
  start: Point;
  moved: boolean;
}

/** One pointer drags a node or the picture, two pinch it; the wheel zooms, a touchpad moves. */
export function usePointers(frame: RefObject<HTMLElement | null>, view: View, model: MapModel): void {
  useEffect(() => {
    const element = frame.current!;
    const pointers = new Map<number, Point>();
    let drag: Drag | null = null;
    const at = (event: { clientX: number; clientY: number }): Point => {
      const box = element.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    const down = (event: PointerEvent): void => {
      const target = event.target as Element;
      if (event.button !== 0 || target.closest('.map-minimap, .menu-scrim')) return;
      pointers.set(event.pointerId, at(event));
      const node = target.closest<HTMLElement>('[data-node]')?.dataset['node'] ?? null;
      drag = { node, from: node === null ? null : (model.store.getState().places.get(node) ?? null), start: at(event), moved: false };
    };
    const move = (event: PointerEvent): void => {
      const before = pointers.get(event.pointerId);
      if (!before || !drag) return;
      const now = at(event);
      if (!drag.moved && Math.hypot(now.x - drag.start.x, now.y - drag.start.y) < SLACK) return;
      if (!drag.moved) {
        element.setPointerCapture(event.pointerId);
        // A layer of its own while it moves: it is not drawn anew then.
        if (!drag.from) element.classList.add('moving');
      }
      drag.moved = true;
      pointers.set(event.pointerId, now);
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      if (other) pinch(view, before, now, other);
      else if (drag.from) model.drag(drag.node!, { x: drag.from.x + (now.x - drag.start.x) / view.k, y: drag.from.y + (now.y - drag.start.y) / view.k });
      else view.pan(now.x - before.x, now.y - before.y);
    };
    const up = (event: PointerEvent): void => {
      pointers.delete(event.pointerId);
      element.classList.remove('moving');
      if (drag?.moved && drag.node !== null) model.dropped();
      if (drag?.moved) element.addEventListener('click', swallow, { capture: true, once: true });
      setTimeout(() => element.removeEventListener('click', swallow, { capture: true }));
      if (pointers.size === 0) drag = null;
    };
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const notch = event.deltaMode !== 0 || (event.deltaX === 0 && Math.abs(event.deltaY) >= NOTCH);
      if (event.ctrlKey || event.metaKey || notch) view.zoom(Math.exp(-Math.max(-100, Math.min(100, event.deltaMode === 0 ? event.deltaY : event.deltaY * 30)) / (event.ctrlKey && !notch ? 100 : 400)), at(event));
      else view.pan(-event.deltaX, -event.deltaY);
    };
    element.addEventListener('pointerdown', down);
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', up);
    element.addEventListener('pointercancel', up);
    element.addEventListener('wheel', wheel, { passive: false });
    return () => {
      element.removeEventListener('pointerdown', down);
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', up);
      element.removeEventListener('pointercancel', up);
      element.removeEventListener('wheel', wheel);
    };
  }, [frame, view, model]);
}

/** What ends a drag is no click. */
function swallow(event: Event): void {
  event.stopPropagation();
  event.preventDefault();
}

function pinch(view: View, before: Point, now: Point, other: Point): void {
  const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
  const [was, is] = [Math.hypot(before.x - other.x, before.y - other.y), Math.hypot(now.x - other.x, now.y - other.y)];
  view.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  if (was > 0) view.zoom(is / was, middle);
}
