import type { Action } from '../../shared/abi/index.ts';
import type { Awaitable } from './file-service.ts';

/**
 * The one decision path of every call that leaves a sandbox: grant → policy → budget → the user's prompt → audit. Fails closed.
 */
export interface Authority {
  /**
   * Returns (without a promise where nobody has to be asked) if process `pid` may do this. Ask again after each wait, and for each use that is not covered by what was
   * said to be remembered. `reason`: the program's own words. @throws FsError ENOTCAPABLE, EACCES, ETIMEDOUT, EDQUOT
   */
  require(pid: number, action: Action, reason?: string): Awaitable<void>;
  /** Calls `onRevoked` once when process `pid` may not do this any more, or has ended. */
  watch(pid: number, action: Action, onRevoked: () => void): { dispose(): void };
}
