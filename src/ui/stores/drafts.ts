import { createStore, type StoreApi } from 'zustand/vanilla';
import { loadSetting, saveSetting } from './persisted.ts';

/** What was typed into a file and not saved. */
export interface Draft {
  text: string;
  /** `fingerprint` of the text that it was begun from. */
  base: string;
}

export interface Unsaved {
  /** Files with changes that are not saved. Replaced, never changed. */
  paths: ReadonlySet<string>;
}

/** Longer ones, and those beyond the sum, last as long as the page; leaving it then asks. In UTF-16 units. */
const ONE_MAX = 256 * 1024;
const ALL_MAX = 1024 * 1024;
const KEEP_MS = 400;

/** Texts that were not saved yet: they survive a change of the tab and, up to a bound, a reload. */
export class Drafts {
  readonly store: StoreApi<Unsaved>;
  readonly #drafts: Map<string, Draft>;
  /** Edits that are no text: they last as long as the page. */
  readonly #others = new Set<string>();
  /** Editors that hold text back for a moment. */
  readonly #waiting = new Set<() => void>();
  readonly #followers = new Set<(renamed: (path: string) => string) => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#drafts = new Map(loadSetting('drafts', [], acceptDrafts));
    this.store = createStore<Unsaved>(() => ({ paths: new Set(this.#drafts.keys()) }));
  }

  get(path: string): Draft | undefined {
    return this.#drafts.get(path);
  }

  keep(path: string, draft: Draft): void {
    const known = this.#drafts.delete(path);
    this.#drafts.set(path, draft);
    this.#changed(!known);
  }

  drop(path: string): void {
    if (this.#drafts.delete(path)) this.#changed(true);
  }

  /** Whether a file has edits that are no text, as bytes that were typed over. */
  mark(path: string, unsaved: boolean): void {
    if (this.#others.has(path) === unsaved) return;
    if (unsaved) this.#others.add(path);
    else this.#others.delete(path);
    this.#changed(true);
  }

  /** `settle` is called to keep what is held back, before drafts are moved. Yields what ends that. */
  holdBack(settle: () => void): () => void {
    this.#waiting.add(settle);
    return () => this.#waiting.delete(settle);
  }

  /** `follow` is called with each rename, for who keeps edits that are no text: it tells what a path is called now. */
  onMove(follow: (renamed: (path: string) => string) => void): void {
    this.#followers.add(follow);
  }

  /** Follows a rename of a file, or of a directory above it. */
  move(from: string, to: string): void {
    for (const settle of this.#waiting) settle();
    const renamed = (path: string): string => (path === from || path.startsWith(`${from}/`) ? to + path.slice(from.length) : path);
    for (const [path, draft] of [...this.#drafts]) {
      if (renamed(path) === path) continue;
      this.#drafts.delete(path);
      this.keep(renamed(path), draft);
    }
    for (const path of [...this.#others]) {
      if (renamed(path) === path) continue;
      this.mark(path, false);
      this.mark(renamed(path), true);
    }
    for (const follow of this.#followers) follow(renamed);
  }

  /** Writes at once what waits, as before the page is left. Whether all is kept. */
  flush(): boolean {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const kept = keepable(this.#drafts);
    saveSetting('drafts', kept);
    return kept.length === this.#drafts.size && this.#others.size === 0;
  }

  #changed(paths: boolean): void {
    if (paths) this.store.setState({ paths: new Set([...this.#drafts.keys(), ...this.#others]) });
    this.#timer ??= setTimeout(() => void this.flush(), KEEP_MS);
  }
}

/** The latest first, as many as there is room for. */
function keepable(drafts: ReadonlyMap<string, Draft>): [string, Draft][] {
  let left = ALL_MAX;
  return [...drafts].reverse().filter(([, { text }]) => text.length <= ONE_MAX && (left -= text.length) >= 0).reverse();
}

function acceptDrafts(value: unknown): [string, Draft][] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter((each): each is [string, Draft] => {
    const [path, draft] = (Array.isArray(each) ? each : []) as [unknown, Partial<Draft> | undefined];
    return typeof path === 'string' && path.startsWith('/') && typeof draft?.text === 'string' && typeof draft.base === 'string';
  });
}

/** Tells two texts apart: length and 53 bits of a mixing hash. Not against those who try. */
export function fingerprint(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return `${text.length}:${(4294967296 * (2097151 & low) + (high >>> 0)).toString(36)}`;
}
