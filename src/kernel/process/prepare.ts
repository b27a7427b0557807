import type { GuestRun, Limits, SpawnReply } from '../../shared/abi/index.ts';
import { prepareTrace, ProcessHandle, type ProcessTable } from '../../shared/arena/index.ts';
import { FsError, type Clock } from '../../shared/base/index.ts';
import type { CallServer } from '../../shared/link/index.ts';
import { BUILTIN_IDENTITY, isWhole, reachesRoot, rootOf, UNKNOWN_IDENTITY, type DirectoryGrant, type Grants, type ProgramIdentity } from '../capability/index.ts';
import type { Location, Namespace } from '../namespace/index.ts';
import { deferred } from './deferred.ts';
import type { Descriptors } from './descriptors.ts';
import { grantedDirectory } from './granted-directory.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { importedMemoryOf, importResultsOf } from './module-loader.ts';
import type { Mirrored, NamespaceMirror } from './namespace-mirror.ts';
import type { ProcessLine } from './process-line.ts';
import type { ProcessRecord } from './process-record.ts';
import { listenedPorts } from './listeners.ts';
import { installStdio, type Stdio } from './stdio.ts';
import type { ThreadGroup } from './threads.ts';

/** A process to start: everything is resolved and checked. */
export interface Launch {
  program: GuestRun['program'];
  name: string;
  args: readonly string[];
  /** `NAME=value`. */
  env: readonly string[];
  cwd: string;
  ppid: number;
  /** Process group and session. Default: its own. */
  group?: number;
  session?: number;
  namespace: Namespace;
  /** The session or branch that its `/` is. Default: the workspace. */
  line?: ProcessLine;
  grants: Grants;
  /** What the process has that hands them on. Set by `Processes`. */
  giver?: Pick<ProcessRecord, 'grants' | 'fds'> | undefined;
  /** Default: a built-in program is the kernel's own, of a module nothing is known. */
  identity?: ProgramIdentity;
  /** Default: `DEFAULT_LIMITS`. */
  limits?: Limits;
  stdio: Stdio;
  tty: number | null;
  /** Masks of signals that it ignores, and that its children are to ignore. Default: none. */
  ignored?: number;
  inherited?: number;
  /** It is there, and its program has not started: the last moment to give it the terminal. Must not throw. */
  onReady?: (record: ProcessRecord) => void;
}

export interface PrepareOptions {
  descriptors: Descriptors;
  calls: Pick<CallServer, 'prepare' | 'release'>;
  clock: Clock;
  /** Namespaces as walkers in the arena see them. Default: none, and nothing is mounted there. */
  mirror?: NamespaceMirror;
  /** Whether its calls are noted. Default: they are. */
  noting?: () => boolean;
  /** Directories that a process was granted are not there, and could not be made: it starts without them. Must not throw. */
  onMissing?: (record: ProcessRecord, paths: readonly string[]) => void;
}

/** Makes the threads of a process: of its control block, and what the worker of its first one is sent. */
export type ThreadMaker = (handle: ProcessHandle, run: GuestRun) => ThreadGroup;

export interface Prepared {
  record: ProcessRecord;
  ports: Omit<SpawnReply, 'pid'>;
}

/** First descriptor for the directories of a module, and of a built-in program, whose low numbers are its user's. */
const PREOPENS = { module: 3, builtin: 60 } as const;

/** The control block, descriptors and streams; undone if one of them cannot be had. */
export async function prepare(options: PrepareOptions, table: ProcessTable, pid: number, launch: Launch, threadsOf: ThreadMaker): Promise<Prepared> {
  const { descriptors, calls, mirror, clock } = options;
  const mirrored = mirror?.acquire(launch.namespace) ?? null;
  const undo = (): void => void (mirrored && mirror?.release(mirrored));
  const { ofds: preopens, directories, missing } = await preopen(descriptors, launch, mirrored, undo);
  const pcb = table.allocate(pid, launch.ppid);
  if (pcb === 0 || !calls.prepare(pcb)) {
    undo();
    for (const ofd of preopens) descriptors.files.release(ofd);
    if (pcb !== 0) table.free(pcb);
    throw new FsError('EAGAIN', 'spawn', launch.name, { detail: pcb === 0 ? 'too many processes' : 'shared memory is full' });
  }
  // A built-in program makes no system calls: it works on the tree itself.
  if (typeof launch.program !== 'string' && options.noting?.() !== false) prepareTrace(descriptors.arena, pcb);
  const fds = descriptors.table(pcb);
  try {
    for (const port of launch.grants.listen) fds.install(descriptors.listen(port), PREOPENS.module);
    const { pumps, ports } = installStdio(descriptors, fds, launch.stdio);
    const from = typeof launch.program === 'string' ? PREOPENS.builtin : PREOPENS.module;
    const listening = listenedPorts(descriptors, fds);
    for (const ofd of preopens.splice(0)) fds.install(ofd, from);
    const handle = new ProcessHandle(descriptors.arena, pcb);
    if (mirrored) mirror?.publish(mirrored, [pcb]);
    handle.group = launch.group ?? pid;
    const threads = threadsOf(handle, runMessage(launch, pid, pcb));
    const record: ProcessRecord = {
      threads, pid, ppid: launch.ppid, group: launch.group ?? pid, session: launch.session ?? pid, name: launch.name, args: launch.args, env: launch.env, cwd: launch.cwd, tty: launch.tty,
      grants: { ...launch.grants, directories }, identity: launch.identity ?? (typeof launch.program === 'string' ? BUILTIN_IDENTITY : UNKNOWN_IDENTITY), limits: launch.limits ?? DEFAULT_LIMITS, namespace: launch.namespace, mirrored, started: Number(clock.realtime() / 1000n) / 1000,
      startedAt: clock.monotonic(), runAt: clock.monotonic(), pcb, handle, fds, pumps, listening, ended: deferred(), lease: null, killed: null, verdict: null,
      line: launch.line, memory: undefined, last: null, cpu: () => threads.cpu(clock.monotonic() - record.runAt),
      caught: 0, ignored: launch.ignored ?? 0, inherited: launch.inherited ?? 0, stopped: null, report: null,
    };
    if (missing.length > 0) options.onMissing?.(record, missing);
    return { record, ports };
  } catch (error) {
    undo();
    fds.destroy();
    descriptors.ports.sweep();
    calls.release(pcb);
    table.free(pcb);
    for (const ofd of preopens) descriptors.files.release(ofd);
    throw error;
  }
}

