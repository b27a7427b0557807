import type { TabId } from '../stores/index.ts';

interface Scrolled {
  /** Which child of which child it is, from the tab's body on. */
  path: number[];
  top: number;
  left: number;
}

const kept = new Map<TabId, Scrolled[]>();
const TABS_MAX = 100;
const PARTS_MAX = 4;
/** The content may be on its way; a reader who scrolls by himself is left alone. */
const WAIT_MS = 1500;

/** Puts what was scrolled in a tab where it was, and remembers it when the tab is hidden. Returns the end of it. */
export function keepScroll(id: TabId, body: HTMLElement): () => void {
  const end = restore(kept.get(id) ?? [], body);
  const seen = new Map<HTMLElement, Scrolled>();
  const onScroll = ({ target }: Event): void => {
    if (!(target instanceof HTMLElement) || !body.contains(target)) return;
    seen.delete(target);
    seen.set(target, { path: pathOf(target, body), top: target.scrollTop, left: target.scrollLeft });
  };
  body.addEventListener('scroll', onScroll, { capture: true, passive: true });
  return () => {
    end();
    body.removeEventListener('scroll', onScroll, { capture: true });
    if (seen.size === 0) return;
    kept.delete(id);
    kept.set(id, [...seen.values()].slice(-PARTS_MAX));
    const [oldest] = kept.keys();
    if (kept.size > TABS_MAX && oldest !== undefined) kept.delete(oldest);
  };
}

function pathOf(element: HTMLElement, body: HTMLElement): number[] {
  const path: number[] = [];
  for (let at: HTMLElement = element; at !== body && at.parentElement; at = at.parentElement) path.unshift([...at.parentElement.children].indexOf(at));
  return path;
}

function restore(parts: readonly Scrolled[], body: HTMLElement): () => void {
  const left = new Set(parts);
  if (left.size === 0) return () => undefined;
  const until = performance.now() + WAIT_MS;
  let frame = 0;
  const stop = (): void => cancelAnimationFrame(frame);
  const look = (): void => {
    for (const part of left) if (place(part, body)) left.delete(part);
    if (left.size > 0 && performance.now() < until) frame = requestAnimationFrame(look);
  };
  body.addEventListener('wheel', stop, { once: true, passive: true });
  body.addEventListener('keydown', stop, { once: true });
  look();
  return stop;
}

function place({ path, top, left }: Scrolled, body: HTMLElement): boolean {
  const element = path.reduce<Element | undefined>((at, index) => at?.children[index], body);
  if (!element || element.scrollHeight - element.clientHeight < top || element.scrollWidth - element.clientWidth < left) return false;
  element.scrollTo({ top, left, behavior: 'instant' });
  return true;
}
