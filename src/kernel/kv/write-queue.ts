import { FsError } from '../../shared/base/index.ts';
import type { KvBackend, KvCommit, KvKey, KvSpace, KvWrite } from '../contract/index.ts';
import { KnownSizes } from './known-sizes.ts';
import { keyLength } from './keys.ts';
import { emptySpace, isForgettable, NAMESPACES_MAX, overQuota } from './quota.ts';

/** A change of one namespace that happens as a whole or not at all. */
export interface KvChange {
  namespace: string;
  /** In order; a later one of the same key wins. */
  writes: readonly KvWrite[];
  /** Everything goes before the writes. */
  clear?: boolean;
  quota?: { maxKeys: number; maxBytes: number };
  durable: boolean;
}

/** `existed`: for each write, whether the key was there just before it. */
export type KvOutcome = { existed: readonly boolean[] };

interface Waiting {
  change: KvChange;
  bytes: number;
  outcome: KvOutcome | FsError | null;
  resolve(outcome: KvOutcome): void;
  reject(error: unknown): void;
  /** Who waits for it, whatever its outcome. */
  settled: (() => void)[] | null;
}

/** Of what one transaction takes, and of what may wait for the next ones; a change counts with what it costs to hold it. */
const GROUP_BYTES = 8 * 1024 * 1024;
const GROUP_CHANGES = 2048;
const WAITING_BYTES = 64 * 1024 * 1024;
const HELD = 512;

const idOf = (namespace: string, key: string): string => `${namespace}\0${key}`;

/** Changes in the order of the calls: while one transaction is under way, those that come are gathered for the next one. */
export class WriteQueue {
  readonly #backend: KvBackend;
  readonly #spaces: Map<string, KvSpace>;
  #waiting: Waiting[] = [];
  readonly #known = new KnownSizes();
  #bytes = 0;
  #running = false;
  /** The last change that touches a key, until it is settled; under the namespace's name: that empties it. */
  readonly #unsettled = new Map<string, Waiting>();

  /** @param spaces what the backend has told; the queue keeps it true from then on */
  constructor(backend: KvBackend, spaces: Map<string, KvSpace>) {
    this.#backend = backend;
    this.#spaces = spaces;
  }

  space(namespace: string): KvSpace {
    return { ...(this.#spaces.get(namespace) ?? emptySpace(namespace)) };
  }

  namespaces(): string[] {
    return [...this.#spaces.keys()];
  }

  /** ENOSPC: beyond the quota, nothing of it is done. EAGAIN: too much waits already. */
  push(change: KvChange): Promise<KvOutcome> {
    const bytes = change.writes.reduce((sum, { key, value }) => sum + HELD + key.length * 2 + (value?.length ?? 0), HELD);
    if (this.#bytes + bytes > WAITING_BYTES && this.#bytes > 0) {
      return Promise.reject(new FsError('EAGAIN', 'kv', undefined, { detail: `${this.#bytes} bytes wait to be stored, at most ${WAITING_BYTES} may` }));
    }
    return new Promise((resolve, reject) => this.#enqueue({ change, bytes, outcome: null, resolve, reject, settled: null }));
  }

  #enqueue(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#bytes += waiting.bytes;
    for (const id of touched(waiting.change)) this.#unsettled.set(id, waiting);
    if (!this.#running) void this.#run();
  }

  /** Resolves when changes of this key that were asked for before are settled; null if there are none. */
  keySettled(namespace: string, key: string): Promise<unknown> | null {
    const waiting = this.#unsettled.get(idOf(namespace, key)) ?? this.#unsettled.get(namespace);
    return waiting ? settling(waiting) : null;
  }

  /** The same for all changes so far. Never rejects. */
  async settled(): Promise<void> {
    const last = this.#waiting.at(-1);
    if (last) await settling(last);
  }

  async #run(): Promise<void> {
    this.#running = true;
    // A turn later, so that calls made together share a transaction.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting.slice(0, groupLength(this.#waiting));
      await this.#commit(group);
      this.#waiting.splice(0, group.length);
      for (const waiting of group) this.#settle(waiting);
    }
    this.#running = false;
  }

  #settle(waiting: Waiting): void {
    const { change, bytes, outcome } = waiting;
    this.#bytes -= bytes;
    for (const id of touched(change)) if (this.#unsettled.get(id) === waiting) this.#unsettled.delete(id);
    for (const settled of waiting.settled ?? []) settled();
    if (outcome && !(outcome instanceof FsError)) waiting.resolve(outcome);
    else waiting.reject(outcome ?? new FsError('EIO', 'kv', undefined, { detail: 'nothing was done' }));
  }

  /** Where the disk is full for a group it may not be for each of its changes: then they are tried one by one. */
  async #commit(group: readonly Waiting[]): Promise<void> {
    try {
      await this.#transact(group);
    } catch (error) {
      const failure = error instanceof FsError ? error : new FsError('EIO', 'kv', undefined, { cause: error, detail: String(error) });
      for (const waiting of group) waiting.outcome = failure;
      if (failure.code === 'ENOSPC' && group.length > 1) for (const waiting of group) await this.#commit([waiting]);
    }
  }

  async #transact(group: readonly Waiting[]): Promise<void> {
    const sizes = new Map<string, number>();
    const unknown = this.#gather(group, sizes);
    const asked = [...unknown.values()];
    let commit: KvCommit | null = null;
    const plan = (found: readonly (number | undefined)[]): KvCommit | null => {
      [...unknown.keys()].forEach((id, i) => found[i] !== undefined && sizes.set(id, found[i]));
      return (commit = this.#plan(group, sizes));
    };
    try {
      await this.#backend.transact(asked, plan, group.some(({ change }) => change.durable));
    } catch (error) {
      this.#known.clear();
      throw error;
    }
    if (commit) this.#learn(commit);
  }

  /** What is known of the sizes of the keys that a group touches, and what is not. */
  #gather(group: readonly Waiting[], sizes: Map<string, number>): Map<string, KvKey> {
    const unknown = new Map<string, KvKey>();
    for (const { change } of group) {
      for (const { namespace, key } of change.writes) {
        const id = idOf(namespace, key);
        const size = this.#known.get(id);
        if (size === undefined) unknown.set(id, { namespace, key });
        else if (size !== null) sizes.set(id, size);
      }
    }
    return unknown;
  }

