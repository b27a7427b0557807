import { prepareThread, type Arena, type ProcessHandle } from '../../shared/arena/index.ts';
import { Errno } from '../../shared/base/index.ts';
import type { Vfs } from '../vfs/index.ts';

/** What the run of a module with threads needs beside its files. */
export interface Threading {
  /** Tells the kernel of the memory that the threads will share. */
  announce(memory: WebAssembly.Memory): void;
}

/** Before the process's table is used with threads. False when the arena is full. */
export function prepareMainThread(arena: Arena, handle: ProcessHandle): boolean {
  // One section: the record is in the control block, or it was not made.
  handle.enter();
  const made = prepareThread(arena, handle.address);
  handle.leave();
  return made;
}

/** `wasi.thread-spawn` (wasi-threads): a tid, or a negated errno. `isReady`: whether the kernel knows the memory by now. */
export function threadCalls(vfs: Vfs, isReady: () => boolean): { 'thread-spawn': (start: number) => number } {
  return {
    'thread-spawn': (start) => {
      if (!isReady()) return -Errno.EAGAIN;
      const { errno, value } = vfs.process.kernel({ op: 'thread-spawn', start });
      return errno === 0 ? (value as number) : -errno;
    },
  };
}

type Calls = Record<string, (...args: never[]) => number>;

/** The same calls for a thread among others: a description that a call uses lives until the call's end. */
export function amongThreads<T extends object>(calls: T, vfs: Vfs): T {
  const wrapped = Object.entries(calls as Calls).map(([name, call]) => [name, (...args: never[]): number => {
    vfs.beginCall();
    try {
      return call(...args);
    } finally {
      vfs.endCall();
    }
  }]);
  return Object.fromEntries(wrapped) as T;
}
