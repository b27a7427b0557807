import { Pcb } from '../../shared/arena/index.ts';
import { Authority, checkAction } from '../authority/index.ts';
import type { HostHandlers } from '../syscall/index.ts';
import type { Files } from './files.ts';
import type { Storage } from './storage.ts';

export interface BootedAuthority {
  authority: Authority;
  handlers: HostHandlers;
  /** The processes are there. */
  connect(): void;
}

/** The decision path, and the calls of processes to it. */
export function bootAuthority({ arena }: Storage, { processes }: Files): BootedAuthority {
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
  return { authority, handlers, connect: () => void processes.current?.onEnd(({ pid }) => authority.ended(pid)) };
}
