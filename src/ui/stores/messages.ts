import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Notice } from '../../shared/abi/index.ts';

export interface ToastAction {
  label: string;
  run: () => void;
}

/** Errors and everything with `keep` stay until they are dismissed; the rest goes after six seconds, with something to do after twenty. */
export interface Toast {
  id: number;
  level: 'info' | 'success' | 'warning' | 'error';
  title: string;
  detail?: string;
  actions?: ToastAction[];
  /** 0 to 1; shown as a bar. */
  progress?: number;
  keep?: boolean;
}

export interface Messages {
  toasts: readonly Toast[];
  notices: readonly Notice[];
}

export type MessagesStore = StoreApi<Messages>;

/** Toasts on screen at once; the oldest that need not stay goes first. */
export const TOASTS_MAX = 8;
const LIFETIME_MS = 6000;
/** Of those that offer something to do: there must be time to read and to reach it. */
const LIFETIME_WITH_ACTIONS_MS = 20_000;
let nextId = 1;

export function createMessages(): MessagesStore {
  return createStore<Messages>(() => ({ toasts: [], notices: [] }));
}

export function dismissToast(store: MessagesStore, id: number): void {
  store.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }));
}

/** Shows a toast and returns its id, with which it can be updated or dismissed. */
export function showToast(store: MessagesStore, toast: Omit<Toast, 'id'>): number {
  const id = nextId++;
  store.setState((state) => ({ toasts: trimToasts([...state.toasts, { ...toast, id }]) }));
  if (!staysUntilDismissed(toast)) setTimeout(() => dismissToast(store, id), toast.actions?.length ? LIFETIME_WITH_ACTIONS_MS : LIFETIME_MS);
  return id;
}

export function updateToast(store: MessagesStore, id: number, change: Partial<Omit<Toast, 'id'>>): void {
  store.setState((state) => ({ toasts: state.toasts.map((toast) => (toast.id === id ? { ...toast, ...change } : toast)) }));
}

export function staysUntilDismissed(toast: Omit<Toast, 'id'>): boolean {
  return toast.keep === true || toast.level === 'error' || toast.level === 'warning' || toast.progress !== undefined;
}

function trimToasts(toasts: Toast[]): Toast[] {
  if (toasts.length <= TOASTS_MAX) return toasts;
  const victim = toasts.find((toast) => !staysUntilDismissed(toast)) ?? toasts.find((toast) => toast.progress === undefined);
  return toasts.filter((toast) => toast !== victim);
}

/** An error toast; `what` reads like “Could not rename”. */
export function showError(store: MessagesStore, what: string, error: unknown, advice?: string): number {
  const detail = error instanceof Error ? error.message : String(error);
  const help = advice ?? adviceFor(error);
  return showToast(store, { level: 'error', title: what, detail: help ? `${detail}. ${help}` : detail });
}

const ADVICE: Record<string, string> = {
  ENOSPC: 'Free some space: delete files, or allow the site more storage.',
  EROFS: 'This workspace is read-only here: take it over from the other tab.',
  EEXIST: 'Choose another name.',
  ENAMETOOLONG: 'Choose a shorter name: at most 255 bytes.',
  ENOTEMPTY: 'Delete what is in it first.',
  EPERM: 'This place belongs to the system; choose one below /home or /tmp.',
  EACCES: 'This place belongs to the system; choose one below /home or /tmp.',
  ENOEXEC: 'Build it for wasm32-wasip1 and drop it again.',
};

function adviceFor(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return ADVICE[code];
}
