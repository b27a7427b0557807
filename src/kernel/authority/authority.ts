import type { Action, HostValues, ProcessGrants } from '../../shared/abi/index.ts';
import { FsError, type Disposable } from '../../shared/base/index.ts';
import type { ProgramIdentity } from '../capability/index.ts';
import type { Authority as AuthorityContract, Awaitable } from '../contract/index.ts';
import { actionFault, actionKey, summaryOf } from './action.ts';
import type { Approvals, Question, Settled } from './approvals.ts';
import type { Audit, Tally } from './audit.ts';
import { decide, permission, refusal } from './decide.ts';
import { heldFor, heldOf, type Held } from './held.ts';
import { Holder, type Subject, type Verdict, type Watcher } from './holder.ts';
import { Policy } from './policy.ts';
import { printable } from './printable.ts';
import { ruleText } from './rule-text.ts';
import type { Learning } from './learning.ts';
import { Uses, type UseWords } from './uses.ts';

export interface AuthorityOptions {
  approvals: Approvals;
  audit: Audit;
  learning: Learning;
  /** Milliseconds since the epoch. */
  now(): number;
  /** A process that has not ended. */
  find(pid: number): Subject | undefined;
  running(): readonly Subject[];
  /** Of the history; 0 for none. */
  runOf(pid: number): number;
  /** In which processes count by themselves. */
  words: UseWords;
  /** Moves `Pcb.GRANT_EPOCH` of each of the process's threads. */
  voidDecisions(pid: number): void;
  /** Ends what was opened by grants (`DirectoryGrant.grant`; none: nothing is to be ended). Resolves when that has ended, and all whose end was asked for before. */
  endOpened(numbers: readonly number[]): Promise<void>;
  /** The answer “always”: the rule becomes a line of the policy. */
  appendRule(rule: string): Promise<void>;
  /** For the first time a process is refused something without a question, for its program asks too much. */
  onFlood?(name: string): void;
  /** Until the policy is known; null: it is. Default: it is. */
  ready?(): Promise<void> | null;
}

/** How a question is put. */
interface Put {
  reason: string | undefined;
  wait?: number | undefined;
  ahead?: boolean;
}

/** Milliseconds after which uses that processes count by themselves are written down. */
const TELL = 2000;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** The one decision path: grant → policy → budget → the user's prompt → audit. Rules: SPEC.md. */
export class Authority implements AuthorityContract {
  readonly #options: AuthorityOptions;
  readonly #holders = new Map<number, Holder>();
  #policy = Policy.EMPTY;
  #telling: ReturnType<typeof setTimeout> | undefined;

  constructor(options: AuthorityOptions) {
    this.#options = options;
  }

  /** `wait`: milliseconds for an answer. */
  require(pid: number, action: Action, reason?: string, wait?: number): Awaitable<void> {
    return this.#require(pid, action, { reason, wait });
  }

  /** As `require`, before it is done: what the user allows once is for the next use that it covers. */
  ask(pid: number, action: Action, reason?: string, wait?: number): Awaitable<void> {
    return this.#require(pid, action, { reason, wait, ahead: true });
  }

  #require(pid: number, action: Action, question: Put): Awaitable<void> {
    const holder = this.#holders.get(pid) ?? this.#holder(pid);
    const known = holder.decided.get(action);
    if (known) return this.#apply(holder, action, known);
    const starting = this.ready();
    if (starting) return starting.then(() => this.#require(pid, action, question));
    const outcome = decide(holder, action, this.#policy, this.#options.now());
    if (outcome === 'ask') {
      if (!question.ahead && holder.useOnce(action)) return this.#apply(holder, action, permission('user', null, false));
      return this.#ask(holder, action, actionKey(action), question);
    }
    if (outcome.remember) holder.decided.set(action, outcome);
    return this.#apply(holder, action, outcome);
  }

  /**
   * As `require`; `remember`: the same will be said of this action until the process's decisions are void. `count`: who remembers it counts its further
   * uses in the word at `counter`.
   */
  authorize(pid: number, action: Action, reason?: string, count = false): Awaitable<HostValues['authorize']> {
    const waiting = this.require(pid, action, reason);
    const answer = (): HostValues['authorize'] => this.#remembered(pid, action, count);
    return waiting instanceof Promise ? waiting.then(answer) : answer();
  }

  watch(pid: number, action: Action, onRevoked: () => void): Disposable {
    const holder = this.#holder(pid);
    const outcome = decide(holder, action, this.#policy, this.#options.now());
    const watcher: Watcher = { action, onRevoked, covered: outcome !== 'ask' && outcome.decision === 'allow' };
    holder.watchers.add(watcher);
    return { dispose: () => holder.watchers.delete(watcher) };
  }

  /** What covers an action, if the process holds it. */
  held(pid: number, action: Action): Held | undefined {
    const held = this.#holder(pid).find(action);
    return held?.revoked ? undefined : held;
  }

  /** All that a process holds now: what it can pass on. */
  holding(pid: number): readonly Held[] {
    return this.#holder(pid).held.filter(({ revoked }) => !revoked);
  }

  /** Until the policy is known; null: it is. */
  ready(): Promise<void> | null {
    return this.#options.ready?.() ?? null;
  }

  get policy(): Policy {
    return this.#policy;
  }

  /** Another policy is in force. What it forbids of what processes hold is revoked; resolves as `revoke`. */
  async setPolicy(policy: Policy): Promise<void> {
    this.#policy = policy;
    const ended = this.#options.running().flatMap(({ pid }) => {
      const holder = this.#holder(pid);
      const rules = holder.rules(policy);
      holder.dropPolicy();
      return this.#take(holder, holder.held.filter((held) => !held.revoked && held.action.kind === 'file' && rules.find(held.action)?.decision === 'deny'));
    });
    await this.#options.endOpened(ended);
    this.#options.audit.note(KERNEL, { kind: 'policy', detail: `${counted(policy.rules.length, 'rule')} in force, ${counted(policy.problems.length, 'fault')}` }, 'allow', 'policy');
  }

