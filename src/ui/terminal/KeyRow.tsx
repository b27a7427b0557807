import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { TerminalSession } from './session.ts';

const KEYS = [
  { label: 'Esc', text: '\x1b' }, { label: 'Tab', text: '\t' }, { label: 'Ctrl', text: '' }, { label: '^C', text: '\x03', name: 'Ctrl C' },
  { label: '←', text: '\x1b[D', name: 'Left' }, { label: '↑', text: '\x1b[A', name: 'Up' }, { label: '↓', text: '\x1b[B', name: 'Down' },
  { label: '→', text: '\x1b[C', name: 'Right' }, { label: '|', text: '|', name: 'Pipe' },
];

/** Keys that a phone's keyboard lacks. `Ctrl` holds for the next key typed on it. */
export function KeyRow({ session }: { session: () => TerminalSession | undefined }): ReactElement {
  const [held, setHeld] = useState(false);
  const giveUp = useRef<() => void>(() => {});
  useEffect(() => () => giveUp.current(), []);
  const press = (label: string, text: string): void => {
    if (label === 'Ctrl') {
      setHeld(!held);
      giveUp.current();
      if (!held) giveUp.current = catchNextInput(() => setHeld(false), (control) => session()?.type(control));
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

/**
 * Turns the next letter typed into its control character. Keyboards on a screen tell it by `beforeinput` alone, others (and iOS)
 * by `keydown`, of which the terminal makes its own. Returns how to give up.
 */
function catchNextInput(done: () => void, send: (control: string) => void): () => void {
  const stop = (): void => {
    window.removeEventListener('keydown', onKey, true);
    window.removeEventListener('beforeinput', onInput, true);
  };
  const take = (event: Event, text: string | undefined): void => {
    stop();
    done();
    const letter = text?.toUpperCase();
    if (!letter || letter < '@' || letter > '_') return;
    event.preventDefault();
    event.stopImmediatePropagation();
    send(String.fromCharCode(letter.charCodeAt(0) & 31));
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key.length === 1) take(event, event.key);
  };
  const onInput = (event: InputEvent): void => take(event, event.data?.at(-1));
  window.addEventListener('keydown', onKey, true);
  window.addEventListener('beforeinput', onInput, true);
  return stop;
}
