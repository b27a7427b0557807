import { vi } from 'vitest';

interface Line {
  isWrapped: boolean;
  translateToString(trimRight: boolean): string;
}

interface Headless {
  cols: number;
  rows: number;
  readonly buffer: { active: { cursorX: number; cursorY: number; baseY: number; length: number; getLine(row: number): Line | undefined } };
  readonly modes: { bracketedPasteMode: boolean };
  write(text: string, done: () => void): void;
  resize(columns: number, rows: number): void;
  loadAddon(addon: unknown): void;
  onBell(listener: () => void): unknown;
}

/** The page's terminal without a window: the same buffer, wrapping and widths. */
export class Screen {
  readonly #terminal: Headless;
  bells = 0;

  static async open(columns: number, rows: number): Promise<Screen> {
    vi.stubGlobal('Buffer', undefined);
    const { UnicodeGraphemesAddon } = await import('@xterm/addon-unicode-graphemes');
    vi.unstubAllGlobals();
    const { default: headless } = await import('@xterm/headless');
    const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
    terminal.loadAddon(new UnicodeGraphemesAddon() as never);
    return new Screen(terminal as unknown as Headless);
  }

  private constructor(terminal: Headless) {
    this.#terminal = terminal;
    terminal.onBell(() => this.bells++);
  }

  feed(text: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(text, resolve));
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  get bracketedPaste(): boolean {
    return this.#terminal.modes.bracketedPasteMode;
  }

  get cursor(): { row: number; column: number } {
    const { cursorX, cursorY } = this.#terminal.buffer.active;
    return { row: cursorY, column: cursorX };
  }

  /** The rows on the screen, without what is blank at their ends, and without blank rows at the end. */
  get lines(): string[] {
    const { active } = this.#terminal.buffer;
    const rows = Array.from({ length: this.#terminal.rows }, (_, row) => active.getLine(active.baseY + row)?.translateToString(true).trimEnd() ?? '');
    while (rows.length > 0 && rows.at(-1) === '') rows.pop();
    return rows;
  }

  /** All rows, scrolled off ones included; those that wrapped are one line. */
  get all(): string[] {
    const { active } = this.#terminal.buffer;
    const lines: string[] = [];
    for (let row = 0; row < active.length; row++) {
      const line = active.getLine(row)!;
      const text = line.translateToString(!active.getLine(row + 1)?.isWrapped);
      if (line.isWrapped && lines.length > 0) lines[lines.length - 1] += text;
      else lines.push(text);
    }
    return lines.map((line) => line.trimEnd());
  }
}
