import type { Action, DecidedBy, Decision, HeldGrant } from '../../shared/abi/index.ts';
import type { ErrnoName } from '../../shared/base/index.ts';
import { nextGrantNumber, type Grants, type ProgramIdentity } from '../capability/index.ts';
import type { AuditSubject, Tally } from './audit.ts';
import { heldAtStart, type Held, type Unnumbered } from './held.ts';
import { Remembered } from './remembered.ts';
import type { Uses } from './uses.ts';
import type { Policy, ProgramRules, Rule } from './policy.ts';

/** A process as authority sees it. */
export interface Subject {
  readonly pid: number;
  readonly ppid: number;
  readonly name: string;
  readonly grants: Grants;
  readonly identity: ProgramIdentity;
}

export type RefusalCode = Extract<ErrnoName, 'ENOTCAPABLE' | 'EACCES' | 'ETIMEDOUT' | 'EDQUOT'>;

/** What was decided. */
export interface Verdict {
  readonly decision: Decision;
  readonly by: DecidedBy;
  /** Of a refusal. */
  readonly code: RefusalCode;
  readonly detail: string;
  /** What allows it. */
  readonly held: Held | null;
  /** It holds until the process's decisions are void. */
  readonly remember: boolean;
  /** Where its uses are counted. */
  tally: Tally | null;
}

/** Somebody who is to be told when an action may not go on. */
export interface Watcher {
  readonly action: Action;
  /** It was allowed as such, not by an answer for once. */
  readonly covered: boolean;
  onRevoked(): void;
}

/** Grants that one process comes to have while it runs, at most; beyond, each use is decided anew. */
const HELD_MAX = 4096;
const MINUTE = 60_000;
/** Uses that were allowed ahead, at most; the oldest is forgotten. */
const ONCE_MAX = 64;

/** What one process holds, and what was decided about it. */
export class Holder {
  readonly subject: Subject;
  readonly audit: AuditSubject;
  held: Held[] = [];
  readonly decided = new Remembered<Verdict>();
  /** What the user refused while it runs. */
  readonly refusals = new Set<string>();
  readonly watchers = new Set<Watcher>();
  refused = 0;
  /** What it does by decisions that it remembers; null while there are none. */
  uses: Uses | null = null;
  /** What is counted while it asks too much. */
  flood: Tally | null = null;
  /** What the user allowed ahead, for one use each. */
  #once: Unnumbered[] = [];
  #lastId = 0;
  /** Of rules with a budget: uses in the minute that began then. */
  readonly #spent = new Map<Rule, { since: number; uses: number }>();
  #rules: { of: Policy; rules: ProgramRules } | null = null;

  constructor(subject: Subject, run: number) {
    this.subject = subject;
    const { pid, name, grants, identity } = subject;
    this.audit = { pid, run, program: name, module: identity.hash };
    const origin = identity.id !== undefined ? 'manifest' : identity.ceiling ? 'parent' : 'start';
    for (const one of heldAtStart(grants)) this.add(one, origin);
  }

  /** Null where it holds too many. */
  add(grant: Unnumbered, origin: HeldGrant['origin']): Held | null {
    if (this.held.length >= HELD_MAX) return null;
    const number = grant.number ?? (grant.action.kind === 'file' ? nextGrantNumber() : undefined);
    const held: Held = { ...grant, ...(number !== undefined && { number }), id: ++this.#lastId, origin, uses: 0, revoked: false };
    this.held.push(held);
    return held;
  }

  /** The grant that covers an action; one that is not revoked, if there is one. */
  find(action: Action): Held | undefined {
    let revoked: Held | undefined;
    for (const held of this.held) {
      if (!held.covers(action)) continue;
      if (!held.revoked) return held;
      revoked ??= held;
    }
    return revoked;
  }

  /** The next use that it covers is allowed. */
  allowOnce(grant: Unnumbered): void {
    if (this.#once.length === ONCE_MAX) this.#once.shift();
    this.#once.push(grant);
  }

  /** Whether such a use is left; it is taken. */
  useOnce(action: Action): boolean {
    const at = this.#once.findIndex((grant) => grant.covers(action));
    return at >= 0 && this.#once.splice(at, 1).length > 0;
  }

  forgetOnce(): void {
    this.#once = [];
  }

  /** Whether the user has answered for it, while it runs. */
  isAnswered(action: Action): boolean {
    return this.held.some((held) => !held.revoked && (held.origin === 'user' || held.origin === 'token') && held.covers(action));
  }

  /** What rules gave: the rules as they are now give it again, or not. */
  dropPolicy(): void {
    this.held = this.held.filter(({ origin, revoked }) => origin !== 'policy' || revoked);
  }

  /** Whether a rule of the policy may give it this: not beyond what the program held that started it. */
  isWithinCeiling(action: Action): boolean {
    const { ceiling } = this.subject.identity;
    return !ceiling || ceiling.some((held) => held.revoked !== true && held.covers(action));
  }

  rules(policy: Policy): ProgramRules {
    if (this.#rules?.of !== policy) {
      this.#rules = { of: policy, rules: policy.of(this.subject.identity) };
      this.#spent.clear();
    }
    return this.#rules.rules;
  }

  /** Counts one use of a rule that has a budget; false: it is used up. */
  spend(rule: Rule, now: number): boolean {
    if (rule.perMinute === null) return true;
    const spent = this.#spent.get(rule);
    if (!spent || now - spent.since >= MINUTE) {
      this.#spent.set(rule, { since: now, uses: 1 });
      return true;
    }
    if (spent.uses >= rule.perMinute) return false;
    spent.uses++;
    return true;
  }
}
