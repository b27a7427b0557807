import type { Point, TreeDifference } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { emptyBatch, type BaseLayer, type ChunkRef, type LayerRecord, type TreeView } from '../contract/index.ts';
import type { Namespace } from '../namespace/index.ts';
import type { CommittedChange, JournalWriter, Overlay } from '../storage/index.ts';
import { Line, type LineOptions } from './line.ts';
import { viewDifferences } from './line-diff.ts';
import { LinesFolder } from './lines-folder.ts';
import { LowerView } from './lower-view.ts';
import { Mounts, type Mounted, type MountsOptions } from './mounts.ts';
import { PastTree } from './past-tree.ts';

export interface LinesOptions extends Pick<LineOptions, 'store' | 'hasher' | 'yield'> {
  /** The workspace's. */
  overlay: Overlay;
  base: Pick<BaseLayer, 'read'>;
  history: { point(point: Point): Promise<number>; viewAt(at: number): TreeView };
  /** Milliseconds since the epoch. */
  now: () => number;
  onFault(message: string): void;
}

/** What the lines need that is made of their folder, or after it. */
export interface LinesParts extends MountsOptions {
  between: JournalWriter['between'];
  sync(): Promise<void>;
  /** Told of a line's changes once they are committed. */
  onCommitted(changes: readonly CommittedChange[]): void;
}

/** In what a process runs beside the workspace. */
export interface LineUse {
  /** Of the session or branch; absent for a point of the past. */
  readonly name?: string;
  readonly namespace: Namespace;
  /** Whether the session or branch differs from what it stands on. */
  readonly changed: boolean;
  hold(): void;
  /** A process runs in it; until it is told to `release`. */
  enter(pid: number): void;
  release(pid?: number): void;
}

interface Opened {
  line: Line | null;
  mounted: Mounted;
  /** Made for the first process. */
  place?: Promise<{ namespace: Namespace; tmp: Mounted }>;
  uses: number;
  /** Of the processes in it. */
  pids: Set<number>;
  /** Seen at `/branch`. */
  seen: boolean;
}

/** Sessions and branches, at most. */
const LINES_MAX = 256;
const NAME = /^[A-Za-z0-9._-]{1,64}$/;
const TAKEN = new Set(['base', 'upper', 'session', 'now', '.', '..']);

/** Sessions and branches: lines of their own beside the workspace. Rules SE* in SPEC.md. */
export class Lines {
  readonly folder: LinesFolder;
  readonly #options: LinesOptions;
  readonly #opened = new Map<number, Promise<Opened>>();
  readonly #past = new Map<Opened, number>();
  readonly #byDevice = new Map<number, Line>();
  /** Those that were dropped, or are being: nobody enters them any more. */
  readonly #gone = new Set<number>();
  /** How often something of a line was folded. */
  readonly #folds = new Map<number, number>();
  #parts: LinesParts | null = null;
  #mounts: Mounts | null = null;

