import type { Arena } from './arena.ts';
import { Control, FD_MAX, Header, Held, PCB_BASE, PCB_SIZE, PCB_SLOTS, Pcb } from './layout.ts';
import { lock, unlock } from './lock.ts';
import { freeTrace } from './trace-blocks.ts';

/** The kernel's slot, as a waiter on rings. */
export const KERNEL_SLOT = 0;
/** Bytes of a page of linear memory (WebAssembly core specification, 4.2.8). */
const MEMORY_PAGE = 65_536;
/** Address of the kernel's own control block. */
export const KERNEL_PCB = PCB_BASE;

export function pcbOfSlot(slot: number): number {
  return PCB_BASE + slot * PCB_SIZE;
}

/**
 * A process as the arena knows it: gate, control word, doorbell, caught signals.
 * Every change of shared structures happens between `enter` and `leave`, so that the kernel never ends a worker within one.
 */
export class ProcessHandle {
  readonly address: number;
  readonly slot: number;
  readonly pid: number;
  /**
   * In whose name its changes are in the journal: `pid`, but while the kernel acts for a run of its own. Set around calls that do not wait.
   */
  actor: number;
  readonly #arena: Arena;
  readonly #word: number;
  /** The block of the process: another than this one for its further threads. */
  readonly #process: number;
  /** Address of GATE; CONTROL is the word after it. */
  readonly #gate: number;
  /** Sections may nest; only the outermost touches the gate. */
  #depth = 0;
  /**
   * Of this view alone, for who asks how long a call waited: sleeps since `sleeps` was last set to 0, when (`performance.now()`) the first of them began, and the last ended.
   * `slept`: milliseconds of all of them since it was set to 0.
   */
  sleeps = 0;
  sleptFrom = 0;
  awake = 0;
  slept = 0;
  /** When this view of the process was made; for the process itself that is its start. */
  readonly #born = performance.now();

