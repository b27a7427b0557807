/** Ctrl-C, Ctrl-\, Ctrl-Z. */
export type TypedSignal = 'INT' | 'QUIT' | 'TSTP';

/** What the terminal does with what was typed, in order. */
export type TtyAction =
  | { type: 'echo'; bytes: Uint8Array }
  | { type: 'deliver'; bytes: Uint8Array }
  | { type: 'signal'; signal: TypedSignal }
  | { type: 'eof' };

/** Longest line that can be edited, in bytes; more is refused with a bell. As Linux's N_TTY. */
export const LINE_MAX = 4095;

const CTRL_C = 3;
const CTRL_D = 4;
const BELL = 7;
const BACKSPACE = 8;
const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const CTRL_U = 21;
const CTRL_W = 23;
const CTRL_Z = 26;
const CTRL_BACKSLASH = 28;
const DELETE = 127;
const SPACE = 32;

/** Canonical input (POSIX.1-2017, General Terminal Interface, 11.1.6): lines are edited here and delivered whole. */
export class LineDiscipline {
  #line: number[] = [];

  /** Bytes as typed, line by line. */
  cooked(typed: Uint8Array): TtyAction[] {
    const out = new Actions();
    for (const byte of typed) this.#byte(byte, out);
    return out.finish();
  }

  /** The line that is being edited, which is forgotten here: a terminal that turns raw passes on what was typed ahead. */
  take(): Uint8Array {
    return Uint8Array.from(this.#line.splice(0));
  }

  #byte(byte: number, out: Actions): void {
    switch (byte) {
      case CTRL_C: return this.#signal('INT', '^C\r\n', out);
      case CTRL_BACKSLASH: return this.#signal('QUIT', '^\\\r\n', out);
      case CTRL_Z: return this.#signal('TSTP', '^Z\r\n', out);
      case CTRL_D: return this.#end(out);
      case RETURN:
      case NEWLINE: return this.#deliver(out);
      case BACKSPACE:
      case DELETE: return this.#erase(out);
      case CTRL_U: return this.#eraseWhile(() => true, out);
      case CTRL_W: return this.#eraseWord(out);
      default: return this.#insert(byte, out);
    }
  }

  #signal(signal: TypedSignal, shown: string, out: Actions): void {
    this.#line = [];
    out.echo(...ascii(shown));
    out.push({ type: 'signal', signal });
  }

  /** Ctrl-D delivers what is there; on an empty line it is the end of the file. */
  #end(out: Actions): void {
    if (this.#line.length === 0) out.push({ type: 'eof' });
    else out.push({ type: 'deliver', bytes: Uint8Array.from(this.#line) });
    this.#line = [];
  }

  #deliver(out: Actions): void {
    this.#line.push(NEWLINE);
    out.echo(RETURN, NEWLINE);
    out.push({ type: 'deliver', bytes: Uint8Array.from(this.#line) });
    this.#line = [];
  }

  #insert(byte: number, out: Actions): void {
    if (this.#line.length >= LINE_MAX) {
      out.echo(BELL);
      return;
    }
    this.#line.push(byte);
    if (byte < SPACE && byte !== TAB) out.echo(94, byte + 64);
    else out.echo(byte);
  }

  /** One character: a lead byte with its continuation bytes. */
  #erase(out: Actions): void {
    let byte = this.#line.pop();
    if (byte === undefined) return;
    const control = byte < SPACE && byte !== TAB;
    let wide = false;
    while (byte !== undefined && (byte & 0xc0) === 0x80) byte = this.#line.pop();
    // Four-byte characters and most three-byte ones from U+3000 on take two columns; near enough for a line being typed.
    if (byte !== undefined && byte >= 0xe3) wide = true;
    for (let i = control || wide ? 2 : 1; i > 0; i--) out.echo(BACKSPACE, SPACE, BACKSPACE);
  }

  #eraseWhile(test: (last: number) => boolean, out: Actions): void {
    while (this.#line.length > 0 && test(this.#line[this.#line.length - 1]!)) this.#erase(out);
  }

  #eraseWord(out: Actions): void {
    this.#eraseWhile((last) => last === SPACE, out);
    this.#eraseWhile((last) => last !== SPACE, out);
  }
}

/** Collects actions; neighbouring echoes become one. */
class Actions {
  readonly #list: TtyAction[] = [];
  #echo: number[] = [];

  echo(...bytes: number[]): void {
    this.#echo.push(...bytes);
  }

  push(action: TtyAction): void {
    this.#flush();
    this.#list.push(action);
  }

  finish(): TtyAction[] {
    this.#flush();
    return this.#list;
  }

  #flush(): void {
    if (this.#echo.length > 0) this.#list.push({ type: 'echo', bytes: Uint8Array.from(this.#echo) });
    this.#echo = [];
  }
}

function ascii(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}
