import type { HostRequest, SyscallRequest } from '../../shared/abi/index.ts';
import { concatBytes, FsError } from '../../shared/base/index.ts';
import type { CallReply } from '../../shared/link/index.ts';
import type { ProcessRecord } from '../process/index.ts';

/** Bytes that the threads of a process may have staged together, and all processes. */
export const STAGED_MAX = 32 * 1024 * 1024;
export const STAGED_ALL_MAX = 256 * 1024 * 1024;

type Op = Exclude<HostRequest['op'], 'stage'>;
export type HostRequestOf<O extends HostRequest['op']> = Extract<HostRequest, { op: O }>;

/**
 * Answers one operation. `data` is what was staged before the call, then the call's own, and is the handler's from then on. It is the
 * handler that asks `Authority.require`, for it knows what is meant; and after an await it looks whether the process is still there.
 */
export type HostHandler<O extends Op> = (process: ProcessRecord, request: HostRequestOf<O>, data: Uint8Array) => CallReply | Promise<CallReply>;

/** By operation, from those that own them. What nobody answers is ENOSYS. */
export type HostHandlers = { readonly [O in Op]?: HostHandler<O> };

const OPS: { readonly [O in HostRequest['op']]: true } = {
  authorize: true, stage: true, 'cap-request': true, 'token-create': true, 'token-redeem': true, 'token-revoke': true, 'kv-get': true,
  'kv-has': true, 'kv-write': true, 'kv-scan': true, http: true, 'host-spawn': true, observed: true,
};

export const isHostRequest = (request: SyscallRequest): request is HostRequest => Object.hasOwn(OPS, request.op);

interface Staged {
  readonly pid: number;
  readonly parts: Uint8Array[];
  bytes: number;
}

/** The blocking calls behind the host ABI: gathers what is staged, and passes each call to the one who answers it. */
export class HostCalls {
  readonly #handlers: HostHandlers;
  /** By control block: each thread stages for its own next call. */
  readonly #staged = new Map<number, Staged>();

  constructor(handlers: HostHandlers) {
    this.#handlers = handlers;
  }

  /** `staged`: what `take` gave for this call. @throws FsError ENOSYS, E2BIG, and what the handler throws */
  handle(process: ProcessRecord, pcb: number, request: HostRequest, data: Uint8Array, staged: readonly Uint8Array[]): CallReply | Promise<CallReply> {
    if (request.op === 'stage') return this.#stage(process, pcb, data);
    const handler = this.#handlers[request.op] as HostHandler<Op> | undefined;
    if (!handler) throw new FsError('ENOSYS', request.op, undefined, { detail: 'this kernel does not have the call' });
    return handler(process, request, staged.length === 0 ? data : concatBytes([...staged, data]));
  }

  /** What was staged for the call that comes now. A `stage` adds to it, any other call ends it, whether it uses it or not. */
  take(pcb: number, op: SyscallRequest['op']): readonly Uint8Array[] {
    const staged = op === 'stage' ? undefined : this.#staged.get(pcb);
    if (!staged) return [];
    this.#staged.delete(pcb);
    return staged.parts;
  }

  /** The process has ended. */
  forget(pid: number): void {
    for (const [pcb, staged] of this.#staged) if (staged.pid === pid) this.#staged.delete(pcb);
  }

  /** Bytes that wait. */
  get stagedBytes(): number {
    return this.#bytesOf(() => true);
  }

  #stage({ pid }: ProcessRecord, pcb: number, data: Uint8Array): CallReply {
    const bytes = this.#bytesOf((staged) => staged.pid === pid);
    if (bytes + data.length > STAGED_MAX) throw new FsError('E2BIG', 'stage', undefined, { detail: `${bytes + data.length} bytes, ${STAGED_MAX} at most` });
    if (this.stagedBytes + data.length > STAGED_ALL_MAX) throw new FsError('EAGAIN', 'stage', undefined, { detail: `processes have ${this.stagedBytes} bytes staged, ${STAGED_ALL_MAX} at most` });
    const staged = this.#staged.get(pcb) ?? { pid, parts: [], bytes: 0 };
    staged.parts.push(data);
    staged.bytes += data.length;
    this.#staged.set(pcb, staged);
    return {};
  }

  #bytesOf(isMeant: (staged: Staged) => boolean): number {
    let bytes = 0;
    for (const staged of this.#staged.values()) if (isMeant(staged)) bytes += staged.bytes;
    return bytes;
  }
}
