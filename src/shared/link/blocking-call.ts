import { Errno, FsError } from '../base/index.ts';
import { SYSCALL_DATA_MAX, type SyscallRequest } from '../abi/index.ts';
import { Header, PCB_SLOTS, Pcb, pcbOfSlot, ringBell, type Arena, type ProcessHandle } from '../arena/index.ts';

/** Call slot, word CALL_STATE: owner in brackets. */
const State = { IDLE: 0, /** the kernel's */ REQUESTED: 1, /** the kernel's */ TAKEN: 2, /** the process's */ DONE: 3 } as const;
/** JSON text, then data. A longer text has an allocation of its own while the call lasts. */
const TEXT_MAX = 64 * 1024;
/** Bytes of a request's text, at most: the arguments of a program, as JSON. */
const LONG_TEXT_MAX = 8 * 1024 * 1024;
export const CALL_BUFFER_BYTES = TEXT_MAX + SYSCALL_DATA_MAX;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const nothing = new Uint8Array(0);

export interface CallResult {
  /** 0 or an errno of preview 1. */
  errno: number;
  value: unknown;
  data: Uint8Array;
}

/** How a process asks the kernel. One driver now: shared memory and `Atomics.wait`. */
export interface Transport {
  readonly name: string;
  /** Blocks until the kernel has answered. Not behind the gate. */
  call(request: SyscallRequest, data?: Uint8Array): CallResult;
}

export class SharedMemoryTransport implements Transport {
  readonly name = 'shared memory';
  readonly #arena: Arena;
  readonly #process: ProcessHandle;

  constructor(arena: Arena, process: ProcessHandle) {
    this.#arena = arena;
    this.#process = process;
  }

  call(request: SyscallRequest, data: Uint8Array = nothing): CallResult {
    const arena = this.#arena;
    const text = encoder.encode(JSON.stringify(request));
    if (text.length > LONG_TEXT_MAX || data.length > SYSCALL_DATA_MAX) return { errno: Errno.E2BIG, value: null, data: nothing };
    const word = this.#process.address >>> 2;
    // Behind the gate: the buffer of a process that is to end may soon be another's.
    this.#process.enter();
    const buffer = arena.u32[word + Pcb.CALL_BUFFER]!;
    const long = text.length > TEXT_MAX ? arena.alloc(text.length) : 0;
    if (text.length > TEXT_MAX && long === 0) {
      this.#process.leave();
      return { errno: Errno.ENOMEM, value: null, data: nothing };
    }
    arena.u32[word + Pcb.CALL_TEXT] = long;
    arena.u8.set(text, long || buffer);
    arena.u8.set(data, buffer + TEXT_MAX);
    arena.u32[word + Pcb.CALL_LENGTH] = text.length;
    arena.u32[word + Pcb.CALL_DATA_LENGTH] = data.length;
    Atomics.store(arena.i32, word + Pcb.CALL_STATE, State.REQUESTED);
    this.#process.leave();
    ringBell(arena, 0);
    for (;;) {
      const seen = this.#process.bell();
      if (Atomics.load(arena.i32, word + Pcb.CALL_STATE) === State.DONE) break;
      this.#process.wait(seen, Infinity);
    }
    arena.sync();
    if (long !== 0) this.#freeText(word);
    const result = this.#result(word, buffer);
    Atomics.store(arena.i32, word + Pcb.CALL_STATE, State.IDLE);
    return result;
  }

  #freeText(word: number): void {
    const arena = this.#arena;
    this.#process.enter();
    arena.free(arena.u32[word + Pcb.CALL_TEXT]!);
    arena.u32[word + Pcb.CALL_TEXT] = 0;
    this.#process.leave();
  }

  #result(word: number, buffer: number): CallResult {
    const { u32, u8 } = this.#arena;
    const length = u32[word + Pcb.CALL_LENGTH]!;
    const dataLength = u32[word + Pcb.CALL_DATA_LENGTH]!;
    return {
      errno: u32[word + Pcb.CALL_ERRNO]!,
      value: length === 0 ? null : JSON.parse(decoder.decode(u8.slice(buffer, buffer + length))) as unknown,
      data: u8.slice(buffer + TEXT_MAX, buffer + TEXT_MAX + dataLength),
    };
  }
}

/** What a handler answers. */
export interface CallReply {
  value?: unknown;
  data?: Uint8Array;
}

/** `pcb`: who asks. Failures are thrown `FsError`s. */
export type CallHandler = (pcb: number, request: SyscallRequest, data: Uint8Array) => CallReply | Promise<CallReply>;

/** The kernel's end: finds requests when its bell rang, and answers. */
export class CallServer {
  readonly #arena: Arena;
  readonly #handle: CallHandler;
  readonly #onFault: (error: unknown) => void;

