import { ChangeLog } from './changes.ts';
import type { Key, KeyName } from './keys.ts';
import { KillRing } from './kill-ring.ts';
import { graphemes } from './width.ts';
import { isWord, rowBeside, rowEnd, rowStart, spaceLeft, wordLeft, wordRight } from './words.ts';

/** What the editor wants done after a key. `refused`: the key could do nothing, which is worth a bell. */
export type EditorEvent =
  | 'edited' | 'refused' | 'none' | 'submit' | 'interrupt' | 'end' | 'complete' | 'list' | 'previous' | 'next' | 'first' | 'last'
  | 'last-argument' | 'search-back' | 'search-forward' | 'clear' | 'redraw';

/** UTF-16 units of a line; what would be longer is refused. */
export const LINE_MAX = 128 * 1024;
/** Letters typed in a row that one undo takes away. */
const UNDO_RUN = 20;

const REGIONAL = /^[\u{1f1e6}-\u{1f1ff}]/u;

/** What the last key did, where the next one depends on it. */
type Action = 'insert' | 'kill' | 'yank' | 'argument' | 'other';

/** One command being typed, of one or several rows: graphemes and a cursor between them. Knows nothing of the terminal. */
export class LineEditor {
  #line: string[] = [];
  #cursor = 0;
  #length = 0;
  readonly #kills = new KillRing();
  readonly #changes = new ChangeLog();
  #action: Action = 'other';
  #run = 0;
  /** Where the text begins that a yank, or a last argument, has put in; it ends at the cursor. */
  #putAt = 0;
  #quoting = false;

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

  /** A new line: nothing of the last one can be undone. What was cut stays. */
  reset(text = ''): void {
    this.#line = graphemes(text);
    this.#cursor = this.#line.length;
    this.#length = text.length;
    this.#changes.clear();
    this.#action = 'other';
    this.#quoting = false;
  }

  /** Replaces the whole text, as an edit. The cursor goes to `cursor` UTF-16 units, by default to the end. */
  set(text: string, cursor = text.length): void {
    this.#replace(0, this.#line.length, text);
    this.#cursor = graphemes(text.slice(0, cursor)).length;
    this.#action = 'other';
  }

  /** Puts a text in at the cursor. False if there is no room. */
  insert(text: string): boolean {
    return this.#replace(this.#cursor, this.#cursor, text);
  }

  /** Replaces the last `count` UTF-16 units before the cursor. */
  replaceBefore(count: number, text: string): boolean {
    const before = this.beforeCursor;
    const from = graphemes(before.slice(0, before.length - count)).length;
    return this.#replace(from, this.#cursor, text);
  }

  /** A further row below all that is there: what was typed is not whole yet. */
  continueBelow(): void {
    this.#cursor = this.#line.length;
    this.#type('\n');
  }

  /** Puts in the last word of an earlier line. `again`: in place of the one put in by the key before. */
  putArgument(text: string, again: boolean): void {
    this.#put(text, again);
    this.#action = 'argument';
  }

  /** Whether the last key put in an argument, so that another one takes its place. */
  get putsArgument(): boolean {
    return this.#action === 'argument';
  }

  press(key: Key): EditorEvent {
    if ('paste' in key) return this.#paste(key.paste);
    if (this.#quoting) {
      this.#quoting = false;
      return this.#type('text' in key ? key.text : key.raw);
    }
    if ('text' in key) return this.#type(key.text);
    const before = this.#action;
    const event = this.#named(key.name);
    if (this.#action === before && event !== 'last-argument' && key.name !== 'quote') this.#settle(key.name);
    return event;
  }

  /** Only a cut continues a cut, only a yank can be turned. */
  #settle(name: KeyName): void {
    const keeps = (this.#action === 'kill' && name.startsWith('kill-')) || (this.#action === 'yank' && name.startsWith('yank'));
    if (!keeps) this.#action = 'other';
  }

  #type(text: string): EditorEvent {
    const joins = this.#action === 'insert' && this.#run < UNDO_RUN;
    if (!this.#replace(this.#cursor, this.#cursor, text, joins)) return 'refused';
    this.#run = joins ? this.#run + 1 : 1;
    this.#action = 'insert';
    return 'edited';
  }

  /** Line feeds of what is pasted do not run it; those at its end would only be in the way. */
  #paste(text: string): EditorEvent {
    this.#action = 'other';
    this.#quoting = false;
    return this.insert(text.replace(/\r\n?/g, '\n').replace(/\n+$/, '')) ? 'edited' : 'refused';
  }

