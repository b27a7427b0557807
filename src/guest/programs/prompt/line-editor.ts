import type { Key, KeyName } from './keys.ts';
import { graphemes, graphemeWidth } from '../shell/index.ts';

/** What the editor wants done after a key. */
export type EditorEvent = 'edited' | 'submit' | 'interrupt' | 'end' | 'complete' | 'previous' | 'next' | 'clear' | 'redraw' | 'none';

const isWord = (grapheme: string): boolean => /[\p{L}\p{N}_]/u.test(grapheme);

/** One line being typed: graphemes and a cursor between them. Knows nothing of the terminal. */
export class LineEditor {
  #line: string[] = [];
  #cursor = 0;
  #killed: string[] = [];

  get text(): string {
    return this.#line.join('');
  }

  get beforeCursor(): string {
    return this.#line.slice(0, this.#cursor).join('');
  }

  get graphemes(): readonly string[] {
    return this.#line;
  }

  get cursor(): number {
    return this.#cursor;
  }

  /** Replaces the line; the cursor goes to its end. */
  set(text: string): void {
    this.#line = graphemes(text);
    this.#cursor = this.#line.length;
  }

  /** Segments anew, for a mark may join the character before it. */
  insert(text: string): void {
    const before = graphemes(this.beforeCursor + text);
    this.#line = [...before, ...this.#line.slice(this.#cursor)];
    this.#cursor = before.length;
  }

  /** Replaces the last `count` UTF-16 units before the cursor. */
  replaceBefore(count: number, text: string): void {
    const before = this.beforeCursor;
    const after = this.#line.slice(this.#cursor);
    const head = graphemes(before.slice(0, before.length - count) + text);
    this.#line = [...head, ...after];
    this.#cursor = head.length;
  }

  press(key: Key): EditorEvent {
    if ('text' in key) {
      this.insert(key.text);
      return 'edited';
    }
    return this.#named(key.name);
  }

  #named(name: KeyName): EditorEvent {
    switch (name) {
      case 'enter': return 'submit';
      case 'tab': return 'complete';
      case 'up': return 'previous';
      case 'down': return 'next';
      case 'clear': return 'clear';
      case 'redraw': return 'redraw';
      case 'interrupt': return 'interrupt';
      case 'end-of-input': return this.#line.length === 0 ? 'end' : this.#remove(this.#cursor, this.#cursor + 1);
      case 'backspace': return this.#remove(this.#cursor - 1, this.#cursor);
      case 'delete': return this.#remove(this.#cursor, this.#cursor + 1);
      case 'left': return this.#move(this.#cursor - 1);
      case 'right': return this.#move(this.#cursor + 1);
      case 'home': return this.#move(0);
      case 'end': return this.#move(this.#line.length);
      case 'word-left': return this.#move(this.#wordLeft());
      case 'word-right': return this.#move(this.#wordRight());
      case 'kill-word': return this.#kill(this.#spaceLeft(), this.#cursor);
      case 'kill-start': return this.#kill(0, this.#cursor);
      case 'kill-end': return this.#kill(this.#cursor, this.#line.length);
      case 'yank': this.insert(this.#killed.join('')); return 'edited';
      case 'ignored': return 'none';
    }
  }

  #move(to: number): EditorEvent {
    this.#cursor = Math.max(0, Math.min(to, this.#line.length));
    return 'edited';
  }

  #remove(from: number, to: number): EditorEvent {
    if (from < 0 || to > this.#line.length) return 'none';
    this.#line.splice(from, to - from);
    this.#cursor = from;
    return 'edited';
  }

  #kill(from: number, to: number): EditorEvent {
    if (from === to) return 'none';
    this.#killed = this.#line.slice(from, to);
    return this.#remove(from, to);
  }

  #wordLeft(): number {
    let at = this.#cursor;
    while (at > 0 && !isWord(this.#line[at - 1]!)) at--;
    while (at > 0 && isWord(this.#line[at - 1]!)) at--;
    return at;
  }

  #wordRight(): number {
    let at = this.#cursor;
    while (at < this.#line.length && !isWord(this.#line[at]!)) at++;
    while (at < this.#line.length && isWord(this.#line[at]!)) at++;
    return at;
  }

  #spaceLeft(): number {
    let at = this.#cursor;
    while (at > 0 && this.#line[at - 1] === ' ') at--;
    while (at > 0 && this.#line[at - 1] !== ' ') at--;
    return at;
  }
}

interface Place {
  row: number;
  column: number;
}

/** Where the terminal's cursor stands after `line`, when it began `indent` columns into the first row. */
function placeAfter(line: readonly string[], indent: number, columns: number): Place {
  let row = Math.floor(indent / columns);
  let column = indent % columns;
  for (const each of line) {
    const width = graphemeWidth(each);
    if (column + width > columns) {
      row++;
      column = 0;
    }
    column += width;
  }
  return column >= columns ? { row: row + 1, column: 0 } : { row, column };
}

/** Draws an editor's line over several rows of a terminal, each time from the prompt on. */
export class LineView {
  #row = 0;

  /** A new line begins where the cursor stands. */
  reset(): void {
    this.#row = 0;
  }

  /** Control sequences and text that bring the screen from the last drawing to this one. */
  draw(prompt: string, promptWidth: number, editor: LineEditor, columns: number): string {
    const start = `${this.#row > 0 ? `\x1b[${this.#row}A` : ''}\r\x1b[J`;
    const end = placeAfter(editor.graphemes, promptWidth, columns);
    const cursor = placeAfter(editor.graphemes.slice(0, editor.cursor), promptWidth, columns);
    // At the right edge the terminal holds the wrap back; a line feed brings the cursor where we count it.
    const wrap = end.column === 0 && end.row > 0 ? '\r\n' : '';
    const up = end.row > cursor.row ? `\x1b[${end.row - cursor.row}A` : '';
    const right = cursor.column > 0 ? `\x1b[${cursor.column}C` : '';
    this.#row = cursor.row;
    return `${start}${prompt}${editor.text}${wrap}${up}\r${right}`;
  }

  /** Brings the cursor below the line that is being left. */
  leave(promptWidth: number, editor: LineEditor, columns: number): string {
    const end = placeAfter(editor.graphemes, promptWidth, columns);
    const down = end.row > this.#row ? `\x1b[${end.row - this.#row}B` : '';
    this.#row = 0;
    return `${down}\r\n`;
  }
}
