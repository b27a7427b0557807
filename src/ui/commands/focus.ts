import { pathOfTab, type App } from '../stores/index.ts';

/** Frames that a pane may take to be there; its code may be on its way. */
const FRAMES = 120;

/** At once where the pane is there already, so that the next key is not lost; else when it has been drawn, unless the user has gone elsewhere by then. */
export const focus = (selector: string, frames = FRAMES, from = document.activeElement): void => {
  const element = document.querySelector<HTMLElement>(selector);
  if (element && element.offsetParent !== null) element.focus();
  else if (frames > 0) requestAnimationFrame(() => (document.activeElement === from || document.activeElement === document.body) && focus(selector, frames - 1, from));
};

/** Path of the file in the active tab, null where that is none. */
export const activeFile = (app: App): string | null => pathOfTab(app.tabs.getState().active);

/** Why what is about the open file cannot be done. */
export const noFile = (app: App): string | null => (activeFile(app) === null ? 'No file is open.' : null);

export const noModule = (app: App): string | null => noFile(app) ?? (activeFile(app)?.endsWith('.wasm') ? null : 'The open file is no .wasm.');

/** Types into the active terminal as if by keyboard, and takes the focus there. */
export const typeInto = (app: App, text: string): void => {
  const { list, active } = app.terminals.getState();
  list.find((terminal) => terminal.id === active)?.type?.(text);
  focus('.terminal-screen.on textarea');
};
