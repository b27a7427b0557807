import { Tty, TtyMode, type Arena } from '../../shared/arena/index.ts';
import { FsError, type Clock, type Disposable } from '../../shared/base/index.ts';
import type { Port } from '../../shared/link/index.ts';
import { Terminal } from './terminal.ts';

export interface TerminalsOptions {
  arena: Arena;
  clock: Clock;
  /** Starts the prompt on a terminal, in a session of its own; `onReady` is told its pid before it runs. */
  startPrompt(tty: number, address: number, onReady: (pid: number) => void): Promise<void>;
  /** To all of a process group; one that is not there any more is no error. */
  signal(group: number, signal: Signal): void;
  /** Whether a process sleeps until something happens. */
  isWaiting(pid: number): boolean;
  /** A prompt was left: its terminal is to be closed. */
  left(id: number): void;
  /** Whether a process group has a member that runs. */
  isAlive(group: number): boolean;
}

type Signal = 'INT' | 'QUIT' | 'TSTP' | 'HUP' | 'WINCH';

/** Terminals at once. */
const TERMINALS_MAX = 32;
/** A prompt that ends is started again, at most this often within the window (milliseconds): then it is left ended, with a word why. */
const RESTARTS = 5;
const RESTART_WINDOW = 10_000;

interface Entry {
  terminal: Terminal;
  address: number;
  /** Pid of the prompt, which leads the session. 0 while there is none. */
  prompt: number;
  /** The mode that each process group has set. A group that has set none begins with lines. */
  modes: Map<number, number>;
  /** Groups that the window started over a prompt that waits at its line. */
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
    const entry: Entry = { terminal, address, prompt: 0, modes: new Map(), started: new Set(), restarts: [] };
    this.#entries.set(id, entry);
    try {
      await this.#startPrompt(id, entry);
    } catch (error) {
      this.#remove(id);
      throw error;
    }
    return { tty: id, pid: entry.prompt, port: port2 };
  }

  #startPrompt(id: number, entry: Entry): Promise<void> {
    return this.using(id, (address) => this.#options.startPrompt(id, address, (pid) => {
      // It may have been closed meanwhile.
      if (this.#entries.get(id) !== entry) return this.#options.signal(pid, 'HUP');
      entry.prompt = pid;
      this.setForeground(id, pid);
    }));
  }

  /** Keeps the record of an open terminal while `action` makes a process on it, even if it is closed meanwhile. @throws FsError ENXIO */
  async using<T>(id: number, action: (address: number) => Promise<T>): Promise<T> {
    const { address, terminal: { tty } } = this.#open(id);
    tty.addReference(1);
    try {
      return await action(address);
    } finally {
      tty.addReference(-1);
      this.#release();
    }
  }

  #release(): void {
    for (const terminal of this.#closing) if (terminal.release()) this.#closing.delete(terminal);
  }

  /**
   * Before the window starts a program over the prompt: waits until the prompt has drawn its line, then shows there what
   * is run, as if it had been typed.
   */
  async announce(id: number, line: string): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      const entry = this.#entries.get(id);
      if (!entry || entry.terminal.tty.foreground !== entry.prompt) return;
      if (entry.prompt !== 0 && this.#options.isWaiting(entry.prompt)) {
        entry.terminal.print(`${line}\r\n`);
        return;
      }
      await new Promise<void>((resolve) => void setTimeout(resolve, 5));
    }
  }

  /** Hangs up: it is gone. Its processes are the caller's to tell. */
  close(id: number): void {
    if (this.#entries.has(id)) this.#remove(id);
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
    return this.#open(id).address;
  }

  /** @throws FsError ENXIO */
  size(id: number): { columns: number; rows: number } {
    const { columns, rows } = this.#open(id).terminal.tty;
    return { columns, rows };
  }

  #open(id: number): Entry {
    const entry = this.#entries.get(id);
    if (!entry) throw new FsError('ENXIO', 'terminal', String(id), { detail: 'there is no such terminal' });
    return entry;
  }

  /** The session of a terminal: its prompt's pid; undefined while there is none. */
  session(id: number): number | undefined {
    return this.#entries.get(id)?.prompt || undefined;
  }

  /** The mode that `group` has, or will have once it is in the foreground. */
  mode(id: number, group: number): number {
    const entry = this.#entries.get(id);
    if (entry?.terminal.tty.foreground === group) return entry.terminal.tty.mode;
    return entry?.modes.get(group) ?? TtyMode.COOKED;
  }

  /** A group sets its own mode, which holds while it is in the foreground. */
  setMode(id: number, group: number, mode: number): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.modes.set(group, mode);
    if (entry.terminal.tty.foreground === group) entry.terminal.setMode(mode);
  }

  /** A group gets the terminal: typed signals and lines go to it, in the mode that it had. `overPrompt`: the window started it. */
  setForeground(id: number, group: number, overPrompt = false): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    const { terminal, modes } = entry;
    if (overPrompt) entry.started.add(group);
    if (terminal.tty.foreground === group) return;
    terminal.setMode(modes.get(group) ?? TtyMode.COOKED);
    terminal.tty.foreground = group;
  }

  #signal(id: number, signal: Signal): void {
    const entry = this.#entries.get(id);
    if (entry) this.#options.signal(entry.terminal.tty.foreground, signal);
  }

  /**
   * A process has ended, `willing` if by its own exit: a foreground that is empty goes back to the prompt. A prompt is started again,
   * but one that was left closes its terminal, unless it is the last.
   */
  ended(pid: number, group: number, willing: boolean): void {
    this.#release();
    for (const [id, entry] of this.#entries) {
      if (!this.#options.isAlive(group)) this.#leave(id, entry, group);
      if (entry.prompt !== pid) continue;
      if (willing && this.#entries.size > 1) this.#options.left(id);
      else void this.#restart(id, entry);
    }
  }

  #leave(id: number, entry: Entry, group: number): void {
    entry.modes.delete(group);
    const overPrompt = entry.started.delete(group);
    if (entry.terminal.tty.foreground !== group || entry.prompt === 0) return;
    this.setForeground(id, entry.prompt);
    if (overPrompt) entry.terminal.redraw();
  }

  async #restart(id: number, entry: Entry): Promise<void> {
    const now = this.#options.clock.monotonic();
    entry.restarts = [...entry.restarts.filter((time) => now - time < RESTART_WINDOW), now];
    const { foreground } = entry.terminal.tty;
    if (foreground !== entry.prompt) this.#options.signal(foreground, 'HUP');
    entry.prompt = 0;
    if (entry.restarts.length > RESTARTS) {
      entry.terminal.print(`\r\nThe prompt ended ${RESTARTS} times within ${RESTART_WINDOW / 1000} s and is not started again. Open a new terminal.\r\n`);
      return;
    }
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
