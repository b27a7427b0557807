import { useEffect, useState, type RefObject } from 'react';
import { ARM_MS, Arming } from './arming.ts';

/** Swallows keys and presses that came too early for a question; `clicks`: whether this click counts. */
export function useArming(ref: RefObject<HTMLElement | null>): { armed: boolean; clicks: () => boolean } {
  const [armed, setArmed] = useState(false);
  const [arming, setArming] = useState(() => new Arming(performance.now()));
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    let timer = setTimeout(() => setArmed(true), ARM_MS);
    const swallow = (event: Event): void => {
      const now = performance.now();
      if (arming.pressed(now, event instanceof KeyboardEvent && event.repeat)) return;
      event.preventDefault();
      event.stopPropagation();
      if (arming.armed(now)) return;
      clearTimeout(timer);
      timer = setTimeout(() => setArmed(true), ARM_MS);
    };
    // Who comes back to the page has not read it yet.
    const again = (): void => {
      setArmed(false);
      setArming(new Arming(performance.now()));
    };
    element.addEventListener('keydown', swallow, true);
    element.addEventListener('pointerdown', swallow, true);
    window.addEventListener('focus', again);
    return () => {
      clearTimeout(timer);
      element.removeEventListener('keydown', swallow, true);
      element.removeEventListener('pointerdown', swallow, true);
      window.removeEventListener('focus', again);
    };
  }, [ref, arming]);
  return { armed, clicks: () => arming.clicks(performance.now()) };
}
