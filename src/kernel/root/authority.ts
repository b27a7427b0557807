import { Pcb } from '../../shared/arena/index.ts';
import { Authority, checkAction } from '../authority/index.ts';
import type { FileJudge } from '../process/index.ts';
import type { HostHandlers } from '../syscall/index.ts';
import type { Files } from './files.ts';
import type { KernelHost } from './host.ts';
import type { Storage } from './storage.ts';

export interface BootedAuthority {
  authority: Authority;
  handlers: HostHandlers;
  judge: FileJudge;
  /** The processes are there. */
  connect(): void;
}

/** The decision path, and the calls of processes to it. */
export function bootAuthority({ base }: KernelHost, { arena, shipped, hasher }: Storage, { processes }: Files): BootedAuthority {
  const authority = new Authority({
    find: (pid) => processes.current?.get(pid),
    running: () => processes.current?.running() ?? [],
    voidDecisions: (pid) => {
      for (const pcb of processes.current?.get(pid)?.threads.blocks() ?? []) Atomics.add(arena.u32, (pcb >>> 2) + Pcb.GRANT_EPOCH, 1);
    },
    onRevoked: () => {},
  });
  const handlers: HostHandlers = {
    authorize: async ({ pid }, { action, reason }) => ({ value: await authority.authorize(pid, checkAction(action), reason) }),
  };
  const judge: FileJudge = {
    hash: (bytes) => hasher.hash(bytes),
    shipped: async (path, bytes) => {
      const sum = shipped.sha256Of(path);
      return sum !== undefined && (await base.sha256(bytes).catch(() => '')) === sum;
    },
  };
  return { authority, handlers, judge, connect: () => void processes.current?.onEnd(({ pid }) => authority.ended(pid)) };
}
