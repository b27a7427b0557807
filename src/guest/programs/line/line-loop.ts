import { TYPED_LINES_FILE } from '../../../shared/abi/index.ts';
import { arrange } from './columns.ts';
import { Completer, type Candidate } from './complete.ts';
import { LineEditor, type EditorEvent } from './editor.ts';
import { HistoryFile } from './history-file.ts';
import { History } from './history.ts';
import type { LineHost } from './host.ts';
import { KeyDecoder, type Key } from './keys.ts';
import type { Label } from './layout.ts';
import { DEFAULT_NEXT, defaultPrompt, expandPrompt, type PromptValues } from './prompt-text.ts';
import { Search, type Direction } from './search.ts';
import { LineView } from './view.ts';
import { graphemes, printable, textWidth } from './width.ts';

/** More candidates than these are listed only when asked for. */
const ASK_FROM = 100;
const LISTED_MAX = 2000;
const BELL = '\x07';
/** Columns that are kept for what is typed; a prompt that leaves fewer is replaced by a short one. */
const ROOM = 4;
const SHORT: Label = { text: '$ ', width: 2 };

/**
 * What a program may have left behind when it was ended: the alternate screen, modes (DECSTR), reports of mouse and focus.
 * None of these moves the cursor.
 */
const TAME = '\x1b[?47l\x1b[!p\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\x1b[?2026l';
const PASTE_ON = '\x1b[?2004h';
const PASTE_OFF = '\x1b[?2004l';
const CONTROL_C = 130;

/** The interactive loop of a shell: draws prompts, takes keys, gives the host what was typed. */
export class LineLoop {
  readonly #host: LineHost;
  readonly #editor = new LineEditor();
  readonly #view = new LineView();
  readonly #decoder = new KeyDecoder();
  readonly #completer: Completer;
  readonly #history: History;
  readonly #file: HistoryFile;
  readonly #pending: Key[] = [];
  #size: { columns: number; rows: number };
  #label: Label = SHORT;
  #next: Label = SHORT;
  /** What was typed in one go is drawn once, at its end. */
  #stale = false;
  /** The terminal has hung up. */
  #gone = false;
  /** The last key was a Tab that could add nothing: the next one lists. */
  #tabbed = false;
  #argument = 0;
  #search: { search: Search; draft: string; cursor: number } | null = null;
  #pattern = '';

  constructor(host: LineHost) {
    this.#host = host;
    this.#completer = new Completer(host);
    this.#size = host.size();
    this.#file = new HistoryFile(host.files, `${host.variable('HOME') ?? ''}/${TYPED_LINES_FILE}`);
    this.#history = new History(this.#file.load());
    host.history = this.#history.lines;
  }

  /** Until the terminal hangs up, or the host has ended. */
  run(): void {
    // The window may still be finding its size, but nothing was printed that could have left a line open.
    for (let first = true; !this.#host.ended; first = false) {
      const line = this.#readLine(!first);
      if (line === null && this.#gone) break;
      if (line === null) {
        this.#host.leave();
        continue;
      }
      this.#remember(line);
      if (line.trim() !== '') this.#host.run(line);
    }
  }

  /** A command of one or several rows; null at the end of input. `mayBeOpen`: a program may have left its last line without an end. */
  #readLine(mayBeOpen: boolean): string | null {
    const host = this.#host;
    this.#size = host.size();
    this.#editor.reset();
    this.#view.reset();
    this.#search = null;
    if (mayBeOpen) this.#fresh();
    host.notices();
    host.write(PASTE_ON);
    this.#begin();
    for (;;) {
      const key = this.#nextKey();
      this.#gone = key === null;
      const event = key === null ? 'end' : this.#press(key);
      if (event === 'end' || event === 'submit') {
        this.#leave();
        host.write(PASTE_OFF);
        return event === 'end' ? null : this.#editor.text;
      }
      if (event !== 'none') this.#handle(event);
      this.#refresh(event);
    }
  }

