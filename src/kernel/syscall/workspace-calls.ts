import { SYSCALL_DATA_MAX, WORKSPACE_CALLS, type SyscallRequest, type WorkspaceAnswer, type WorkspaceApi, type WorkspaceCall } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { CallReply } from '../../shared/link/index.ts';

/** Makes one of the window's calls. Rejects as that does. */
export type CallWorkspace = (call: WorkspaceCall, args: readonly unknown[]) => Promise<unknown>;

/** Bytes of one answer, at most. */
const ANSWER_MAX = 4 * 1024 * 1024;
/** Answers that are kept until they are fetched, at most; the oldest go first. */
const KEPT_MAX = 16;

const encoder = new TextEncoder();

/** Calls of `api`, as far as it has them (ENOSYS); `api` is asked for at each call. */
export function workspaceOf(api: () => WorkspaceApi | null): CallWorkspace {
  return async (call, args) => {
    const method = api()?.[call] as ((...args: readonly unknown[]) => Promise<unknown>) | undefined;
    if (!method) throw new FsError('ENOSYS', call, undefined, { detail: 'this kernel does not have the call' });
    // JSON has no undefined: an argument that was left out came as null.
    return method(...args.map((argument) => argument ?? undefined));
  };
}

/** The calls about layers and history as processes make them: an answer as JSON text, fetched in parts. */
export class WorkspaceCalls {
  readonly #call: CallWorkspace;
  /** What is still to be fetched, by pid. */
  readonly #answers = new Map<number, Uint8Array>();

  constructor(call: CallWorkspace) {
    this.#call = call;
  }

  async start(pid: number, { call, args }: Extract<SyscallRequest, { op: 'workspace' }>): Promise<CallReply> {
    if (!WORKSPACE_CALLS.includes(call) || !Array.isArray(args)) throw new FsError('ENOSYS', 'workspace', undefined, { detail: 'there is no such call' });
    const bytes = encoder.encode(JSON.stringify(await this.#answer(call, args)));
    if (bytes.length > ANSWER_MAX) throw new FsError('E2BIG', call, undefined, { detail: `the answer has ${bytes.length} bytes; ask for less` });
    this.#answers.delete(pid);
    if (bytes.length > SYSCALL_DATA_MAX) this.#keep(pid, bytes);
    return { value: bytes.length, data: bytes.subarray(0, SYSCALL_DATA_MAX) };
  }

  part(pid: number, { from }: Extract<SyscallRequest, { op: 'workspace-part' }>): CallReply {
    const bytes = this.#answers.get(pid);
    if (!bytes || !Number.isInteger(from) || from < 0 || from >= bytes.length) throw new FsError('EINVAL', 'workspace-part');
    if (from + SYSCALL_DATA_MAX >= bytes.length) this.#answers.delete(pid);
    return { data: bytes.subarray(from, from + SYSCALL_DATA_MAX) };
  }

  #keep(pid: number, bytes: Uint8Array): void {
    this.#answers.set(pid, bytes);
    const oldest = this.#answers.keys().next();
    if (this.#answers.size > KEPT_MAX && !oldest.done) this.#answers.delete(oldest.value);
  }

  async #answer(call: WorkspaceCall, args: readonly unknown[]): Promise<WorkspaceAnswer> {
    try {
      return { value: (await this.#call(call, args)) ?? null };
    } catch (error) {
      if (error instanceof FsError) return { error: { code: error.code, message: error.message } };
      throw error;
    }
  }
}
