import type { KvCalls } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { KERNEL_NAMESPACES } from '../authority/index.ts';
import { exportNamespace, importNamespace, type ArchiveHasher, type ArchiveSource, type KvStore } from '../kv/index.ts';
import type { ByteSource } from '../namespace/index.ts';
import { sendParts } from './send-parts.ts';

/** The window's calls about key-value pairs. The store checks names, keys, values and limits. */
export function kvCalls(store: KvStore, createHasher: () => Promise<ArchiveHasher>): KvCalls {
  return {
    kvGet: (namespace, key) => store.get(namespace, key),
    kvHas: (namespace, key) => store.has(namespace, key),
    kvSet: async (namespace, key, value, options) => store.set(mayChange(namespace), key, value, writeOptions(options)),
    kvDelete: async (namespace, key, options) => store.delete(mayChange(namespace), key, writeOptions(options)),
    kvBatch: async (namespace, writes, options) => store.batch(mayChange(namespace), writes, writeOptions(options)),
    kvKeys: (namespace, options) => store.keys(namespace, record(options, 'keys')),
    kvScan: (namespace, prefix, options) => store.scanPrefix(namespace, prefix, record(options, 'scanPrefix')),
    kvClear: async (namespace) => store.clear(mayChange(namespace)),
    kvUsage: (namespace) => store.info(namespace),
    kvQuota: async (namespace, quota) => store.setQuota(mayChange(namespace), record(quota, 'quota')),
    kvNamespaces: () => store.namespaces(),
    kvExport: async (namespace) => {
      await store.info(namespace);
      const hasher = await createHasher();
      return sendParts(exportNamespace(store, namespace, hasher));
    },
    kvImport: async (namespace, archive, options) =>
      importNamespace(store, mayChange(namespace), sourceOf(archive), await createHasher(), record(options, 'import').replace === true),
  };
}

/** The audit log and what the user agreed to are the kernel's to write. @throws FsError EACCES */
function mayChange(namespace: string): string {
  if (typeof namespace !== 'string' || !namespace.startsWith(KERNEL_NAMESPACES)) return namespace;
  throw new FsError('EACCES', 'kv', undefined, { detail: `${namespace.slice(0, 80)} is the kernel’s own` });
}

/** Options come from another realm: what is no object has none. */
function record<T extends object>(options: T | undefined, operation: string): T {
  if (options === undefined || options === null) return {} as T;
  if (typeof options !== 'object') throw new FsError('EINVAL', operation, undefined, { detail: 'the options are not an object' });
  return options;
}

const writeOptions = (options: { durable?: boolean } | undefined): { durable: boolean } => ({ durable: record(options, 'kv').durable !== false });

function sourceOf(archive: unknown): ArchiveSource {
  if (archive instanceof Uint8Array) return { size: archive.length, read: async (at, length) => archive.subarray(at, at + length) };
  const blob = archive as ByteSource;
  if (typeof blob?.size !== 'number' || typeof blob.slice !== 'function') throw new FsError('EINVAL', 'import', undefined, { detail: 'the archive is neither bytes nor a Blob' });
  return { size: blob.size, read: async (at, length) => new Uint8Array(await blob.slice(at, at + length).arrayBuffer()) };
}
