/** What the user pressed: text to insert, what was pasted, or a key by name. `raw`: the characters that the terminal sent for it. */
export type Key = { text: string } | { paste: string } | { name: KeyName; raw: string };

export type KeyName =
  | 'enter' | 'newline' | 'tab' | 'backspace' | 'delete' | 'left' | 'right' | 'up' | 'down' | 'home' | 'end'
  | 'word-left' | 'word-right' | 'kill-space-left' | 'kill-word-left' | 'kill-word-right' | 'kill-start' | 'kill-end'
  | 'yank' | 'yank-pop' | 'transpose' | 'transpose-words' | 'upcase' | 'downcase' | 'capitalize' | 'undo' | 'last-argument'
  | 'history-first' | 'history-last' | 'previous' | 'next' | 'search-back' | 'search-forward' | 'abort' | 'quote' | 'list' | 'clear' | 'redraw'
  | 'interrupt' | 'end-of-input' | 'ignored';

const controls: Readonly<Record<number, KeyName>> = {
  0x01: 'home', 0x02: 'left', 0x03: 'interrupt', 0x04: 'end-of-input', 0x05: 'end', 0x06: 'right', 0x07: 'abort', 0x08: 'backspace',
  0x09: 'tab', 0x0a: 'enter', 0x0b: 'kill-end', 0x0c: 'clear', 0x0d: 'enter', 0x0e: 'next', 0x10: 'previous', 0x11: 'quote', 0x12: 'search-back',
  0x13: 'search-forward', 0x14: 'transpose', 0x15: 'kill-start', 0x16: 'quote', 0x17: 'kill-space-left', 0x19: 'yank', 0x1f: 'undo', 0x7f: 'backspace',
};

/** By what follows `ESC [` or `ESC O` (ECMA-48 and xterm's control sequences). `200~` begins a paste. */
const sequences: Readonly<Record<string, KeyName>> = {
  A: 'up', B: 'down', C: 'right', D: 'left', H: 'home', F: 'end', '1~': 'home', '3~': 'delete', '4~': 'end', '7~': 'home', '8~': 'end',
  '5~': 'history-first', '6~': 'history-last', '1;5C': 'word-right', '1;5D': 'word-left', '1;3C': 'word-right', '1;3D': 'word-left',
  '1;5H': 'home', '1;5F': 'end', '3;5~': 'kill-word-right', '3;3~': 'kill-word-right', '1;2C': 'right', '1;2D': 'left',
};

/**
 * Sent by the kernel, not by a key: something else has written to the terminal, and the line is to be drawn anew. A parameter
 * that no keyboard has.
 */
export const REDRAW = '57344~';

const alt: Readonly<Record<string, KeyName>> = {
  b: 'word-left', f: 'word-right', d: 'kill-word-right', '\x7f': 'kill-word-left', '\b': 'kill-word-left', y: 'yank-pop', t: 'transpose-words',
  u: 'upcase', l: 'downcase', c: 'capitalize', '.': 'last-argument', _: 'last-argument', '<': 'history-first', '>': 'history-last', '\r': 'newline',
  '\n': 'newline', '?': 'list', '=': 'list',
};

/** The longest sequence that is waited for; anything longer is thrown away. */
const SEQUENCE_MAX = 32;
/** What a terminal answers when a program asks it, such as for its colours (OSC, DCS): it comes in one piece, and nobody typed it. */
// eslint-disable-next-line no-control-regex
const ANSWER = /^\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)/;
const ANSWER_MAX = 4096;
/** UTF-16 units of one paste; what is beyond is dropped. */
export const PASTE_MAX = 128 * 1024;
const PASTE_END = '\x1b[201~';

/** Turns the bytes of a terminal in raw mode into keys. Keeps a sequence or character that is cut off for the next bytes. */
export class KeyDecoder {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #rest = '';
  /** The paste that is arriving; null outside of one. */
  #paste: string | null = null;

  decode(bytes: Uint8Array): Key[] {
    const input = this.#rest + this.#decoder.decode(bytes, { stream: true });
    this.#rest = '';
    const keys: Key[] = [];
    let at = 0;
    while (at < input.length) {
      const used = this.#one(input, at, keys);
      if (used === 0) {
        if (this.#paste !== null || input.length - at <= SEQUENCE_MAX) this.#rest = input.slice(at);
        break;
      }
      at += used;
    }
    return keys;
  }

  /** Characters used; 0 when more are needed. */
  #one(input: string, at: number, keys: Key[]): number {
    if (this.#paste !== null) return this.#pasted(input, at, keys);
    return input[at] === '\x1b' ? this.#escape(input, at, keys) : plain(input, at, keys);
  }

  #pasted(input: string, at: number, keys: Key[]): number {
    const end = input.indexOf(PASTE_END, at);
    // An end that is cut off stays for the next bytes.
    const until = end < 0 ? input.length - cutOff(input, at) : end;
    this.#paste = (this.#paste! + input.slice(at, until)).slice(0, PASTE_MAX);
    if (end < 0) return until - at;
    keys.push({ paste: this.#paste });
    this.#paste = null;
    return until - at + PASTE_END.length;
  }

  #escape(input: string, at: number, keys: Key[]): number {
    const next = input[at + 1];
    if (next === undefined) return 0;
    // Escape was pressed, and then something that sends a sequence, or the kernel did.
    if (next === '\x1b') {
      keys.push({ name: 'ignored', raw: next });
      return 1;
    }
    const answer = ANSWER.exec(input.slice(at, at + ANSWER_MAX));
    if (answer) return answer[0].length;
    if (next !== '[' && next !== 'O') {
      keys.push({ name: alt[next] ?? 'ignored', raw: input.slice(at, at + 2) });
      return 2;
    }
    // eslint-disable-next-line no-control-regex
    const match = /^[0-?]*[ -/]*[@-~]/.exec(input.slice(at + 2, at + 2 + SEQUENCE_MAX));
    if (!match) return 0;
    const raw = input.slice(at, at + 2 + match[0].length);
    if (match[0] === '200~') this.#paste = '';
    else if (match[0] !== '201~') keys.push({ name: match[0] === REDRAW ? 'redraw' : (sequences[match[0]] ?? 'ignored'), raw });
    return raw.length;
  }
}

/** Length of the beginning of `PASTE_END` that `input` ends with. */
function cutOff(input: string, from: number): number {
  for (let length = Math.min(PASTE_END.length - 1, input.length - from); length > 0; length--) {
    if (input.endsWith(PASTE_END.slice(0, length))) return length;
  }
  return 0;
}

function plain(input: string, at: number, keys: Key[]): number {
  const code = input.charCodeAt(at);
  if (code < 0x20 || code === 0x7f) {
    keys.push({ name: controls[code] ?? 'ignored', raw: input[at]! });
    return 1;
  }
  let end = at;
  while (end < input.length && input.charCodeAt(end) >= 0x20 && input.charCodeAt(end) !== 0x7f) end++;
  keys.push({ text: input.slice(at, end) });
  return end - at;
}