  constructor(options: LinesOptions) {
    this.#options = options;
    const { overlay, onFault } = options;
    this.folder = new LinesFolder({ overlay, line: (dev) => this.#byDevice.get(dev), onCommitted: (changes) => this.#parts?.onCommitted(changes), onFault });
  }

  /** To be called once, before all else but `folder`. */
  start(parts: LinesParts): void {
    this.#parts = parts;
    this.#mounts = new Mounts(parts);
  }

  get #started(): { parts: LinesParts; mounts: Mounts } {
    if (!this.#parts || !this.#mounts) throw new Error('the lines were not started');
    return { parts: this.#parts, mounts: this.#mounts };
  }

  /** Roots of the volumes that are in the arena. */
  roots(): number[] {
    return this.#mounts?.roots() ?? [];
  }

  async list(): Promise<LayerRecord[]> {
    return (await this.#options.store.layers()).filter(({ kind }) => kind === 'session' || kind === 'branch');
  }

  /** @throws FsError ENOENT */
  async find(name: string): Promise<LayerRecord> {
    const found = (await this.list()).find((record) => record.name === name);
    if (!found) throw missing(name);
    return found;
  }

  /** The entry on which a branch stands. */
  async pointOf(branch: string): Promise<number | undefined> {
    return (await this.list()).find(({ name, kind }) => kind === 'branch' && name === branch)?.at;
  }

  /** The first process that runs in a session or branch. */
  async pid(id: number): Promise<number | undefined> {
    const opened = await this.#opened.get(id);
    return opened?.pids.values().next().value;
  }

  /** References of all lines that are in no batch yet: what collects chunks must leave them. */
  *adoptedRefs(held: ReadonlyMap<number, ReadonlySet<number>>): Generator<ChunkRef> {
    for (const [dev, line] of this.#byDevice) yield* line.adoptedRefs(held.get(dev) ?? new Set());
  }

  /** The points in which processes run: what came after them must be kept. */
  pastPoints(): Iterable<number> {
    return this.#past.values();
  }

  /** Nothing is freed any more. */
  stop(): void {
    this.#mounts?.stop();
  }

  /** `session`: a new one; else a session or branch by its name, or a point of the past, which cannot be changed. Must be released. */
  async use({ overlay, at }: { overlay?: string | undefined; at?: Point | undefined }): Promise<LineUse> {
    if (overlay === undefined) return this.#usePast(at ?? 'now');
    if (at !== undefined) throw new FsError('EINVAL', 'spawn', undefined, { detail: 'a process runs in a session or at a point, not in both' });
    const record = overlay === 'session' ? await this.#newSession() : await this.find(overlay);
    return this.#useLine(await this.#enter(record, (opened) => void opened.uses++), record.id);
  }

  async #usePast(at: Point): Promise<LineUse> {
    const { mounts } = this.#started;
    const { history } = this.#options;
    const view = history.viewAt(await history.point(at));
    const mounted = mounts.mount(`at ${view.at}`, new PastTree(view), 'past');
    const opened: Opened = { line: null, mounted, uses: 1, pids: new Set(), seen: false };
    this.#past.set(opened, view.at);
    const leave = (): void => {
      this.#past.delete(opened);
      this.#leave(opened);
    };
    try {
      const { namespace } = await this.#place(opened);
      return { namespace, changed: false, ...this.#counted(opened, leave) };
    } catch (error) {
      this.#past.delete(opened);
      mounts.unmount(mounted);
      throw error;
    }
  }

  /** `opened` is in use already. */
  async #useLine(opened: Opened, id: number): Promise<LineUse> {
    const idle = (): void => void this.#idle(opened, id).catch((error: unknown) => this.#options.onFault(`a session could not be put away: ${String(error)}`));
    const counted = this.#counted(opened, idle);
    try {
      const { namespace } = await this.#place(opened);
      const { line } = opened;
      return {
        ...counted, namespace,
        get name() {
          return line?.record.name ?? '';
        },
        get changed() {
          return line?.changed ?? false;
        },
      };
    } catch (error) {
      counted.release();
      throw error;
    }
  }

  #counted(opened: Opened, last: () => void): Pick<LineUse, 'hold' | 'enter' | 'release'> {
    return {
      hold: () => void opened.uses++,
      enter: (pid) => void opened.pids.add(pid),
      release: (pid) => {
        if (pid !== undefined) opened.pids.delete(pid);
        if (--opened.uses === 0) last();
      },
    };
  }

  #place(opened: Opened): NonNullable<Opened['place']> {
    return (opened.place ??= this.#started.mounts.namespace(opened.mounted));
  }

  /** The last process in it has ended. */
  async #idle(opened: Opened, id: number): Promise<void> {
    await this.#started.parts.sync();
    const left = (): boolean => opened.uses === 0 && !opened.seen && opened.mounted.state === 'there';
    if (!left()) return;
    const line = opened.line!;
    if (line.record.kind !== 'session' || line.changed) return this.#close(opened, id);
    const dropped = await this.#drop(line.record, () => left() && !line.changed).catch((error: unknown) => (error instanceof FsError ? false : Promise.reject(error)));
    if (!dropped && left()) this.#close(opened, id);
  }

  #close(opened: Opened, id: number): void {
    this.#opened.delete(id);
    this.#byDevice.delete(opened.mounted.dev);
    this.#leave(opened);
  }

  #leave({ mounted, place }: Opened): void {
    const { mounts } = this.#started;
    mounts.unmount(mounted);
    void place?.then(({ tmp }) => mounts.unmount(tmp), () => undefined);
  }

