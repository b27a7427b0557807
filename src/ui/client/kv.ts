import type { KernelApi, KvBatchWrite, KvEntries, KvRangeOptions, KvUsage, KvWriteOptions } from '../../shared/abi/index.ts';
import { exportedBytes } from './exported-bytes.ts';

/**
 * The key-value pairs of one namespace: values are bytes (text is written as UTF-8), keys strings of at most 1 KiB of UTF-8, in the order
 * of these bytes. A write resolves when it is on disk, unless `durable` is false. Failures as in `KvCalls`.
 */
export interface Kv {
  readonly namespace: string;
  get(key: string): Promise<Uint8Array | null>;
  has(key: string): Promise<boolean>;
  set(key: string, value: Uint8Array | string, options?: KvWriteOptions): Promise<void>;
  /** Whether it was there. */
  delete(key: string, options?: KvWriteOptions): Promise<boolean>;
  /** All of it or nothing, in this order; without a value the key goes. */
  batch(writes: readonly { key: string; value?: Uint8Array | string | null }[], options?: KvWriteOptions): Promise<void>;
  /** At most `limit` (default 1000, at most 10 000) after `after`. */
  keys(options?: KvRangeOptions): Promise<string[]>;
  /** A page of at most `limit` entries and 16 MiB; `next` is what to give as `after` for the next one, null at the end. */
  scanPrefix(prefix: string, options?: { after?: string; limit?: number }): Promise<KvEntries>;
  /** Everything goes; the quota stays. */
  clear(): Promise<void>;
  usage(): Promise<KvUsage>;
  setQuota(quota: { keys?: number; bytes?: number }): Promise<KvUsage>;
  /** An archive with a hash over each part. The stream fails if it could not be made whole. */
  export(): Promise<ReadableStream<Uint8Array>>;
  /** Everything is verified before the first write. `replace`: what the archive does not have goes. */
  import(archive: Uint8Array | Blob | ReadableStream<Uint8Array>, options?: { replace?: boolean }): Promise<{ keys: number; bytes: number }>;
}

export function createKv(api: KernelApi, namespace: string): Kv {
  return Object.freeze<Kv>({
    namespace,
    get: (key) => api.kvGet(namespace, key),
    has: (key) => api.kvHas(namespace, key),
    set: (key, value, options) => api.kvSet(namespace, key, bytesOf(value), options),
    delete: (key, options) => api.kvDelete(namespace, key, options),
    batch: async (writes, options) => api.kvBatch(namespace, writes.map(({ key, value }): KvBatchWrite => ({ key, value: value === undefined || value === null ? null : bytesOf(value) })), options),
    keys: (options) => api.kvKeys(namespace, options),
    scanPrefix: (prefix, options) => api.kvScan(namespace, prefix, options),
    clear: () => api.kvClear(namespace),
    usage: () => api.kvUsage(namespace),
    setQuota: (quota) => api.kvQuota(namespace, quota),
    export: async () => exportedBytes(await api.kvExport(namespace)),
    import: async (archive, options) => api.kvImport(namespace, archive instanceof ReadableStream ? await new Response(archive).blob() : archive, options),
  });
}

const bytesOf = (value: Uint8Array | string): Uint8Array => (typeof value === 'string' ? new TextEncoder().encode(value) : value);