  #named(name: KeyName): EditorEvent {
    const line = this.#line;
    const at = this.#cursor;
    switch (name) {
      case 'enter': return 'submit';
      case 'newline': return this.#type('\n');
      case 'tab': return 'complete';
      case 'list': return 'list';
      case 'up':
      case 'previous': return this.#row(-1);
      case 'down':
      case 'next': return this.#row(1);
      case 'history-first': return 'first';
      case 'history-last': return 'last';
      case 'last-argument': return 'last-argument';
      case 'search-back': return 'search-back';
      case 'search-forward': return 'search-forward';
      case 'clear': return 'clear';
      case 'redraw': return 'redraw';
      case 'interrupt': return 'interrupt';
      case 'abort': return 'refused';
      case 'quote': this.#quoting = true; return 'none';
      case 'undo': return this.#undo();
      case 'end-of-input': return line.length === 0 ? 'end' : this.#remove(at, at + 1);
      case 'backspace': return this.#remove(at - 1, at);
      case 'delete': return this.#remove(at, at + 1);
      case 'left': return this.#move(at - 1);
      case 'right': return this.#move(at + 1);
      case 'home': return this.#move(rowStart(line, at));
      case 'end': return this.#move(rowEnd(line, at));
      case 'word-left': return this.#move(wordLeft(line, at));
      case 'word-right': return this.#move(wordRight(line, at));
      case 'kill-space-left': return this.#kill(spaceLeft(line, at), at);
      case 'kill-word-left': return this.#kill(wordLeft(line, at), at);
      case 'kill-word-right': return this.#kill(at, wordRight(line, at));
      case 'kill-start': return this.#kill(Math.min(rowStart(line, at), Math.max(0, at - 1)), at);
      case 'kill-end': return this.#kill(at, Math.min(line.length, Math.max(rowEnd(line, at), at + 1)));
      case 'yank': return this.#yank(this.#kills.newest(), false);
      case 'yank-pop': return this.#action === 'yank' ? this.#yank(this.#kills.before(), true) : 'refused';
      case 'transpose': return this.#transpose();
      case 'transpose-words': return this.#transposeWords();
      case 'upcase': return this.#recase((word) => word.toUpperCase());
      case 'downcase': return this.#recase((word) => word.toLowerCase());
      case 'capitalize': return this.#recase(capitalized);
      case 'ignored': return 'none';
    }
  }

  /** To the row above or below; from the first and the last one, through the history. */
  #row(direction: 1 | -1): EditorEvent {
    const to = rowBeside(this.#line, this.#cursor, direction);
    if (to === null) return direction < 0 ? 'previous' : 'next';
    return this.#move(to);
  }

  #move(to: number): EditorEvent {
    if (to < 0 || to > this.#line.length) return 'refused';
    this.#cursor = to;
    return 'edited';
  }

  #remove(from: number, to: number): EditorEvent {
    if (from < 0 || to > this.#line.length) return 'refused';
    this.#replace(from, to, '');
    return 'edited';
  }

  #kill(from: number, to: number): EditorEvent {
    if (from === to) return 'refused';
    this.#kills.add(this.#line.slice(from, to).join(''), this.#action === 'kill', from < this.#cursor);
    this.#replace(from, to, '');
    this.#action = 'kill';
    return 'edited';
  }

  #yank(text: string, again: boolean): EditorEvent {
    if (text === '') return 'refused';
    this.#put(text, again);
    this.#action = 'yank';
    return 'edited';
  }

  #put(text: string, again: boolean): void {
    if (!again) this.#putAt = this.#cursor;
    this.#replace(this.#putAt, this.#cursor, text);
  }

  #transpose(): EditorEvent {
    const last = Math.min(this.#cursor, this.#line.length - 1);
    if (last < 1) return 'refused';
    const [left, right] = [this.#line[last - 1]!, this.#line[last]!];
    this.#replace(last - 1, last + 1, right + left);
    return 'edited';
  }

  #transposeWords(): EditorEvent {
    const line = this.#line;
    const secondEnd = wordRight(line, this.#cursor);
    const second = wordLeft(line, secondEnd);
    const first = wordLeft(line, second);
    const firstEnd = wordRight(line, first);
    if (first === second || second < firstEnd || !isWord(line[second])) return 'refused';
    const part = (from: number, to: number): string => line.slice(from, to).join('');
    this.#replace(first, secondEnd, part(second, secondEnd) + part(firstEnd, second) + part(first, firstEnd));
    return 'edited';
  }

  #recase(change: (word: string) => string): EditorEvent {
    const to = wordRight(this.#line, this.#cursor);
    if (to === this.#cursor) return 'refused';
    this.#replace(this.#cursor, to, change(this.#line.slice(this.#cursor, to).join('')));
    return 'edited';
  }

  #undo(): EditorEvent {
    const changes = this.#changes.take();
    for (const { at, removed, inserted, cursor } of changes) {
      this.#line = [...this.#line.slice(0, at), ...removed, ...this.#line.slice(at + inserted.length)];
      this.#length += lengthOf(removed) - lengthOf(inserted);
      this.#cursor = cursor;
    }
    return changes.length > 0 ? 'edited' : 'refused';
  }

  /**
   * The one way in which the text changes. Its neighbours are segmented anew with it, for a mark may join the character before
   * it; flags, which are pairs of letters, can shift as far as they reach. False if there is no room.
   */
  #replace(from: number, to: number, text: string, joins = false): boolean {
    if (from === to && text === '') return true;
    const line = this.#line;
    const start = Math.max(0, from - 1);
    let end = Math.min(line.length, to + 1);
    while (end < line.length && REGIONAL.test(line[end - 1]!)) end++;
    const head = line.slice(start, from).join('') + text;
    const removed = line.slice(start, end);
    const inserted = graphemes(head + line.slice(to, end).join(''));
    const growth = lengthOf(inserted) - lengthOf(removed);
    if (growth > 0 && this.#length + growth > LINE_MAX) return false;
    this.#changes.add({ at: start, removed, inserted, cursor: this.#cursor, joins });
    this.#line = [...line.slice(0, start), ...inserted, ...line.slice(end)];
    this.#length += growth;
    this.#cursor = start + countThrough(inserted, head.length);
    return true;
  }
}

const lengthOf = (parts: readonly string[]): number => parts.reduce((sum, part) => sum + part.length, 0);

/** How many of `parts` reach over the first `units` UTF-16 units. */
function countThrough(parts: readonly string[], units: number): number {
  let count = 0;
  for (let reached = 0; reached < units && count < parts.length; count++) reached += parts[count]!.length;
  return count;
}

function capitalized(word: string): string {
  const at = word.search(/[\p{L}\p{N}]/u);
  if (at < 0) return word;
  const first = String.fromCodePoint(word.codePointAt(at)!);
  return word.slice(0, at) + first.toUpperCase() + word.slice(at + first.length).toLowerCase();
}