  /** `onFault` hears of errors that are no `FsError`: our own bugs; the caller gets EIO. */
  constructor(arena: Arena, handle: CallHandler, onFault: (error: unknown) => void) {
    this.#arena = arena;
    this.#handle = handle;
    this.#onFault = onFault;
  }

  /** Makes the call buffer of a new process; false when the arena is full. */
  prepare(pcb: number): boolean {
    const buffer = this.#arena.alloc(CALL_BUFFER_BYTES);
    this.#arena.u32[(pcb >>> 2) + Pcb.CALL_BUFFER] = buffer;
    return buffer !== 0;
  }

  /** Frees what the calls of a process that has ended were in. */
  release(pcb: number): void {
    for (const at of [(pcb >>> 2) + Pcb.CALL_BUFFER, (pcb >>> 2) + Pcb.CALL_TEXT]) {
      if (this.#arena.u32[at] !== 0) this.#arena.free(this.#arena.u32[at]!);
      this.#arena.u32[at] = 0;
    }
  }

  /** Takes every request that is waiting. Cheap when there is none. */
  poll(): void {
    const { i32 } = this.#arena;
    for (let slot = 1; slot < PCB_SLOTS; slot++) {
      const pcb = pcbOfSlot(slot);
      const at = (pcb >>> 2) + Pcb.CALL_STATE;
      if (i32[at] === State.REQUESTED && Atomics.compareExchange(i32, at, State.REQUESTED, State.TAKEN) === State.REQUESTED) this.#take(pcb);
    }
  }

  #take(pcb: number): void {
    this.#arena.sync();
    const { u32, u8 } = this.#arena;
    const word = pcb >>> 2;
    const pid = u32[word + Pcb.PID]!;
    const buffer = u32[word + Pcb.CALL_BUFFER]!;
    // It has ended, and its control block rests.
    if (buffer === 0) return;
    try {
      const text = u32[word + Pcb.CALL_TEXT]! || buffer;
      const request = JSON.parse(decoder.decode(u8.slice(text, text + u32[word + Pcb.CALL_LENGTH]!))) as SyscallRequest;
      const data = u8.slice(buffer + TEXT_MAX, buffer + TEXT_MAX + u32[word + Pcb.CALL_DATA_LENGTH]!);
      const reply = this.#handle(pcb, request, data);
      if (reply instanceof Promise) reply.then((value) => this.#reply(pcb, pid, value), (error: unknown) => this.#fail(pcb, pid, error));
      else this.#reply(pcb, pid, reply);
    } catch (error) {
      this.#fail(pcb, pid, error);
    }
  }

  #fail(pcb: number, pid: number, error: unknown): void {
    if (!(error instanceof FsError)) this.#onFault(error);
    this.#finish(pcb, pid, error instanceof FsError ? error.errno : Errno.EIO, nothing, nothing);
  }

  #reply(pcb: number, pid: number, reply: CallReply): void {
    const text = reply.value === undefined ? nothing : encoder.encode(JSON.stringify(reply.value));
    const data = reply.data ?? nothing;
    if (text.length > TEXT_MAX || data.length > SYSCALL_DATA_MAX) this.#finish(pcb, pid, Errno.E2BIG, nothing, nothing);
    else this.#finish(pcb, pid, 0, text, data);
  }

  /** The process may have ended, and its slot be another's, while the answer was made. */
  #finish(pcb: number, pid: number, errno: number, text: Uint8Array, data: Uint8Array): void {
    this.#arena.sync();
    const { u32, u8, i32 } = this.#arena;
    const word = pcb >>> 2;
    if (u32[word + Pcb.PID] !== pid || i32[word + Pcb.CALL_STATE] !== State.TAKEN) return;
    const buffer = u32[word + Pcb.CALL_BUFFER]!;
    if (buffer === 0) return;
    u8.set(text, buffer);
    u8.set(data, buffer + TEXT_MAX);
    u32[word + Pcb.CALL_LENGTH] = text.length;
    u32[word + Pcb.CALL_DATA_LENGTH] = data.length;
    u32[word + Pcb.CALL_ERRNO] = errno;
    Atomics.store(i32, word + Pcb.CALL_STATE, State.DONE);
    ringBell(this.#arena, u32[word + Pcb.SLOT]!);
  }
}

/** Calls `onRing` whenever the kernel's bell rang, without blocking the kernel's event loop. Returns what stops it. */
export function listenToBell(arena: Arena, onRing: () => void): () => void {
  let stopped = false;
  const listen = async (): Promise<void> => {
    while (!stopped) {
      const seen = Atomics.load(arena.i32, Header.KERNEL_BELL);
      onRing();
      const result = Atomics.waitAsync(arena.i32, Header.KERNEL_BELL, seen);
      if (result.async) await result.value;
      else await nextTask();
    }
  };
  void listen();
  return () => {
    stopped = true;
    ringBell(arena, 0);
  };
}

/** Lets messages in between: a bell that never rests must not shut them out. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(0);
  });
}
