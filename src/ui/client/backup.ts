import type { Disposable } from '../../shared/base/index.ts';

/** The part of a `FileSystemFileHandle` that a backup needs. What is written replaces the file when it is closed, not before. */
export interface BackupFile {
  readonly name: string;
  queryPermission?(options: { mode: 'readwrite' }): Promise<PermissionState>;
  requestPermission?(options: { mode: 'readwrite' }): Promise<PermissionState>;
  createWritable(): Promise<WritableStream<Uint8Array>>;
}

/** What is remembered from one page to the next. */
export interface BackupRecord {
  file: BackupFile;
  /** At most one backup in so many minutes. */
  minutes: number;
  /** Milliseconds since the epoch, and the last entry of the journal that is in it; 0: none was made. */
  last: number;
  entry: number;
}

/** `waiting`: the browser wants to be allowed again to write to the file, by a click of the user: `allow`. */
export type BackupState =
  | { status: 'off' }
  | { status: 'on' | 'running' | 'waiting' | 'failed'; file: string; minutes: number; last: Date | null; error?: string };

export interface BackupParts {
  load(): Promise<BackupRecord | null>;
  save(record: BackupRecord | null): Promise<void>;
  /** Writes the whole workspace and closes the stream. */
  export(to: WritableStream<Uint8Array>): Promise<unknown>;
  /** This tab owns the workspace, and how many entries its journal has. */
  workspace(): { owner: boolean; entry: number } | null;
  now?: () => number;
}

const MINUTES = 15;
/** Milliseconds until a backup that failed is tried again. */
const RETRY = 60_000;

/** Exports the workspace into a file that the user chose, at most every few minutes and only when something changed. */
export class Backup implements Disposable {
  readonly #parts: BackupParts;
  readonly #listeners = new Set<(state: BackupState) => void>();
  #record: BackupRecord | null = null;
  #state: BackupState = { status: 'off' };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | null = null;

  constructor(parts: BackupParts) {
    this.#parts = parts;
  }

  get state(): BackupState {
    return this.#state;
  }

  onState(listener: (state: BackupState) => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  /** Goes on with what was chosen in an earlier page. */
  async start(): Promise<void> {
    this.#record = await this.#parts.load();
    if (this.#record) await this.#look();
  }

  /** Backs up into this file from now on, the first time at once. Default: at most every 15 minutes. */
  async choose(file: BackupFile, minutes = MINUTES): Promise<void> {
    if (!(minutes >= 1)) throw new RangeError('a backup is made at most every minute');
    this.#record = { file, minutes, last: 0, entry: 0 };
    await this.#parts.save(this.#record);
    await this.now();
  }

  /** Asks to write to the file again. To be called in a click. */
  async allow(): Promise<void> {
    await this.#record?.file.requestPermission?.({ mode: 'readwrite' });
    await this.#look();
  }

  async stop(): Promise<void> {
    this.#record = null;
    clearTimeout(this.#timer);
    this.#tell({ status: 'off' });
    await this.#parts.save(null);
  }

  /** Something was changed. Cheap. */
  changed(): void {
    const { status } = this.#state;
    if (status === 'on') this.#plan(0);
  }

  /** Makes one at once. Its failure is in the state. */
  now(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return (this.#running ??= this.#make().finally(() => {
      this.#running = null;
    }));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  async #look(): Promise<void> {
    const record = this.#record;
    if (!record) return;
    const permission = (await record.file.queryPermission?.({ mode: 'readwrite' })) ?? 'granted';
    if (record !== this.#record) return;
    this.#show(permission === 'granted' ? 'on' : 'waiting');
    if (permission === 'granted') this.#plan(0);
  }

  #plan(delay: number): void {
    const record = this.#record;
    const workspace = this.#parts.workspace();
    if (!record || this.#timer !== undefined || !workspace?.owner || workspace.entry === record.entry) return;
    const due = record.last + record.minutes * 60_000 - this.#time();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.now();
    }, Math.max(0, due, delay));
  }

  async #make(): Promise<void> {
    const record = this.#record;
    const workspace = this.#parts.workspace();
    if (!record || !workspace?.owner) return;
    this.#show('running');
    try {
      const to = await record.file.createWritable();
      await this.#parts.export(to);
      // What the user chose meanwhile is not to be overwritten.
      if (record !== this.#record) return;
      Object.assign(record, { last: this.#time(), entry: workspace.entry });
      await this.#parts.save(record);
      this.#show('on');
      this.#plan(0);
    } catch (error) {
      if (record !== this.#record) return;
      const refused = error instanceof DOMException && error.name === 'NotAllowedError';
      this.#show(refused ? 'waiting' : 'failed', error instanceof Error ? error.message : String(error));
      if (!refused) this.#plan(RETRY);
    }
  }

  #show(status: Exclude<BackupState['status'], 'off'>, error?: string): void {
    if (!this.#record) return;
    const { file, minutes, last } = this.#record;
    this.#tell({ status, file: file.name, minutes, last: last === 0 ? null : new Date(last), ...(error === undefined ? {} : { error }) });
  }

  #tell(state: BackupState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  #time(): number {
    return (this.#parts.now ?? Date.now)();
  }
}
