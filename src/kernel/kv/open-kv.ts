import type { KvSource, LogFolder } from '../contract/index.ts';
import { decodeKey, encodeKey } from './keys.ts';
import { KvStore } from './kv-store.ts';
import { LogKvBackend } from './log-kv.ts';
import { MemoryKvBackend } from './memory-kv.ts';
import { SplitKvStore } from './split-store.ts';

export interface KvTrouble {
  title: string;
  detail: string;
}

/** The store over what the host has; it is opened when it is first used. */
export function openKv(source: KvSource, owner: boolean, onTrouble: (trouble: KvTrouble) => void): KvStore {
  switch (source.kind) {
    case 'memory': return new KvStore(new MemoryKvBackend(), true);
    case 'opfs': return new KvStore(logOver(source.folder, onTrouble), owner);
    case 'indexeddb': {
      const main = source.open({ encodeKey, decodeKey }, (reason) => onTrouble({
        title: 'The key-value store cannot be used any more', detail: `Programs that use it get errors: ${reason}. What was acknowledged is stored; reload.`,
      }));
      return source.programs ? new SplitKvStore(main, logOver(source.programs, onTrouble), owner) : new KvStore(main, owner);
    }
  }
}

function logOver(folder: LogFolder, onTrouble: (trouble: KvTrouble) => void): LogKvBackend {
  return new LogKvBackend({
    folder,
    onDamage: (frames) => onTrouble({ title: 'The key-value store is damaged', detail: `${frames} of its changes could not be read back and are missing. The others are there.` }),
  });
}
