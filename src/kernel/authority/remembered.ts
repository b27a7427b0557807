import type { Action } from '../../shared/abi/index.ts';

/** Remembered verdicts of one process, at most; beyond, all are forgotten. */
const MOST = 1024;

type Slot = Action['kind'] | 'kv-write';

/** Verdicts by action. No key is put together for the kinds that are asked for often. */
export class Remembered<Verdict> {
  readonly #slots = new Map<Slot, Map<string | number, Verdict>>();
  #count = 0;

  get(action: Action): Verdict | undefined {
    return this.#slots.get(slotOf(action))?.get(keyOf(action));
  }

  set(action: Action, verdict: Verdict): void {
    if (this.#count >= MOST) this.clear();
    const slot = slotOf(action);
    let verdicts = this.#slots.get(slot);
    if (!verdicts) this.#slots.set(slot, (verdicts = new Map()));
    verdicts.set(keyOf(action), verdict);
    this.#count++;
  }

  clear(): void {
    this.#slots.clear();
    this.#count = 0;
  }
}

function slotOf(action: Action): Slot {
  return action.kind === 'kv' && action.access === 'write' ? 'kv-write' : action.kind;
}

function keyOf(action: Action): string | number {
  switch (action.kind) {
    case 'publish':
    case 'subscribe': return action.subject;
    case 'kv': return action.namespace;
    case 'spawn': return action.path;
    case 'listen':
    case 'connect': return action.port;
    case 'http': return `${action.method} ${action.url}`;
    case 'file': return `${action.rights.join()} ${action.path}`;
    default: return '';
  }
}
