import type { Notices } from '../feed/index.ts';
import { openKv, type KvStore } from '../kv/index.ts';
import { NO_AUTHORITY, type HostServices } from '../syscall/index.ts';
import type { KernelHost } from './host.ts';
import type { Storage } from './storage.ts';

export interface Services extends HostServices {
  kv: KvStore;
}

/** What processes reach beyond their files, by the decision path. */
export function bootServices({ kv }: KernelHost, notices: Notices, { mode }: Pick<Storage, 'mode'>): Services {
  return {
    authority: NO_AUTHORITY,
    kv: openKv((mode() !== 'memory' && kv) || { kind: 'memory' }, mode() === 'owner', (trouble) => notices.raise({ id: 'kv', level: 'error', ...trouble, action: 'reload' })),
  };
}
