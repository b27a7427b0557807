/** Milliseconds without a key or a press after a question appeared, before it can be answered. */
export const ARM_MS = 700;
/** Milliseconds without a key in a terminal or a field, before a question may take the focus. */
export const QUIET_MS = 900;

/**
 * Keeps a question from being answered by what was meant for something else: it takes answers only when nothing was pressed for a while since it
 * appeared, and only presses that began after that.
 */
export class Arming {
  #since: number;
  #began: boolean | null = null;

  constructor(now: number) {
    this.#since = now;
  }

  armed(now: number): boolean {
    return now - this.#since >= ARM_MS;
  }

  /** A key or a button goes down; false: it must do nothing. */
  pressed(now: number, repeat = false): boolean {
    const armed = this.armed(now) && !repeat;
    if (!this.armed(now)) this.#since = now;
    this.#began = armed;
    return armed;
  }

  /** Whether a click counts: what has no press before it is a reader's, and counts when it is armed. */
  clicks(now: number): boolean {
    const counts = this.#began ?? this.armed(now);
    this.#began = null;
    return counts && this.armed(now);
  }
}

/** How long until a question may take the focus from where the user types; 0: now. */
export function quietIn(now: number, lastTyped: number): number {
  return Math.max(0, lastTyped + QUIET_MS - now);
}
