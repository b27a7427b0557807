import { SYSCALL_DATA_MAX } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Authority, KvFound } from '../contract/index.ts';
import { checkKey, checkNamespace } from './keys.ts';
import type { BatchWrite, RangeOptions, WriteOptions } from './kv-store.ts';
import { PACKAGE_PREFIX, QuotaError } from './quota.ts';
import { decodeRecords, encodeEntries } from './records.ts';

/** A process as this part sees it. */
export interface KvCaller {
  readonly pid: number;
  readonly identity: { readonly hash: string; readonly trust: 'trusted' | 'unknown' | 'dev'; readonly id?: string };
  /** In what it runs beside the workspace. */
  readonly line?: object | undefined;
}

/** What of a store programs use. */
export interface GuestStore {
  get(namespace: string, key: string): Promise<Uint8Array | null>;
  has(namespace: string, key: string): Promise<boolean>;
  change(namespace: string, writes: readonly BatchWrite[], options?: WriteOptions): Promise<readonly boolean[]>;
  entries(namespace: string, options: RangeOptions & { maxBytes: number }): Promise<KvFound[]>;
}

export interface GuestKvOptions {
  store: GuestStore;
  authority: Authority;
  /** For a process that runs beside the workspace: what it writes stays out of `store`. */
  scratch(store: GuestStore): GuestStore;
}

interface Answer {
  value: unknown;
  data?: Uint8Array;
}

/** Values of which parts are still to be fetched: bytes of all together; the oldest go first. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** Entries of one scan: more cannot fit into an answer. */
const ENTRIES_MAX = SYSCALL_DATA_MAX / 9;

/** Key-value pairs as programs use them: by the host ABI, each namespace by its grant. Rules: SPEC.md, KG. */
export class GuestKv {
  readonly #options: GuestKvOptions;
  /** The last long value that each process began to fetch. */
  readonly #kept = new Map<number, { namespace: string; key: string; value: Uint8Array }>();
  readonly #scratch = new Map<number, GuestStore>();

  constructor(options: GuestKvOptions) {
    this.#options = options;
  }

  /** The process has ended. */
  forget(pid: number): void {
    this.#kept.delete(pid);
    this.#scratch.delete(pid);
  }

  /** @throws FsError ENOENT */
  async get(caller: KvCaller, given: string, key: string, from: number): Promise<Answer> {
    const namespace = await this.#allowed(caller, given, 'read');
    checkKey('get', key);
    const value = (from > 0 && this.#keptOf(caller.pid, namespace, key)) || (await this.#storeOf(caller).get(namespace, key));
    if (!value) throw new FsError('ENOENT', 'get', undefined, { detail: 'there is no such key' });
    if (!Number.isInteger(from) || from < 0 || from > value.length) throw new FsError('EINVAL', 'get');
    const end = Math.min(value.length, from + SYSCALL_DATA_MAX);
    if (end < value.length) this.#keep(caller.pid, { namespace, key, value });
    else this.#kept.delete(caller.pid);
    return { value: value.length, data: value.subarray(from, end) };
  }

  async has(caller: KvCaller, given: string, key: string): Promise<Answer> {
    const namespace = await this.#allowed(caller, given, 'read');
    return { value: await this.#storeOf(caller).has(namespace, key) };
  }

  /** All or nothing. @throws FsError EINVAL, EILSEQ, ENAMETOOLONG, EFBIG, E2BIG, EDQUOT, ENOSPC, EROFS, EAGAIN */
  async write(caller: KvCaller, given: string, records: Uint8Array, durable: boolean): Promise<Answer> {
    const writes = decodeRecords(records);
    const namespace = await this.#allowed(caller, given, 'write');
    this.#kept.delete(caller.pid);
    const existed = await this.#storeOf(caller).change(namespace, writes, { durable }).catch(overQuota);
    return { value: writes.filter(({ value }, i) => value !== null || existed[i]).length };
  }

  async scan(caller: KvCaller, given: string, { prefix, after, length }: { prefix: string; after: string; length: number }): Promise<Answer> {
    const namespace = await this.#allowed(caller, given, 'read');
    const room = Math.min(Math.max(0, Math.floor(Number(length)) || 0), SYSCALL_DATA_MAX);
    const limit = Math.max(1, Math.min(ENTRIES_MAX, Math.floor(room / 9)));
    const found = await this.#storeOf(caller).entries(namespace, { prefix, limit, maxBytes: room, ...(after !== '' && { after }) });
    const { data, needed } = encodeEntries(found, room);
    return { value: needed, data };
  }

  /** The namespace that is meant. One's own needs no grant. @throws FsError EINVAL, ENOTSUP, and what `Authority.require` throws */
  async #allowed(caller: KvCaller, given: string, access: 'read' | 'write'): Promise<string> {
    const own = ownNamespace(caller);
    if (given === '' || given === own) {
      if (own === null) throw new FsError('ENOTSUP', 'kv', undefined, { detail: 'the program has no identity, so no namespace is its own' });
      return own;
    }
    const namespace = checkNamespace('kv', given);
    await this.#options.authority.require(caller.pid, { kind: 'kv', namespace, access });
    return namespace;
  }

  #storeOf({ pid, line }: KvCaller): GuestStore {
    const { store, scratch } = this.#options;
    if (!line) return store;
    let own = this.#scratch.get(pid);
    if (!own) this.#scratch.set(pid, (own = scratch(store)));
    return own;
  }

  #keptOf(pid: number, namespace: string, key: string): Uint8Array | undefined {
    const kept = this.#kept.get(pid);
    return kept?.namespace === namespace && kept.key === key ? kept.value : undefined;
  }

  #keep(pid: number, kept: { namespace: string; key: string; value: Uint8Array }): void {
    this.#kept.delete(pid);
    this.#kept.set(pid, kept);
    let bytes = [...this.#kept.values()].reduce((sum, { value }) => sum + value.length, 0);
    for (const [oldest, { value }] of this.#kept) {
      if (bytes <= KEPT_BYTES || oldest === pid) break;
      this.#kept.delete(oldest);
      bytes -= value.length;
    }
  }
}

/**
 * Of a program of which it is certain who it is, by its id; of all others by the hash of the module, for any manifest can claim any id.
 * Null: it has neither.
 */
function ownNamespace({ identity: { hash, trust, id } }: KvCaller): string | null {
  if (trust === 'trusted' && id !== undefined) return PACKAGE_PREFIX + id;
  return hash === '' ? null : PACKAGE_PREFIX + hash;
}

function overQuota(error: unknown): never {
  if (error instanceof QuotaError) throw new FsError('EDQUOT', 'kv', undefined, { cause: error, ...(error.detail !== undefined && { detail: error.detail }) });
  throw error;
}
