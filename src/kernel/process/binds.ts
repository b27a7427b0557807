import type { MountInfo, SyscallRequest } from '../../shared/abi/index.ts';
import { FsError, joinPath } from '../../shared/base/index.ts';
import { isWhole } from '../capability/index.ts';
import type { Namespace } from '../namespace/index.ts';
import type { NamespaceMirror } from './namespace-mirror.ts';
import type { ProcessRecord } from './process-record.ts';

export interface BindsOptions {
  mirror: NamespaceMirror;
  /** Those that have not ended. */
  running(): readonly ProcessRecord[];
}

type Bind = Extract<SyscallRequest, { op: 'bind' }>;

/** `bind`, `unbind` and `mounts` of a process, on its own namespace or the one that it shares (SPEC.md, BN1 …). */
export class Binds {
  readonly #options: BindsOptions;
  /** The change under way of each namespace, after which the next one may begin. */
  readonly #turns = new WeakMap<Namespace, Promise<unknown>>();

  constructor(options: BindsOptions) {
    this.#options = options;
  }

  /** @throws FsError ENOTCAPABLE, ENOENT, ENOTDIR, EBUSY, EINVAL, ENFILE */
  async bind(process: ProcessRecord, { from, to, where }: Bind): Promise<void> {
    if (!['replace', 'before', 'after'].includes(where)) throw new FsError('EINVAL', 'bind', to, { detail: `${String(where).slice(0, 20)} is no way to bind` });
    const [source, place] = [from, to].map((path) => joinPath(process.cwd, path)) as [string, string];
    await this.#change(process, 'bind', (namespace) => namespace.bind(source, place, { order: where }));
  }

  /** @throws FsError ENOTCAPABLE, EINVAL, EBUSY */
  async unbind(process: ProcessRecord, to: string): Promise<void> {
    await this.#change(process, 'unbind', (namespace) => namespace.unbind(joinPath(process.cwd, to)));
  }

  mounts({ namespace }: ProcessRecord): MountInfo[] {
    return namespace.mounts().map(({ path, service }) => ({ path, service: service.name, flags: service.write ? 'rw' : 'ro' }));
  }

  /** All or nothing: it is made on a copy, which takes the namespace's place in one step. */
  async #change(process: ProcessRecord, operation: string, action: (namespace: Namespace) => Promise<void>): Promise<void> {
    requireWhole(process, operation);
    const { namespace } = process;
    const turn = (this.#turns.get(namespace) ?? Promise.resolve()).catch(() => {}).then(async () => {
      const next = namespace.copy();
      await action(next);
      this.#adopt(process, next);
    });
    this.#turns.set(namespace, turn);
    await turn;
  }

  /** Without a wait in between. A process that has ended meanwhile is not among them. */
  #adopt(process: ProcessRecord, next: Namespace): void {
    const { mirror, running } = this.#options;
    const { namespace } = process;
    const users = running().filter((record) => record.namespace === namespace);
    const made = mirror.acquire(next, process.mirrored ?? undefined);
    namespace.adopt(next);
    for (const record of users) mirror.refresh(record);
    mirror.release(made);
  }
}

/** Who sees a part of the namespace only must not bring the rest into it. */
function requireWhole({ grants }: ProcessRecord, operation: string): void {
  if (isWhole(grants)) return;
  throw new FsError('ENOTCAPABLE', operation, undefined, { detail: 'only a process that was granted the whole namespace changes it' });
}
