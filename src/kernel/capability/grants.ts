import { NO_GRANTS, type ComponentGrants, type ProgramGrants, type SyscallRequest } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';

/** Of the names below a directory that match: what may be done with them. */
export interface GlobGrant {
  /** Absolute glob at or below the directory: `*` and `?` within a part, `**` for any number of parts; `/a/**` has `/a` too. */
  readonly path: string;
  /** Bits of `RightBit`. */
  readonly rights: number;
  /** As `DirectoryGrant.grant`. */
  readonly grant?: number;
}

/** A directory that a process was given, under the name by which it knows it. */
export interface DirectoryGrant {
  readonly name: string;
  /** Namespace path, resolved when the process was made. */
  readonly path: string;
  /** Bits of `RightBit`. Default: all. With `globs` these say it, each for the names that match; who matches several has the rights of all. */
  readonly rights?: number;
  /** Default: no name below is kept away. */
  readonly globs?: readonly GlobGrant[];
  /** Number by which it is revoked, with all that was opened by it, in whatever process: unlike that of any other grant since the kernel started. Default 0: it is never revoked. */
  readonly grant?: number;
  /** What was at `path` when a process was given it; empty: nothing. Who gets it from that one gets this directory, whatever is at the path by then. Set when a process is made. */
  readonly node?: string;
  /** Left out where it is not there. Default: the program is not started. */
  readonly optional?: boolean;
  /** It is meant by its name alone: where a link has been put on the way there, the program is not started (ENOTCAPABLE). Default: links are followed. */
  readonly literal?: boolean;
}

/** What a process may do beyond computing, as data. Everything that is not here is refused. */
export interface Grants {
  /** Reached through its preopened descriptors, and nothing above them. */
  readonly directories: readonly DirectoryGrant[];
  /** Start programs, which get at most the same grants. */
  readonly spawn: boolean;
  /** End processes: none, those it started, or all. */
  readonly kill: 'none' | 'children' | 'all';
  /** List the processes by the call. What `/proc` shows, who was granted that directory reads. */
  readonly list: boolean;
  /** Know the time. */
  readonly clocks: boolean;
  /** Have random bytes. */
  readonly entropy: boolean;
  /** Ports of the tab's loopback that it was given listening sockets of. A child has none of them. */
  readonly listen: readonly number[];
  /** Connect to ports of the tab's loopback. */
  readonly connect: boolean;
  /** Open listening sockets on any port of it, for itself or for what it starts. */
  readonly bind: boolean;
  /** Make the window's calls about layers and history: undo, restore, discard, trim. */
  readonly workspace: boolean;
  /** What it may do beyond that: what its manifest, the user's ticks or its parent gave it. Files stand among `directories` too, as far as they are opened. */
  readonly component: ComponentGrants;
}

/** The user's own hands: files of the bus are written and read at a prompt. */
const PROMPT_COMPONENT: ComponentGrants = { ...NO_GRANTS, publish: ['>'], subscribe: ['>'] };

/** For a program: files in its directories, its own streams, clocks and entropy unless they are withheld; sockets only if it is said. */
export function programGrants(directories: readonly DirectoryGrant[], { clocks = true, entropy = true, connect = false, bind = false }: Partial<ProgramGrants> = {}, listen: readonly number[] = []): Grants {
  return { directories, spawn: false, kill: 'none', list: false, clocks, entropy, listen, connect, bind, workspace: false, component: NO_GRANTS };
}

/** For the prompt: what a user does in a terminal. `workspace`: in a terminal of the user's, who may do all of that anyway. */
export function promptGrants(
  directories: readonly DirectoryGrant[],
  { clocks = true, entropy = true, connect = true, bind = true, workspace = false }: Partial<ProgramGrants> & { workspace?: boolean } = {},
): Grants {
  return { directories, spawn: true, kill: 'all', list: true, clocks, entropy, listen: [], connect, bind, workspace, component: PROMPT_COMPONENT };
}

/**
 * For what a process starts: nothing beyond its own. With `/` granted that is all of the namespace, else the same directories.
 * A built-in program may do what its parent may; a module has files and streams.
 */
export function childGrants(parent: Grants, wanted: readonly DirectoryGrant[], builtin: boolean): Grants {
  const root = parent.directories.find(({ name, path, globs }) => name === '/' && path === '/' && !globs);
  if (!root) return builtin ? { ...parent, listen: [] } : programGrants(parent.directories, parent);
  return builtin ? { ...parent, directories: [root], listen: [] } : programGrants(wanted.map((one) => ({ ...one, ...limitsOf(root) })), parent);
}

/** What is handed on of a directory is not more than the directory, and goes when that goes. */
function limitsOf({ rights, grant }: DirectoryGrant): Pick<DirectoryGrant, 'rights' | 'grant'> {
  return { ...(rights !== undefined && { rights }), ...(grant !== undefined && { grant }) };
}

/** For a child that is to have its streams and nothing else. */
export function bareGrants({ clocks, entropy }: Grants): Grants {
  return programGrants([], { clocks, entropy });
}

/** What a process is to the one that names it. */
export type Kinship = 'self' | 'child' | 'other';

/**
 * Refuses a system call that no grant covers. Calls on files are covered by the descriptors that they name.
 * `kinship` says what a pid is to the caller. @throws FsError ENOTCAPABLE
 */
export function checkGrant(grants: Grants, request: SyscallRequest, kinship: (pid: number) => Kinship): void {
  if (!isGranted(grants, request, kinship)) {
    throw new FsError('ENOTCAPABLE', request.op, undefined, { detail: 'the process was not granted this' });
  }
}

function isGranted(grants: Grants, request: SyscallRequest, kinship: (pid: number) => Kinship): boolean {
  switch (request.op) {
    case 'spawn': return grants.spawn;
    case 'kill': return grants.kill === 'all' || maySignal(grants, request, kinship);
    case 'limits': return request.pid === 0 || grants.kill === 'all' || (grants.kill === 'children' && kinship(request.pid) === 'child');
    case 'processes': return grants.list;
    case 'workspace': return grants.workspace;
    default: return true;
  }
}

/** Anyone may signal itself (`proc_raise`), and its group on finding itself in the background of its terminal. */
function maySignal(grants: Grants, { pid, signal }: Extract<SyscallRequest, { op: 'kill' }>, kinship: (pid: number) => Kinship): boolean {
  if (pid === 0) return signal === 'TTIN' || signal === 'TTOU';
  const kin = pid > 0 ? kinship(pid) : 'other';
  return kin === 'self' || (kin === 'child' && grants.kill === 'children');
}
