import type { Action } from '../../shared/abi/index.ts';
import { Listener, OfdKind } from '../../shared/arena/index.ts';
import { nextGrantNumber } from '../capability/index.ts';
import type { Authority } from '../contract/index.ts';
import type { Descriptors } from './descriptors.ts';
import type { ProcessRecord } from './process-record.ts';

export interface SocketGrantsOptions {
  descriptors: Descriptors;
  authority: Pick<Authority, 'watch'>;
  /** Whether a process has not ended. */
  isAlive(pid: number): boolean;
  /** Ends what came from a grant. */
  revoke(numbers: readonly number[]): unknown;
}

type PortAction = Extract<Action, { port: number }>;

/** Numbers of the grants that sockets come from: one for each port of a process, so that they end with the right to it (SPEC.md, RV4). */
export class SocketGrants {
  readonly #options: SocketGrantsOptions;
  readonly #numbers = new Map<number, Map<string, number>>();

  constructor(options: SocketGrantsOptions) {
    this.#options = options;
  }

  /** `ofd`: a socket that nobody has seen yet. It ends when process `pid` may not do this any more. */
  mark(pid: number, action: PortAction, ofd: number): number {
    this.#options.descriptors.files.adopt(ofd, this.#numberOf(pid, action), 0);
    return ofd;
  }

  /** The process is there, and has not run: the listening sockets that it was started with. Those of its parent's are its parent's. */
  started({ pid, fds }: ProcessRecord): void {
    const { files, arena } = this.#options.descriptors;
    fds.forEach((ofd) => {
      if (files.kind(ofd) === OfdKind.LISTENER && files.grant(ofd) === 0) this.mark(pid, { kind: 'listen', port: new Listener(arena, files.object(ofd)).port }, ofd);
    });
  }

  /** The process has ended. What it has handed on stays. */
  forget(pid: number): void {
    this.#numbers.delete(pid);
  }

  #numberOf(pid: number, action: PortAction): number {
    const numbers = this.#numbers.get(pid) ?? new Map<string, number>();
    this.#numbers.set(pid, numbers);
    const key = `${action.kind} ${action.port}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = nextGrantNumber();
    numbers.set(key, number);
    const { authority, isAlive, revoke } = this.#options;
    authority.watch(pid, action, () => {
      numbers.delete(key);
      // At its end a process loses everything, but not what it gave to others.
      if (isAlive(pid)) revoke([number]);
    });
    return number;
  }
}
