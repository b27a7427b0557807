import { Tty, TtyMode, type Arena } from '../../shared/arena/index.ts';
import { FsError, type Clock } from '../../shared/base/index.ts';
import type { ExitStatus } from '../../shared/abi/index.ts';
import { Terminal } from '../tty/index.ts';
import type { Processes } from './processes.ts';
import { RestartLimit } from './restart-limit.ts';

export interface TerminalsOptions {
  arena: Arena;
  processes: Processes;
  clock: Clock;
  /** Starts the prompt on a terminal; resolves with its pid. */
  startPrompt(tty: number): Promise<number>;
}

/** A process that has the keyboard, and the mode to go back to when it ends. */
interface Foreground {
  pid: number;
  mode: number;
}

interface Entry {
  readonly terminal: Terminal;
  readonly restarts: RestartLimit;
  /** The last one has the keyboard; without any it is the prompt's. */
  foreground: Foreground[];
  /** 0 while there is none. */
  prompt: number;
  closing: boolean;
}

/** Terminals open at once, at most. */
const TERMINALS_MAX = 32;
/** A prompt that ends more often than this within 10 s is not started again. */
const RESTARTS = { count: 5, milliseconds: 10_000 };
const SIZE_MAX = 2000;

function clamp(size: number): number {
  return Math.min(SIZE_MAX, Math.max(1, Math.floor(size) || 1));
}

/** The terminals: who has the keyboard, signals that are typed, and the prompt that is started again when it ends. */
export class Terminals {
  readonly #options: TerminalsOptions;
  readonly #entries = new Map<number, Entry>();
  #lastId = 0;

  constructor(options: TerminalsOptions) {
    this.#options = options;
    options.processes.onEnd((pid, status) => this.#ended(pid, status));
  }

  /** A terminal with a prompt. @throws FsError EAGAIN (too many), ENOMEM, and what starting the prompt throws */
  async open(size: { columns: number; rows: number }): Promise<{ tty: number; pid: number; port: MessagePort }> {
    if (this.#entries.size >= TERMINALS_MAX) throw new FsError('EAGAIN', 'openTty', undefined, { detail: `${TERMINALS_MAX} terminals are open` });
    const id = ++this.#lastId;
    const { arena, clock } = this.#options;
    const address = Tty.create(arena, id);
    if (address === 0) throw new FsError('ENOMEM', 'openTty', undefined, { detail: 'shared memory is full' });
    const { port1, port2 } = new MessageChannel();
    const tty = new Tty(arena, address);
    tty.resize(clamp(size.columns), clamp(size.rows));
    const terminal = new Terminal({ arena, id, tty, port: port1, onSignal: (signal) => this.#signal(id, signal) });
    const entry: Entry = { terminal, restarts: new RestartLimit(clock, RESTARTS), foreground: [], prompt: 0, closing: false };
    this.#entries.set(id, entry);
    try {
      entry.prompt = await this.#options.startPrompt(id);
    } catch (error) {
      await this.close(id);
      throw error;
    }
    return { tty: id, pid: entry.prompt, port: port2 };
  }

  /** Ends all processes of the terminal, then hangs up. @throws FsError ENXIO */
  async close(id: number): Promise<void> {
    const entry = this.#get(id);
    if (entry.closing) return;
    entry.closing = true;
    const { processes } = this.#options;
    const mine = processes.running().filter((record) => record.tty === id);
    await Promise.allSettled(mine.map((record) => processes.kill(record.pid, 'HUP')));
    entry.terminal.dispose();
    this.#entries.delete(id);
  }

  /** @throws FsError ENXIO */
  address(id: number | null): number {
    return this.#get(id).terminal.tty.address;
  }

  setRaw(address: number, raw: boolean): void {
    this.#at(address).terminal.tty.mode = raw ? TtyMode.RAW : TtyMode.COOKED;
  }

  size(address: number): { columns: number; rows: number } {
    const { columns, rows } = this.#at(address).terminal.tty;
    return { columns, rows };
  }

  /** Gives the keyboard to a process until it ends, in lines. */
  setForeground(id: number, pid: number): void {
    const { terminal, foreground } = this.#get(id);
    foreground.push({ pid, mode: terminal.tty.mode });
    terminal.reset();
  }

  /** To be called when the kernel's bell rang. */
  pump(): void {
    for (const { terminal } of this.#entries.values()) terminal.pump();
  }

  #get(id: number | null): Entry {
    const entry = id === null ? undefined : this.#entries.get(id);
    if (!entry) throw new FsError('ENXIO', 'tty', id === null ? undefined : String(id), { detail: 'there is no such terminal' });
    return entry;
  }

  #at(address: number): Entry {
    for (const entry of this.#entries.values()) if (entry.terminal.tty.address === address) return entry;
    throw new FsError('ENXIO', 'tty', undefined, { detail: 'the terminal was closed' });
  }

  /** The prompt itself is not ended: what it reads in lines (a `cat`, say) meets an end instead. */
  #signal(id: number, signal: 'INT' | 'QUIT'): void {
    const entry = this.#entries.get(id);
    const pid = entry?.foreground.at(-1)?.pid;
    if (pid !== undefined) void this.#options.processes.kill(pid, signal).catch(() => {});
    else entry?.terminal.tty.markEnd();
  }

  #ended(pid: number, status: ExitStatus): void {
    for (const [id, entry] of this.#entries) {
      const at = entry.foreground.findIndex((one) => one.pid === pid);
      if (at >= 0) this.#leaveForeground(entry, at);
      if (entry.prompt === pid && !entry.closing) void this.#restart(id, entry, status);
    }
  }

  #leaveForeground(entry: Entry, at: number): void {
    const [left] = entry.foreground.splice(at, 1);
    const above = entry.foreground[at];
    if (!left) return;
    if (above) above.mode = left.mode;
    else {
      entry.terminal.reset();
      entry.terminal.tty.mode = left.mode;
    }
  }

  async #restart(id: number, entry: Entry, status: ExitStatus): Promise<void> {
    entry.prompt = 0;
    entry.terminal.reset();
    const why = status.reason === 'exit' ? `exit ${status.code}` : (status.message ?? status.signal ?? status.reason);
    if (!entry.restarts.allow()) {
      entry.terminal.print(`\r\n[the prompt ended too often (${why}); close this terminal and open another]\r\n`);
      return;
    }
    if (status.code !== 0) entry.terminal.print(`\r\n[the prompt ended: ${why}; it is started again]\r\n`);
    try {
      entry.prompt = await this.#options.startPrompt(id);
    } catch (error) {
      entry.terminal.print(`\r\n[the prompt cannot be started: ${String(error)}]\r\n`);
    }
  }
}