  /** Finds out the prompts and draws the line under them. */
  #begin(): void {
    const { above, label } = this.#expand(this.#host.variable('PS1') ?? defaultPrompt(this.#host.status));
    this.#label = label;
    this.#next = this.#expand(this.#host.variable('PS2') ?? DEFAULT_NEXT).label;
    for (const row of above) this.#host.write(`${row}\x1b[0m\r\n`);
    this.#draw();
  }

  #expand(format: string): { above: string[]; label: Label } {
    const host = this.#host;
    const values: PromptValues = {
      cwd: host.cwd, home: host.variable('HOME') ?? '', status: host.status, columns: this.#size.columns,
      variable: (name) => host.variable(name), now: new Date(),
    };
    return expandPrompt(format, values);
  }

  #nextKey(): Key | null {
    while (this.#pending.length === 0) {
      const bytes = this.#host.read();
      if (bytes?.length === 0) return null;
      if (bytes) this.#pending.push(...this.#decoder.decode(bytes));
      this.#lookAtSize();
    }
    return this.#pending.shift()!;
  }

  #lookAtSize(): void {
    const size = this.#host.size();
    if (size.columns === this.#size.columns && size.rows === this.#size.rows) return;
    this.#size = size;
    this.#view.resized(size.columns);
    this.#draw();
  }

  /** One key, in a search or out of it. */
  #press(key: Key): EditorEvent {
    if (!this.#search) return this.#edit(key);
    const event = this.#searchKey(this.#search.search, key);
    if (event !== null) return event;
    this.#endSearch();
    return this.#edit(key);
  }

  #edit(key: Key): EditorEvent {
    const event = this.#editor.press(key);
    if (event === 'submit' && this.#host.isIncomplete(this.#editor.text)) {
      this.#editor.continueBelow();
      return 'edited';
    }
    return event;
  }

  #handle(event: EditorEvent): void {
    const tabbed = this.#tabbed;
    this.#tabbed = false;
    const { at, lines } = this.#history;
    switch (event) {
      case 'interrupt': return this.#interrupt();
      case 'clear': return this.#clear();
      case 'redraw': return this.#redraw();
      case 'complete': return this.#complete(tabbed);
      case 'list': return this.#complete(true);
      case 'previous': return this.#recall(at - 1);
      case 'next': return this.#recall(at + 1);
      case 'first': return this.#recall(0);
      case 'last': return this.#recall(lines.length);
      case 'last-argument': return this.#lastArgument();
      case 'search-back': return this.#beginSearch('back');
      case 'search-forward': return this.#beginSearch('forward');
      case 'refused': return this.#host.write(BELL);
      default: return undefined;
    }
  }

  #refresh(event: EditorEvent): void {
    if (event === 'none') return;
    this.#stale = this.#pending.length > 0;
    if (!this.#stale) this.#draw();
  }

  #interrupt(): void {
    this.#search = null;
    if (this.#stale) this.#draw();
    this.#host.write('^C');
    this.#leave();
    this.#editor.reset();
    this.#history.rewind();
    this.#host.status = CONTROL_C;
    this.#begin();
  }

  #clear(): void {
    this.#host.write('\x1b[H\x1b[2J');
    this.#view.reset();
    this.#begin();
  }

  /** The kernel asks for this after something else has written to the terminal. */
  #redraw(): void {
    this.#size = this.#host.size();
    this.#view.reset();
    this.#fresh();
  }

  /** Undoes what a program has left behind. If its last line is open, marks it and begins a new one: the mark and the blanks wrap only then. */
  #fresh(): void {
    this.#host.write(`${TAME}\x1b[90m⏎\x1b[0m${' '.repeat(this.#size.columns - 1)}\r\x1b[K${PASTE_ON}`);
  }

  #recall(to: number): void {
    const line = this.#history.go(to, this.#editor.text);
    if (line === null) this.#host.write(BELL);
    else this.#editor.set(line);
  }

  #lastArgument(): void {
    const again = this.#editor.putsArgument;
    if (!again) this.#argument = this.#history.lines.length;
    for (let at = this.#argument - 1; at >= 0; at--) {
      const word = lastWord(this.#history.lines[at]!);
      if (word === '') continue;
      this.#argument = at;
      this.#editor.putArgument(word, again);
      return;
    }
    this.#host.write(BELL);
  }

  #beginSearch(direction: Direction): void {
    const { at, lines } = this.#history;
    const draft = this.#editor.text;
    const all = at === lines.length ? [...lines, draft] : lines;
    this.#search = { search: new Search(all, at, direction), draft, cursor: this.#editor.beforeCursor.length };
  }

  /** Null: the key ends the search and does what it always does. */
  #searchKey(search: Search, key: Key): EditorEvent | null {
    if ('text' in key) search.type(key.text);
    else if ('paste' in key) search.type(key.paste.replace(/[\r\n].*/s, ''));
    else if (key.name === 'search-back') search.again('back', this.#pattern);
    else if (key.name === 'search-forward') search.again('forward', this.#pattern);
    else if (key.name === 'backspace') {
      if (!search.back()) return 'refused';
    } else if (key.name === 'abort') {
      const { draft, cursor } = this.#search!;
      this.#search = null;
      this.#editor.set(draft, cursor);
      return 'edited';
    } else {
      return key.name === 'interrupt' || key.name === 'redraw' ? this.#editor.press(key) : null;
    }
    return search.state.failed ? 'refused' : 'edited';
  }

  /** Goes on editing what was found. */
  #endSearch(): void {
    const { search } = this.#search!;
    const { index, offset, pattern } = search.state;
    this.#search = null;
    if (pattern !== '') this.#pattern = pattern;
    if (search.line !== this.#editor.text) {
      this.#history.go(index, this.#editor.text);
      this.#editor.set(search.line, offset);
    }
  }

  #draw(): void {
    const { columns, rows } = this.#size;
    const fitting = (label: Label): Label => (label.width > columns - ROOM ? SHORT : label);
    const found = this.#search?.search;
    const line = found ? graphemes(found.line) : this.#editor.graphemes;
    const cursor = found ? graphemes(found.line.slice(0, found.state.offset)).length : this.#editor.cursor;
    const prompt = found ? searchLabel(found, columns - ROOM) : fitting(this.#label);
    this.#host.write(this.#view.draw({ prompt, next: fitting(this.#next), graphemes: line, cursor: Math.min(cursor, line.length) }, columns, rows));
  }

  #leave(): void {
    if (this.#stale) this.#draw();
    this.#stale = false;
    this.#host.write(this.#view.leave(this.#size.rows));
  }

  #complete(list: boolean): void {
    const before = this.#editor.beforeCursor;
    const completion = this.#completer.complete(before);
    if (!completion) return this.#host.write(BELL);
    const typed = before.slice(before.length - completion.replace);
    if (completion.text !== typed) {
      if (!this.#editor.replaceBefore(completion.replace, completion.text)) this.#host.write(BELL);
    } else if (list) {
      this.#list(completion.candidates);
    } else {
      this.#tabbed = true;
      this.#host.write(BELL);
    }
  }

  #list(candidates: readonly Candidate[]): void {
    this.#leave();
    const count = candidates.length;
    if (count <= ASK_FROM || this.#agrees(`Display all ${count} possibilities? (y or n) `)) {
      for (const row of arrange(candidates.slice(0, LISTED_MAX), this.#size.columns)) this.#host.write(`${row}\r\n`);
      if (count > LISTED_MAX) this.#host.write(`… and ${count - LISTED_MAX} more\r\n`);
    }
    this.#draw();
  }

  #agrees(question: string): boolean {
    this.#host.write(question);
    for (;;) {
      const key = this.#nextAnswer();
      if (key === null) continue;
      this.#host.write(`${key ? 'y' : 'n'}\r\n`);
      return key;
    }
  }

  /** Null: a key that is no answer. The end of input is a no. */
  #nextAnswer(): boolean | null {
    const key = this.#nextKey();
    if (key === null) return false;
    if ('text' in key) return /^[yY ]/.test(key.text) ? true : /^[nNqQ]/.test(key.text) ? false : null;
    if ('paste' in key) return null;
    if (key.name === 'tab') return true;
    return ['enter', 'backspace', 'interrupt', 'abort'].includes(key.name) ? false : null;
  }

  #remember(line: string): void {
    if (this.#history.add(line)) this.#file.add(line);
    this.#host.history = this.#history.lines;
  }
}

/** The last word of a line, as it was typed; control operators and what is behind a blank at its end do not count. */
function lastWord(line: string): string {
  return /(?:\\.|'[^']*'?|"(?:\\.|[^"\\])*"?|[^\s;&|()<>'"\\])+(?=[\s;&|()]*$)/s.exec(line)?.[0] ?? '';
}

/** What a search is for, with the end of a long pattern, and whether it found something. */
function searchLabel(search: Search, most: number): Label {
  const { pattern, failed, direction } = search.state;
  const name = `${failed ? 'failed ' : ''}${direction === 'back' ? 'reverse-i-search' : 'i-search'}`;
  const parts = graphemes(printable(pattern));
  const text = (): string => `(${name})'${parts.join('')}': `;
  while (parts.length > 0 && textWidth(text()) > most) parts.shift();
  const shown = textWidth(text()) > most ? '?: ' : text();
  return { text: failed ? `\x1b[31m${shown}\x1b[0m` : `\x1b[90m${shown}\x1b[0m`, width: textWidth(shown) };
}
