import type { Arena } from './arena.ts';
import { Header, PCB_BASE, PCB_SIZE, PCB_SLOTS, Pcb } from './layout.ts';

/** The kernel's slot, as a waiter on rings. */
export const KERNEL_SLOT = 0;
/** Address of the kernel's own control block. */
export const KERNEL_PCB = PCB_BASE;

export function pcbOfSlot(slot: number): number {
  return PCB_BASE + slot * PCB_SIZE;
}

/**
 * A process as the arena knows it: gate, dying word, doorbell, pending signal.
 * Every change of shared structures happens between `enter` and `leave`, so that the kernel never ends a worker within one.
 */
export class ProcessHandle {
  readonly address: number;
  readonly slot: number;
  readonly pid: number;
  readonly #arena: Arena;
  readonly #word: number;
  /** Address of GATE; DYING is the word after it. */
  readonly #gate: number;
  /** Sections may nest; only the outermost touches the gate. */
  #depth = 0;

  constructor(arena: Arena, address: number) {
    this.#arena = arena;
    this.address = address;
    this.slot = (address - PCB_BASE) / PCB_SIZE;
    this.#word = address >>> 2;
    this.#gate = address + Pcb.GATE * 4;
    this.pid = arena.u32[this.#word + Pcb.PID]!;
  }

  /** Sets the gate, then reads `dying`: a process that is to end never gets past here. Order matters: the kernel does the reverse. */
  enter(): void {
    if (this.#depth++ !== 0) return;
    if (this.#arena.atoms.enter(this.#gate) !== 0) this.#park();
    // Addresses that others gave us since may lie in memory that has grown since.
    this.#arena.sync();
  }

  leave(): void {
    if (--this.#depth !== 0) return;
    this.#arena.atoms.leave(this.#gate);
  }

  #park(): never {
    const { i32 } = this.#arena;
    Atomics.store(i32, this.#word + Pcb.GATE, 0);
    for (;;) Atomics.wait(i32, this.#word + Pcb.DYING, 1);
  }

  /** Kernel: from now on the process cannot enter a critical section. */
  setDying(): void {
    Atomics.store(this.#arena.i32, this.#word + Pcb.DYING, 1);
  }

  get dying(): boolean {
    return Atomics.load(this.#arena.i32, this.#word + Pcb.DYING) !== 0;
  }

  get gateSet(): boolean {
    return Atomics.load(this.#arena.i32, this.#word + Pcb.GATE) !== 0;
  }

  /** The doorbell's count; read it before the checks whose failure leads to `wait`. */
  bell(): number {
    return Atomics.load(this.#arena.i32, this.#word + Pcb.BELL);
  }

  /** Sleeps until the doorbell has moved past `seen`, or for `milliseconds` (Infinity: no limit). False on time-out. */
  wait(seen: number, milliseconds: number): boolean {
    const { i32 } = this.#arena;
    const at = this.#word;
    i32[at + Pcb.WAITING] = 1;
    const timeout = milliseconds === Infinity ? undefined : milliseconds;
    const result = Atomics.wait(i32, at + Pcb.BELL, seen, timeout);
    i32[at + Pcb.WAITING] = 0;
    if (this.dying) this.#park();
    return result !== 'timed-out';
  }

  ring(): void {
    ringBell(this.#arena, this.slot);
  }

  get pendingSignal(): number {
    return Atomics.load(this.#arena.i32, this.#word + Pcb.SIGNAL);
  }

  get waiting(): boolean {
    return this.#arena.i32[this.#word + Pcb.WAITING] !== 0;
  }

  /** Whether it put anything into the journal. */
  get hasChanged(): boolean {
    return this.#arena.u32[this.#word + Pcb.CHANGED] !== 0;
  }

  get syscalls(): number {
    return this.#arena.u32[this.#word + Pcb.SYSCALLS]!;
  }

  countSyscall(): void {
    const { u32 } = this.#arena;
    u32[this.#word + Pcb.SYSCALLS] = u32[this.#word + Pcb.SYSCALLS]! + 1;
  }

  get namespace(): number {
    return this.#arena.u32[this.#word + Pcb.NAMESPACE]!;
  }

  set namespace(address: number) {
    this.#arena.u32[this.#word + Pcb.NAMESPACE] = address;
  }
}

/** Moves a process's doorbell on and wakes it. Slot 0 is the kernel's, whose bell is in the header. */
export function ringBell(arena: Arena, slot: number): void {
  const at = slot === 0 ? Header.KERNEL_BELL : (pcbOfSlot(slot) >>> 2) + Pcb.BELL;
  Atomics.add(arena.i32, at, 1);
  Atomics.notify(arena.i32, at);
}

/** The kernel's table of control blocks. */
export class ProcessTable {
  readonly #arena: Arena;
  /** Where the search for a free slot goes on, so that a slot rests before it is used again. */
  #next = 1;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** A cleared control block; 0 when all 254 are in use. */
  allocate(pid: number, ppid: number): number {
    const { u32 } = this.#arena;
    for (let tried = 1; tried < PCB_SLOTS; tried++) {
      const slot = 1 + ((this.#next + tried - 2) % (PCB_SLOTS - 1));
      const at = pcbOfSlot(slot) >>> 2;
      if (u32[at + Pcb.PID] !== 0) continue;
      u32.fill(0, at, at + PCB_SIZE / 4);
      u32[at + Pcb.PPID] = ppid;
      u32[at + Pcb.SLOT] = slot;
      u32[at + Pcb.PID] = pid;
      this.#next = slot + 1;
      return pcbOfSlot(slot);
    }
    return 0;
  }

  free(address: number): void {
    this.#arena.u32.fill(0, address >>> 2, (address + PCB_SIZE) >>> 2);
  }
}
