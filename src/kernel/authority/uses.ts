import type { Action, DecidedBy } from '../../shared/abi/index.ts';
import { actionKey } from './action.ts';
import type { Held } from './held.ts';

/** Words that the kernel and one process share, in blocks; in them the process counts what it does without a call. They wrap at 2^32. */
export interface UseWords {
  /** Address of `USE_WORDS` words that are 0; 0: there is no room. */
  allocate(): number;
  /** The word at an address. */
  read(address: number): number;
  /** Of a process that has ended; its worker may still count for a moment. */
  free(block: number): void;
}

/** Words of one process. */
export const USE_WORDS = 512;
/** Of them for single actions; the others stand for all further actions that one grant allows. */
const OWN_WORDS = 448;
const WORD = 4;

/** Of what is remembered: who decided it, and what allows it. */
interface Decided {
  readonly by: DecidedBy;
  readonly held: Held | null;
}

interface Counter {
  readonly address: number;
  readonly action: Action;
  by: DecidedBy;
  held: Held | null;
  /** The word as it was last read. */
  seen: number;
  /** Uses that no record tells of yet. */
  untold: number;
}

/** What a process does by decisions that it remembers: it counts in a word for each, which stays that action's for as long as the process runs. */
export class Uses {
  readonly #words: UseWords;
  readonly #counters = new Map<string, Counter>();
  #block = 0;

  constructor(words: UseWords) {
    this.#words = words;
  }

  /**
   * Address of the word for a decision; 0 where it has none left, so that each use is to be asked for. Where there are more actions than words of
   * their own, those of one grant share a word, whose records have the grant's action.
   */
  wordOf(action: Action, { by, held }: Decided): number {
    const own = actionKey(action);
    const known = this.#counters.get(own);
    if (known) return this.#again(known, by, held);
    if (this.#counters.size < OWN_WORDS) return this.#add(own, action, by, held);
    if (!held) return 0;
    // No action's key begins so.
    const common = `grant ${held.summary}`;
    const shared = this.#counters.get(common);
    return shared ? this.#again(shared, by, held) : this.#add(common, held.action, by, held);
  }

  /** Brings `uses` of what it holds up to date. */
  read(): void {
    for (const counter of this.#counters.values()) this.#read(counter);
  }

  /** Gives `note` what was used since the last time. */
  tell(note: (action: Action, by: DecidedBy, count: number) => void): void {
    for (const counter of this.#counters.values()) {
      this.#read(counter);
      if (counter.untold > 0) note(counter.action, counter.by, counter.untold);
      counter.untold = 0;
    }
  }

  /** The process has ended, and all was told. */
  free(): void {
    if (this.#block !== 0) this.#words.free(this.#block);
    this.#block = 0;
    this.#counters.clear();
  }

  /** What was counted until now was by the earlier decision. */
  #again(counter: Counter, by: DecidedBy, held: Held | null): number {
    this.#read(counter);
    counter.by = by;
    counter.held = held;
    return counter.address;
  }

  #add(key: string, action: Action, by: DecidedBy, held: Held | null): number {
    const at = this.#counters.size;
    if (at >= USE_WORDS) return 0;
    if (this.#block === 0) this.#block = this.#words.allocate();
    if (this.#block === 0) return 0;
    const address = this.#block + at * WORD;
    this.#counters.set(key, { address, action, by, held, seen: 0, untold: 0 });
    return address;
  }

  #read(counter: Counter): void {
    const now = this.#words.read(counter.address);
    const more = (now - counter.seen) >>> 0;
    counter.seen = now;
    counter.untold += more;
    if (counter.held) counter.held.uses += more;
  }
}
