import type { KvCalls } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { ByteSender } from '../../shared/link/index.ts';
import { exportNamespace, importNamespace, type ArchiveHasher, type ArchiveSource, type KvStore } from '../kv/index.ts';
import type { ByteSource } from '../namespace/index.ts';

/** The window's calls about key-value pairs. The store checks names, keys, values and limits. */
export function kvCalls(store: KvStore, createHasher: () => Promise<ArchiveHasher>): KvCalls {
  return {
    kvGet: (namespace, key) => store.get(namespace, key),
    kvHas: (namespace, key) => store.has(namespace, key),
    kvSet: (namespace, key, value, options) => store.set(namespace, key, value, writeOptions(options)),
    kvDelete: (namespace, key, options) => store.delete(namespace, key, writeOptions(options)),
    kvBatch: (namespace, writes, options) => store.batch(namespace, writes, writeOptions(options)),
    kvKeys: (namespace, options) => store.keys(namespace, record(options, 'keys')),
    kvScan: (namespace, prefix, options) => store.scanPrefix(namespace, prefix, record(options, 'scanPrefix')),
    kvClear: (namespace) => store.clear(namespace),
    kvUsage: (namespace) => store.info(namespace),
    kvQuota: (namespace, quota) => store.setQuota(namespace, record(quota, 'quota')),
    kvNamespaces: () => store.namespaces(),
    kvExport: async (namespace) => {
      await store.info(namespace);
      const hasher = await createHasher();
      const [stream, done] = [new MessageChannel(), new MessageChannel()];
      void send(exportNamespace(store, namespace, hasher), stream.port1).then(
        () => done.port1.postMessage(null),
        (error: unknown) => done.port1.postMessage((error instanceof FsError ? error : new FsError('EIO', 'export', undefined, { detail: String(error) })).toData()),
      );
      return { stream: stream.port2, done: done.port2 };
    },
    kvImport: async (namespace, archive, options) =>
      importNamespace(store, namespace, sourceOf(archive), await createHasher(), record(options, 'import').replace === true),
  };
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

/** A receiver that stops reading holds the export; one that cancels ends it. */
async function send(parts: AsyncGenerator<Uint8Array>, port: MessagePort): Promise<void> {
  let wake: () => void = () => undefined;
  const sender = new ByteSender(port, () => wake());
  try {
    for await (const part of parts) {
      while (!sender.cancelled && sender.room <= 0) await new Promise<void>((resolve) => (wake = resolve));
      if (sender.cancelled) return;
      sender.send(part);
    }
  } finally {
    sender.end();
  }
}
