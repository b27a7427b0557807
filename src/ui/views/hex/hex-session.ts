import { createStore, type StoreApi } from 'zustand/vanilla';
import type { App } from '../../stores/index.ts';
import { moveCursor, selectionOf, typeKey, type Cursor, type Extent, type Typed } from './cursor.ts';
import { Edits } from './edits.ts';
import { Pages } from './pages.ts';
import { searchBytes } from './search.ts';

export interface HexState {
  cursor: Cursor;
  /** Grows with all that changes what is shown. */
  turn: number;
  /** Bytes that are pending. */
  pending: number;
  canUndo: boolean;
  canRedo: boolean;
  saving: boolean;
  /** What was done last, for the status line. */
  told: string;
  error: string | null;
  /** How far a search is, 0 to 1. */
  searching: number | null;
}

/** Pending bytes outlive the tab: by path, as long as the page. */
const kept = new WeakMap<App, Map<string, Edits>>();

/** Bytes that are copied at once. */
const COPY_MAX = 1024 * 1024;
const WAITING_MAX = 64;

/** Edits by path, which go along with files that are moved. */
function editsOf(app: App): Map<string, Edits> {
  const all = new Map<string, Edits>();
  kept.set(app, all);
  app.drafts.onMove((renamed) => {
    for (const [path, edits] of [...all]) {
      if (renamed(path) === path) continue;
      all.delete(path);
      all.set(renamed(path), edits);
    }
  });
  return all;
}

/** One open file of bytes: what is shown of it, what was typed over it, where the cursor is. */
export class HexSession {
  readonly store: StoreApi<HexState>;
  readonly edits: Edits;
  readonly pages: Pages;
  readonly #app: App;
  readonly #path: string;
  #size: number;
  #version = -1;
  #search: AbortController | null = null;
  /** Typed before the bytes under it were read; the oldest first, at most `WAITING_MAX`. */
  #waiting: string[] = [];

  constructor(app: App, path: string, size: number) {
    this.#app = app;
    this.#path = path;
    this.#size = size;
    const all = kept.get(app) ?? editsOf(app);
    this.edits = all.get(path) ?? new Edits();
    all.set(path, this.edits);
    this.pages = new Pages((offset, length) => app.client.api.readRange(path, offset, length), (error) => {
      if (error !== null) this.store.setState({ error: error instanceof Error ? error.message : String(error) });
      this.#turn();
      this.#typeWaiting();
    });
    this.store = createStore<HexState>(() => ({
      cursor: { at: 0, anchor: 0, column: 'hex', low: false }, turn: 0, saving: false, told: '', error: null, searching: null, ...this.#counts(),
    }));
  }

  get size(): number {
    return this.#size;
  }

