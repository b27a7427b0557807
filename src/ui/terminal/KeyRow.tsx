import { useEffect, useRef, useState, type ReactElement } from 'react';
import { ALT, CONTROL, softKey, typedWith, type SoftKey } from './soft-keys.ts';
import type { TerminalSession } from './session.ts';

interface RowKey {
  label: string;
  /** Where the label is no name. */
  name?: string;
  /** A letter or sign is typed as it is. */
  key: SoftKey | string;
  /** Goes on while it is held. */
  repeats?: true;
}

const KEYS: readonly RowKey[] = [
  { label: '←', name: 'Left', key: 'Left', repeats: true }, { label: '↑', name: 'Up', key: 'Up', repeats: true },
  { label: '↓', name: 'Down', key: 'Down', repeats: true }, { label: '→', name: 'Right', key: 'Right', repeats: true },
  { label: '^C', name: 'Ctrl C', key: '\x03' }, { label: '|', name: 'Pipe', key: '|' }, { label: '/', name: 'Slash', key: '/' }, { label: '~', name: 'Tilde', key: '~' }, { label: '-', name: 'Hyphen', key: '-' },
  { label: '⇞', name: 'Page up', key: 'PageUp', repeats: true }, { label: '⇟', name: 'Page down', key: 'PageDown', repeats: true },
  { label: 'Home', key: 'Home' }, { label: 'End', key: 'End' },
];
const WAIT_MS = 400;
const EVERY_MS = 60;

/** Keys that a keyboard on a screen lacks. `Ctrl` and `Alt` hold for the next key, of this row or of the keyboard. */
export function KeyRow({ session }: { session: () => TerminalSession | undefined }): ReactElement {
  const [held, setHeld] = useState(0);
  const giveUp = useRef<() => void>(() => {});
  useEffect(() => () => giveUp.current(), []);
  const hold = (next: number): void => {
    giveUp.current();
    setHeld(next);
    giveUp.current = next === 0 ? () => {} : catchNextInput(next, () => setHeld(0), (text) => session()?.type(text));
  };
  const press = (key: RowKey['key']): void => {
    const to = session();
    if (key === 'PageUp' || key === 'PageDown') to?.page(key === 'PageUp' ? -1 : 1);
    else to?.type(softKey(key, held, to.appCursor) ?? typedWith(key, held) ?? key);
    hold(0);
    to?.focus();
  };
  const toggle = (bit: number): void => {
    hold(held ^ bit);
    session()?.focus();
  };
  return (
    <div className="key-row" role="toolbar" aria-label="Extra keys" onPointerDown={(event) => event.preventDefault()}>
      <button type="button" onClick={() => press('Escape')}>Esc</button>
      <button type="button" onClick={() => press('Tab')}>Tab</button>
      <button type="button" aria-pressed={(held & CONTROL) !== 0} onClick={() => toggle(CONTROL)}>Ctrl</button>
      <button type="button" aria-pressed={(held & ALT) !== 0} onClick={() => toggle(ALT)}>Alt</button>
      {KEYS.map((key) => <Key key={key.label} of={key} onPress={() => press(key.key)} />)}
    </div>
  );
}

function Key({ of: { label, name, repeats }, onPress }: { of: RowKey; onPress: () => void }): ReactElement {
  const latest = useRef(onPress);
  useEffect(() => {
    latest.current = onPress;
  });
  const timer = useRef(0);
  /** It went on by itself: lifting the finger is no further press. */
  const repeated = useRef(false);
  const stop = (): void => clearInterval(timer.current);
  useEffect(() => () => clearInterval(timer.current), []);
  const begin = (): void => {
    stop();
    repeated.current = false;
    if (!repeats) return;
    const from = performance.now();
    timer.current = window.setInterval(() => {
      if (performance.now() - from < WAIT_MS) return;
      repeated.current = true;
      latest.current();
    }, EVERY_MS);
  };
  return (
    <button
      type="button" aria-label={name ?? label} onPointerDown={begin} onPointerUp={stop} onPointerCancel={stop} onPointerLeave={stop}
      onClick={() => { if (!repeated.current) onPress(); repeated.current = false; }}
    >
      {label}
    </button>
  );
}

/**
 * Turns the next letter typed into what it is with the keys that are held. Keyboards on a screen tell it by `beforeinput` alone, others (and iOS)
 * by `keydown`, of which the terminal makes its own. Returns how to give up.
 */
function catchNextInput(held: number, done: () => void, send: (text: string) => void): () => void {
  const stop = (): void => {
    window.removeEventListener('keydown', onKey, true);
    window.removeEventListener('beforeinput', onInput, true);
  };
  const take = (event: Event, letter: string | undefined): void => {
    stop();
    done();
    const text = letter === undefined ? null : typedWith(letter, held);
    if (text === null) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    send(text);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key.length === 1) take(event, event.key);
  };
  const onInput = (event: InputEvent): void => take(event, event.data?.at(-1));
  window.addEventListener('keydown', onKey, true);
  window.addEventListener('beforeinput', onInput, true);
  return stop;
}
