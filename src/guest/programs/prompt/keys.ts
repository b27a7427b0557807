/** What the user pressed: text to insert, or a key by name. */
export type Key = { text: string } | { name: KeyName };

export type KeyName =
  | 'enter' | 'tab' | 'backspace' | 'delete' | 'left' | 'right' | 'up' | 'down' | 'home' | 'end'
  | 'word-left' | 'word-right' | 'kill-word' | 'kill-start' | 'kill-end' | 'yank' | 'clear' | 'redraw' | 'interrupt' | 'end-of-input'
  | 'ignored';

const controls: Readonly<Record<number, KeyName>> = {
  0x01: 'home', 0x02: 'left', 0x03: 'interrupt', 0x04: 'end-of-input', 0x05: 'end', 0x06: 'right', 0x08: 'backspace',
  0x09: 'tab', 0x0a: 'enter', 0x0b: 'kill-end', 0x0c: 'clear', 0x0d: 'enter', 0x0e: 'down', 0x10: 'up', 0x12: 'redraw', 0x15: 'kill-start',
  0x17: 'kill-word', 0x19: 'yank', 0x7f: 'backspace',
};

/** By what follows `ESC [` or `ESC O`, without modifiers (ECMA-48 and xterm's control sequences). */
const sequences: Readonly<Record<string, KeyName>> = {
  A: 'up', B: 'down', C: 'right', D: 'left', H: 'home', F: 'end', '1~': 'home', '3~': 'delete', '4~': 'end',
  '7~': 'home', '8~': 'end', '1;5C': 'word-right', '1;5D': 'word-left', '1;3C': 'word-right', '1;3D': 'word-left',
  '3;5~': 'ignored',
};

const alt: Readonly<Record<string, KeyName>> = { b: 'word-left', f: 'word-right', '\x7f': 'kill-word' };

/** The longest sequence that is waited for; anything longer is thrown away. */
const SEQUENCE_MAX = 32;

/** Turns the bytes of a terminal in raw mode into keys. Keeps a sequence or character that is cut off for the next bytes. */
export class KeyDecoder {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #rest = '';

  decode(bytes: Uint8Array): Key[] {
    const input = this.#rest + this.#decoder.decode(bytes, { stream: true });
    this.#rest = '';
    const keys: Key[] = [];
    let at = 0;
    while (at < input.length) {
      const used = input[at] === '\x1b' ? this.#escape(input, at, keys) : plain(input, at, keys);
      if (used === 0) {
        if (input.length - at <= SEQUENCE_MAX) this.#rest = input.slice(at);
        break;
      }
      at += used;
    }
    return keys;
  }

  /** Characters used; 0 when the sequence is not complete. */
  #escape(input: string, at: number, keys: Key[]): number {
    const next = input[at + 1];
    if (next === undefined) return 0;
    if (next !== '[' && next !== 'O') {
      keys.push({ name: alt[next] ?? 'ignored' });
      return 2;
    }
    // eslint-disable-next-line no-control-regex
    const match = /^[0-?]*[ -/]*[@-~]/.exec(input.slice(at + 2));
    if (!match) return 0;
    keys.push({ name: sequences[match[0]] ?? 'ignored' });
    return 2 + match[0].length;
  }
}

function plain(input: string, at: number, keys: Key[]): number {
  const code = input.charCodeAt(at);
  if (code < 0x20 || code === 0x7f) {
    keys.push({ name: controls[code] ?? 'ignored' });
    return 1;
  }
  let end = at;
  while (end < input.length && input.charCodeAt(end) >= 0x20 && input.charCodeAt(end) !== 0x7f) end++;
  keys.push({ text: input.slice(at, end) });
  return end - at;
}
