import type { Notice } from '../../shared/abi/index.ts';
import { Errno, FsError } from '../../shared/base/index.ts';
import { ownedElsewhere, ownerGone, takenOver, tooFarBehind } from '../feed/index.ts';
import type { TreeKeeper } from '../../shared/tree/index.ts';
import type { JournalWriter, Overlay, Runs } from '../storage/index.ts';
import type { Store } from '../contract/index.ts';
import type { StoreFollower } from './store-follower.ts';

/** How a tab hears of the others of its workspace. All of it are hints: what counts is in the store. The host of the owner tells of each commit. */
export interface TabChannel {
  /** Calls `listener` when the owner has committed something. */
  onAnnounced(listener: () => void): void;
  /** Resolves when nobody has owned the workspace for a while; rejects when aborted. */
  ownerGone(signal: AbortSignal): Promise<void>;
}

export type Mode = 'owner' | 'read-only' | 'memory';

export interface OwnershipOptions {
  store: Store;
  overlay: Overlay;
  runs: Runs;
  keeper: TreeKeeper;
  journal: JournalWriter;
  follower: StoreFollower;
  /** Default: there are no other tabs. */
  channel?: TabChannel | undefined;
  /** The key-value store, and whatever else writes. */
  others: readonly { loseOwnership(): Promise<void>; gainOwnership(): Promise<void> }[];
  /** Sessions and branches that are in the arena: they do not follow, so who has one starts anew to own the workspace. */
  lines: { roots(): readonly number[] };
  mode(): Mode;
  setMode(mode: Mode): void;
  isDirty(): boolean;
  /** The store cannot be used any more. */
  lost(reason: string): void;
  raise(notice: Notice): void;
  clear(id: string): void;
  announce(): void;
  onFault(error: unknown): void;
}

const READ_ONLY = 'another tab owns the workspace';
/** Milliseconds for a change that was let in just before writes were refused to reach the journal. */
const LAST_ONE = 5;
/** Milliseconds until following is tried again after it failed. */
const RETRY = 1000;

/**
 * Whether this tab owns the workspace, and what it does if not: it follows. Rules FO* of SPEC.md. Ownership itself is a lock that the host
 * holds; this is told when it is lost and when it was taken.
 */
export class Ownership {
  readonly #options: OwnershipOptions;
  #following: AbortController | null = null;
  #taking: Promise<void> | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Losing and gaining, one after the other. */
  #tail: Promise<void> = Promise.resolve();

  constructor(options: OwnershipOptions) {
    this.#options = options;
    options.channel?.onAnnounced(() => this.#follow());
  }

  /** To be called once if this tab starts without the ownership. */
  start(): void {
    if (this.#options.mode() !== 'read-only') return;
    this.#options.raise(ownedElsewhere());
    this.#beginFollowing();
  }

  /** Takes the workspace for this tab; nothing if it has it. `steal` gets the lock and calls what it is given. */
  take(steal: (own: () => Promise<void>) => Promise<void>): Promise<void> {
    if (this.#options.mode() === 'owner') return Promise.resolve();
    this.#taking ??= steal(() => this.#next(() => this.#gain())).finally(() => {
      this.#taking = null;
    });
    return this.#taking;
  }

  /** Another tab took the workspace: writes what there is, and nothing after it. Never rejects; the ownership may be given on then. */
  lose(): Promise<void> {
    return this.#next(() => this.#lose());
  }

  dispose(): void {
    clearTimeout(this.#retry);
    this.#following?.abort();
    this.#following = null;
  }

  #next(action: () => Promise<void>): Promise<void> {
    const result = this.#tail.then(action);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async #lose(): Promise<void> {
    const { mode, setMode, keeper, others, store, overlay, follower, raise, announce, onFault } = this.#options;
    if (mode() !== 'owner') return;
    setMode('read-only');
    keeper.refuseWrites(Errno.EROFS);
    raise(takenOver());
    await Promise.all([this.#writeLast(), ...others.map((other) => other.loseOwnership().catch(onFault))]);
    if (mode() !== 'read-only') return;
    follower.skipTo(overlay.lastSequence);
    await store.refresh(READ_ONLY).catch(onFault);
    announce();
    this.#beginFollowing();
  }

  /** What a process was doing when writes were refused may still come. */
  async #writeLast(): Promise<void> {
    const { journal, isDirty, lost } = this.#options;
    try {
      do {
        await journal.sync();
        await new Promise<void>((resolve) => void setTimeout(resolve, LAST_ONE));
      } while (isDirty());
    } catch (error) {
      lost(`the last changes could not be written (${String(error)})`);
    }
  }

  /** The lock is this tab's, and the one before has written its last. @throws FsError EBUSY: the page must start again */
  async #gain(): Promise<void> {
    if (this.#options.lines.roots().length > 0) {
      throw new FsError('EBUSY', 'take over', undefined, { detail: 'a session, a branch or a point of the past is open in this tab: reload it, and it owns the workspace' });
    }
    const { mode, setMode, keeper, others, store, overlay, runs, follower, clear, announce } = this.#options;
    if (mode() !== 'read-only') return;
    this.dispose();
    const head = await store.refresh(null);
    if (head.readOnly !== undefined) throw new FsError('EROFS', 'take over', undefined, { detail: head.readOnly });
    await follower.catchUp();
    // Nobody else writes any more: the next commit must follow exactly this.
    const last = await store.refresh(null);
    overlay.take(last);
    overlay.chunks.restart(last.nextPack);
    runs.rebase(last.nextRun);
    keeper.nextIno = Math.max(keeper.nextIno, last.nextIno);
    await Promise.all(others.map((other) => other.gainOwnership()));
    setMode('owner');
    keeper.refuseWrites(0);
    clear('ownership');
    announce();
    void overlay.chunks.fill().catch(() => undefined);
  }

  #beginFollowing(): void {
    const following = (this.#following = new AbortController());
    const { channel, raise } = this.#options;
    this.#follow();
    channel?.ownerGone(following.signal).then(() => {
      if (this.#following !== following) return;
      this.#follow();
      raise(ownerGone());
    }, () => undefined);
  }

  #follow(): void {
    if (!this.#following) return;
    const { follower, onFault, raise } = this.#options;
    clearTimeout(this.#retry);
    follower.catchUp().catch((error: unknown) => {
      if (error instanceof FsError && error.code === 'ESTALE') {
        this.dispose();
        raise(tooFarBehind());
        return;
      }
      onFault(error);
      if (this.#following) this.#retry = setTimeout(() => this.#follow(), RETRY);
    });
  }
}
