import { FsError } from '../../../shared/base/index.ts';
import type { Vfs } from '../../vfs/index.ts';
import { complete } from './complete.ts';
import { runLine } from './execute.ts';
import { History } from './history.ts';
import { KeyDecoder, type Key } from './keys.ts';
import { LineEditor, LineView, type EditorEvent } from './line-editor.ts';
import { Output, printable, Shell, shortPath, textWidth } from '../shell/index.ts';

const HISTORY = '.history';
/** Lines of the history file after which it is written anew, shorter. */
const HISTORY_FILE_MAX = 2000;
const CANDIDATES_MAX = 200;

export interface PromptOptions {
  vfs: Vfs;
  args: readonly string[];
  /** `NAME=value`. */
  env: readonly string[];
  cwd: string;
}

/** The interactive loop: draws a line, takes keys, runs what was typed. */
class Prompt {
  readonly #shell: Shell;
  readonly #out: Output;
  readonly #editor = new LineEditor();
  readonly #view = new LineView();
  readonly #decoder = new KeyDecoder();
  readonly #history: History;
  readonly #pending: Key[] = [];
  /** What was typed in one go is drawn once, at its end. */
  #stale = false;
  #columns = 80;

  constructor(shell: Shell) {
    this.#shell = shell;
    this.#out = new Output(shell.files, 1);
    this.#history = new History(this.#readHistory());
    shell.history = this.#history.lines;
  }

  run(): number {
    const shell = this.#shell;
    shell.setRaw(true);
    const motd = shell.files.readText('/etc/motd');
    if (motd) this.#out.text(motd.endsWith('\n') ? motd : `${motd}\n`);
    // The window may still be finding its size, but nothing was printed that could have left a line open.
    for (let first = true; !shell.ended; first = false) {
      const line = this.#readLine(!first);
      if (line === null) break;
      this.#remember(line);
      runLine(shell, line);
    }
    return shell.status;
  }

  /** A line; null at the end of input. `mayBeOpen`: a program may have left its last line without an end. */
  #readLine(mayBeOpen: boolean): string | null {
    this.#columns = this.#shell.size().columns;
    this.#editor.set('');
    this.#view.reset();
    if (mayBeOpen) this.#freshLine();
    this.#draw();
    for (;;) {
      const key = this.#nextKey();
      const event: EditorEvent = key === null ? 'end' : this.#editor.press(key);
      if (event === 'submit') {
        this.#leave();
        return this.#editor.text;
      }
      if (event === 'end') {
        this.#leave();
        return null;
      }
      this.#handle(event);
    }
  }

  #handle(event: EditorEvent): void {
    switch (event) {
      case 'interrupt':
        this.#out.text('^C');
        this.#leave();
        this.#editor.set('');
        this.#shell.status = 130;
        break;
      case 'clear': this.#out.text('\x1b[H\x1b[2J'); this.#view.reset(); break;
      case 'redraw': this.#redraw(); break;
      case 'complete': this.#complete(); break;
      case 'previous': this.#recall(this.#history.previous(this.#editor.text)); break;
      case 'next': this.#recall(this.#history.next()); break;
      default: break;
    }
    if (event === 'none') return;
    this.#stale = this.#pending.length > 0;
    if (!this.#stale) this.#draw();
  }

  /** The kernel asks for this (Ctrl-R) after something else has written to the terminal, or its size has changed. */
  #redraw(): void {
    this.#columns = this.#shell.size().columns;
    this.#view.reset();
    this.#freshLine();
  }

  #recall(line: string | null): void {
    if (line !== null) this.#editor.set(line);
  }

  #nextKey(): Key | null {
    while (this.#pending.length === 0) {
      const bytes = this.#shell.files.read(0);
      if (bytes.length === 0) return null;
      this.#pending.push(...this.#decoder.decode(bytes.slice()));
    }
    return this.#pending.shift()!;
  }

  /** If a program left its last line open, marks it and begins a new one: the mark and the blanks wrap only then. */
  #freshLine(): void {
    this.#out.text(`\x1b[2m⏎\x1b[0m${' '.repeat(this.#columns - 1)}\r\x1b[K`);
  }

  #prompt(): { text: string; width: number } {
    const { files, home, status } = this.#shell;
    const path = printable(shortPath(files.cwd, home, this.#columns));
    const mark = status === 0 ? '\x1b[32m$\x1b[0m' : '\x1b[31m$\x1b[0m';
    return { text: `\x1b[1;36m${path}\x1b[0m ${mark} `, width: textWidth(path) + 3 };
  }

  #draw(): void {
    const { text, width } = this.#prompt();
    this.#out.text(this.#view.draw(text, width, this.#editor, this.#columns));
  }

  #leave(): void {
    if (this.#stale) this.#draw();
    this.#stale = false;
    this.#out.text(this.#view.leave(this.#prompt().width, this.#editor, this.#columns));
  }

  #complete(): void {
    const before = this.#editor.beforeCursor;
    const completion = complete(this.#shell, before);
    if (!completion) return;
    const typed = before.slice(before.length - completion.replace);
    this.#editor.replaceBefore(completion.replace, completion.text);
    if (completion.text !== typed || completion.candidates.length < 2) return;
    this.#leave();
    this.#offer(completion.candidates);
  }

  #offer(candidates: readonly string[]): void {
    const names = candidates.slice(0, CANDIDATES_MAX).map((path) => printable(/[^/]*\/?$/.exec(path)?.[0] ?? path));
    const width = Math.max(...names.map(textWidth)) + 2;
    const across = Math.max(1, Math.floor(this.#columns / width));
    for (let at = 0; at < names.length; at += across) {
      const row = names.slice(at, at + across).map((name) => name + ' '.repeat(width - textWidth(name)));
      this.#out.line(row.join('').trimEnd());
    }
    if (candidates.length > CANDIDATES_MAX) this.#out.line(`… and ${candidates.length - CANDIDATES_MAX} more`);
  }

  get #historyFile(): string {
    return `${this.#shell.home}/${HISTORY}`;
  }

  #readHistory(): string[] {
    const lines = (this.#shell.files.readText(this.#historyFile) ?? '').split('\n');
    if (lines.length > HISTORY_FILE_MAX) this.#save(lines.slice(-HISTORY_FILE_MAX / 2).join('\n'), false);
    return lines;
  }

  #remember(line: string): void {
    const kept = this.#history.add(line);
    this.#shell.history = this.#history.lines;
    if (kept) this.#save(`${line}\n`, true);
  }

  /** A history that cannot be kept (read-only, full) is no reason not to run the line. */
  #save(text: string, append: boolean): void {
    try {
      this.#shell.files.writeText(this.#historyFile, text, append);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
    }
  }
}

/** Exit code of a prompt whose terminal has gone, as of a process that was hung up on. */
const HUNG_UP = 129;

/** `prompt -c 'line'` runs one line; without arguments, an interactive prompt on descriptors 0 to 2. The exit code. */
export function prompt(options: PromptOptions): number {
  const shell = new Shell(options.vfs, options.env, options.cwd);
  const at = options.args.indexOf('-c');
  const line = at < 0 ? undefined : options.args[at + 1];
  try {
    return line === undefined ? new Prompt(shell).run() : runLine(shell, line);
  } catch (error) {
    if (error instanceof FsError && error.code === 'EPIPE') return HUNG_UP;
    throw error;
  }
}
