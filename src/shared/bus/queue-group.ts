import { Policy } from './frame.ts';
import type { Outgoing } from './outgoing.ts';
import { Put, type Outlet, type Receiver } from './outlet.ts';

/** The members of a queue group that take one subject: each message goes to one of them, in turns. Full or gone ones are passed over. */
export class QueueGroup implements Receiver {
  readonly address: number;
  readonly policy: number;
  readonly inlineMax: number;
  readonly owner = -1;
  readonly #members: readonly Outlet[];
  /** So that publishers do not all begin with the same member. */
  #turn = Math.floor(Math.random() * 1024);

  /** One member or more. Where all are full, the policy of one that drops counts before that of one that waits, and that before refusal. */
  constructor(members: readonly Outlet[]) {
    this.#members = members;
    this.address = members[0]!.address;
    const has = (policy: number): boolean => members.some((member) => member.policy === policy);
    this.policy = has(Policy.DROP_OLDEST) ? Policy.DROP_OLDEST : has(Policy.BLOCK) ? Policy.BLOCK : Policy.REFUSE;
    this.inlineMax = Math.min(...members.map((member) => member.inlineMax));
  }

  hasRoom(out: Outgoing): boolean {
    return this.#members.some((member) => member.hasRoom(out));
  }

  put(out: Outgoing): number {
    const members = this.#members;
    const first = this.#turn++ % members.length;
    let result: number = Put.GONE;
    for (let i = 0; i < members.length; i++) {
      const tried = members[(first + i) % members.length]!.putGently(out);
      if (tried === Put.DONE) return tried;
      if (tried === Put.FULL) result = tried;
    }
    return result === Put.FULL && this.policy === Policy.DROP_OLDEST ? this.#dropping(out, first) : result;
  }

  #dropping(out: Outgoing, first: number): number {
    for (let i = 0; i < this.#members.length; i++) {
      const member = this.#members[(first + i) % this.#members.length]!;
      const result = member.policy === Policy.DROP_OLDEST ? member.put(out) : Put.GONE;
      if (result !== Put.GONE) return result;
    }
    return Put.GONE;
  }

  lose(): void {
    this.#members[0]!.lose();
  }

  addWaiter(slot: number): void {
    for (const member of this.#members) member.addWaiter(slot);
  }

  removeWaiter(slot: number): void {
    for (const member of this.#members) member.removeWaiter(slot);
  }
}
