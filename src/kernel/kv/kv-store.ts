import { FsError } from '../../shared/base/index.ts';
import type { KvBackend, KvFound, KvRange, KvSpace, KvWrite } from '../contract/index.ts';
import { checkKey, checkNamespace, checkValue, VALUE_MAX } from './keys.ts';
import { emptySpace } from './quota.ts';
import { WriteQueue, type KvOutcome } from './write-queue.ts';

export interface WriteOptions {
  /** Resolve when it is on disk (default), or already when a kill of the tab cannot undo it. */
  durable?: boolean;
}

export interface RangeOptions {
  prefix?: string;
  /** Only keys after this one. */
  after?: string;
  /** Default 1000, at most 10 000. */
  limit?: number;
}

/** `value` undefined or null: the key goes. */
export interface BatchWrite {
  key: string;
  value?: Uint8Array | null | undefined;
}

/** `next`: what to give as `after` for the next page; null at the end. */
export interface KvPage {
  entries: { key: string; value: Uint8Array<ArrayBuffer> }[];
  next: string | null;
}

export type KvInfo = KvSpace & { backend: KvBackend['kind'] };

const LIMIT = 1000;
const LIMIT_MAX = 10_000;
/** Of the values of a page; it has one entry at least. */
export const PAGE_BYTES = 16 * 1024 * 1024;
const BATCH_WRITES = 10_000;
const BATCH_BYTES = 32 * 1024 * 1024;

/** The key-value store of a workspace. Opens its backend when it is first used. Rules in SPEC.md. */
export class KvStore {
  readonly #backend: KvBackend;
  #owner: boolean;
  #opened: Promise<WriteQueue | null> | null = null;

  /** @param owner whether this kernel owns the workspace: else writes are EROFS */
  constructor(backend: KvBackend, owner: boolean) {
    this.#backend = backend;
    this.#owner = owner;
  }

