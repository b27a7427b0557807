import type { Notices } from '../feed/index.ts';
import { openKv, type KvStore } from '../kv/index.ts';
import type { HostServices } from '../syscall/index.ts';
import type { BootedAuthority } from './authority.ts';
import type { KernelHost } from './host.ts';
import type { Storage } from './storage.ts';

export interface Services extends HostServices {
  kv: KvStore;
}

/** What processes reach beyond their files, by the decision path. */
export function bootServices({ kv }: KernelHost, notices: Notices, { mode }: Pick<Storage, 'mode'>, { authority, handlers }: BootedAuthority): Services {
  return {
    authority,
    others: handlers,
    kv: openKv((mode() !== 'memory' && kv) || { kind: 'memory' }, mode() === 'owner', (trouble) => notices.raise({ id: 'kv', level: 'error', ...trouble, action: 'reload' })),
  };
}
