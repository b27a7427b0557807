import { SYSCALL_DATA_MAX, type HostRequest } from '../../shared/abi/index.ts';
import type { MemoryWindow } from '../../shared/arena/index.ts';
import type { CallResult } from '../../shared/link/index.ts';
import type { Process } from '../vfs/index.ts';

const NOTHING = new Uint8Array(0);

/** Calls with data of any length: what does not fit into one is staged in parts before it. */
export class Senders {
  readonly #process: Process;
  /** Made when it is first wanted. */
  #joined: Uint8Array | null = null;

  constructor(process: Process) {
    this.#process = process;
  }

  /** `head`, then `length` bytes at `pointer` (which the caller has checked), as the data of `request`. */
  call(request: HostRequest, memory: MemoryWindow, pointer: number, length: number, head: Uint8Array = NOTHING): CallResult {
    if (head.length === 0) return this.#rest(request, memory, pointer, length);
    if (head.length + length <= SYSCALL_DATA_MAX) {
      this.#joined ??= new Uint8Array(SYSCALL_DATA_MAX);
      this.#joined.set(head);
      this.#joined.set(memory.u8.subarray(pointer, pointer + length), head.length);
      return this.#process.kernel(request, this.#joined.subarray(0, head.length + length));
    }
    const staged = this.#process.kernel({ op: 'stage' }, head);
    return staged.errno === 0 ? this.#rest(request, memory, pointer, length) : staged;
  }

  #rest(request: HostRequest, memory: MemoryWindow, pointer: number, length: number): CallResult {
    let at = pointer;
    for (const end = pointer + length; end - at > SYSCALL_DATA_MAX; at += SYSCALL_DATA_MAX) {
      const staged = this.#process.kernel({ op: 'stage' }, memory.u8.subarray(at, at + SYSCALL_DATA_MAX));
      if (staged.errno !== 0) return staged;
    }
    return this.#process.kernel(request, memory.u8.subarray(at, pointer + length));
  }
}