  async get(namespace: string, key: string): Promise<Uint8Array<ArrayBuffer> | null> {
    checkKey('get', key);
    return (await this.#read('get', namespace, (queue) => queue?.keySettled(namespace, key), () => this.#backend.get(namespace, key))) ?? null;
  }

  async has(namespace: string, key: string): Promise<boolean> {
    checkKey('has', key);
    return this.#read('has', namespace, (queue) => queue?.keySettled(namespace, key), () => this.#backend.has(namespace, key));
  }

  async set(namespace: string, key: string, value: Uint8Array, options?: WriteOptions): Promise<void> {
    if (!(value instanceof Uint8Array)) throw new FsError('EINVAL', 'set', undefined, { detail: 'the value is not a Uint8Array' });
    await this.#write('set', namespace, [{ key, value }], options);
  }

  /** Whether there was such a key. */
  async delete(namespace: string, key: string, options?: WriteOptions): Promise<boolean> {
    const { existed } = await this.#write('delete', namespace, [{ key }], options);
    return existed[0] ?? false;
  }

  /** All of it or nothing; in the order given. E2BIG: more than 10 000 writes or 32 MiB. */
  async batch(namespace: string, writes: readonly BatchWrite[], options?: WriteOptions): Promise<void> {
    if (!Array.isArray(writes)) throw new FsError('EINVAL', 'batch', undefined, { detail: 'the writes are not a list' });
    if (writes.length > BATCH_WRITES) throw new FsError('E2BIG', 'batch', undefined, { detail: `${writes.length} writes, at most ${BATCH_WRITES} are possible` });
    await this.#write('batch', namespace, writes, options);
  }

  /** As `batch`; for each write, whether the key was there just before it. */
  async change(namespace: string, writes: readonly BatchWrite[], options?: WriteOptions): Promise<readonly boolean[]> {
    if (writes.length > BATCH_WRITES) throw new FsError('E2BIG', 'batch', undefined, { detail: `${writes.length} writes, at most ${BATCH_WRITES} are possible` });
    return (await this.#write('batch', namespace, writes, options)).existed;
  }

  /** In the order of the keys' UTF-8 bytes; at most `limit`, and of values at most `maxBytes` or one entry. */
  async entries(namespace: string, options: RangeOptions & { maxBytes: number }): Promise<KvFound[]> {
    return this.#scan('scan', namespace, options, true, options.maxBytes);
  }

  /** In the order of the keys' UTF-8 bytes; as many as `limit`, if there are. */
  async keys(namespace: string, options: RangeOptions = {}): Promise<string[]> {
    return (await this.#scan('keys', namespace, options, false)).map(({ key }) => key);
  }

  async scanPrefix(namespace: string, prefix: string, options: Omit<RangeOptions, 'prefix'> = {}): Promise<KvPage> {
    const found = await this.#scan('scanPrefix', namespace, { ...options, prefix }, true);
    const bytes = found.reduce((sum, { size }) => sum + size, 0);
    const last = found.at(-1)?.key;
    const full = found.length === limitOf(options) || bytes + VALUE_MAX > PAGE_BYTES;
    const more = full && last !== undefined && (await this.keys(namespace, { prefix, after: last, limit: 1 })).length > 0;
    return { entries: found.map(({ key, value }) => ({ key, value: value! })), next: more ? last : null };
  }

  /** Everything in the namespace goes; its quota stays. */
  async clear(namespace: string): Promise<void> {
    const queue = this.#mine('clear', await this.#ready('clear', namespace));
    await queue.push({ namespace, writes: [], clear: true, durable: true });
  }

  /** For `import`: the namespace holds exactly `writes` afterwards if `clear`. */
  async replace(namespace: string, writes: readonly BatchWrite[], clear: boolean): Promise<void> {
    await this.#write('import', namespace, writes, {}, clear);
  }

  async info(namespace: string): Promise<KvInfo> {
    const queue = await this.#ready('info', namespace);
    await queue?.settled();
    const space = queue ? queue.space(namespace) : ((await this.#backend.spaces()).get(namespace) ?? emptySpace(namespace));
    return { ...space, backend: this.#backend.kind };
  }

  /** A quota below what is held is possible: the namespace can only shrink then. */
  async setQuota(namespace: string, quota: { keys?: number; bytes?: number }): Promise<KvInfo> {
    const queue = this.#mine('quota', await this.#ready('quota', namespace));
    const { maxKeys, maxBytes } = queue.space(namespace);
    await queue.push({ namespace, writes: [], durable: true, quota: { maxKeys: limitNumber(quota.keys, maxKeys), maxBytes: limitNumber(quota.bytes, maxBytes) } });
    return this.info(namespace);
  }

  /** Those that hold something or have a quota of their own, sorted. */
  async namespaces(): Promise<string[]> {
    const queue = await this.#open();
    await queue?.settled();
    return (queue ? queue.namespaces() : [...(await this.#backend.spaces()).keys()]).sort();
  }

  /** Another tab is the owner now: what was asked for is stored, nothing after it. */
  async loseOwnership(): Promise<void> {
    if (!this.#owner) return;
    this.#owner = false;
    await this.#reopen();
  }

  /** This kernel owns the workspace now; the owner before has let go of it. */
  async gainOwnership(): Promise<void> {
    if (this.#owner) return;
    this.#owner = true;
    await this.#reopen();
  }

  /** Stores what there is. */
  async close(): Promise<void> {
    const queue = await this.#opened?.catch(() => null);
    await queue?.settled();
    this.#opened = null;
    await this.#backend.close();
  }

  async #reopen(): Promise<void> {
    if (!this.#opened) return;
    const before = this.#opened;
    this.#opened = before.catch(() => null).then(async (queue) => {
      await queue?.settled();
      await this.#backend.close();
      return this.#openBackend();
    });
    await this.#opened.catch(() => {
      this.#opened = null;
    });
  }

  #open(): Promise<WriteQueue | null> {
    this.#opened ??= this.#openBackend().catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  async #openBackend(): Promise<WriteQueue | null> {
    const owner = this.#owner;
    await this.#backend.open(owner);
    return owner ? new WriteQueue(this.#backend, await this.#backend.spaces()) : null;
  }

  async #ready(operation: string, namespace: string): Promise<WriteQueue | null> {
    checkNamespace(operation, namespace);
    return this.#open();
  }

  /** Reads when what was asked for before is settled; once more if the backend was opened anew in between. */
  async #read<T>(operation: string, namespace: string, settled: (queue: WriteQueue | null) => unknown, action: () => Promise<T>): Promise<T> {
    const queue = await this.#ready(operation, namespace);
    const opened = this.#opened;
    try {
      await settled(queue);
      return await action();
    } catch (error) {
      if (this.#opened === opened || !this.#opened) throw error;
      await this.#opened;
      return action();
    }
  }

  #mine(operation: string, queue: WriteQueue | null): WriteQueue {
    if (queue && this.#owner) return queue;
    throw new FsError('EROFS', operation, undefined, { detail: 'another tab owns the workspace' });
  }

  async #write(operation: string, namespace: string, writes: readonly BatchWrite[], options: WriteOptions = {}, clear = false): Promise<KvOutcome> {
    checkNamespace(operation, namespace);
    // Checked and copied before anything is awaited: the caller may go on with its own bytes.
    const checked = checkWrites(operation, namespace, writes);
    const queue = this.#mine(operation, await this.#open());
    return queue.push({ namespace, writes: checked, durable: options.durable !== false, ...(clear && { clear }) });
  }

  async #scan(operation: string, namespace: string, options: RangeOptions, values: boolean, maxBytes = PAGE_BYTES): Promise<KvFound[]> {
    const range: KvRange = { prefix: checkKey(operation, options.prefix ?? ''), limit: limitOf(options), maxBytes, values };
    if (options.after !== undefined) range.after = checkKey(operation, options.after);
    return this.#read(operation, namespace, (queue) => queue?.settled(), () => this.#backend.scan(namespace, range));
  }
}

function limitOf({ limit = LIMIT }: { limit?: number }): number {
  if (!Number.isInteger(limit) || limit < 1) throw new FsError('EINVAL', 'scan', undefined, { detail: `the limit ${String(limit)} is not a positive integer` });
  return Math.min(limit, LIMIT_MAX);
}

function limitNumber(value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (!Number.isSafeInteger(value) || value < 0) throw new FsError('EINVAL', 'quota', undefined, { detail: `${String(value)} is not a whole number` });
  return value;
}

function checkWrites(operation: string, namespace: string, writes: readonly BatchWrite[]): KvWrite[] {
  let bytes = 0;
  return writes.map((write) => {
    if (typeof write !== 'object' || write === null) throw new FsError('EINVAL', operation, undefined, { detail: 'a write of the batch is not an object' });
    const { key, value } = write;
    bytes += value instanceof Uint8Array ? value.length : 0;
    if (bytes > BATCH_BYTES) throw new FsError('E2BIG', operation, undefined, { detail: `the values have more than ${BATCH_BYTES} bytes` });
    return { namespace, key: checkKey(operation, key), value: value === undefined || value === null ? null : checkValue(operation, value) };
  });
}
