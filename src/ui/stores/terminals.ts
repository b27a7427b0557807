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
  /** Forgets what was printed; there once its screen is drawn. */
  clear?: () => void;
  /** Given by a program, and by which: it goes with it. */
  title?: { text: string; pid: number } | undefined;
  /** Times that its bell has rung, and how many of them were seen. */
  bells?: number;
  bellsSeen?: number;
  /** Why it could not be opened. */
  error?: string;
}

export interface Terminals {
  list: readonly Terminal[];
  active: number;
  /** Two that are shown side by side whenever one of them is active. */
  pair: readonly [left: number, right: number] | null;
}

export type TerminalsStore = StoreApi<Terminals>;

/** Terminals open at once; each holds a worker and 10 000 lines. */
export const TERMINALS_MAX = 12;

export function createTerminals(): TerminalsStore {
  return createStore<Terminals>(() => ({ list: [], active: 0, pair: null }));
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

/** Makes a terminal the active one; its bell has been heard then. */
export function activateTerminal(store: TerminalsStore, id: number): void {
  const terminal = store.getState().list.find((each) => each.id === id);
  if (!terminal) return;
  if (store.getState().active !== id) store.setState({ active: id });
  if (terminal.bells !== terminal.bellsSeen) patchTerminal(store, id, { bellsSeen: terminal.bells ?? 0 });
}

/** The terminals on the screen, from left to right. */
export function shownTerminals({ active, pair }: Pick<Terminals, 'active' | 'pair'>): readonly number[] {
  return pair?.includes(active) ? pair : [active];
}

/** The active terminal with a new one beside it. Takes the place of an earlier pair. */
export async function splitTerminal(store: TerminalsStore, api: Pick<KernelApi, 'openTty'>): Promise<void> {
  const left = store.getState().active;
  const { id } = await openTerminal(store, api);
  if (store.getState().list.some((terminal) => terminal.id === left)) store.setState({ pair: [left, id] });
}

/** The tab `step` places further, round at the ends. */
export function turnTerminal(store: TerminalsStore, step: 1 | -1): void {
  const { list, active } = store.getState();
  const at = list.findIndex((terminal) => terminal.id === active);
  const next = list[(at + step + list.length) % list.length];
  if (next) activateTerminal(store, next.id);
}

/** Closes the tab and hangs up its processes. */
export function closeTerminal(store: TerminalsStore, api: Pick<KernelApi, 'closeTty'>, id: number): void {
  const { list, active, pair } = store.getState();
  const at = list.findIndex((terminal) => terminal.id === id);
  const terminal = list[at];
  if (!terminal) return;
  const rest = list.filter((other) => other.id !== id);
  const partner = pair?.includes(id) ? pair.find((other) => other !== id) : undefined;
  const next = partner ?? (rest[at] ?? rest[at - 1])?.id ?? 0;
  store.setState({ list: rest, active: active === id ? next : active, pair: partner === undefined ? pair : null });
  if (terminal.tty !== null) api.closeTty(terminal.tty).catch(() => undefined);
}