  #learn({ cleared, writes, spaces }: KvCommit): void {
    if (cleared.length > 0) this.#known.clear();
    for (const { namespace, key, value } of writes) this.#known.set(idOf(namespace, key), value?.length ?? null);
    for (const [name, space] of spaces) {
      if (space) this.#spaces.set(name, space);
      else this.#spaces.delete(name);
    }
  }

  #plan(group: readonly Waiting[], sizes: Map<string, number>): KvCommit | null {
    const stored = new Map(sizes);
    const plan = { cleared: new Set<string>(), writes: new Map<string, KvWrite>(), spaces: new Map<string, KvSpace | null>() };
    for (const waiting of group) waiting.outcome = this.#planChange(waiting.change, sizes, plan);
    if (plan.spaces.size === 0) return null;
    const writes = [...plan.writes].map(([id, write]) => ({ ...write, replaces: stored.get(id) }));
    return { cleared: [...plan.cleared], writes, spaces: plan.spaces };
  }

  #planChange(change: KvChange, sizes: Map<string, number>, plan: { cleared: Set<string>; writes: Map<string, KvWrite>; spaces: Map<string, KvSpace | null> }): KvOutcome | FsError {
    const { namespace, writes, clear = false, quota } = change;
    const planned = plan.spaces.get(namespace);
    const before = planned === undefined ? this.space(namespace) : (planned ?? emptySpace(namespace));
    const after = { ...before, ...(clear && { keys: 0, bytes: 0 }), ...quota };
    const changed = new Map<string, number | undefined>();
    const existed: boolean[] = [];
    for (const { key, value } of writes) {
      const id = idOf(namespace, key);
      const size = changed.has(id) ? changed.get(id) : clear ? undefined : sizes.get(id);
      existed.push(size !== undefined);
      after.keys += (value ? 1 : 0) - (size === undefined ? 0 : 1);
      after.bytes += (value ? value.length + keyLength(key) : 0) - (size === undefined ? 0 : size + keyLength(key));
      changed.set(id, value?.length);
    }
    const refused = overQuota(namespace, before, after) ?? this.#oneTooMany(namespace, after, plan.spaces);
    if (refused) return refused;
    if (clear) forget(namespace, sizes, plan);
    for (const write of writes) plan.writes.set(idOf(namespace, write.key), write);
    for (const [id, size] of changed) {
      if (size === undefined) sizes.delete(id);
      else sizes.set(id, size);
    }
    plan.spaces.set(namespace, isForgettable(namespace, after) ? null : after);
    return { existed };
  }

  #oneTooMany(namespace: string, after: KvSpace, planned: ReadonlyMap<string, KvSpace | null>): FsError | null {
    if (this.#spaces.has(namespace) || isForgettable(namespace, after)) return null;
    let count = this.#spaces.size;
    for (const [name, space] of planned) if (name !== namespace && space && !this.#spaces.has(name)) count++;
    if (count < NAMESPACES_MAX) return null;
    return new FsError('ENOSPC', 'kv', undefined, { detail: `there are ${count} namespaces, at most ${NAMESPACES_MAX} are possible` });
  }
}

const settling = (waiting: Waiting): Promise<void> => new Promise((resolve) => (waiting.settled ??= []).push(resolve));

function forget(namespace: string, sizes: Map<string, number>, plan: { cleared: Set<string>; writes: Map<string, KvWrite> }): void {
  plan.cleared.add(namespace);
  const mine = `${namespace}\0`;
  for (const id of [...sizes.keys()]) if (id.startsWith(mine)) sizes.delete(id);
  for (const id of [...plan.writes.keys()]) if (id.startsWith(mine)) plan.writes.delete(id);
}

function touched({ namespace, writes, clear }: KvChange): string[] {
  const ids = writes.map(({ key }) => idOf(namespace, key));
  return clear ? [...ids, namespace] : ids;
}

function groupLength(waiting: readonly Waiting[]): number {
  let bytes = 0;
  for (let i = 0; i < waiting.length; i++) {
    bytes += waiting[i]!.bytes;
    if (i > 0 && (bytes > GROUP_BYTES || i >= GROUP_CHANGES)) return i;
  }
  return waiting.length;
}