  /** The file as it is by now. */
  renew(size: number, version: number, by: string | null): void {
    this.#size = size;
    this.pages.renew(version);
    if (this.#version >= 0 && version > this.#version && by !== null) this.store.setState({ told: `Changed by ${by}` });
    this.#version = version;
    if (this.store.getState().cursor.at >= size) this.place(Math.max(0, size - 1));
    this.#turn();
  }

  byteAt(offset: number): number | undefined {
    return this.edits.at(offset) ?? this.pages.at(offset);
  }

  /** Bytes from an offset on, pending ones in place; as far as they are there. */
  bytesAt(offset: number, length: number): Uint8Array {
    const bytes: number[] = [];
    for (let at = offset; at < Math.min(this.#size, offset + length); at++) {
      const byte = this.byteAt(at);
      if (byte === undefined) break;
      bytes.push(byte);
    }
    return Uint8Array.from(bytes);
  }

  /** `extend`: the selection goes on to there. */
  place(at: number, extend = false, column = this.store.getState().cursor.column): void {
    // What waits was for where the cursor was.
    this.#waiting = [];
    const { anchor } = this.store.getState().cursor;
    this.store.setState({ cursor: { at, anchor: extend ? anchor : at, column, low: false } });
  }

  select(from: number, to: number): void {
    this.store.setState(({ cursor }) => ({ cursor: { ...cursor, at: from, anchor: Math.max(from, to - 1), low: false } }));
  }

  /** Whether the key was for the cursor. */
  move(key: string, control: boolean, extend: boolean, extent: Extent): boolean {
    const to = moveCursor(this.store.getState().cursor.at, key, control, extent);
    if (to !== null) this.place(to, extend);
    return to !== null;
  }

  /** Whether the key typed something. */
  type(key: string): boolean {
    const { cursor } = this.store.getState();
    const current = this.byteAt(cursor.at);
    const typed = typeKey(key, cursor, current ?? 0);
    if (!typed?.byte) return false;
    if (current === undefined || this.#waiting.length > 0) {
      if (this.#waiting.length < WAITING_MAX) this.#waiting.push(key);
      return true;
    }
    this.#put({ ...typed, byte: typed.byte }, cursor);
    return true;
  }

  #put(typed: Typed & { byte: Uint8Array }, cursor: Cursor): void {
    this.#write(cursor.at, typed.byte);
    const at = Math.min(this.#size - 1, cursor.at + typed.step);
    this.store.setState({ cursor: { at, anchor: at, column: cursor.column, low: typed.low } });
  }

  #typeWaiting(): void {
    while (this.#waiting.length > 0 && this.byteAt(this.store.getState().cursor.at) !== undefined) {
      const [key = '', ...later] = this.#waiting;
      this.#waiting = [];
      this.type(key);
      this.#waiting = later;
    }
  }

  /** Bytes over those from the cursor on; what would be beyond the end is left out. */
  paste(bytes: Uint8Array): void {
    const { at } = this.store.getState().cursor;
    const fits = bytes.subarray(0, this.#size - at);
    this.#write(at, fits);
    this.select(at, at + fits.length);
    if (fits.length < bytes.length) this.store.setState({ told: `${bytes.length - fits.length} bytes would lie beyond the end: left out` });
  }

  /** The bytes of the selection; rejects where it is too long. */
  async selected(): Promise<Uint8Array> {
    const { from, to } = selectionOf(this.store.getState().cursor);
    if (to - from > COPY_MAX) throw new Error('more than 1 MB is selected');
    return this.#readShown(from, to - from);
  }

  undo(): void {
    this.#turned(this.edits.undo(), 'Nothing to undo before the file was saved');
  }

  redo(): void {
    this.#turned(this.edits.redo(), 'Nothing to redo');
  }

  revert(): void {
    this.edits.clear();
    this.#turn('Back to what is saved');
  }

  /** Writes what is pending, piece by piece. Rejects with what the kernel says; all stays pending then. */
  async save(): Promise<void> {
    await this.#allTyped();
    if (this.store.getState().saving || this.edits.count === 0) return;
    this.store.setState({ saving: true });
    try {
      const runs = this.edits.runs();
      for (const { offset, bytes } of runs) await this.#app.client.api.writeRange(this.#path, offset, bytes);
      for (const { offset, bytes } of runs) this.pages.patch(offset, bytes);
      this.edits.clear();
      this.#turn('Saved');
    } finally {
      this.store.setState({ saving: false });
    }
  }

  /** Goes to the next place with these bytes, and selects it. */
  async find(needle: Uint8Array, backwards: boolean): Promise<void> {
    this.stopSearch();
    const stop = new AbortController();
    this.#search = stop;
    const { cursor } = this.store.getState();
    const { from } = selectionOf(cursor);
    this.store.setState({ searching: 0, told: 'Searching…' });
    try {
      const found = await searchBytes({
        read: (offset, length) => this.#readShown(offset, length), size: this.#size, needle, from: backwards ? from - 1 : cursor.at === cursor.anchor && from === 0 ? 0 : from + 1, backwards,
        signal: stop.signal, onProgress: (searching) => this.store.setState({ searching }),
      });
      if (found === null) this.store.setState({ told: 'Not found' });
      else {
        this.select(found, found + needle.length);
        this.store.setState({ told: `Found at 0x${found.toString(16)}` });
      }
    } catch (error) {
      this.store.setState({ told: stop.signal.aborted ? 'The search was stopped' : `The search failed: ${error instanceof Error ? error.message : String(error)}` });
    } finally {
      if (this.#search === stop) {
        this.#search = null;
        this.store.setState({ searching: null });
      }
    }
  }

  stopSearch(): void {
    this.#search?.abort();
  }

  tell(told: string): void {
    this.store.setState({ told });
  }

  /** Resolves when nothing that was typed waits for bytes. */
  async #allTyped(): Promise<void> {
    if (this.#waiting.length === 0) return;
    await new Promise<void>((resolve) => {
      const end = this.store.subscribe(() => queueMicrotask(() => {
        if (this.#waiting.length > 0) return;
        end();
        resolve();
      }));
    });
  }

  async #readShown(offset: number, length: number): Promise<Uint8Array> {
    return this.edits.over(await this.#app.client.api.readRange(this.#path, offset, Math.min(length, this.#size - offset)), offset);
  }

  #write(offset: number, bytes: Uint8Array): void {
    if (!this.edits.write(offset, bytes)) this.store.setState({ told: 'Too much is pending: save first' });
    else this.#turn('');
  }

  #turned(offset: number | null, nothing: string): void {
    if (offset === null) this.store.setState({ told: nothing });
    else {
      this.place(Math.min(offset, this.#size - 1));
      this.#turn('');
    }
  }

  #turn(told?: string): void {
    // Not for a file that has another name by now.
    if (kept.get(this.#app)?.get(this.#path) === this.edits) this.#app.drafts.mark(this.#path, this.edits.count > 0);
    this.store.setState(({ turn }) => ({ turn: turn + 1, ...this.#counts(), ...(told !== undefined && { told }) }));
  }

  #counts(): Pick<HexState, 'pending' | 'canUndo' | 'canRedo'> {
    return { pending: this.edits.count, canUndo: this.edits.canUndo, canRedo: this.edits.canRedo };
  }
}
