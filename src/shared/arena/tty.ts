import type { Arena } from './arena.ts';
import { TtyWord } from './layout.ts';
import { Ring } from './ring.ts';

/** What the line discipline leaves to the program. `RAW`: bytes as typed, no echo. */
export const TtyMode = { COOKED: 0, RAW: 1 } as const;

/** A terminal's shared record: two rings, a size, a mode. The line discipline is the kernel's. */
export class Tty {
  readonly address: number;
  readonly input: Ring;
  readonly output: Ring;
  readonly #arena: Arena;
  readonly #word: number;

  constructor(arena: Arena, address: number) {
    this.#arena = arena;
    this.address = address;
    this.#word = address >>> 2;
    arena.sync();
    this.input = new Ring(arena, arena.u32[this.#word + TtyWord.INPUT]!);
    this.output = new Ring(arena, arena.u32[this.#word + TtyWord.OUTPUT]!);
  }

  /** Kernel. The terminal itself counts as reader and writer of both rings until `hangUp`. 0 when the arena is full. */
  static create(arena: Arena, id: number, inputBytes = 16384, outputBytes = 262144): number {
    const address = arena.allocZeroed(64);
    const input = Ring.create(arena, inputBytes);
    const output = Ring.create(arena, outputBytes);
    if (address === 0 || input === 0 || output === 0) {
      for (const part of [address, input, output]) if (part !== 0) arena.free(part);
      return 0;
    }
    const word = address >>> 2;
    arena.u32[word + TtyWord.INPUT] = input;
    arena.u32[word + TtyWord.OUTPUT] = output;
    arena.u32[word + TtyWord.ID] = id;
    for (const ring of [new Ring(arena, input), new Ring(arena, output)]) {
      ring.addReader();
      ring.addWriter();
    }
    return address;
  }

  /** Kernel: readers meet the end, writers EPIPE; the rings stay. */
  hangUp(): void {
    this.input.hangUp();
    this.output.hangUp();
  }

  /** Kernel, when no process has it open any more. */
  destroy(): void {
    this.#arena.free(this.input.address);
    this.#arena.free(this.output.address);
    this.#arena.free(this.address);
  }

  get id(): number {
    return this.#arena.u32[this.#word + TtyWord.ID]!;
  }

  get mode(): number {
    return Atomics.load(this.#arena.u32, this.#word + TtyWord.MODE);
  }

  set mode(value: number) {
    Atomics.store(this.#arena.u32, this.#word + TtyWord.MODE, value);
  }

  /** Kernel, on Ctrl-D at the start of a line: the next reader who finds nothing to read is told of an end. */
  markEnd(): void {
    Atomics.store(this.#arena.u32, this.#word + TtyWord.END, 1);
    this.input.wake();
  }

  /** Whether an end was marked; it is told once. Ask when the input is empty. */
  takeEnd(): boolean {
    return Atomics.exchange(this.#arena.u32, this.#word + TtyWord.END, 0) !== 0;
  }

  /** The process group that may read. 0: any. */
  get foreground(): number {
    return Atomics.load(this.#arena.u32, this.#word + TtyWord.FOREGROUND);
  }

  /** Kernel. Wakes those who wait for their turn. */
  set foreground(group: number) {
    Atomics.store(this.#arena.u32, this.#word + TtyWord.FOREGROUND, group);
    this.input.wake();
  }

  mayRead(group: number): boolean {
    const foreground = this.foreground;
    return foreground === 0 || foreground === group;
  }

  get columns(): number {
    return this.#arena.u32[this.#word + TtyWord.COLUMNS]!;
  }

  get rows(): number {
    return this.#arena.u32[this.#word + TtyWord.ROWS]!;
  }

  resize(columns: number, rows: number): void {
    this.#arena.u32[this.#word + TtyWord.COLUMNS] = columns;
    this.#arena.u32[this.#word + TtyWord.ROWS] = rows;
  }

  /** Forgets typed bytes and ends of file that nobody has read. */
  flushInput(): void {
    this.input.discard();
    Atomics.store(this.#arena.u32, this.#word + TtyWord.END, 0);
  }

  /** Open file descriptions on it. */
  get references(): number {
    return Atomics.load(this.#arena.u32, this.#word + TtyWord.REFS);
  }

  addReference(by: 1 | -1): void {
    Atomics.add(this.#arena.u32, this.#word + TtyWord.REFS, by);
  }
}
