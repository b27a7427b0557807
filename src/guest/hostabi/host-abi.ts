import type { GuestContext } from '../wasi/index.ts';
import { MessageBudget } from './budget.ts';
import { busCalls } from './bus.ts';
import type { HostContext } from './context.ts';
import { Decisions } from './decisions.ts';
import { httpCalls } from './http.ts';
import { kvCalls } from './kv.ts';
import { logCalls } from './log.ts';
import { processCalls } from './process.ts';
import { Senders } from './staged.ts';
import { tokenCalls } from './tokens.ts';
import { vfsCalls } from './vfs.ts';

/** The module that guests import them from. */
export const HOST_MODULE = 'astrid';

/**
 * The functions of module `astrid` for one run, as `wasm-samples/sdk/ABI.md` has them. Each takes what wasm passes (pointers as signed
 * 32-bit numbers, 64-bit values as BigInt) and returns an errno; none throws for what a guest passes.
 */
export function hostAbi(guest: GuestContext) {
  const { process } = guest.vfs;
  const context: HostContext = {
    guest, decisions: new Decisions(process), budget: new MessageBudget(process.handle), send: new Senders(process),
  };
  return {
    ...busCalls(context),
    ...kvCalls(context),
    ...vfsCalls(context),
    ...tokenCalls(context),
    ...httpCalls(context),
    ...processCalls(context),
    ...logCalls(context),
  };
}

export type HostAbi = ReturnType<typeof hostAbi>;
