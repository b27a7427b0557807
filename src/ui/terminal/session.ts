import type { TtyToKernel, TtyToWindow } from '../../shared/abi/index.ts';
import type { Disposable } from '../../shared/base/index.ts';
import { DisposableStore } from '../../shared/base/index.ts';
import type { ISearchOptions } from '@xterm/addon-search';
import type { Terminal } from '@xterm/xterm';
import type { SearchAddon } from '@xterm/addon-search';
import { guardTerminal, linkHandler, openLink } from './guard.ts';
import { safePaste } from './paste.ts';
import { terminalTheme } from './terminal-theme.ts';
import { shownTitle } from './title.ts';
import { OutputQueue } from './output-queue.ts';

export interface SessionOptions {
  screenReader: boolean;
  onClosed: () => void;
  /** A program named its terminal; safe to be shown, empty when it took the name back. */
  onTitle: (title: string) => void;
  /** At most every half second. */
  onBell: () => void;
  onError: (what: string, error: unknown) => void;
}

const SCROLLBACK = 10_000;
const BELL_EVERY = 500;

let told = false;

/** For what waits with its work until the first prompt is there: `isolate.js`. */
function tellPrompt(): void {
  if (told) return;
  told = true;
  dispatchEvent(new Event('palimpsest:prompt'));
}

