import { createStore, type StoreApi } from 'zustand/vanilla';
import type { KernelApi } from '../../shared/abi/index.ts';

/** One terminal tab. `port` speaks `TtyToKernel` / `TtyToWindow`. */
export interface Terminal {
  id: number;
  state: 'starting' | 'open' | 'closed' | 'failed';
  tty: number | null;
  /** Pid of the prompt. */
  pid: number | null;
  port: MessagePort | null;
  /** Types into it as if by keyboard; there once its screen is drawn. */
  type?: (text: string) => void;
  /** Why it could not be opened. */
  error?: string;
}

export interface Terminals {
  list: readonly Terminal[];
  active: number;
}

export type TerminalsStore = StoreApi<Terminals>;

/** Terminals open at once; each holds a worker and 10 000 lines. */
export const TERMINALS_MAX = 12;

export function createTerminals(): TerminalsStore {
  return createStore<Terminals>(() => ({ list: [], active: 0 }));
}

/** Opens a terminal and makes it the active tab. Rejects when the kernel refuses, or there are `TERMINALS_MAX`. */
export async function openTerminal(store: TerminalsStore, api: Pick<KernelApi, 'openTty'>): Promise<Terminal & { tty: number }> {
  const { list } = store.getState();
  if (list.length >= TERMINALS_MAX) throw new Error(`${TERMINALS_MAX} terminals are open: close one first`);
  const id = list.reduce((highest, terminal) => Math.max(highest, terminal.id), 0) + 1;
  store.setState({ list: [...list, { id, state: 'starting', tty: null, pid: null, port: null }], active: id });
  try {
    const opened = await api.openTty({ columns: 80, rows: 24 });
    patchTerminal(store, id, { ...opened, state: 'open' });
    return { id, state: 'open', ...opened };
  } catch (error) {
    patchTerminal(store, id, { state: 'failed', error: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}

export function patchTerminal(store: TerminalsStore, id: number, change: Partial<Terminal>): void {
  store.setState((state) => ({ list: state.list.map((terminal) => (terminal.id === id ? { ...terminal, ...change } : terminal)) }));
}

/** Closes the tab and hangs up its processes. */
export function closeTerminal(store: TerminalsStore, api: Pick<KernelApi, 'closeTty'>, id: number): void {
  const { list, active } = store.getState();
  const at = list.findIndex((terminal) => terminal.id === id);
  const terminal = list[at];
  if (!terminal) return;
  const rest = list.filter((other) => other.id !== id);
  const next = rest[at] ?? rest[at - 1];
  store.setState({ list: rest, active: active === id ? (next?.id ?? 0) : active });
  if (terminal.tty !== null) api.closeTty(terminal.tty).catch(() => undefined);
}
