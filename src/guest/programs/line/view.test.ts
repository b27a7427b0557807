import { describe, expect, it } from 'vitest';
import { LineEditor } from './editor.ts';
import type { KeyName } from './keys.ts';
import type { Label, Picture } from './layout.ts';
import { Random } from './testing/random.ts';
import { Screen } from './testing/screen.ts';
import { LineView } from './view.ts';
import { escaped, graphemeWidth } from './width.ts';

const PROMPT: Label = { text: '\x1b[32m$\x1b[0m ', width: 2 };
const NEXT: Label = { text: '> ', width: 2 };
const TEXTS = ['a', 'bc ', 'é', '🇩🇪', '👨‍👩‍👧', '漢字', ' ', 'word', '\t', '\x03', '\u0301', 'ﾊﾞ', '\u202e', 'xxxxxxxxxxxxxxx'] as const;
const KEYS: readonly KeyName[] = ['left', 'left', 'right', 'home', 'end', 'word-left', 'backspace', 'backspace', 'delete', 'kill-word-left', 'kill-end', 'yank', 'newline', 'up', 'undo'];

const pictureOf = (editor: LineEditor): Picture => ({ prompt: PROMPT, next: NEXT, graphemes: editor.graphemes, cursor: editor.cursor });

/** What a terminal shows of a picture, laid out cell by cell; and where the cursor is. */
function expectation({ graphemes, cursor }: Picture, columns: number): { lines: string[]; cursor: { row: number; column: number } } {
  const lines = ['$ '];
  let column = 2;
  let place = { row: 0, column: 0 };
  const put = (text: string, width: number): void => {
    if (column + width > columns) {
      lines.push('');
      column = 0;
    }
    lines[lines.length - 1] += text;
    column += width;
  };
  graphemes.forEach((grapheme, index) => {
    const shown = grapheme === '\t' ? ' '.repeat(Math.min(8 - ((column % columns) % 8), columns - (column % columns))) : escaped(grapheme);
    const first = shown === null || grapheme === '\n' ? graphemeWidth(grapheme) : 1;
    const wraps = grapheme !== '\n' && column + first > columns;
    if (index === cursor) place = wraps ? { row: lines.length, column: 0 } : { row: lines.length - 1, column: Math.min(column, columns - 1) };
    if (grapheme === '\n') {
      lines.push('> ');
      column = 2;
    } else if (shown === null) put(grapheme, first);
    else for (const char of shown) put(char, 1);
  });
  if (column >= columns) {
    lines.push('');
    column = 0;
  }
  if (cursor === graphemes.length) place = { row: lines.length - 1, column };
  const trimmed = lines.map((line) => line.trimEnd());
  while (trimmed.at(-1) === '') trimmed.pop();
  return { lines: trimmed, cursor: place };
}

describe('LE4 the view', () => {
  it.each([[1, 20], [2, 11], [3, 8], [4, 37], [5, 9], [6, 16]])('shows what the model has, after every key (seed %i, %i columns)', async (seed, columns) => {
    const random = new Random(seed);
    const screen = await Screen.open(columns, 60);
    const view = new LineView();
    const editor = new LineEditor();
    const log: string[] = [];
    for (let step = 0; step < 250; step++) {
      const text = random.below(2) === 0 ? random.pick(TEXTS) : null;
      if (editor.graphemes.length > 150) editor.reset('again');
      if (text !== null) editor.press({ text });
      else editor.press({ name: log[log.length] = random.pick(KEYS), raw: '' });
      if (text !== null) log.push(JSON.stringify(text));
      const picture = pictureOf(editor);
      await screen.feed(view.draw(picture, columns, 60));
      expect({ lines: screen.lines, cursor: screen.cursor }, log.slice(-10).join(' ')).toEqual(expectation(picture, columns));
    }
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed + 1))('stays whole when the terminal is resized (seed %i)', async (seed) => {
    const random = new Random(seed);
    const screen = await Screen.open(40, 50);
    const view = new LineView();
    const editor = new LineEditor();
    const above = Array.from({ length: 12 }, (_, row) => `before ${row}`);
    await screen.feed(`${above.join('\r\n')}\r\n`);
    for (let step = 0; step < 120; step++) {
      if (editor.graphemes.length > 150) editor.reset('again');
      const key = random.below(3);
      if (key === 0) editor.press({ name: random.pick(KEYS), raw: '' });
      else editor.press({ text: random.pick(['word', 'a', 'é', 'some more ']) });
      if (random.below(4) === 0) {
        screen.resize(12 + random.below(50), 50);
        view.resized(screen.columns);
      }
      const picture = pictureOf(editor);
      await screen.feed(view.draw(picture, screen.columns, 50));
      const { lines, cursor } = expectation(picture, screen.columns);
      expect({ lines: screen.lines, cursor: screen.cursor }, `step ${step}`).toEqual({ lines: [...above, ...lines], cursor: { row: cursor.row + 12, column: cursor.column } });
    }
  });

  it('draws a text of more rows than the screen around its cursor, without filling the scrollback', async () => {
    const screen = await Screen.open(20, 5);
    const view = new LineView();
    const editor = new LineEditor();
    editor.reset(Array.from({ length: 30 }, (_, row) => `row ${row}`).join('\n'));
    await screen.feed(view.draw(pictureOf(editor), 20, 5));
    expect(screen.lines.at(-1)).toBe('> row 29');
    for (let count = 0; count < 29; count++) {
      editor.press({ name: 'up', raw: '' });
      await screen.feed(view.draw(pictureOf(editor), 20, 5));
    }
    expect(screen.lines[0]).toBe('$ row 0');
    expect(screen.cursor).toEqual({ row: 0, column: 7 });
    expect(screen.all.length).toBe(5);
    await screen.feed(`${view.leave(5)}after`);
    expect(screen.lines.at(-1)).toBe('after');
  });

  it('a letter at the end is all that is sent for it', async () => {
    const view = new LineView();
    const editor = new LineEditor();
    view.draw(pictureOf(editor), 80, 24);
    editor.press({ text: 'a' });
    expect(view.draw(pictureOf(editor), 80, 24)).toBe('a');
    editor.press({ name: 'backspace', raw: '' });
    expect(view.draw(pictureOf(editor), 80, 24)).toBe('\x1b[1D\x1b[J');
  });

  it('a line that wraps is one line for those who copy it', async () => {
    const screen = await Screen.open(10, 8);
    const view = new LineView();
    const editor = new LineEditor();
    for (const text of 'abcdefghijklmnopqrstuvwxyz') {
      editor.press({ text });
      await screen.feed(view.draw(pictureOf(editor), 10, 8));
    }
    expect(screen.all[0]).toBe('$ abcdefghijklmnopqrstuvwxyz');
  });
});