  /** `take` marks it as in use, in the same step in which it is seen to be open. @throws FsError ENOENT for one that is dropped */
  async #enter(record: LayerRecord, take: (opened: Opened) => void): Promise<Opened> {
    for (;;) {
      const opening = this.#open(record);
      const opened = await opening;
      // It may have been put away just now.
      if (this.#opened.get(record.id) !== opening) continue;
      take(opened);
      return opened;
    }
  }

  #open(record: LayerRecord): Promise<Opened> {
    if (this.#gone.has(record.id)) return Promise.reject(missing(record.name));
    let opened = this.#opened.get(record.id);
    if (!opened) {
      opened = this.#openOnce(record);
      this.#opened.set(record.id, opened);
      opened.catch(() => this.#opened.delete(record.id));
    }
    return opened;
  }

  async #openOnce(record: LayerRecord): Promise<Opened> {
    const line = await this.#line(record);
    const mounted = this.#started.mounts.mount(record.name, line, 'stored');
    this.#byDevice.set(mounted.dev, line);
    return { line, mounted, uses: 0, pids: new Set(), seen: false };
  }

  async #line(record: LayerRecord): Promise<Line> {
    const { store, overlay, base, history, hasher, yield: pause, onFault } = this.#options;
    const lower = await LowerView.of(history.viewAt(await history.point(record.at ?? 0)), base);
    const onFolded = (): void => void this.#folds.set(record.id, (this.#folds.get(record.id) ?? 0) + 1);
    return Line.open(record, { store, lower, chunks: overlay.chunks, hasher, yield: pause, onFault, onFolded });
  }

  /**
   * What a session or branch is now, all of it in the store; and on what it stands. `unchanged`: whether nothing of it was folded since.
   * @throws FsError EBUSY while a process runs in it, unless `busy`
   */
  async views(name: string, busy = false): Promise<{ record: LayerRecord; line: Line; unchanged: () => boolean }> {
    await this.#started.parts.sync();
    const record = await this.find(name);
    const opened = await this.#opened.get(record.id);
    if (!busy && opened && opened.uses > 0) throw busyLine(name);
    const line = opened?.line ?? (await this.#line(record));
    const folds = this.#folds.get(record.id);
    return { record, line, unchanged: () => this.#folds.get(record.id) === folds };
  }

  #newSession(): Promise<LayerRecord> {
    return this.#add((id, at) => ({ id, name: `session-${id}`, kind: 'session', created: this.#options.now(), at }));
  }

  /** A branch that starts at a point. @throws FsError ENOENT, EINVAL, EEXIST, ENOSPC */
  async branch(point: Point, name: string): Promise<LayerRecord> {
    checkName(name);
    const at = point === 'now' ? undefined : await this.#options.history.point(point);
    return this.#add((id, last) => ({ id, name, kind: 'branch', created: this.#options.now(), at: at ?? last }));
  }

  /** Between two batches: `at` is the state of the store then. */
  #add(make: (id: number, at: number) => LayerRecord): Promise<LayerRecord> {
    const { store, overlay } = this.#options;
    return this.#started.parts.between(async () => {
      const all = await store.layers();
      const id = store.head().nextLayer;
      const record = make(id, overlay.lastSequence);
      // It may have been trimmed while we waited.
      await this.#options.history.point(record.at ?? 0);
      requireFree(all, record.name);
      if ((await store.snapshots()).some(({ name }) => name === record.name)) throw new FsError('EEXIST', 'layer', record.name, { detail: 'a snapshot has this name' });
      if (all.filter(({ kind }) => kind === 'session' || kind === 'branch').length >= LINES_MAX) {
        throw new FsError('ENOSPC', 'layer', record.name, { detail: `there are ${LINES_MAX} sessions and branches; merge or drop some` });
      }
      await store.commit(emptyBatch({ layers: [record], nextLayer: id + 1, durability: 'relaxed' }));
      return record;
    });
  }

  /** @throws FsError ENOENT, EINVAL, EEXIST */
  async keep(session: string, name: string): Promise<LayerRecord> {
    checkName(name);
    const { store } = this.#options;
    return this.#started.parts.between(async () => {
      const all = await store.layers();
      const found = all.find((record) => record.name === session && record.kind === 'session');
      if (!found) throw new FsError('ENOENT', 'layer', session, { detail: 'there is no session of this name' });
      requireFree(all, name);
      const record: LayerRecord = { ...found, name, kind: 'branch' };
      await store.commit(emptyBatch({ layers: [record] }));
      const opened = await this.#opened.get(found.id);
      if (opened?.line) opened.line.record = record;
      return record;
    });
  }

  /** Unless `wanted`, which is asked last, says no. Whether it was. @throws FsError ENOENT; EBUSY while a process runs in it */
  async drop(name: string, wanted = (): boolean => true): Promise<boolean> {
    return this.#drop(await this.find(name), wanted);
  }

  /** Between two batches: what the store has then is all that there is of it, and who comes in before that keeps it. */
  #drop({ id, name }: LayerRecord, wanted: () => boolean): Promise<boolean> {
    return this.#started.parts.between(async () => {
      const opening = this.#opened.get(id);
      const opened = await opening;
      if (this.#opened.get(id) !== opening || (opened && opened.uses > 0)) throw busyLine(name);
      if (this.#gone.has(id)) throw missing(name);
      if (!wanted()) return false;
      this.#gone.add(id);
      if (opened) this.#close(opened, id);
      try {
        await this.#options.store.commit(emptyBatch({ droppedLayers: [id] }));
      } catch (error) {
        this.#gone.delete(id);
        throw error;
      }
      return true;
    });
  }

  /** How a session or branch differs from what it stands on, in no order. @throws FsError ENOENT */
  async diff(name: string): Promise<TreeDifference[]> {
    const { line } = await this.views(name);
    return viewDifferences(line.base, line.view(), await line.touched());
  }

  /** The volume of a session or branch, for who looks at it beside the processes in it. It stays until that is dropped. */
  async see(name: string): Promise<Mounted> {
    const record = await this.find(name);
    return (await this.#enter(record, (opened) => void (opened.seen = true))).mounted;
  }
}

const missing = (name: string): FsError => new FsError('ENOENT', 'layer', name, { detail: 'there is no session or branch of this name' });
const busyLine = (name: string): FsError => new FsError('EBUSY', 'layer', name, { detail: 'a program runs in it' });

function requireFree(all: readonly LayerRecord[], name: string): void {
  if (all.some((record) => record.name === name)) throw new FsError('EEXIST', 'layer', name, { detail: 'another layer has this name' });
}

/** @throws FsError EINVAL */
function checkName(name: string): void {
  if (typeof name === 'string' && NAME.test(name) && !TAKEN.has(name) && !/^\d+$/.test(name) && !name.startsWith('session-')) return;
  throw new FsError('EINVAL', 'layer', name, { detail: 'a branch’s name has letters, digits, dots, underscores and hyphens, at most 64, and is not one that means something else' });
}
