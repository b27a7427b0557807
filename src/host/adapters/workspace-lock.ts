import { acquire } from './web-lock.ts';

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
  return {
    held: true, lost: owner.lost,
    leave: () => {
      owner.release();
      writer.release();
    },
  };
}

/** Takes the workspace from the tab that owns it; resolves when that one has written what it had. This page must start again then. */
export async function takeWorkspace(name: string): Promise<void> {
  await acquire(name, { steal: true });
  const writer = await acquire(`${name}:writing`, { patience: LAST_WRITES });
  writer.release();
}
