import { describe, expect, it } from 'vitest';
import { LINE_MAX, LineEditor } from './editor.ts';
import { KeyDecoder, type Key, type KeyName } from './keys.ts';
import { Random } from './testing/random.ts';
import { graphemes } from './width.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const named = (name: KeyName): Key => ({ name, raw: '' });

/** Types as a terminal sends it. `|` shows the cursor in what is given back. */
function type(text: string, editor = new LineEditor()): string {
  for (const key of new KeyDecoder().decode(bytes(text))) editor.press(key);
  return `${editor.beforeCursor}|${editor.text.slice(editor.beforeCursor.length)}`;
}

describe('LE2 the editor', () => {
  it.each([
    ['abc\x1b[D\x1b[DX', 'aX|bc'],
    ['abc\x02\x02\x06X', 'abX|c'],
    ['abc\x01X\x05Y', 'XabcY|'],
    ['one two three\x17\x17X', 'one X|'],
    ['one two\x15\x19', 'one two|'],
    ['one two\x1bb\x0b', 'one |'],
    ['abc\x1b[D\x7f', 'a|c'],
    ['abc\x01\x1b[3~', '|bc'],
    ['👨‍👩‍👧é\x7f\x7f', '|'],
    ['e\u0301x\x1b[D\x7f', '|x'],
    ['a\x04', 'a|'],
    ['a\x01\x04', '|'],
    ['foo/bar-baz\x1b\x7f\x1b\x7f', 'foo/|'],
    ['foo/bar-baz\x01\x1bd', '|/bar-baz'],
    ['foo bar\x1b[1;5D\x1b[3;5~', 'foo |'],
    ['one two\x1bb\x1bf\x1bbX', 'one X|two'],
    ['ab\x14', 'ba|'],
    ['abc\x02\x14', 'acb|'],
    ['one, two\x1bt', 'two, one|'],
    ['one two three\x1bb\x1bt', 'one three two|'],
    ['fOO bar\x01\x1bu\x1bc', 'FOO Bar|'],
    ['fOO\x01\x1bl', 'foo|'],
    ['straße\x01\x1bu', 'STRASSE|'],
    ['abc\x1f', '|'],
    ['one \x17two\x1f\x1f', 'one |'],
    ['a b\x17\x1fX', 'a bX|'],
    ['one two\x17\x17X\x19', 'Xone two|'],
    ['a\x15b\x15\x19\x1by', 'a|'],
    ['a\x15b\x15\x19\x1by\x1by', 'b|'],
    ['a\x1by', 'a|'],
    ['\x16\x03x', '\x03x|'],
    ['\x16\tx', '\tx|'],
    ['a\x1b\rb', 'a\nb|'],
    ['\x1b[200~a\r\nb\nc\n\x1b[201~', 'a\nb\nc|'],
    ['ab\x1b\rcd\x1b[Ax', 'abx|\ncd'],
    ['abc\x1b\rd\x1b[A\x1b[Bx', 'abc\ndx|'],
    ['ab\x1b\rcd\x01X', 'ab\nX|cd'],
    ['ab\x1b\rcd\x1b[A\x05X', 'abX|\ncd'],
    ['ab\x1b\rcd\x15X', 'ab\nX|'],
    ['ab\x1b\rcd\x01\x15X', 'abX|cd'],
    ['ab\x1b\rcd\x1b[A\x0b', 'ab|cd'],
  ])('%j gives %j', (typed, expected) => {
    expect(type(typed)).toBe(expected);
  });

  it('ends only on an empty line', () => {
    expect(new LineEditor().press(named('end-of-input'))).toBe('end');
    const editor = new LineEditor();
    type('a', editor);
    expect(editor.press(named('end-of-input'))).toBe('refused');
  });

  it('goes up and down in its rows, and then through the history', () => {
    const editor = new LineEditor();
    editor.reset('one\ntwo');
    expect([editor.press(named('up')), editor.press(named('up')), editor.press(named('down')), editor.press(named('down'))]).toEqual(['edited', 'previous', 'edited', 'next']);
  });

  it('a last argument takes the place of the one before it', () => {
    const editor = new LineEditor();
    type('ls ', editor);
    editor.putArgument('first', editor.putsArgument);
    editor.press(named('last-argument'));
    editor.putArgument('second', editor.putsArgument);
    expect(editor.text).toBe('ls second');
    editor.press(named('left'));
    expect(editor.putsArgument).toBe(false);
    expect(type('\x1f', editor)).toBe('ls first|');
  });

  it('refuses what would be too long, whole', () => {
    const editor = new LineEditor();
    editor.press({ paste: 'x'.repeat(LINE_MAX - 1) });
    expect(editor.press({ text: 'ab' })).toBe('refused');
    expect(editor.press({ text: 'a' })).toBe('edited');
    expect(editor.text).toHaveLength(LINE_MAX);
  });
});