function runMessage({ program, name, args, env, cwd, identity, grants: { clocks, entropy } }: Launch, pid: number, pcb: number): GuestRun {
  const run: GuestRun = { type: 'run', pid, pcb, program, args: [name, ...args], env: [...env], cwd, grants: { clocks, entropy }, ...((identity?.learn ?? identity?.dryRun) && { observe: true }) };
  if (typeof program === 'string') return run;
  const importedMemory = importedMemoryOf(program);
  const importResults = importResultsOf(program);
  return { ...run, ...(importedMemory && { importedMemory }), ...(importResults && { importResults }) };
}

/** Its preopens, and what it was given as it was found. */
interface Opened {
  ofds: number[];
  directories: DirectoryGrant[];
  missing: string[];
}

async function preopen(descriptors: Descriptors, launch: Launch, mirrored: Mirrored | null, undo: () => void): Promise<Opened> {
  const opened: Opened = { ofds: [], directories: [], missing: [] };
  const { namespace, grants: { directories } } = launch;
  // A working directory below `/proc/self` is its parent's, who went there.
  const caller = launch.ppid === 0 ? undefined : launch.ppid;
  try {
    await requireUnmoved(descriptors, launch);
    // Who has the root may go up to it from anywhere, and follow absolute links, as far as that gives no more.
    const given = rootOf(directories);
    const root = given && (await namespace.walk('/', { operation: 'spawn' }));
    for (const grant of directories) {
      const place = await grantedDirectory(namespace, grant, caller);
      const node = place ? await nodeOf(place) : '';
      if (place && grant.literal && place.path !== grant.path) throw new FsError('ENOTCAPABLE', 'spawn', grant.path, { detail: `a link leads from there to ${place.path}` });
      if (grant.node !== undefined && grant.node !== node) throw moved(grant.path);
      if (!place) opened.missing.push(grant.path);
      else opened.ofds.push(await descriptors.preopen(place, grant, mirrored, given && reachesRoot(grant, given) ? root : undefined));
      opened.directories.push({ ...grant, node });
    }
    return opened;
  } catch (error) {
    for (const ofd of opened.ofds) descriptors.files.release(ofd);
    undo();
    throw error;
  }
}

/** RV5: a process hands on the directories that it was given, not what it has put into their places since. @throws FsError ENOTCAPABLE */
async function requireUnmoved({ files }: Descriptors, { giver, namespace, grants: { directories } }: Launch): Promise<void> {
  if (!giver || isWhole(giver.grants)) return;
  const open = new Set<string>();
  giver.fds.forEach((ofd) => open.add(new TextDecoder().decode(files.preopenName(ofd) ?? new Uint8Array(0))));
  for (const { name, path, node } of giver.grants.directories) {
    const isNeeded = directories.some((grant) => grant.path === path || grant.path.startsWith(path === '/' ? '/' : `${path}/`));
    if (node === undefined || !isNeeded) continue;
    const place = await namespace.walk(path, { operation: 'spawn' }).catch(() => null);
    if (node !== '' && !open.has(name)) throw new FsError('ENOTCAPABLE', 'spawn', path, { detail: 'it was closed by the process that hands it on' });
    if ((place ? await nodeOf(place) : '') !== node) throw moved(path);
  }
}

async function nodeOf({ mount: { service }, node }: Location): Promise<string> {
  return `${service.name}:${(await service.stat(node)).ino}`;
}

function moved(path: string): FsError {
  return new FsError('ENOTCAPABLE', 'spawn', path, { detail: 'another directory was granted, which is not there any more' });
}
