import { useEffect } from 'react';
import { COMMANDS, matchesKeys } from '../actions/index.ts';
import { useApp } from '../app/index.ts';
import type { App } from '../stores/index.ts';

/** In the terminal only these reach the page; all other keys are the program's. */
const FROM_TERMINAL = /^(Ctrl\+K|Ctrl\+Shift\+.|Alt\+\d|Alt\+Shift\+W)$/;

/** Runs commands by their keys. Single letters count only outside of fields. */
export function useShortcuts(): void {
  const app = useApp();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : document.body;
      const command = COMMANDS.find(({ keys }) => keys && matchesKeys(keys, event) && reaches(keys, target));
      if (!command || (command.id !== 'palette' && document.querySelector('dialog[open]'))) return;
      event.preventDefault();
      event.stopPropagation();
      if (command.id === 'palette') pressPalette(app, target.closest('.terminal-screen') !== null);
      else command.run(app);
    };
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, [app]);
}

const opened = { fromTerminal: false };

/** The second Ctrl+K after one in the terminal goes to the program there, which may well want that key. */
function pressPalette(app: App, inTerminal: boolean): void {
  const wasOpen = app.overlay.getState().palette;
  app.overlay.setState({ palette: !wasOpen });
  if (wasOpen && opened.fromTerminal) COMMANDS.find((command) => command.id === 'terminal.ctrl-k')?.run(app);
  opened.fromTerminal = !wasOpen && inTerminal;
}

function reaches(keys: string, target: Element): boolean {
  if (target.closest('.terminal-screen')) return FROM_TERMINAL.test(keys);
  return keys.length > 1 || !target.closest('input, textarea, select, [contenteditable]');
}