  constructor(arena: Arena, address: number) {
    this.#arena = arena;
    this.address = address;
    this.slot = (address - PCB_BASE) / PCB_SIZE;
    this.#word = address >>> 2;
    this.#gate = address + Pcb.GATE * 4;
    this.pid = arena.u32[this.#word + Pcb.PID]!;
    this.actor = this.pid;
    this.#process = (arena.u32[this.#word + Pcb.PROCESS]! || address) >>> 2;
  }

  /** Sets the gate, then reads `control`: a process that is to end or to stop never gets past here. Order matters: the kernel does the reverse. */
  enter(): void {
    if (this.#depth !== 0) {
      this.#depth++;
      return;
    }
    // Throws where little is left of the stack. A program may catch that and go on, so nothing is counted before.
    if (this.#arena.atoms.enter(this.#gate) !== 0) this.#enterSlow();
    this.#depth = 1;
    // Addresses that others gave us since may lie in memory that has grown since.
    this.#arena.sync();
  }

  leave(): void {
    if (--this.#depth !== 0) return;
    this.#arena.atoms.leave(this.#gate);
  }

  #enterSlow(): void {
    do {
      this.#arena.atoms.leave(this.#gate);
      this.hold();
    } while (this.#arena.atoms.enter(this.#gate) !== 0);
  }

  /** Sleeps while the process is stopped; for ever if it is to end. Not behind the gate. */
  hold(): void {
    for (let control = this.control; control !== 0; control = this.control) this.#sleep(Pcb.CONTROL, control);
  }

  /** Bits of `Control`. */
  get control(): number {
    return Atomics.load(this.#arena.i32, this.#word + Pcb.CONTROL);
  }

  /** Kernel: from now on the process cannot enter a critical section. */
  setDying(): void {
    Atomics.or(this.#arena.i32, this.#word + Pcb.CONTROL, Control.DYING);
    Atomics.notify(this.#arena.i32, this.#word + Pcb.CONTROL);
  }

  /** Kernel: the process enters no critical section, and comes back from no wait, until it is let go on. */
  setStopped(stopped: boolean): void {
    const { i32 } = this.#arena;
    const at = this.#word + Pcb.CONTROL;
    if (stopped) Atomics.or(i32, at, Control.STOPPED);
    else Atomics.and(i32, at, ~Control.STOPPED);
    Atomics.notify(i32, at);
  }

  /** Kernel: as `setStopped`, for a moment, whether the process is stopped or not. Who waits looks at what it waits for when it goes on. */
  setHeld(held: boolean): void {
    const { i32 } = this.#arena;
    const at = this.#word + Pcb.CONTROL;
    if (held) Atomics.or(i32, at, Control.HELD);
    else Atomics.and(i32, at, ~Control.HELD);
    Atomics.notify(i32, at);
    if (!held) this.ring();
  }

  /** Kernel: what the process remembers of what it may do is void. */
  moveGrantEpoch(): void {
    Atomics.add(this.#arena.u32, this.#word + Pcb.GRANT_EPOCH, 1);
  }

  get dying(): boolean {
    return (this.control & Control.DYING) !== 0;
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
    const result = this.#sleep(Pcb.BELL, seen, milliseconds === Infinity ? undefined : milliseconds);
    if (this.control !== 0) this.hold();
    return result !== 'timed-out';
  }

  /** What is slept is not counted as running. */
  #sleep(word: number, value: number, timeout?: number): string {
    const { i32, f64 } = this.#arena;
    const at = this.#word;
    const waited = (at + Pcb.WAITED) >>> 1;
    const from = performance.now();
    f64[(at + Pcb.RAN) >>> 1] = from - this.#born - f64[waited]!;
    Atomics.store(i32, at + Pcb.WAITING, 1);
    const result = Atomics.wait(i32, at + word, value, timeout);
    const to = performance.now();
    f64[waited] = f64[waited]! + to - from;
    Atomics.store(i32, at + Pcb.WAITING, 0);
    if (this.sleeps++ === 0) this.sleptFrom = from;
    this.slept += to - from;
    this.awake = to;
    return result;
  }

  ring(): void {
    ringBell(this.#arena, this.slot);
  }

  /** Caught signals that came and were not taken: bits as in `Signals`. A call that waits ends with EINTR while there is one. */
  get pendingSignal(): number {
    return Atomics.load(this.#arena.i32, this.#word + Pcb.SIGNAL);
  }

  /** The caught signals that came since the last time, which are taken. */
  takeSignals(): number {
    return Atomics.exchange(this.#arena.i32, this.#word + Pcb.SIGNAL, 0);
  }

  /** Kernel: a caught signal has come. */
  raise(bits: number): void {
    Atomics.or(this.#arena.i32, this.#word + Pcb.SIGNAL, bits);
    this.ring();
  }

  /** Process group. */
  get group(): number {
    return Atomics.load(this.#arena.u32, this.#process + Pcb.GROUP);
  }

  /** Kernel. */
  set group(group: number) {
    Atomics.store(this.#arena.u32, this.#word + Pcb.GROUP, group);
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

  /** Kernel: milliseconds that it ran, waits left out, of `elapsed` since its start. */
  ran(elapsed: number): number {
    const { f64 } = this.#arena;
    if (this.waiting) return f64[(this.#word + Pcb.RAN) >>> 1]!;
    return Math.max(0, elapsed - f64[(this.#word + Pcb.WAITED) >>> 1]!);
  }

  /** Bytes of linear memory, as far as the process has noticed. */
  get memory(): number {
    return this.#arena.u32[this.#word + Pcb.MEMORY]! * MEMORY_PAGE;
  }

  set memory(bytes: number) {
    this.#arena.u32[this.#word + Pcb.MEMORY] = bytes / MEMORY_PAGE;
  }

  /** Bytes put into pipes and terminals. */
  get output(): number {
    return this.#arena.f64[(this.#word + Pcb.OUTPUT) >>> 1]!;
  }

  /** How many more bytes may be put into pipes and terminals. */
  outputRoom(): number {
    const { f64 } = this.#arena;
    const most = f64[(this.#process + Pcb.OUTPUT_MAX) >>> 1]!;
    return most === 0 ? Infinity : Math.max(0, Math.floor(most - f64[(this.#process + Pcb.OUTPUT) >>> 1]!));
  }

  /** Bytes that calls of this thread read. */
  get bytesRead(): number {
    return this.#arena.f64[(this.#word + Pcb.READ) >>> 1]!;
  }

  /** Bytes that calls of this thread wrote. */
  get bytesWritten(): number {
    return this.#arena.f64[(this.#word + Pcb.WRITTEN) >>> 1]!;
  }

  countMoved(bytes: number, write: boolean): void {
    const { f64 } = this.#arena;
    const at = (this.#word + (write ? Pcb.WRITTEN : Pcb.READ)) >>> 1;
    f64[at] = f64[at]! + bytes;
  }

  countOutput(bytes: number): void {
    const at = (this.#process + Pcb.OUTPUT) >>> 1;
    const { f64, i32, u32, owner } = this.#arena;
    const held = u32[this.#process + Pcb.HELD]! >>> 2;
    if (held === 0) {
      f64[at] = f64[at]! + bytes;
      return;
    }
    this.enter();
    lock(i32, held + Held.LOCK, owner);
    f64[at] = f64[at]! + bytes;
    unlock(i32, held + Held.LOCK);
    this.leave();
  }

  /** Kernel. `bytes` 0: no limit. */
  set outputMax(bytes: number) {
    this.#arena.f64[(this.#word + Pcb.OUTPUT_MAX) >>> 1] = bytes;
  }

  /** Kernel: descriptors that may be open from now on; those that are open stay. */
  set filesMax(count: number) {
    this.#arena.u32[this.#word + Pcb.FD_CAPACITY] = Math.min(count, FD_MAX);
  }

  /** Moves on when what the process may do has changed. */
  get grantEpoch(): number {
    return Atomics.load(this.#arena.u32, this.#process + Pcb.GRANT_EPOCH);
  }

  /** Tokens that were made for it and wait to be redeemed. */
  get tokens(): number {
    return Atomics.load(this.#arena.u32, this.#process + Pcb.TOKENS);
  }

  /** Kernel. */
  set tokens(count: number) {
    Atomics.store(this.#arena.u32, this.#word + Pcb.TOKENS, count);
  }

  /** Messages that it may publish in a second; Infinity: no limit. */
  get messagesMax(): number {
    const most = Atomics.load(this.#arena.u32, this.#process + Pcb.MESSAGES_MAX);
    return most === 0 ? Infinity : most - 1;
  }

  /** Kernel. */
  set messagesMax(count: number) {
    Atomics.store(this.#arena.u32, this.#word + Pcb.MESSAGES_MAX, count === Infinity ? 0 : Math.min(count + 1, 0xffff_ffff));
  }

  get namespace(): number {
    return this.#arena.u32[this.#process + Pcb.NAMESPACE]!;
  }

  set namespace(address: number) {
    this.#arena.u32[this.#process + Pcb.NAMESPACE] = address;
  }
}

/** Moves a process's doorbell on and wakes it. Slot 0 is the kernel's, whose bell is in the header. */
export function ringBell(arena: Arena, slot: number): void {
  const at = slot === 0 ? Header.KERNEL_BELL : (pcbOfSlot(slot) >>> 2) + Pcb.BELL;
  Atomics.add(arena.i32, at, 1);
  Atomics.notify(arena.i32, at);
}

/** Kernel: what the process may do has changed. Decisions that it remembers are void, and what it waits for is looked at again. */
export function moveGrantEpoch(arena: Arena, pcb: number): void {
  Atomics.add(arena.u32, (pcb >>> 2) + Pcb.GRANT_EPOCH, 1);
  ringBell(arena, arena.u32[(pcb >>> 2) + Pcb.SLOT]!);
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
      u32[at + Pcb.GROUP] = pid;
      u32[at + Pcb.SLOT] = slot;
      u32[at + Pcb.PID] = pid;
      this.#next = slot + 1;
      return pcbOfSlot(slot);
    }
    return 0;
  }

  /** Lets a block go, and its trace, which nobody writes any more. */
  free(address: number): void {
    freeTrace(this.#arena, address);
    this.#arena.u32.fill(0, address >>> 2, (address + PCB_SIZE) >>> 2);
  }
}
