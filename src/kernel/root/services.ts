import type { Authority } from '../authority/index.ts';
import type { Notices } from '../feed/index.ts';
import { HttpService } from '../http/index.ts';
import { GuestKv, openKv, ScratchKv, type KvStore } from '../kv/index.ts';
import type { Descriptors, FileJudge, Processes, Programs } from '../process/index.ts';
import { createMac } from '../storage/index.ts';
import { hostHandlers, HostSpawn, type HostHandlers } from '../syscall/index.ts';
import type { BootedAuthority } from './authority.ts';
import type { KernelHost } from './host.ts';
import type { Storage } from './storage.ts';

/** What processes reach beyond their files, by the decision path. */
export interface Services {
  authority: Authority;
  kv: KvStore;
  judge: FileJudge;
  /** Keyed for this boot. */
  mac(bytes: Uint8Array): Uint8Array;
  /** Calls that others answer. */
  others: HostHandlers;
}

export async function bootServices({ kv, random }: KernelHost, notices: Notices, { mode }: Pick<Storage, 'mode'>, { authority, handlers, judge }: BootedAuthority): Promise<Services> {
  const key = new Uint8Array(32);
  random.fill(key);
  return {
    authority, judge,
    mac: await createMac(key),
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
