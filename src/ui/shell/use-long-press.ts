import { useEffect } from 'react';

const HOLD_MS = 500;
/** After the finger was lifted, what the browser makes of the press may still come. */
const AFTER_MS = 400;
/** Pixels that a finger may move and still hold. */
const SLACK = 10;
/** What has a long press of its own: a selection of text. */
const OWN = 'input, textarea, select, [contenteditable], .terminal-screens, .cm-editor, dialog';

/** A finger that rests on something asks for its menu, as the right button does. Some browsers say so themselves, others (iOS) do not. */
export function useLongPress(): void {
  useEffect(() => {
    const stop = new AbortController();
    const press = new LongPress();
    const options = { capture: true, signal: stop.signal };
    window.addEventListener('pointerdown', (event) => press.down(event), options);
    window.addEventListener('pointermove', (event) => press.move(event), options);
    window.addEventListener('pointerup', () => press.lifted(), options);
    for (const end of ['pointercancel', 'scroll'] as const) window.addEventListener(end, () => press.release(), options);
    window.addEventListener('contextmenu', (event) => press.asked(event), options);
    for (const made of ['mousedown', 'mouseup', 'click'] as const) window.addEventListener(made, (event) => press.clicked(event), options);
    return () => {
      press.release();
      stop.abort();
    };
  }, []);
}

class LongPress {
  #timer = 0;
  #at = { x: 0, y: 0 };
  /** A menu was asked for by this press. */
  #taken = false;

  down(event: PointerEvent): void {
    this.release();
    this.#taken = false;
    const { target, pointerType, isPrimary, clientX, clientY } = event;
    if (pointerType !== 'touch' || !isPrimary || !(target instanceof Element) || target.closest(OWN)) return;
    this.#at = { x: clientX, y: clientY };
    this.#timer = window.setTimeout(() => {
      this.#taken = !target.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, clientX, clientY, view: window }));
    }, HOLD_MS);
  }

  move({ clientX, clientY, isPrimary }: PointerEvent): void {
    if (!isPrimary || Math.hypot(clientX - this.#at.x, clientY - this.#at.y) > SLACK) this.release();
  }

  release(): void {
    clearTimeout(this.#timer);
  }

  lifted(): void {
    this.release();
    setTimeout(() => {
      this.#taken = false;
    }, AFTER_MS);
  }

  /** The browser's own, which comes before or after. */
  asked(event: MouseEvent): void {
    if (!event.isTrusted) return;
    this.release();
    if (this.#taken) swallow(event);
  }

  /** The finger that asked for a menu presses nothing when it is lifted, and takes no focus from the menu. */
  clicked(event: MouseEvent): void {
    // One without a count is of the keyboard.
    if (this.#taken && event.isTrusted && event.detail > 0) swallow(event);
  }
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}
