import type { Atoms } from './atoms.ts';

const CONTENDED = 0x40000000;
/** About 2 µs: longer than any critical section but one that grows a table. */
const SPINS = 400;
/** Milliseconds after which a sleeper looks again by itself. */
const SLEEP = 20;

/**
 * Mutex in one word: 0 free, else its owner's pid, with bit 30 when somebody sleeps on it.
 * Acquire: compare-exchange; release: exchange, then notify if somebody slept. Not reentrant.
 */
export function lock(words: Int32Array, at: number, owner: number): void {
  const found = words === bound ? atoms!.lock(at << 2, owner) : Atomics.compareExchange(words, at, 0, owner);
  if (found !== 0) lockSlow(words, at, owner);
}

/** The words of this worker's arena, on which `atoms` does the same faster. */
let bound: Int32Array | undefined;
let atoms: Atoms | undefined;

/** Words that are none of the last bound arena's go by `Atomics`. */
export function bindLocks(words: Int32Array, to: Atoms): void {
  bound = words;
  atoms = to;
}

function lockSlow(words: Int32Array, at: number, owner: number): void {
  for (let spin = 0; spin < SPINS; spin++) {
    if (Atomics.load(words, at) === 0 && Atomics.compareExchange(words, at, 0, owner) === 0) return;
  }
  for (;;) {
    const seen = Atomics.load(words, at);
    if (seen === 0) {
      // Others may sleep still: keep the mark, so that our release wakes one.
      if (Atomics.compareExchange(words, at, 0, owner | CONTENDED) === 0) return;
      continue;
    }
    const marked = seen | CONTENDED;
    if (seen === marked || Atomics.compareExchange(words, at, seen, marked) === seen) {
      Atomics.wait(words, at, marked, SLEEP);
    }
  }
}

export function tryLock(words: Int32Array, at: number, owner: number): boolean {
  return Atomics.compareExchange(words, at, 0, owner) === 0;
}

export function unlock(words: Int32Array, at: number): void {
  const found = words === bound ? atoms!.unlock(at << 2) : Atomics.exchange(words, at, 0);
  if (found & CONTENDED) Atomics.notify(words, at, 1);
}

/** Pid of the holder; 0 when free. */
export function lockOwner(words: Int32Array, at: number): number {
  return Atomics.load(words, at) & ~CONTENDED;
}
