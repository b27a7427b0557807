import type { App } from '../stores/index.ts';

/** Something that the user can do from anywhere; the palette lists all of them. */
export interface Command {
  id: string;
  title: string;
  group: 'Go to' | 'Files' | 'Authority' | 'History' | 'Terminal' | 'View' | 'Help';
  /** `Ctrl` also stands for Cmd on a Mac. */
  keys?: string;
  /** Its keys count only within what this selector names. */
  within?: string;
  run(app: App): void;
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
