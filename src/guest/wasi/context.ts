import type { ClockGrants } from '../../shared/abi/index.ts';
import type { MemoryWindow } from '../../shared/arena/index.ts';
import type { Vfs } from '../vfs/index.ts';
import type { StringBlock } from './string-block.ts';
import type { ProcessClock } from './time.ts';

/** What the calls of one run work on. */
export interface GuestContext {
  /** The guest's linear memory; an empty window until the module has been instantiated. */
  memory: MemoryWindow;
  readonly vfs: Vfs;
  readonly clock: ProcessClock;
  readonly args: StringBlock;
  readonly env: StringBlock;
  /** Which of the clocks and entropy it was given. */
  readonly grants: ClockGrants;
  /** Fills at most 64 KiB with random bytes and returns them. */
  readonly random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array;
}
