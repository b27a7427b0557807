import { useState, type ReactElement } from 'react';
import type { TerminalSession } from './session.ts';

const KEYS = [
  { label: 'Esc', text: '\x1b' }, { label: 'Tab', text: '\t' }, { label: 'Ctrl', text: '' }, { label: '^C', text: '\x03', name: 'Ctrl C' },
  { label: '←', text: '\x1b[D', name: 'Left' }, { label: '↑', text: '\x1b[A', name: 'Up' }, { label: '↓', text: '\x1b[B', name: 'Down' },
  { label: '→', text: '\x1b[C', name: 'Right' }, { label: '|', text: '|', name: 'Pipe' },
];

/** Keys that a phone's keyboard lacks. `Ctrl` holds for the next key typed on it. */
export function KeyRow({ session }: { session: () => TerminalSession | undefined }): ReactElement {
  const [held, setHeld] = useState(false);
  const press = (label: string, text: string): void => {
    if (label === 'Ctrl') {
      setHeld(!held);
      if (!held) catchNextInput(() => setHeld(false), (control) => session()?.type(control));
    } else {
      session()?.type(text);
    }
    session()?.focus();
  };
  return (
    <div className="key-row" role="toolbar" aria-label="Extra keys">
      {KEYS.map(({ label, text, name }) => (
        <button
          key={label} type="button" aria-label={name ?? label} aria-pressed={label === 'Ctrl' ? held : undefined}
          onPointerDown={(event) => event.preventDefault()} onClick={() => press(label, text)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

/** Turns the next letter typed into its control character. */
function catchNextInput(done: () => void, send: (control: string) => void): void {
  const onInput = (event: InputEvent): void => {
    const letter = event.data?.at(-1)?.toUpperCase();
    window.removeEventListener('beforeinput', onInput, true);
    done();
    if (!letter || letter < '@' || letter > '_') return;
    event.preventDefault();
    event.stopImmediatePropagation();
    send(String.fromCharCode(letter.charCodeAt(0) & 31));
  };
  window.addEventListener('beforeinput', onInput, true);
}
