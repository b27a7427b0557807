import type { KvSource } from '../../kernel/contract/index.ts';
import { IdbKvBackend } from './idb-kv.ts';
import { OpfsLogFolder } from './opfs-log.ts';

/** @param kind of `KvSource`; what is none is `indexeddb` */
export function kvSource(kind: string, database: string, workspace: string): KvSource {
  if (kind === 'memory') return { kind };
  if (kind === 'opfs') return { kind, folder: new OpfsLogFolder('palimpsest-kv', workspace) };
  const programs = hasSyncHandles() ? new OpfsLogFolder('palimpsest-kv-programs', workspace) : undefined;
  return { kind: 'indexeddb', open: (codec, onLost) => new IdbKvBackend({ name: database, ...codec, onLost }), ...(programs && { programs }) };
}

/** Some browsers have no private file system in private windows. */
function hasSyncHandles(): boolean {
  return typeof navigator.storage?.getDirectory === 'function' && typeof FileSystemFileHandle === 'function' && 'createSyncAccessHandle' in FileSystemFileHandle.prototype;
}
