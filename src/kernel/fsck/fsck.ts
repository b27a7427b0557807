import type { FsckOptions, FsckProgress, FsckReport } from '../../shared/abi/index.ts';
import { FsError, type Clock } from '../../shared/base/index.ts';
import { emptyBatch, type BaseLayer, type Store } from '../contract/index.ts';
import type { TreeService } from '../services/tree/index.ts';
import type { Hasher, Runs } from '../storage/index.ts';
import { Faults } from './faults.ts';
import { look } from './look.ts';
import { LostAndFound } from './lost-found.ts';
import { repair } from './repair.ts';

export interface FsckParts {
  store: Store;
  base: BaseLayer;
  hasher: Hasher;
  /** The live tree, for what gets a name in `/lost+found`. */
  tree: TreeService;
  runs: Pick<Runs, 'act' | 'end'>;
  clock: Clock;
  /** Lets others run. */
  yield(): Promise<void>;
  /** Everything that was changed in the live tree is in the store. */
  sync(): Promise<void>;
  /** Runs between two batches. */
  between<T>(action: () => Promise<T>): Promise<T>;
  /** Why nothing may be written, if so. */
  refusal(): string | null;
  onProgress?: (progress: FsckProgress) => void;
}

/** Milliseconds between two messages about how far it is. */
const PROGRESS_INTERVAL = 100;
/** Setting: the first pack that no whole check has seen. */
const SEEN = 'fsck.packs';

class Cancelled extends Error {}

/** Checks the store, and repairs it. Rules FS* in SPEC.md. */
export class Fsck {
  readonly #parts: FsckParts;
  #running = false;
  #cancelled = false;
  #told = 0;

  constructor(parts: FsckParts) {
    this.#parts = parts;
  }

  /** One at a time. @throws FsError EBUSY; EROFS for a repair by who must not write; EIO if the store cannot be read at all */
  async run({ repair: mend = false }: FsckOptions = {}): Promise<FsckReport> {
    const refusal = mend ? this.#parts.refusal() : null;
    if (refusal !== null) throw new FsError('EROFS', 'fsck', undefined, { detail: refusal });
    return this.#alone(() => this.#check(mend, 0));
  }

  /** Rule FS13: what an unclean end may have left; packs that a whole check has seen are not read again. Null if another check runs. */
  async afterUncleanEnd(): Promise<FsckReport | null> {
    if (this.#running) return null;
    return this.#alone(async () => {
      const seen = await this.#parts.store.setting(SEEN);
      return this.#check(false, typeof seen === 'number' ? seen : 0);
    });
  }

  cancel(): void {
    this.#cancelled = true;
  }

  async #alone(action: () => Promise<FsckReport>): Promise<FsckReport> {
    if (this.#running) throw new FsError('EBUSY', 'fsck', undefined, { detail: 'a check runs already' });
    this.#running = true;
    this.#cancelled = false;
    try {
      return await action();
    } finally {
      this.#running = false;
    }
  }

  async #check(mend: boolean, fromPack: number): Promise<FsckReport> {
    const { store, base, hasher, sync } = this.#parts;
    const faults = new Faults();
    const checked = { names: 0, records: 0, chunks: 0, bytes: 0 };
    let reload = false;
    let cancelled = false;
    try {
      if (mend) await sync();
      const { nextPack } = store.head();
      const findings = await look({ store, base, hasher, fromPack, checked, breathe: (phase, done, total) => this.#breathe({ phase, done, total }) });
      if (mend) reload = await this.#repair(findings, faults);
      else await repair(findings, faults, null);
      if (faults.clean && this.#parts.refusal() === null) await store.commit(emptyBatch({ settings: [{ key: SEEN, value: nextPack }] }));
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      cancelled = true;
    }
    return { clean: faults.clean && !cancelled, cancelled, checked, faults: faults.list, more: faults.more, reload };
  }

  async #repair(findings: Awaited<ReturnType<typeof look>>, faults: Faults): Promise<boolean> {
    const { store, tree, runs, sync, between } = this.#parts;
    const { pid } = runs.act('repair', 'repair of the store');
    try {
      return await repair(findings, faults, { store, sync, between, found: new LostAndFound(tree.as(pid)), breathe: (done) => this.#breathe({ phase: 'repair', done, total: 0 }) });
    } finally {
      runs.end(pid);
    }
  }

  async #breathe(progress: FsckProgress): Promise<void> {
    const now = this.#parts.clock.monotonic();
    if (now - this.#told >= PROGRESS_INTERVAL) {
      this.#told = now;
      this.#parts.onProgress?.(progress);
    }
    await this.#parts.yield();
    if (this.#cancelled) throw new Cancelled();
  }
}
