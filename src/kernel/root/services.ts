import type { Authority } from '../authority/index.ts';
import type { Notices } from '../feed/index.ts';
import { HttpService } from '../http/index.ts';
import { GuestKv, openKv, ScratchKv, type KvStore } from '../kv/index.ts';
import type { Descriptors, FileJudge, Processes, Programs } from '../process/index.ts';
import { hostHandlers, HostSpawn, type HostHandlers } from '../syscall/index.ts';
import type { BootedAuthority } from './authority.ts';
import type { KernelHost } from './host.ts';
import type { Storage } from './storage.ts';

/** What processes reach beyond their files, by the decision path. */
export interface Services {
  authority: Authority;
  kv: KvStore;
  judge: FileJudge;
  /** Calls that others answer. */
  others: HostHandlers;
}

export function bootServices({ kv }: KernelHost, notices: Notices, { mode }: Pick<Storage, 'mode'>, { authority, handlers, judge }: BootedAuthority): Services {
  return {
    authority, judge,
    others: handlers,
    kv: openKv((mode() !== 'memory' && kv) || { kind: 'memory' }, mode() === 'owner', (trouble) => notices.raise({ id: 'kv', level: 'error', ...trouble, action: 'reload' })),
  };
}

/** Answers the calls behind the host ABI. */
export function serveHost({ http: client }: KernelHost, { authority, others, kv: store }: Services, descriptors: Descriptors, table: Processes, programs: Programs): HostHandlers {
  const http = client && new HttpService({
    authority, client, descriptors, isAlive: (process) => table.get(process.pid) === process, attach: (pump) => table.attach([pump]),
  });
  const kv = new GuestKv({ store, authority, scratch: (below) => new ScratchKv(below) });
  table.onEnd(({ pid }) => {
    http?.forget(pid);
    kv.forget(pid);
  });
  return hostHandlers({ http, kv, others, spawn: new HostSpawn({ authority, programs }) });
}
