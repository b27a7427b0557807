import type { TtyToKernel, TtyToWindow } from '../../shared/abi/index.ts';
import { BufferWindow, KERNEL_SLOT, TtyMode, type Tty, type Arena } from '../../shared/arena/index.ts';
import type { Disposable } from '../../shared/base/index.ts';
import type { Port } from '../../shared/link/index.ts';
import { InputQueue } from './input-queue.ts';
import { LineDiscipline, type TtyAction } from './line-discipline.ts';
import { withReturns } from './newlines.ts';

/** Bytes that the window may have without having drawn them. A Ctrl-C is seen after at most these. */
const CREDIT = 128 * 1024;
/** Bytes taken from the ring at once. */
const CHUNK = 16 * 1024;
/** `CSI 57344 ~`, of the private-use code points that key protocols begin with. */
const REDRAW = new TextEncoder().encode('\x1b[57344~');

export interface TerminalOptions {
  arena: Arena;
  id: number;
  /** The shared record, made by `Tty.create`. */
  tty: Tty;
  /** To the window; speaks TtyToKernel and TtyToWindow. */
  port: Port;
  /** A signal was typed, or the window has another size. */
  onSignal: (signal: 'INT' | 'QUIT' | 'TSTP' | 'WINCH') => void;
}

/** The kernel's half of one terminal: line discipline from the window to the input ring, and the output ring to the window. */
export class Terminal implements Disposable {
  readonly id: number;
  readonly tty: Tty;
  readonly #port: Port;
  readonly #onSignal: TerminalOptions['onSignal'];
  readonly #discipline = new LineDiscipline();
  readonly #typed: InputQueue;
  readonly #window: BufferWindow;
  readonly #chunk = new Uint8Array(CHUNK);
  #credit = CREDIT;
  #afterReturn = false;
  #closed = false;

  constructor({ arena, id, tty, port, onSignal }: TerminalOptions) {
    this.id = id;
    this.tty = tty;
    this.#port = port;
    this.#onSignal = onSignal;
    this.#window = new BufferWindow(arena).wrap(this.#chunk);
    this.#typed = new InputQueue(tty, new BufferWindow(arena));
    port.onmessage = (event) => this.#receive(event.data as TtyToKernel);
    tty.output.addWaiter(KERNEL_SLOT);
  }

  #receive(message: TtyToKernel): void {
    if (this.#closed) return;
    if (message.type === 'input') this.#input(message.data);
    else if (message.type === 'resize') this.#resize(message.columns, message.rows);
    else {
      this.#credit += message.bytes;
      this.pump();
    }
  }

  #resize(columns: number, rows: number): void {
    if (columns === this.tty.columns && rows === this.tty.rows) return;
    this.tty.resize(columns, rows);
    this.#onSignal('WINCH');
  }

  #input(data: Uint8Array): void {
    if (this.tty.mode === TtyMode.RAW) this.#deliver(data);
    else for (const action of this.#discipline.cooked(data)) this.#act(action);
  }

  #act(action: TtyAction): void {
    switch (action.type) {
      case 'echo':
        // Typed by hand, so it is little and need not wait for credit.
        this.pump();
        return this.#send(action.bytes.slice());
      case 'deliver': return this.#deliver(action.bytes);
      case 'eof': return this.#typed.addEnd();
      case 'signal':
        // What the program printed and nobody has seen would hide that it was stopped.
        this.tty.output.discard();
        this.#typed.discard();
        return this.#onSignal(action.signal);
    }
  }

  /** What there is no room for is refused with a bell, as a Unix terminal does. */
  #deliver(bytes: Uint8Array): void {
    if (!this.#typed.add(bytes)) this.#send(Uint8Array.of(7));
  }

  /** Moves output to the window while there is credit. Called when the kernel's bell rang. */
  pump(): void {
    if (this.#closed) return;
    this.#typed.flush();
    const { output } = this.tty;
    // No doorbell for each write while we are at it; once the ring is empty we ask for it again, and look once more.
    output.removeWaiter(KERNEL_SLOT);
    while (this.#credit > 0) {
      const count = output.tryRead(this.#window, 0, Math.min(CHUNK, this.#credit));
      if (count > 0) this.#forward(count);
      else {
        output.addWaiter(KERNEL_SLOT);
        if (output.readable() === 0) return;
        output.removeWaiter(KERNEL_SLOT);
      }
    }
  }

  #forward(count: number): void {
    const data = withReturns(this.#chunk, count, this.#afterReturn);
    this.#afterReturn = this.#chunk[count - 1] === 13;
    this.#credit -= data.length;
    this.#send(data);
  }

  #send(data: Uint8Array): void {
    this.#port.postMessage({ type: 'output', data } satisfies TtyToWindow, [data.buffer as unknown as Transferable]);
  }

  /** Text from the kernel itself, between programs' output. */
  print(text: string): void {
    this.pump();
    this.#send(new TextEncoder().encode(text));
  }

  /** What was typed and nobody has read goes to whoever reads next, in the mode that holds then. */
  setMode(mode: number): void {
    if (mode === this.tty.mode) return;
    const typedAhead = mode === TtyMode.RAW ? this.#discipline.take() : this.#typed.takeBack();
    this.tty.mode = mode;
    if (typedAhead.length > 0) this.#input(typedAhead);
  }

  /** Asks the prompt to draw its line again, by a sequence that no key sends. */
  redraw(): void {
    if (this.tty.mode === TtyMode.RAW) this.#deliver(REDRAW);
  }

  /** No more input or output; readers meet the end, writers EPIPE. */
  hangUp(): void {
    if (this.#closed) return;
    this.pump();
    this.#closed = true;
    this.#port.postMessage({ type: 'closed' } satisfies TtyToWindow);
    this.#port.close();
    this.tty.output.removeWaiter(KERNEL_SLOT);
    this.#typed.discard();
    // The rings live on until `release`: processes may be within a call on them.
    this.tty.hangUp();
  }

  /** After `hangUp`: frees the record once no process has it open. False while one has. */
  release(): boolean {
    if (this.tty.references > 0) return false;
    this.tty.destroy();
    return true;
  }

  dispose(): void {
    this.hangUp();
  }
}
