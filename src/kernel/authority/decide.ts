import type { Action } from '../../shared/abi/index.ts';
import { actionKey, forbidden, summaryOf } from './action.ts';
import { heldFor, type Held } from './held.ts';
import type { Holder, Verdict } from './holder.ts';
import type { Policy } from './policy.ts';

/** A verdict, or that somebody has to be asked. */
export type Outcome = Verdict | 'ask';

/** What leaves the session in which a dry run works; pairs are kept apart by the store, files by the session. */
const LEAVES: readonly Action['kind'][] = ['http', 'listen', 'connect', 'publish'];

export function refusal(by: Verdict['by'], code: Verdict['code'], detail: string, remember = true): Verdict {
  return { decision: 'deny', by, code, detail, held: null, remember, tally: null };
}

export function permission(by: Verdict['by'], held: Held | null, remember = true): Verdict {
  return { decision: 'allow', by, code: 'ENOTCAPABLE', detail: '', held, remember, tally: null };
}

/**
 * The decision path up to the question (AU10 on): what nobody can allow, what was revoked, a dry run, the policy over the grants, the budget of a rule,
 * what the user refused before. `now`: milliseconds.
 */
export function decide(holder: Holder, action: Action, policy: Policy, now: number): Outcome {
  const never = forbidden(action);
  if (never !== null) return refusal('default', 'EACCES', never);
  const held = holder.find(action);
  if (held?.revoked) return refusal('revoked', 'ENOTCAPABLE', `it was revoked: ${held.summary}`);
  const { identity } = holder.subject;
  if (identity.withheld?.includes(action.kind)) return refusal('user', 'ENOTCAPABLE', 'it was withheld when the program was started');
  if (identity.dryRun && LEAVES.includes(action.kind)) return refusal('dry-run', 'EACCES', 'this is a dry run: nothing leaves its session');
  return byPolicy(holder, action, held, policy, now) ?? byUser(holder, action);
}

/** Null: neither the policy nor a grant says anything of it. */
function byPolicy(holder: Holder, action: Action, held: Held | undefined, policy: Policy, now: number): Outcome | null {
  if (policy.unknown) return refusal('policy', 'EACCES', 'the policy cannot be read, so nothing is allowed that it may forbid');
  const rule = holder.rules(policy).find(action);
  if (rule?.decision === 'deny') return refusal('policy', 'EACCES', `the policy forbids it, line ${rule.line}`);
  // What the user has answered already is not asked again for a rule that wants it asked.
  if (rule?.decision === 'ask' && !holder.isAnswered(action)) return null;
  if (held) return permission('grant', held);
  if (rule?.decision !== 'allow' || !holder.isWithinCeiling(action)) return null;
  if (!holder.spend(rule, now)) return refusal('budget', 'EDQUOT', `the policy allows ${rule.perMinute} uses in a minute, line ${rule.line}`, false);
  return permission('policy', rule.perMinute === null ? holder.add(heldFor(action), 'policy') : null, rule.perMinute === null);
}

function byUser(holder: Holder, action: Action): Outcome {
  const { identity: { learn }, name } = holder.subject;
  if (learn === 'observe' && action.kind !== 'http') return permission('observe', null);
  if (holder.refusals.has(actionKey(action))) return refusal('user', 'EACCES', `the user has refused to let ${name} ${summaryOf(action)}`);
  return 'ask';
}
