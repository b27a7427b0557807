import { describe, expect, it } from 'vitest';
import { History } from './history.ts';
import { KeyDecoder } from './keys.ts';
import { LineEditor, LineView } from './line-editor.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function type(text: string, editor = new LineEditor()): LineEditor {
  for (const key of new KeyDecoder().decode(bytes(text))) editor.press(key);
  return editor;
}

describe('keys', () => {
  it('are found in sequences and characters that arrive in pieces', () => {
    const whole = bytes('ż\x1b[A🎉\x1b[1;5C\x1bOH\x1bb\x03');
    const decoder = new KeyDecoder();
    const keys = Array.from(whole, (byte) => decoder.decode(Uint8Array.of(byte))).flat();
    expect(keys).toEqual([
      { text: 'ż' }, { name: 'up' }, { text: '🎉' }, { name: 'word-right' }, { name: 'home' }, { name: 'word-left' },
      { name: 'interrupt' },
    ]);
    expect(new KeyDecoder().decode(whole)).toEqual(keys);
  });

  it('unknown or endless sequences are dropped', () => {
    expect(new KeyDecoder().decode(bytes('\x1b[99;99Xa'))).toEqual([{ name: 'ignored' }, { text: 'a' }]);
    const decoder = new KeyDecoder();
    decoder.decode(bytes(`\x1b[${'1;'.repeat(40)}`));
    expect(decoder.decode(bytes('a'))).toEqual([{ text: 'a' }]);
  });
});

describe('the editor', () => {
  it.each([
    ['abc\x1b[D\x1b[DX', 'aXbc'],
    ['abc\x01X\x05Y', 'XabcY'],
    ['one two three\x17\x17X', 'one X'],
    ['one two\x15\x19', 'one two'],
    ['one two\x1bb\x0b', 'one '],
    ['abc\x1b[D\x7f', 'ac'],
    ['abc\x01\x1b[3~', 'bc'],
    ['👨‍👩‍👧é\x7f\x7f', ''],
    ['e\u0301x\x1b[D\x7f', 'x'],
    ['a\x04', 'a'],
  ])('%j gives %j', (typed, expected) => {
    expect(type(typed).text).toBe(expected);
  });

  it('ends only on an empty line', () => {
    expect(new LineEditor().press({ name: 'end-of-input' })).toBe('end');
    expect(type('a').press({ name: 'end-of-input' })).toBe('none');
  });
});

/** A terminal of few columns that obeys what the view sends, with the wrap held back as xterm does. */
class Screen {
  rows: string[][] = [[]];
  row = 0;
  column = 0;
  readonly #columns: number;

  constructor(columns: number) {
    this.#columns = columns;
  }

  feed(text: string): void {
    for (const [token] of text.matchAll(/\x1b\[(\d*)([A-Z])|\r|\n|./gsu)) {
      const sequence = /^\x1b\[(\d*)([A-Z])/.exec(token);
      if (sequence) this.#sequence(Number(sequence[1] || 1), sequence[2]!);
      else if (token === '\r') this.column = 0;
      else if (token === '\n') this.#down();
      else this.#put(token);
    }
  }

  #sequence(count: number, letter: string): void {
    if (letter === 'A') this.row -= count;
    else if (letter === 'B') this.row += count;
    else if (letter === 'C') this.column += count;
    else {
      this.rows.length = this.row + 1;
      this.rows[this.row]!.length = Math.min(this.rows[this.row]!.length, this.column);
    }
  }

  #down(): void {
    this.row++;
    this.rows[this.row] ??= [];
  }

  #put(char: string): void {
    if (this.column === this.#columns) {
      this.column = 0;
      this.#down();
    }
    this.rows[this.row]![this.column++] = char;
  }

  get text(): string {
    return this.rows.map((row) => row.join('')).join('\n');
  }
}

describe('the view', () => {
  it('draws what is typed over several rows, after every key', () => {
    const screen = new Screen(10);
    const view = new LineView();
    const editor = new LineEditor();
    const keys = new KeyDecoder().decode(bytes(`${'abcdefghijklmnopq'.split('').join('\0')}\x01X\x05\x7f\x7f\x1b[D\x1b[D\x1b[DY`));
    for (const key of keys) {
      editor.press(key);
      screen.feed(view.draw('$ ', 2, editor, 10));
      const line = `$ ${editor.text}`;
      const expected = line.match(/.{1,10}/gs) ?? [];
      expect(screen.text.replace(/\n$/, '')).toBe(expected.join('\n'));
      expect([screen.row, screen.column]).toEqual([Math.floor((2 + editor.cursor) / 10), (2 + editor.cursor) % 10]);
    }
    expect(editor.text).toBe('XabcdefghijklYmno');
  });
});

describe('history', () => {
  it('goes back and forth, and keeps what was being typed', () => {
    const history = new History(['one', 'two']);
    expect(history.previous('dra')).toBe('two');
    expect(history.previous('two')).toBe('one');
    expect(history.previous('one')).toBeNull();
    expect(history.next()).toBe('two');
    expect(history.next()).toBe('dra');
    expect(history.next()).toBeNull();
    expect([history.add('two'), history.add(' secret'), history.add('three')]).toEqual([false, false, true]);
    expect(history.lines).toEqual(['one', 'two', 'three']);
  });
});
