import type { SyscallRequest } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';

/** A directory that a process was given, under the name by which it knows it. */
export interface DirectoryGrant {
  readonly name: string;
  /** Namespace path, resolved when the process was made. */
  readonly path: string;
}

/** What a process may do beyond computing, as data. Everything that is not here is refused. */
export interface Grants {
  /** Reached through its preopened descriptors, and nothing above them. */
  readonly directories: readonly DirectoryGrant[];
  /** Start programs, which get at most the same grants. */
  readonly spawn: boolean;
  /** End processes: none, those it started, or all. */
  readonly kill: 'none' | 'children' | 'all';
  /** See other processes. */
  readonly list: boolean;
}

/** For a program: files in its directories, its own streams, nothing else. */
export function programGrants(directories: readonly DirectoryGrant[]): Grants {
  return { directories, spawn: false, kill: 'none', list: false };
}

/** For the prompt: what a user does in a terminal. */
export function promptGrants(directories: readonly DirectoryGrant[]): Grants {
  return { directories, spawn: true, kill: 'all', list: true };
}

/**
 * Refuses a system call that no grant covers. Calls on files are covered by the descriptors that they name.
 * `isChild` says whether a pid was started by the caller. @throws FsError ENOTCAPABLE
 */
export function checkGrant(grants: Grants, request: SyscallRequest, isChild: (pid: number) => boolean): void {
  if (!isGranted(grants, request, isChild)) {
    throw new FsError('ENOTCAPABLE', request.op, undefined, { detail: 'the process was not granted this' });
  }
}

function isGranted(grants: Grants, request: SyscallRequest, isChild: (pid: number) => boolean): boolean {
  switch (request.op) {
    case 'spawn': return grants.spawn;
    case 'wait': return grants.spawn && isChild(request.pid);
    case 'kill': return grants.kill === 'all' || (grants.kill === 'children' && isChild(request.pid));
    case 'processes': return grants.list;
    default: return true;
  }
}
