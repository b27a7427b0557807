import { useEffect } from 'react';
import { isTouch } from '../kit/index.ts';

/** Less is a browser's bar that comes and goes. */
const KEYBOARD_MIN = 120;

export interface Seen {
  /** Of the window, which a keyboard on the screen does not change. */
  windowHeight: number;
  /** Of the part that is seen, and where it begins. */
  height: number;
  top: number;
  scale: number;
}

/** How many pixels of the window a keyboard on the screen covers; 0 while there is none, or the page is magnified. */
export function keyboardHeight({ windowHeight, height, top, scale }: Seen): number {
  const covered = windowHeight - height;
  return Math.abs(scale - 1) > 0.05 || covered < KEYBOARD_MIN ? 0 : Math.max(0, Math.round(covered - top));
}

/** The window is as high as what the keyboard on the screen leaves of it: the prompt stays in sight. */
export function useKeyboardRoom(): void {
  useEffect(() => {
    const seen = window.visualViewport;
    if (!seen) return undefined;
    const { dataset, style } = document.documentElement;
    const follow = (): void => {
      const covered = isTouch() ? keyboardHeight({ windowHeight: innerHeight, height: seen.height, top: seen.offsetTop, scale: seen.scale }) : 0;
      if (covered > 0) dataset['keyboard'] = '';
      else delete dataset['keyboard'];
      style.setProperty('--keyboard', `${covered}px`);
    };
    seen.addEventListener('resize', follow);
    seen.addEventListener('scroll', follow);
    return () => {
      seen.removeEventListener('resize', follow);
      seen.removeEventListener('scroll', follow);
    };
  }, []);
}