const TEXTS = ['a', 'bc ', '\u0301', 'é', '🇩', '🇪', '🇩🇪', '👨', '\u200d', '👩‍👧', '漢', ' ', '_x', '-', '\u1112', '\u1161', 'क', '्', 'ष'] as const;
const KEYS: readonly KeyName[] = [
  'left', 'right', 'home', 'end', 'word-left', 'word-right', 'backspace', 'delete', 'kill-space-left', 'kill-word-left', 'kill-word-right',
  'kill-start', 'kill-end', 'yank', 'yank-pop', 'transpose', 'transpose-words', 'upcase', 'downcase', 'capitalize', 'newline', 'up', 'down', 'undo',
];

/** What some keys do to a text and a place in it, in UTF-16 units, written as plainly as can be. Null: not modelled. */
function model(text: string, at: number, key: Key): { text: string; at: number } | null {
  const before = text.slice(0, at);
  const after = text.slice(at);
  const last = graphemes(before).at(-1) ?? '';
  const first = graphemes(after)[0] ?? '';
  if ('text' in key) return { text: before + key.text + after, at: at + key.text.length };
  if (!('name' in key)) return null;
  switch (key.name) {
    case 'left': return { text, at: at - last.length };
    case 'right': return { text, at: at + first.length };
    case 'home': return { text, at: before.lastIndexOf('\n') + 1 };
    case 'end': return { text, at: after.includes('\n') ? at + after.indexOf('\n') : text.length };
    case 'backspace': return { text: before.slice(0, before.length - last.length) + after, at: at - last.length };
    case 'delete': return { text: before + after.slice(first.length), at };
    case 'newline': return { text: `${before}\n${after}`, at: at + 1 };
    default: return null;
  }
}

describe('any keys in any order', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('LE2 agree with the model (seed %i)', (seed) => {
    const random = new Random(seed);
    const editor = new LineEditor();
    const log: string[] = [];
    for (let step = 0; step < 1500; step++) {
      const key: Key = random.below(2) === 0 ? { text: random.pick(TEXTS) } : named(random.pick(KEYS));
      log.push(JSON.stringify(key));
      const text = editor.text;
      const at = editor.beforeCursor.length;
      const expected = model(text, at, key);
      editor.press(key);
      const context = `after ${log.slice(-12).join(' ')}`;
      expect(editor.graphemes, context).toEqual(graphemes(editor.text));
      if (!expected) continue;
      expect(editor.text, context).toBe(expected.text);
      // Where characters were joined the cursor stands behind the whole.
      const reached = graphemes(editor.text).reduce((sum, part) => (sum < expected.at ? sum + part.length : sum), 0);
      expect(editor.beforeCursor.length, context).toBe(reached);
    }
  });

  it.each([11, 12, 13, 14])('LE3 are undone one by one, through the same texts (seed %i)', (seed) => {
    const random = new Random(seed);
    const editor = new LineEditor();
    const texts = [''];
    for (let step = 0; step < 400; step++) {
      editor.press(random.below(2) === 0 ? { text: random.pick(TEXTS) } : named(random.pick(KEYS.filter((key) => key !== 'undo'))));
      if (editor.text !== texts.at(-1)) texts.push(editor.text);
    }
    while (editor.press(named('undo')) === 'edited') {
      const at = texts.lastIndexOf(editor.text);
      expect(at).toBeGreaterThanOrEqual(0);
      texts.length = at + 1;
    }
    expect(editor.text).toBe('');
  });
});
