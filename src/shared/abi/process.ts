/** Kernel → guest worker, once after the worker was made. */
export interface GuestInit {
  type: 'init';
  memory: WebAssembly.Memory;
  /** The two-memory copy helper, compiled once; absent where the engine has no multi-memory. */
  copier?: WebAssembly.Module;
}

/** Kernel → guest worker: run this. Descriptors are already installed in the arena. */
export interface GuestRun {
  type: 'run';
  pid: number;
  /** Arena address of the process control block. */
  pcb: number;
  /** A module, or the name of a built-in program that is written in TypeScript. */
  program: WebAssembly.Module | 'prompt';
  args: string[];
  env: string[];
  cwd: string;
}

export type ToGuest = GuestInit | GuestRun;

/** Guest worker → kernel. */
export type FromGuest =
  | { type: 'ready' }
  | { type: 'exit'; pid: number; code: number; reason: 'exit' | 'trap' | 'error'; message?: string; memory: number };
