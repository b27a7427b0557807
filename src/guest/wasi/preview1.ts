import { argumentCalls } from './args.ts';
import { clockCalls } from './clock.ts';
import type { GuestContext } from './context.ts';
import { descriptorCalls } from './descriptors.ts';
import { fileCalls } from './files.ts';
import { pathCalls } from './paths.ts';
import { pollCalls } from './poll.ts';
import { processCalls } from './process.ts';
import { randomCalls } from './random.ts';
import { socketCalls } from './sockets.ts';

/**
 * The 46 calls of `wasi_snapshot_preview1` (WASI 0.1, `wasi_snapshot_preview1.witx`) for one run.
 * Each takes what wasm passes (pointers as signed 32-bit numbers, 64-bit values as BigInt) and returns an errno; none throws
 * for what a guest passes, save `proc_exit` and `proc_raise`, which throw `WASIProcExit`. A bad pointer is EFAULT.
 */
export function preview1(context: GuestContext) {
  const files = fileCalls(context);
  return {
    ...argumentCalls(context),
    ...clockCalls(context),
    ...descriptorCalls(context),
    ...files,
    ...pathCalls(context),
    ...pollCalls(context),
    ...processCalls(context),
    ...randomCalls(context),
    ...socketCalls(context, files),
  };
}

export type Preview1 = ReturnType<typeof preview1>;
