import type { Action, DecidedBy, HeldGrant } from '../../shared/abi/index.ts';
import type { ErrnoName } from '../../shared/base/index.ts';
import type { Grants, ProgramIdentity } from '../capability/index.ts';
import { heldAtStart, type Held, type Unnumbered } from './held.ts';

/** A process as authority sees it. */
export interface Subject {
  readonly pid: number;
  readonly ppid: number;
  readonly name: string;
  readonly grants: Grants;
  readonly identity: ProgramIdentity;
}

/** What was decided. */
export interface Verdict {
  readonly decision: 'allow' | 'deny';
  readonly by: DecidedBy;
  /** Of a refusal. */
  readonly code: Extract<ErrnoName, 'ENOTCAPABLE' | 'EACCES' | 'ETIMEDOUT' | 'EDQUOT' | 'EINVAL'>;
  readonly detail: string;
  /** What allows it. */
  readonly held: Held | null;
  /** It holds until the holder's epoch moves. */
  readonly remember: boolean;
}

/** Remembered verdicts of one process, at most; beyond, all are forgotten. */
const REMEMBERED_MAX = 1024;
/** Grants that one process comes to have while it runs, at most; beyond, each use is decided anew. */
const HELD_MAX = 4096;

/** What one process holds, and what was decided about it. */
export class Holder {
  readonly subject: Subject;
  readonly held: Held[] = [];
  readonly decided = new Map<string, Verdict>();
  readonly watchers = new Set<{ action: Action; onRevoked(): void }>();
  refused = 0;

  constructor(subject: Subject) {
    this.subject = subject;
    const { grants, identity } = subject;
    for (const one of heldAtStart(grants)) this.add(one, identity.id === undefined ? 'start' : 'manifest');
  }

  /** Null where it holds too many. */
  add(grant: Unnumbered, origin: HeldGrant['origin']): Held | null {
    if (this.held.length >= HELD_MAX) return null;
    const held: Held = { ...grant, id: this.held.length + 1, origin, uses: 0, revoked: false };
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

  remember(key: string, verdict: Verdict): void {
    if (this.decided.size >= REMEMBERED_MAX) this.decided.clear();
    this.decided.set(key, verdict);
  }
}
