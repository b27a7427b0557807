import { Errno } from '../base/index.ts';
import type { Blocking } from './contract.ts';
import { BLOCKED, Policy } from './frame.ts';
import type { Outgoing } from './outgoing.ts';
import { Put, type Receiver } from './outlet.ts';
import type { Route } from './router.ts';
import type { WaitsFor } from './waits-for.ts';

/** One message on its way into the mailboxes of a route. Each step is within one section, at whose end no extent is held. */
export class Publication {
  /** A full mailbox whose policy is BLOCK loses the message: who publishes never waits. */
  neverWaits = false;
  /** One whose policy is REFUSE does too, and nobody is told. */
  neverRefused = false;
  readonly #out: Outgoing;
  readonly #waits: WaitsFor;
  /** Full ones that the publisher has to wait for, those after `#next`. */
  readonly #stuck: Receiver[] = [];
  #next = 0;
  #reached = 0;
  #deadlock = false;

  constructor(out: Outgoing, waits: WaitsFor) {
    this.#out = out;
    this.#waits = waits;
  }

  /** The mailbox that is waited for. */
  get blockedOn(): Blocking {
    return this.#stuck[this.#next]!;
  }

  /** Mailboxes that have it; BLOCKED, -EAGAIN, -ENOMEM, -EDEADLK. */
  deliver(route: Route): number {
    const out = this.#out;
    if (out.size > route.inlineMax && !out.hold()) return -Errno.ENOMEM;
    const result = route.single === null ? this.#deliverAll(route) : this.#deliverOne(route.single);
    out.letGo();
    return result;
  }

  #deliverOne(receiver: Receiver): number {
    const put = receiver.put(this.#out);
    if (put !== Put.FULL || this.#loses(receiver)) return put === Put.DONE ? 1 : 0;
    if (receiver.policy === Policy.REFUSE) return -Errno.EAGAIN;
    this.#begin();
    this.#stuck.push(receiver);
    return this.#advance();
  }

  #loses(receiver: Receiver): boolean {
    const loses = receiver.policy === Policy.REFUSE ? this.neverRefused : this.neverWaits;
    if (loses) receiver.lose();
    return loses;
  }

  #begin(): void {
    this.#stuck.length = 0;
    this.#next = 0;
    this.#reached = 0;
    this.#deadlock = false;
  }

  #deliverAll({ receivers, refusing }: Route): number {
    const out = this.#out;
    this.#begin();
    // So that the others do not get again what is published again after a refusal.
    for (let i = 0; i < refusing && !this.neverRefused; i++) if (!receivers[i]!.hasRoom(out)) return -Errno.EAGAIN;
    for (let i = 0; i < receivers.length; i++) {
      const receiver = receivers[i]!;
      const put = receiver.put(out);
      if (put === Put.DONE) this.#reached++;
      else if (put === Put.FULL && !this.#loses(receiver)) {
        if (receiver.policy === Policy.REFUSE) return -Errno.EAGAIN;
        this.#stuck.push(receiver);
      }
    }
    return this.#stuck.length === 0 ? this.#reached : this.#advance();
  }

  /** Tries those that were full again. */
  resume(): number {
    const result = this.#advance();
    this.#out.letGo();
    return result;
  }

  #advance(): number {
    const out = this.#out;
    for (; this.#next < this.#stuck.length; this.#next++) {
      const receiver = this.#stuck[this.#next]!;
      // Not again and again an extent for nothing.
      let put: number = receiver.hasRoom(out) ? Put.DONE : Put.FULL;
      if (put === Put.DONE) put = out.size > receiver.inlineMax && !out.hold() ? Put.LOST : receiver.put(out);
      if (put === Put.DONE) this.#reached++;
      else if (put === Put.FULL) {
        if (this.#waits.begin(receiver.owner)) return BLOCKED;
        this.#deadlock = true;
        receiver.lose();
      }
    }
    this.#waits.end();
    return this.#deadlock ? -Errno.EDEADLK : this.#reached;
  }

  /** The mailbox that is waited for does without; on to the next. */
  giveUp(): number {
    this.#stuck[this.#next++]!.lose();
    return this.resume();
  }
}