  /** Of a process that runs. Without `grant`: all of them. Resolves when each call that needs it and begins from then on is refused, by what was opened before too. @throws FsError ESRCH, ENOENT */
  async revoke(pid: number, grant?: number): Promise<void> {
    const holder = this.#holder(pid);
    const gone = holder.held.filter((held) => !held.revoked && (grant === undefined || held.id === grant));
    if (gone.length === 0 && grant !== undefined) throw new FsError('ENOENT', 'revoke', undefined, { detail: `process ${pid} has no grant ${grant}, or it was revoked before` });
    const ended = this.#take(holder, gone, grant === undefined);
    for (const { summary } of gone) this.#options.audit.note(holder.audit, { kind: 'revoke', detail: summary }, 'deny', 'user');
    await this.#options.endOpened(ended);
  }

  /** A process has made, used or revoked a token, or was not allowed to. */
  noteToken(pid: number, detail: string, allowed: boolean): void {
    this.#options.audit.note(this.#holder(pid).audit, { kind: 'token', detail }, allowed ? 'allow' : 'deny', 'grant');
  }

  list(): ProcessGrants[] {
    return this.#options.running().map(({ pid }) => {
      const { subject: { name, identity }, held, refused, uses: remembered } = this.#holder(pid);
      remembered?.read();
      return {
        pid, program: name, hash: identity.hash, trust: identity.trust, ...(identity.id !== undefined && { id: identity.id }), refused,
        grants: held.map(({ id, action, summary, origin, uses, revoked }) => ({ id, action, summary, origin, uses, revoked })),
      };
    });
  }

  /** A process is about to run. */
  started(subject: Subject): void {
    const { learn, dryRun } = subject.identity;
    if (learn !== undefined || dryRun) this.#options.learning.begin(this.#options.runOf(subject.pid), subject);
  }

  /** A process has ended. */
  ended(pid: number): void {
    const holder = this.#holders.get(pid);
    if (holder) this.#tell(holder);
    holder?.uses?.free();
    this.#holders.delete(pid);
    this.#options.approvals.forget(pid);
    for (const { onRevoked } of [...(holder?.watchers ?? [])]) onRevoked();
  }

  /** Writes what processes did since the last time by decisions that they remember. */
  tell(): void {
    for (const holder of this.#holders.values()) this.#tell(holder);
  }

  /** Nothing is decided any more. */
  dispose(): void {
    clearTimeout(this.#telling);
    this.tell();
  }

  #tell({ uses, audit }: Holder): void {
    uses?.tell((action, by, count) => void this.#options.audit.note(audit, action, 'allow', by, count));
  }

  #tellLater(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.tell();
      if ([...this.#holders.values()].some(({ uses }) => uses !== null)) this.#tellLater();
    }, TELL);
  }

  #remembered(pid: number, action: Action, count: boolean): HostValues['authorize'] {
    const holder = this.#holders.get(pid);
    const verdict = holder?.decided.get(action);
    if (!holder || verdict?.decision !== 'allow') return { remember: false, counter: 0 };
    if (!count) return { remember: true, counter: 0 };
    holder.uses ??= new Uses(this.#options.words);
    this.#tellLater();
    const counter = holder.uses.wordOf(action, verdict);
    return { remember: counter !== 0, counter };
  }

  #holder(pid: number): Holder {
    const known = this.#holders.get(pid);
    if (known) return known;
    const subject = this.#options.find(pid);
    if (!subject) throw new FsError('ESRCH', 'authorize', undefined, { detail: `process ${pid} is not there` });
    const holder = new Holder(subject, this.#options.runOf(pid));
    this.#holders.set(pid, holder);
    return holder;
  }

  async #ask(holder: Holder, action: Action, key: string, { reason, wait, ahead = false }: Put): Promise<void> {
    const { pid, identity } = holder.subject;
    const fault = actionFault({ ...action });
    if (fault !== null) return this.#apply(holder, action, refusal('default', 'ENOTCAPABLE', `it cannot be granted: ${fault}`, false));
    const how = await this.#options.approvals.ask(identity.hash || `pid ${pid}`, key, pid, () => this.#question(holder, action, reason), wait);
    if (this.#holders.get(pid) !== holder) throw new FsError('ESRCH', 'authorize', undefined, { detail: `process ${pid} has ended` });
    const verdict = this.#answered(holder, action, key, how);
    if (ahead && how === 'once' && verdict.decision === 'allow') holder.allowOnce(heldFor(action));
    if (how === 'flood') verdict.tally = this.#flooded(holder);
    const rule = how === 'always' ? this.#ruleOf(identity, action) : null;
    if (rule !== null) await this.#options.appendRule(rule);
    this.#apply(holder, action, verdict);
  }

  /** Questions that are not put are one record, however many. `#apply` counts the use. */
  #flooded(holder: Holder): Tally {
    if (holder.flood === null) this.#options.onFlood?.(holder.subject.name);
    if (!holder.flood?.open) {
      holder.flood = this.#options.audit.note(holder.audit, { kind: 'flood', detail: 'more questions than are put' }, 'deny', 'budget');
      holder.flood.count = 0;
    }
    return holder.flood;
  }

  /** While it was asked, the rules may have changed, and another of its calls may have been answered. */
  #answered(holder: Holder, action: Action, key: string, how: Settled): Verdict {
    const again = decide(holder, action, this.#policy, this.#options.now());
    if (again !== 'ask') return again;
    const summary = summaryOf(action);
    switch (how) {
      case 'once': return permission('user', null, false);
      case 'running':
      case 'always': {
        const held = holder.add(heldFor(action), 'user');
        this.#void(holder);
        return permission('user', held);
      }
      case 'no': {
        holder.refusals.add(key);
        return refusal('user', 'EACCES', `the user has refused it: ${summary}`);
      }
      case 'timeout': return refusal('timeout', 'ETIMEDOUT', `nobody answered in time: ${summary}`, false);
      case 'flood': return refusal('budget', 'ENOTCAPABLE', 'the program asks too many questions', false);
      default: return refusal('default', 'ENOTCAPABLE', `${holder.subject.name} was not granted to ${summary}, and there is nobody to ask`, false);
    }
  }

  #question({ subject: { pid, name, identity } }: Holder, action: Action, reason: string | undefined): Question {
    const { path, hash, trust, declared } = identity;
    const rule = this.#ruleOf(identity, action);
    const why = reason === undefined ? '' : printable(reason);
    return {
      pid, program: printable(name, 80), hash, trust, action, summary: printable(summaryOf(action), 400), declared: heldOf(declared).some((held) => held.covers(action)),
      ...(path !== undefined && { path }), ...(why !== '' && { reason: why }), ...(rule !== null && { rule }),
    };
  }

  #ruleOf(identity: ProgramIdentity, action: Action): string | null {
    return ruleText(identity, action, new Date(this.#options.now()).toISOString().slice(0, 10));
  }

  #apply(holder: Holder, action: Action, verdict: Verdict): void {
    const { tally } = verdict;
    if (tally?.open) tally.count++;
    else {
      verdict.tally = this.#options.audit.note(holder.audit, action, verdict.decision, verdict.by);
      this.#options.learning.note(holder.audit.run, action, verdict);
    }
    if (verdict.decision === 'allow') {
      if (verdict.held) verdict.held.uses++;
      return;
    }
    holder.refused++;
    throw new FsError(verdict.code, action.kind, undefined, { detail: verdict.detail });
  }

  /** `all`: also what was allowed for once ends. The numbers of what was opened by it, which is to be ended when the watchers have been told. */
  #take(holder: Holder, gone: readonly Held[], all = false): number[] {
    for (const held of gone) held.revoked = true;
    if (all) holder.forgetOnce();
    this.#void(holder);
    for (const watcher of [...holder.watchers]) {
      const outcome = decide(holder, watcher.action, this.#policy, this.#options.now());
      if (outcome === 'ask' ? !watcher.covered && !all : outcome.decision === 'allow') continue;
      holder.watchers.delete(watcher);
      watcher.onRevoked();
    }
    return gone.flatMap(({ number }) => (number === undefined || number === 0 ? [] : [number]));
  }

  #void(holder: Holder): void {
    holder.decided.clear();
    this.#options.voidDecisions(holder.subject.pid);
    this.#tell(holder);
  }
}

const KERNEL = { pid: 0, run: 0, program: 'kernel', module: '' } as const;
