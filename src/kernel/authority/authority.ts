import type { Action, ProcessGrants } from '../../shared/abi/index.ts';
import { FsError, type Disposable } from '../../shared/base/index.ts';
import type { Authority as AuthorityContract, Awaitable } from '../contract/index.ts';
import { actionKey, forbidden, summaryOf } from './action.ts';
import { Holder, type Subject, type Verdict } from './holder.ts';

export interface AuthorityOptions {
  /** A process that has not ended. */
  find(pid: number): Subject | undefined;
  running(): readonly Subject[];
  /** Moves `Pcb.GRANT_EPOCH` of each of the process's threads. */
  voidDecisions(pid: number): void;
  /** Ends what was opened by a grant (`DirectoryGrant.grant`; 0: of no number, it is the process's alone). */
  onRevoked(pid: number, number: number): void;
}

/** The one decision path. Rules: SPEC.md. */
export class Authority implements AuthorityContract {
  readonly #options: AuthorityOptions;
  readonly #holders = new Map<number, Holder>();

  constructor(options: AuthorityOptions) {
    this.#options = options;
  }

  require(pid: number, action: Action, reason?: string): Awaitable<void> {
    const holder = this.#holder(pid);
    const verdict = holder.decided.get(actionKey(action)) ?? this.#decide(holder, action, reason);
    return this.#apply(holder, action, verdict);
  }

  /** As `require`; `remember`: the same will be said of this action until the process's decisions are void. */
  authorize(pid: number, action: Action, reason?: string): Awaitable<{ remember: boolean }> {
    const waiting = this.require(pid, action, reason);
    const answer = (): { remember: boolean } => ({ remember: this.#holders.get(pid)?.decided.has(actionKey(action)) ?? false });
    return waiting instanceof Promise ? waiting.then(answer) : answer();
  }

  watch(pid: number, action: Action, onRevoked: () => void): Disposable {
    const holder = this.#holder(pid);
    const watcher = { action, onRevoked };
    holder.watchers.add(watcher);
    return { dispose: () => holder.watchers.delete(watcher) };
  }

  /** Of a process that runs. Without `grant`: all of them. @throws FsError ESRCH, ENOENT */
  revoke(pid: number, grant?: number): void {
    const holder = this.#holder(pid);
    const gone = holder.held.filter((held) => !held.revoked && (grant === undefined || held.id === grant));
    if (gone.length === 0 && grant !== undefined) throw new FsError('ENOENT', 'revoke', undefined, { detail: `process ${pid} has no grant ${grant}, or it was revoked before` });
    for (const held of gone) held.revoked = true;
    this.#changed(holder);
    for (const { number } of gone) if (number !== undefined) this.#options.onRevoked(pid, number);
  }

  list(): ProcessGrants[] {
    return this.#options.running().map(({ pid }) => {
      const { subject: { name, identity }, held, refused } = this.#holder(pid);
      return {
        pid, program: name, hash: identity.hash, trust: identity.trust, ...(identity.id !== undefined && { id: identity.id }), refused,
        grants: held.map(({ id, action, summary, origin, uses, revoked }) => ({ id, action, summary, origin, uses, revoked })),
      };
    });
  }

  /** A process has ended. */
  ended(pid: number): void {
    const holder = this.#holders.get(pid);
    this.#holders.delete(pid);
    for (const { onRevoked } of [...(holder?.watchers ?? [])]) onRevoked();
  }

  #holder(pid: number): Holder {
    const known = this.#holders.get(pid);
    if (known) return known;
    const subject = this.#options.find(pid);
    if (!subject) throw new FsError('ESRCH', 'authorize', undefined, { detail: `process ${pid} is not there` });
    const holder = new Holder(subject);
    this.#holders.set(pid, holder);
    return holder;
  }

  #decide(holder: Holder, action: Action, _reason: string | undefined): Verdict {
    const never = forbidden(action);
    if (never !== null) return { decision: 'deny', by: 'default', code: 'EACCES', detail: never, held: null, remember: true };
    const held = holder.find(action);
    if (held?.revoked) return { decision: 'deny', by: 'revoked', code: 'ENOTCAPABLE', detail: `it was revoked: ${held.summary}`, held: null, remember: true };
    if (held) return { decision: 'allow', by: 'grant', code: 'ENOTCAPABLE', detail: '', held, remember: true };
    return { decision: 'deny', by: 'default', code: 'ENOTCAPABLE', detail: `${holder.subject.name} was not granted to ${summaryOf(action)}`, held: null, remember: true };
  }

  #apply(holder: Holder, action: Action, verdict: Verdict): void {
    if (verdict.remember) holder.remember(actionKey(action), verdict);
    if (verdict.decision === 'allow') {
      if (verdict.held) verdict.held.uses++;
      return;
    }
    holder.refused++;
    throw new FsError(verdict.code, action.kind, undefined, { detail: verdict.detail });
  }

  /** What was decided for it is void, and who watches hears of what it may not do any more. */
  #changed(holder: Holder): void {
    holder.decided.clear();
    this.#options.voidDecisions(holder.subject.pid);
    for (const watcher of [...holder.watchers]) {
      if (this.#decide(holder, watcher.action, undefined).decision === 'allow') continue;
      holder.watchers.delete(watcher);
      watcher.onRevoked();
    }
  }
}
