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

/** What was said, kept after it has gone from the screen. */
export interface Said extends Pick<Toast, 'id' | 'level' | 'title' | 'detail'> {
  /** Milliseconds since 1970. */
  at: number;
}

export interface Messages {
  toasts: readonly Toast[];
  notices: readonly Notice[];
  /** The last hundred, the newest first. */
  said: readonly Said[];
  /** Of them, warnings and errors since the list was last looked at. */
  unseen: number;
}

export type MessagesStore = StoreApi<Messages>;

/** Toasts on screen at once; the oldest that need not stay goes first. */
export const TOASTS_MAX = 5;
export const SAID_MAX = 100;
const LIFETIME_MS = 6000;
/** Of those that offer something to do: there must be time to read and to reach it. */
const LIFETIME_WITH_ACTIONS_MS = 20_000;
let nextId = 1;

export function createMessages(): MessagesStore {
  return createStore<Messages>(() => ({ toasts: [], notices: [], said: [], unseen: 0 }));
}

export function dismissToast(store: MessagesStore, id: number): void {
  store.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }));
}

/** Shows a toast and returns its id, with which it can be updated or dismissed. */
export function showToast(store: MessagesStore, toast: Omit<Toast, 'id'>): number {
  const id = nextId++;
  const { level, title, detail } = toast;
  store.setState((state) => ({
    toasts: trimToasts([...state.toasts.filter((other) => !saysTheSame(other, toast)), { ...toast, id }]),
    said: [{ id, level, title, ...(detail !== undefined && { detail }), at: Date.now() }, ...state.said].slice(0, SAID_MAX),
    unseen: state.unseen + (level === 'error' || level === 'warning' ? 1 : 0),
  }));
  if (!staysUntilDismissed(toast)) setTimeout(() => dismissToast(store, id), toast.actions?.length ? LIFETIME_WITH_ACTIONS_MS : LIFETIME_MS);
  return id;
}

/** Said again, it is shown once. */
function saysTheSame(one: Omit<Toast, 'id'>, other: Omit<Toast, 'id'>): boolean {
  return one.title === other.title && one.detail === other.detail && one.level === other.level && !one.actions && !other.actions && one.progress === undefined && other.progress === undefined;
}

export function updateToast(store: MessagesStore, id: number, change: Partial<Omit<Toast, 'id'>>): void {
  const { level, title, detail } = change;
  const words = { ...(level && { level }), ...(title !== undefined && { title }), ...(detail !== undefined && { detail }) };
  store.setState((state) => ({
    toasts: state.toasts.map((toast) => (toast.id === id ? { ...toast, ...change } : toast)),
    said: state.said.map((said) => (said.id === id ? { ...said, ...words } : said)),
  }));
}

/** The list was looked at. */
export const seenMessages = (store: MessagesStore): void => store.setState({ unseen: 0 });

export const clearMessages = (store: MessagesStore): void => store.setState({ said: [], unseen: 0 });

/** What follows from a store that is gone, and need not be said beside it. */
const FOLLOWS_STORE: readonly string[] = ['kv', 'audit', 'policy-unread'];

/** Conditions as they are shown: those that say the same once, and what follows from another with it. */
export function mergeNotices(notices: readonly Notice[]): Notice[] {
  const store = notices.find(({ id }) => id === 'store');
  const following = store ? notices.filter(({ id }) => FOLLOWS_STORE.includes(id)) : [];
  const shown = notices.filter((notice, index) => !following.includes(notice) && notices.findIndex(({ title, detail }) => title === notice.title && detail === notice.detail) === index);
  return shown.map((notice) => (notice === store && following.length > 0 ? { ...notice, detail: `${notice.detail} Also: ${following.map(({ title }) => lowerFirst(title)).join('; ')}.` } : notice));
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** A condition is put away, with what was shown together with it. */
export function dismissNotice(store: MessagesStore, id: string): void {
  const gone = (other: Notice, notices: readonly Notice[]): boolean => {
    const first = notices.find((notice) => notice.id === id);
    return other.id === id || (id === 'store' && FOLLOWS_STORE.includes(other.id)) || (other.title === first?.title && other.detail === first.detail);
  };
  store.setState(({ notices }) => ({ notices: notices.filter((notice) => !gone(notice, notices)) }));
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
