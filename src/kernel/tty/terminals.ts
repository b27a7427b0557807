import { Tty, type Arena } from '../../shared/arena/index.ts';
import { FsError, type Clock, type Disposable } from '../../shared/base/index.ts';
import type { Port } from '../../shared/link/index.ts';
import { Terminal } from './terminal.ts';

export interface TerminalsOptions {
  arena: Arena;
  clock: Clock;
  /** Starts the prompt on a terminal; resolves with its pid. */
  startPrompt(tty: number, address: number): Promise<number>;
  /** Ends a process; one that is not there any more is no error. */
  signal(pid: number, signal: 'INT' | 'QUIT' | 'HUP'): void;
  /** Whether a process sleeps until something happens. */
  isWaiting(pid: number): boolean;
}

/** Terminals at once. */
const TERMINALS_MAX = 32;
/** A prompt that ends is started again, at most this often within the window (milliseconds): then it is left ended, with a word why. */
const RESTARTS = 5;
const RESTART_WINDOW = 10_000;

interface Entry {
  terminal: Terminal;
  address: number;
  prompt: number;
  /** Pids that had the foreground, the present one last. Empty: the prompt has it. */
  foreground: number[];
  /** Those of the foreground that the window started over a prompt that waits at its line. */
  started: Set<number>;
  /** Monotonic times of restarts. */
  restarts: number[];
}

/** The open terminals: who is in the foreground of each, and the supervision of their prompts. */
export class Terminals implements Disposable {
  readonly #options: TerminalsOptions;
  readonly #entries = new Map<number, Entry>();
  #last = 0;

  constructor(options: TerminalsOptions) {
    this.#options = options;
  }

  /** Makes a terminal with a prompt. @throws FsError ENOSPC when there are too many, ENOMEM when shared memory is full */
  async open(size: { columns: number; rows: number }): Promise<{ tty: number; pid: number; port: MessagePort }> {
    if (this.#entries.size >= TERMINALS_MAX) throw new FsError('ENOSPC', 'terminal', undefined, { detail: `${TERMINALS_MAX} terminals are open` });
    const { arena } = this.#options;
    const id = ++this.#last;
    const address = Tty.create(arena, id);
    if (address === 0) throw new FsError('ENOMEM', 'terminal', undefined, { detail: 'shared memory is full' });
    const tty = new Tty(arena, address);
    tty.resize(size.columns, size.rows);
    const { port1, port2 } = new MessageChannel();
    const terminal = new Terminal({ arena, id, tty, port: port1 as Port, onSignal: (signal) => this.#signal(id, signal) });
    const entry: Entry = { terminal, address, prompt: 0, foreground: [], started: new Set(), restarts: [] };
    this.#entries.set(id, entry);
    try {
      await this.#startPrompt(id, entry);
    } catch (error) {
      this.#remove(id);
      throw error;
    }
    return { tty: id, pid: entry.prompt, port: port2 };
  }

  async #startPrompt(id: number, entry: Entry): Promise<void> {
    entry.prompt = await this.#options.startPrompt(id, entry.address);
    if (entry.foreground.length === 0) entry.terminal.tty.foreground = entry.prompt;
  }

  /**
   * Before the window starts a program over the prompt: waits until the prompt has drawn its line, then shows there what
   * is run, as if it had been typed.
   */
  async announce(id: number, line: string): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      const entry = this.#entries.get(id);
      if (!entry || entry.foreground.length > 0) return;
      if (entry.prompt !== 0 && this.#options.isWaiting(entry.prompt)) {
        entry.terminal.print(`${line}\r\n`);
        return;
      }
      await new Promise<void>((resolve) => void setTimeout(resolve, 5));
    }
  }

  /** Hangs up: the processes on it are told, and it is gone. */
  close(id: number): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#remove(id);
    for (const pid of [...entry.foreground, entry.prompt]) this.#options.signal(pid, 'HUP');
  }

  #remove(id: number): void {
    this.#entries.get(id)?.terminal.hangUp();
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    if (entry && !entry.terminal.release()) this.#closing.add(entry.terminal);
  }

  /** Hung up, and still open in processes that are about to end. */
  readonly #closing = new Set<Terminal>();

  /** The arena's record of an open terminal. @throws FsError ENXIO */
  address(id: number): number {
    const entry = this.#entries.get(id);
    if (!entry) throw new FsError('ENXIO', 'terminal', String(id), { detail: 'there is no such terminal' });
    return entry.address;
  }

  /** @throws FsError ENXIO */
  setMode(id: number, mode: number): void {
    const entry = this.#entries.get(id);
    if (!entry) throw new FsError('ENXIO', 'terminal', String(id), { detail: 'there is no such terminal' });
    entry.terminal.setMode(mode);
  }

  /** A process takes the foreground: typed signals go to it, and lines are edited for it. `overPrompt`: the window started it. */
  enterForeground(id: number, pid: number, overPrompt = false): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.foreground.push(pid);
    entry.terminal.reset();
    entry.terminal.tty.foreground = pid;
    if (overPrompt) entry.started.add(pid);
  }

  #signal(id: number, signal: 'INT' | 'QUIT'): void {
    const entry = this.#entries.get(id);
    const pid = entry?.foreground.at(-1);
    if (pid !== undefined) this.#options.signal(pid, signal);
  }

  /** A process has ended: the foreground goes back to the one before it; a prompt is started again. */
  ended(pid: number): void {
    for (const terminal of this.#closing) if (terminal.release()) this.#closing.delete(terminal);
    for (const [id, entry] of this.#entries) {
      if (entry.foreground.includes(pid)) this.#leaveForeground(entry, pid);
      if (entry.prompt === pid) void this.#restart(id, entry);
    }
  }

  #leaveForeground(entry: Entry, pid: number): void {
    const wasOnTop = entry.foreground.at(-1) === pid;
    entry.foreground = entry.foreground.filter((other) => other !== pid);
    if (!wasOnTop) return;
    entry.terminal.tty.foreground = entry.foreground.at(-1) ?? entry.prompt;
    if (entry.foreground.length === 0) entry.terminal.handBack();
    if (entry.started.delete(pid)) entry.terminal.redraw();
  }

  async #restart(id: number, entry: Entry): Promise<void> {
    const now = this.#options.clock.monotonic();
    entry.restarts = [...entry.restarts.filter((time) => now - time < RESTART_WINDOW), now];
    entry.prompt = 0;
    if (entry.restarts.length > RESTARTS) {
      entry.terminal.print(`\r\nThe prompt ended ${RESTARTS} times within ${RESTART_WINDOW / 1000} s and is not started again. Open a new terminal.\r\n`);
      return;
    }
    entry.terminal.reset();
    try {
      await this.#startPrompt(id, entry);
    } catch (error) {
      entry.terminal.print(`\r\nThe prompt could not be started: ${String(error)}\r\n`);
    }
  }

  /** Moves the output of all terminals; to be called when the kernel's bell rang. */
  pump(): void {
    for (const { terminal } of this.#entries.values()) terminal.pump();
  }

  dispose(): void {
    for (const id of [...this.#entries.keys()]) this.#remove(id);
  }
}
