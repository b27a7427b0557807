import type { ClockGrants } from './limits.ts';

/** Kernel → guest worker, once after the worker was made. */
export interface GuestInit {
  type: 'init';
  memory: WebAssembly.Memory;
  /** The two-memory copy helper, compiled once; absent where the engine has no multi-memory. */
  copier?: WebAssembly.Module;
  /** The shell will be wanted: its code is loaded ahead. */
  shell?: boolean;
}

/**
 * Programs that are written in TypeScript and run, like any other, in a guest worker without privileges. A file whose first
 * line is `#!builtin ` and such a name stands for one in the namespace (`/bin/sh`).
 */
export const BUILTIN_PROGRAMS = ['sh'] as const;
export type BuiltinProgram = (typeof BUILTIN_PROGRAMS)[number];

/** What a module asks of the memory that it imports: pages of 64 KiB. */
export interface ImportedMemory {
  initial: number;
  maximum?: number;
  shared: boolean;
}

/** A value that a function gives; `ref`: a reference that may be null. */
export type ResultType = 'i32' | 'i64' | 'f32' | 'f64' | 'ref' | 'other';

/**
 * What imported functions give, by their place among the imports of their module (`WebAssembly.Module.imports`, which does not tell). Those that
 * give one i32 or nothing are left out.
 */
export type ImportResults = Readonly<Record<number, readonly ResultType[]>>;

/** What a further thread of a process starts with (wasi-threads). */
export interface GuestThread {
  /** From 1. */
  tid: number;
  /** What its starter passed. */
  start: number;
  /** The process's linear memory, which is shared. */
  memory: WebAssembly.Memory;
}

/** Kernel → guest worker: run this. Descriptors are already installed in the arena. */
export interface GuestRun {
  type: 'run';
  pid: number;
  /** Arena address of the process control block. */
  pcb: number;
  program: WebAssembly.Module | BuiltinProgram;
  args: string[];
  env: string[];
  cwd: string;
  grants: ClockGrants;
  /** The kernel is to be told what it opens and looks at. */
  observe?: boolean;
  /** Of `program`, where it was read from the binary: an engine does not tell. */
  importedMemory?: ImportedMemory;
  /** Of `program`, likewise. */
  importResults?: ImportResults;
  /** Not the process itself but one more thread of it. */
  thread?: GuestThread;
}

export type ToGuest = GuestInit | GuestRun;

/** Guest worker → kernel. */
export type FromGuest =
  | { type: 'ready' }
  /** Before a program starts that may start threads: the memory that they share. */
  | { type: 'memory'; pid: number; memory: WebAssembly.Memory }
  /** The function of a further thread has returned; the process goes on. What else ends a thread ends the process: `exit`. */
  | { type: 'thread-end'; pid: number; tid: number }
  | { type: 'exit'; pid: number; code: number; reason: 'exit' | 'trap' | 'error'; message?: string; memory: number };
