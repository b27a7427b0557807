import { useEffect } from 'react';
import { COMMANDS, matchesKeys } from '../actions/index.ts';
import { useApp } from '../app/index.ts';

/** In the terminal only these reach the page; all other keys are the program's. */
const FROM_TERMINAL = /^(Ctrl\+K|Ctrl\+Shift\+.|Alt\+\d)$/;

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
      command.run(app);
    };
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, [app]);
}

function reaches(keys: string, target: Element): boolean {
  if (target.closest('.terminal-screen')) return FROM_TERMINAL.test(keys);
  return keys.length > 1 || !target.closest('input, textarea, select, [contenteditable]');
}
