import { acquire, type Ownership } from './web-lock.ts';

/** One tab owns a workspace. */
export interface WorkspaceLock {
  readonly held: boolean;
  /** Resolves when another tab took the workspace: write what there is, then `leave`. */
  readonly lost: Promise<void>;
  /** Nothing more will be written. */
  leave(): void;
}

/** Milliseconds for the last owner to write what it has, before the page of the next one starts again and after. */
const LAST_WRITES = 10_000;
const LAST_WRITES_AT_START = 2000;
/** A page that was the owner until now finds its former self still holding the lock: milliseconds until that is gone. */
const SUCCESSION = 3000;
const COURTESY = 250;

/**
 * Two locks: who owns the workspace, and who still writes. A tab that loses the first one writes what it has acknowledged
 * to nobody yet, and then lets go of the second, for which the new owner waits.
 * `successor`: this page owned the workspace before it was reloaded, or has just taken it.
 */
export async function lockWorkspace(name: string, successor: boolean): Promise<WorkspaceLock> {
  const owner = await acquire(name, { patience: successor ? SUCCESSION : COURTESY });
  if (!owner.held) return { held: false, lost: owner.lost, leave: owner.release };
  const patient = await acquire(`${name}:writing`, { patience: LAST_WRITES_AT_START });
  const writer = patient.held ? patient : await acquire(`${name}:writing`, { steal: true });
  return both(owner, writer);
}

/** Takes the workspace from the tab that owns it; resolves when that one has written what it had. */
export async function takeWorkspace(name: string): Promise<WorkspaceLock> {
  const owner = await acquire(name, { steal: true });
  const patient = await acquire(`${name}:writing`, { patience: LAST_WRITES });
  const writer = patient.held ? patient : await acquire(`${name}:writing`, { steal: true });
  return both(owner, writer);
}

/** Resolves when nobody has owned the workspace for longer than a page takes to start again. Rejects when aborted. */
export async function whenUnowned(name: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    await navigator.locks.request(name, { signal }, async () => undefined);
    await new Promise((resolve) => setTimeout(resolve, SUCCESSION + 1000));
    signal.throwIfAborted();
    const now = await acquire(name);
    now.release();
    if (now.held) return;
  }
}

function both(owner: Ownership, writer: Ownership): WorkspaceLock {
  return {
    held: true, lost: owner.lost,
    leave: () => {
      owner.release();
      writer.release();
    },
  };
}
