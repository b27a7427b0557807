import { useLayoutEffect } from 'react';
import { COMMANDS, matchesKeys, runCommand } from '../commands/index.ts';
import { useApp } from '../app/index.ts';
import type { App } from '../stores/index.ts';

/** In the terminal only these reach the page; all other keys are the program's. */
const FROM_TERMINAL = /^(Ctrl\+K|Ctrl\+Shift\+.|Alt\+\d|Alt\+N|Alt\+Shift\+[TW])$/;

/** Runs commands by their keys. Single letters count only outside of fields. */
export function useShortcuts(): void {
  const app = useApp();
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : document.body;
      const command = COMMANDS.find(({ keys, within }) => keys && matchesKeys(keys, event) && (within ? isWithin(target, within) : reaches(keys, target)));
      if (!command || (command.id !== 'palette' && document.querySelector('dialog[open]'))) return;
      // A key that can do nothing now is the program's.
      if (command.unavailable?.(app) && target.closest('.terminal-screen')) return;
      event.preventDefault();
      event.stopPropagation();
      if (command.id === 'palette') pressPalette(app, target.closest('.terminal-screen') !== null);
      else runCommand(app, command);
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

/** In a field undo is the field's own. The focus is nowhere when what had it was just deleted. */
function isWithin(target: Element, selector: string): boolean {
  return target === document.body || (target.closest(selector) !== null && !target.closest('input, textarea'));
}

function reaches(keys: string, target: Element): boolean {
  if (target.closest('.terminal-screen')) return FROM_TERMINAL.test(keys);
  return keys.length > 1 || !target.closest('input, textarea, select, [contenteditable]');
}
