import type { ClockGrants } from './limits.ts';

/** Kernel → guest worker, once after the worker was made. */
export interface GuestInit {
  type: 'init';
  memory: WebAssembly.Memory;
  /** The two-memory copy helper, compiled once; absent where the engine has no multi-memory. */
  copier?: WebAssembly.Module;
}

/**
 * Programs that are written in TypeScript and run, like any other, in a guest worker without privileges. A file whose first
 * line is `#!builtin ` and such a name stands for one in the namespace (`/bin/sh`).
 */
export const BUILTIN_PROGRAMS = ['sh'] as const;
export type BuiltinProgram = (typeof BUILTIN_PROGRAMS)[number];

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
}

export type ToGuest = GuestInit | GuestRun;

/** Guest worker → kernel. */
export type FromGuest =
  | { type: 'ready' }
  | { type: 'exit'; pid: number; code: number; reason: 'exit' | 'trap' | 'error'; message?: string; memory: number };
