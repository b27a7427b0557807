import { NODE, type Box, type Point } from './layout.ts';

export const ZOOM = { min: 0.15, max: 2.5, step: 1.25 } as const;
const MARGIN = 32;
/** In a narrow window the picture is not made smaller than this by itself: it can still be read. */
const NARROW = 520;
const READABLE = 0.85;

/** Which part of the picture is seen: a point `p` of it is at `p · k + (x, y)` on the screen. */
export class View {
  x = 0;
  y = 0;
  k = 1;
  width = 0;
  height = 0;
  /** Of the screen's right side, what is covered. */
  covered = 0;
  /** Set once the user has moved it: then it stays when nodes come. */
  moved = false;
  readonly #listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  pan(dx: number, dy: number): void {
    this.x += dx;
    this.y += dy;
    this.moved = true;
    this.changed();
  }

  /** `at`: on the screen; it stays where it is. Default: the middle. */
  zoom(factor: number, at: Point = { x: this.width / 2, y: this.height / 2 }): void {
    const k = Math.min(ZOOM.max, Math.max(ZOOM.min, this.k * factor));
    this.x = at.x - ((at.x - this.x) * k) / this.k;
    this.y = at.y - ((at.y - this.y) * k) / this.k;
    this.k = k;
    this.moved = true;
    this.changed();
  }

  /** Shows all of a box, never larger than it is; from the left where it would be smaller than `least`. */
  fit({ x, y, width, height }: Box, least: number = ZOOM.min): void {
    const room = Math.max(100, this.width - this.covered);
    const k = Math.min(1, (room - 2 * MARGIN) / Math.max(1, width), (this.height - 2 * MARGIN) / Math.max(1, height));
    this.k = Math.max(least, k);
    this.x = (k < least ? MARGIN / 2 : (room - width * this.k) / 2) - x * this.k;
    this.y = (this.height - height * this.k) / 2 - y * this.k;
    this.moved = false;
    this.changed();
  }

  /** As `fit`, where nobody has asked for all. */
  fitReadable(box: Box): void {
    this.fit(box, this.width < NARROW ? READABLE : ZOOM.min);
  }

  center({ x, y }: Point): void {
    this.x = this.width / 2 - (x + NODE.width / 2) * this.k;
    this.y = this.height / 2 - (y + NODE.height / 2) * this.k;
    this.moved = true;
    this.changed();
  }

  /** Moves as little as is needed for a node to be seen. */
  reveal({ x, y }: Point): void {
    const [left, top] = [x * this.k + this.x, y * this.k + this.y];
    const [right, bottom] = [left + NODE.width * this.k, top + NODE.height * this.k];
    const dx = left < MARGIN ? MARGIN - left : right > this.width - MARGIN ? this.width - MARGIN - right : 0;
    const dy = top < MARGIN ? MARGIN - top : bottom > this.height - MARGIN ? this.height - MARGIN - bottom : 0;
    if (dx !== 0 || dy !== 0) this.pan(dx, dy);
  }

  toPicture(screen: Point): Point {
    return { x: (screen.x - this.x) / this.k, y: (screen.y - this.y) / this.k };
  }
}
