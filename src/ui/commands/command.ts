import { noteCommand, showToast, type App } from '../stores/index.ts';

/** Something that the user can do from anywhere; the palette lists all of them. */
export interface Command {
  id: string;
  title: string;
  group: 'Go to' | 'Files' | 'Authority' | 'History' | 'Terminal' | 'View' | 'Help';
  /** `Ctrl` also stands for Cmd on a Mac. */
  keys?: string;
  /** Its keys count only within what this selector names. */
  within?: string;
  /** Why it can do nothing now, as a short sentence; null where it can. */
  unavailable?(app: App): string | null;
  run(app: App): void;
}

/** The order of the palette. */
export const GROUPS = ['Go to', 'View', 'Files', 'History', 'Terminal', 'Authority', 'Help'] as const satisfies readonly Command['group'][];

/** Runs a command as the user's, or says why it cannot be. */
export function runCommand(app: App, command: Command): void {
  const reason = command.unavailable?.(app) ?? null;
  if (reason !== null) {
    showToast(app.messages, { level: 'info', title: `${command.title}: not now`, detail: reason });
    return;
  }
  noteCommand(app.recent, command.id);
  command.run(app);
}

type KeyStroke = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** Whether a stroke is what `keys` (`Ctrl+Shift+F`, `Alt+1`, `/`) names. */
export function matchesKeys(keys: string, stroke: KeyStroke): boolean {
  const parts = keys.split('+');
  const key = parts.pop() ?? '';
  if (parts.length === 0) return stroke.key === key && !stroke.ctrlKey && !stroke.metaKey && !stroke.altKey;
  const modifiers = parts.includes('Ctrl') === (stroke.ctrlKey || stroke.metaKey) && parts.includes('Alt') === stroke.altKey && parts.includes('Shift') === stroke.shiftKey;
  return modifiers && (stroke.key.toLowerCase() === key.toLowerCase() || stroke.code === codeOf(key));
}

const CODES: Readonly<Record<string, string>> = { ',': 'Comma', '.': 'Period', '`': 'Backquote', '\\': 'Backslash', '=': 'Equal', '-': 'Minus', '[': 'BracketLeft', ']': 'BracketRight' };

function codeOf(key: string): string {
  if (/^\d$/.test(key)) return `Digit${key}`;
  return CODES[key] ?? `Key${key.toUpperCase()}`;
}