/** One xterm.js terminal on one tty port. Made by `open`, which loads xterm.js first. */
export class TerminalSession implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #port: MessagePort;
  readonly #term: Terminal;
  readonly #search: SearchAddon;
  readonly #fit: () => void;
  readonly #options: SessionOptions;

  /** Shows the terminal in `element`. The port must not have been started. */
  static async open(element: HTMLElement, port: MessagePort, options: SessionOptions): Promise<TerminalSession> {
    const xterm = await import('./xterm.ts');
    return new TerminalSession(element, port, options, xterm);
  }

  private constructor(element: HTMLElement, port: MessagePort, options: SessionOptions, xterm: typeof import('./xterm.ts')) {
    this.#port = port;
    this.#options = options;
    const style = getComputedStyle(document.documentElement);
    const term = new xterm.Terminal({
      scrollback: SCROLLBACK, fontFamily: style.getPropertyValue('--mono'), fontSize: 13, lineHeight: 1.25, cursorBlink: true,
      allowProposedApi: true, theme: terminalTheme(), screenReaderMode: options.screenReader, macOptionIsMeta: true, minimumContrastRatio: 4.5,
      linkHandler: linkHandler(element),
      // Programs may print anything; that a sequence was none is no fault of the page.
      logLevel: 'off',
    });
    this.#term = term;
    this.#owned.add(term);
    const fit = new xterm.FitAddon();
    this.#search = new xterm.SearchAddon();
    term.loadAddon(fit);
    term.loadAddon(this.#search);
    term.loadAddon(new xterm.WebLinksAddon((_event, uri) => openLink(uri)));
    // The widths that the line editor counts with.
    term.loadAddon(new xterm.UnicodeGraphemesAddon());
    for (const guard of guardTerminal(term)) this.#owned.add(guard);
    term.open(element);
    this.#fit = () => {
      if (element.clientWidth > 0) fit.fit();
    };
    void xterm.addWebgl(term);
    this.#connect();
    this.#watchSize(element);
    this.#watchPaste(element);
    this.#tell();
    term.attachCustomKeyEventHandler((event) => this.#clipboardKey(event));
  }

  focus(): void {
    this.#term.focus();
  }

  fit(): void {
    this.#fit();
  }

  /** Types into the terminal, as if by keyboard. */
  type(text: string): void {
    this.#term.input(text);
  }

  /** The program has asked for the other form of arrows. */
  get appCursor(): boolean {
    return this.#term.modes.applicationCursorKeysMode;
  }

  /** A page of what was printed before (-1) or after (1); a program that has the whole screen gets the key. */
  page(direction: -1 | 1): void {
    if (this.#term.buffer.active.type === 'alternate') this.type(direction < 0 ? '\x1b[5~' : '\x1b[6~');
    else this.#term.scrollPages(direction);
  }

  /** Gives a text to the program as pasted, which it can tell from typed if it has asked to. */
  paste(text: string): void {
    this.#term.paste(safePaste(text));
  }

  /** Forgets what was printed, save the line with the cursor. */
  clear(): void {
    this.#term.clear();
  }

  /** Moves the selection to the next or the previous match; false if there is none. */
  find(text: string, direction: 'next' | 'previous', incremental = false): boolean {
    const style = getComputedStyle(document.documentElement);
    const options: ISearchOptions = { incremental, decorations: {
      matchOverviewRuler: style.getPropertyValue('--yellow').trim(), activeMatchColorOverviewRuler: style.getPropertyValue('--orange').trim(),
      matchBackground: style.getPropertyValue('--select').trim(), activeMatchBackground: style.getPropertyValue('--line-strong').trim(),
    } };
    return direction === 'next' ? this.#search.findNext(text, options) : this.#search.findPrevious(text, options);
  }

  endFind(): void {
    this.#search.clearDecorations();
    this.#term.focus();
  }

  setScreenReader(on: boolean): void {
    this.#term.options.screenReaderMode = on;
  }

  updateTheme(): void {
    this.#term.options.theme = terminalTheme();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #send(message: TtyToKernel): void {
    this.#port.postMessage(message);
  }

  #connect(): void {
    const queue = new OutputQueue((data, done) => this.#term.write(data, done), (bytes) => {
      this.#send({ type: 'ack', bytes });
      tellPrompt();
    });
    this.#port.onmessage = (event: MessageEvent<TtyToWindow>) => {
      if (event.data.type === 'output') queue.push(event.data.data);
      else this.#options.onClosed();
    };
    const encoder = new TextEncoder();
    this.#term.onData((text) => this.#send({ type: 'input', data: encoder.encode(text) }));
    this.#term.onBinary((text) => this.#send({ type: 'input', data: Uint8Array.from(text, (character) => character.charCodeAt(0)) }));
    this.#term.onResize(({ cols, rows }) => this.#send({ type: 'resize', columns: cols, rows }));
    this.#owned.defer(() => this.#port.close());
  }

  #watchSize(element: HTMLElement): void {
    let asked = 0;
    const observer = new ResizeObserver(() => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(this.#fit);
    });
    observer.observe(element);
    this.#owned.defer(() => observer.disconnect());
    this.#fit();
    this.#send({ type: 'resize', columns: this.#term.cols, rows: this.#term.rows });
  }

  /** Before xterm.js sees it, which would take the text as it is. */
  #watchPaste(element: HTMLElement): void {
    const onPaste = (event: ClipboardEvent): void => {
      event.preventDefault();
      event.stopPropagation();
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (text !== '') this.paste(text);
    };
    element.addEventListener('paste', onPaste, true);
    this.#owned.defer(() => element.removeEventListener('paste', onPaste, true));
  }

  #tell(): void {
    let last = -BELL_EVERY;
    this.#owned.add(this.#term.onTitleChange((title) => this.#options.onTitle(shownTitle(title))));
    this.#owned.add(this.#term.onBell(() => {
      const now = performance.now();
      if (now - last < BELL_EVERY) return;
      last = now;
      this.#options.onBell();
    }));
  }

  /** Ctrl+Shift+C copies, Ctrl+Shift+V pastes; returns whether the terminal should go on with the key. */
  #clipboardKey(event: KeyboardEvent): boolean {
    if (event.type !== 'keydown' || !event.ctrlKey || !event.shiftKey) return true;
    if (event.code === 'KeyC') {
      event.preventDefault();
      const text = this.#term.getSelection();
      if (text !== '') navigator.clipboard.writeText(text).catch((error: unknown) => this.#options.onError('Could not copy', error));
      return false;
    }
    if (event.code !== 'KeyV') return true;
    event.preventDefault();
    navigator.clipboard.readText().then((text) => this.paste(text), (error: unknown) => this.#options.onError('Could not paste', error));
    return false;
  }
}
