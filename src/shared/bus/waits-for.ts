import { Pcb, PCB_BASE, PCB_SIZE, pcbOfSlot, type Arena, type ProcessHandle } from '../arena/index.ts';

/**
 * Who waits for whose mailbox. Each process writes its own word before it sleeps, then follows the words of the others: of those who
 * close a circle, the last to look sees it whole. A process with threads is none of this: another of its threads may read.
 */
export class WaitsFor {
  readonly #arena: Arena;
  readonly #word: number;
  readonly #slot: number;
  readonly #threads: boolean;

  constructor(arena: Arena, handle: ProcessHandle) {
    this.#arena = arena;
    this.#word = handle.address >>> 2;
    this.#slot = slotOfProcess(arena, handle);
    this.#threads = arena.u32[this.#word + Pcb.HELD] !== 0;
  }

  /** Before a sleep until the process in slot `owner` reads (-1: until one of several does). False: it waits for us, so it never will. */
  begin(owner: number): boolean {
    if (owner < 0 || this.#threads) return true;
    const { u32 } = this.#arena;
    Atomics.store(u32, this.#word + Pcb.BLOCKED_ON, owner + 1);
    for (let slot = owner, steps = 0; steps < 256; steps++) {
      if (slot === this.#slot) return false;
      const next = Atomics.load(u32, (pcbOfSlot(slot) >>> 2) + Pcb.BLOCKED_ON);
      if (next === 0) return true;
      slot = next - 1;
    }
    // A circle of others, who will see it.
    return true;
  }

  end(): void {
    if (!this.#threads) Atomics.store(this.#arena.u32, this.#word + Pcb.BLOCKED_ON, 0);
  }
}

/** Slot of the process that a control block, maybe of a further thread, belongs to. */
export function slotOfProcess(arena: Arena, handle: ProcessHandle): number {
  const process = arena.u32[(handle.address >>> 2) + Pcb.PROCESS]! || handle.address;
  return (process - PCB_BASE) / PCB_SIZE;
}
