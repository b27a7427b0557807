import type { GuestContext } from '../wasi/index.ts';
import type { MessageBudget } from './budget.ts';
import type { Decisions } from './decisions.ts';
import type { Senders } from './staged.ts';

/** What the calls of module `astrid` work on in one run. */
export interface HostContext {
  readonly guest: GuestContext;
  readonly decisions: Decisions;
  readonly budget: MessageBudget;
  readonly send: Senders;
}
