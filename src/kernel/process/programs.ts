import type { ActionKind, ComponentGrants, ExitStatus, Point, ProcessInfo, ProgramGrants, RunPlan, SocketReply, SpawnOptions, SpawnReply, SyscallRequest } from '../../shared/abi/index.ts';
import type { Arena } from '../../shared/arena/index.ts';
import { FsError, joinPath, type Clock } from '../../shared/base/index.ts';
import { bareGrants, childGrants, promptGrants, type Grants } from '../capability/index.ts';
import type { Namespace } from '../namespace/index.ts';
import { parsePort } from '../net/index.ts';
import { ConsoleControl, Terminals } from '../tty/index.ts';
import type { Descriptors } from './descriptors.ts';
import { findExecutable, type Executable } from './executable.ts';
import type { HandleControl } from './handles.ts';
import { childLimits, DEFAULT_LIMITS, withLimits } from './limits.ts';
import { Policy, type Held } from '../authority/index.ts';
import { findManifest } from './manifests.ts';
import { planRun } from './plan.ts';
import { factsOf, NO_JUDGE, type FileJudge } from './module-facts.ts';
import { ModuleLoader } from './module-loader.ts';
import { isUsers, ProgramStarts, type Start, type StartRequest } from './program-starts.ts';
import type { ProcessRecord } from './process-record.ts';
import type { Launch } from './prepare.ts';
import type { ProcessLine } from './process-line.ts';
import type { Processes } from './processes.ts';
import { maskOf, parseSignal } from './signals.ts';
import { checkLine, checkMode, checkOptions } from './spawn-options.ts';
import { handOver } from './listeners.ts';
import { openWindowSocket } from './window-socket.ts';

export interface ProgramsOptions {
  arena: Arena;
  processes: Processes;
  descriptors: Descriptors;
  /** What new processes see; each gets a copy. */
  namespace: Namespace;
  clock: Clock;
  /** Sessions, branches and the past, to be released by who asked. Default: there are none (ENOTSUP). */
  /** Default: no file is known. */
  judge?: FileJudge;
  /** Default: there is no policy, and a process holds what it was started with. */
  authority?: ProgramAuthority;
  lines?: { use(wanted: { overlay?: string; at?: Point }): Promise<ProcessLine & { readonly namespace: Namespace }> };
}

/** What programs are started by. */
export interface ProgramAuthority {
  readonly policy: Policy;
  /** Until it is known; null: it is. */
  ready(): Promise<void> | null;
  /** What a process holds now. */
  holding(pid: number): readonly Held[];
}

type ChildRequest = Extract<SyscallRequest, { op: 'spawn' }>;

/** What a module starts by the host ABI. */
export interface GuestStart {
  /** Absolute. */
  path: string;
  args: readonly string[];
  permissions: ComponentGrants;
  /** Asked of the module that was found (its path without links), before it is started. */
  allow(path: string): Promise<void>;
}

/** Highest descriptor that a child can be given. */
const CHILD_FD_MAX = 59;

const PROMPT_ENV = { HOME: '/home', PATH: '/bin', TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8' } as const;

/** What a prompt ignores until it says itself what it does with signals; its children do not inherit it. */
const PROMPT_IGNORES = maskOf(['INT', 'QUIT', 'TERM', 'TSTP', 'TTIN', 'TTOU']);
/** A program that the page runs is told of a pipe that nobody reads by EPIPE alone, as under wasmtime. */
const PIPE_IGNORED = maskOf(['PIPE']);
/** Milliseconds that a terminal's processes have to end once it was hung up; then its prompt is ended. */
const HANG_UP_TIME = 2000;

/** Programs and terminals as their callers ask for them: options are checked, modules loaded, grants made. */
export class Programs {
  readonly terminals: Terminals;
  readonly #options: ProgramsOptions;
  readonly #loader: ModuleLoader;
  readonly #judge: FileJudge;
  readonly #starts: ProgramStarts;

  constructor(options: ProgramsOptions) {
    this.#options = options;
    const { arena, processes, clock, judge = NO_JUDGE } = options;
    this.#judge = judge;
    this.#loader = new ModuleLoader(judge);
    this.#starts = new ProgramStarts(() => options.authority?.policy ?? Policy.EMPTY);
    this.terminals = new Terminals({
      arena, clock,
      startPrompt: (tty, address, onReady) => this.#startPrompt(tty, address, onReady),
      signal: (group, signal) => void processes.signals.toGroup(group, signal),
      left: (tty) => void this.closeTty(tty),
      isWaiting: (pid) => processes.get(pid)?.threads.waiting ?? false,
      isAlive: (group) => processes.groups.members(group).length > 0,
    });
    processes.onEnd(({ pid, group }, { reason }) => this.terminals.ended(pid, group, reason === 'exit'));
  }

  /** @throws FsError ENOEXEC (says what the module is instead), EINVAL, ENOENT, ENOTDIR, EAGAIN, ENXIO, EADDRINUSE, EADDRNOTAVAIL, ESTALE */
  async spawn(options: SpawnOptions): Promise<SpawnReply> {
    const wanted = checkLine(options);
    if (!wanted) return this.#spawn(options, this.#options.namespace, undefined);
    if (!this.#options.lines) throw new FsError('ENOTSUP', 'spawn', undefined, { detail: 'there are no sessions' });
    const line = await this.#options.lines.use(wanted);
    try {
      return { ...await this.#spawn(options, line.namespace, line), ...(line.name !== undefined && { overlay: line.name }) };
    } finally {
      line.release();
    }
  }

  async #spawn(options: SpawnOptions, base: Namespace, line: ProcessLine | undefined): Promise<SpawnReply> {
    const mode = checkMode(options);
    const namespace = await bound(base, options.namespace);
    const { name, args, env, cwd, directories, listen } = checkOptions(options);
    const argv = [name, ...args];
    const limits = withLimits(DEFAULT_LIMITS, options.limits);
    const found: Executable = typeof options.module === 'string'
      ? await this.#find(namespace, { path: joinPath(cwd, options.module), argv, env, memory: limits.memory })
      : await this.#given(namespace, options.module, argv, limits.memory);
    if (options.hash !== undefined) requireHash(found, options.hash, name);
    const own = promptGrants(directories, { connect: false, bind: false, ...options.grants });
    const start = this.#startOf(found, { ...mode, cwd, listen, isUser: true, withheld: withheldOf(options.grants), usual: { ...childGrants(own, directories, isBuiltin(found)), listen } });
    if (isBuiltin(found) && !start.grants.directories.some(({ name: as, path }) => as === '/' && path === '/')) throw new FsError('ENOTCAPABLE', 'spawn', name, { detail: 'a built-in program works on the whole namespace; grant it /' });
    const ignored = isBuiltin(found) ? 0 : PIPE_IGNORED;
    const launch = { ...command(found), env, cwd, ppid: 0, namespace, ...start, limits: withLimits(childLimits(DEFAULT_LIMITS, found.manifest?.manifest.limits), options.limits), ignored, ...(line && { line }) };
    if (options.stdio === 'tty') return this.#launchOn(options.tty ?? 0, launch, argv);
    return this.#options.processes.launch({ ...launch, tty: null, stdio: { kind: 'pipe', ...(options.stdin === undefined ? {} : { stdin: options.stdin }) } });
  }

  /** What a module would get: one in the namespace that processes start with, or bytes. `manifest`: text in the place of the one beside it. */
  async plan(module: string | Uint8Array, manifest?: string): Promise<RunPlan> {
    const { namespace, authority } = this.#options;
    await authority?.ready();
    return planRun({ namespace, judge: this.#judge, trustOf: (hash) => authority?.policy.trustOf(hash) }, module, manifest);
  }

  /** The session in which a process runs or ran; empty for the workspace. @throws FsError ESRCH */
  overlayOf(pid: number): string {
    const { processes } = this.#options;
    const exit = processes.list().find((info) => info.pid === pid)?.exit;
    const record = processes.get(pid);
    if (!exit && !record) throw new FsError('ESRCH', 'process', String(pid));
    return record?.line?.name ?? exit?.overlay ?? '';
  }

  async #find(namespace: Namespace, request: Omit<Parameters<typeof findExecutable>[2], 'manifestOf'>): Promise<Executable> {
    await this.#options.authority?.ready();
    return findExecutable(this.#loader, namespace, { ...request, manifestOf: (path) => findManifest(namespace, path, this.#judge) });
  }

  /** Of what the window brings. What the policy says of it counts from the first moment on. */
  async #given(namespace: Namespace, module: Exclude<SpawnOptions['module'], string>, argv: string[], memory: number | null): Promise<Executable> {
    await this.#options.authority?.ready();
    return { program: await this.#loader.load(namespace, module, argv[0] ?? '', memory), argv };
  }

  #startOf(found: Executable, request: Omit<StartRequest, 'facts' | 'path' | 'manifest'>): Start {
    const { program, path, manifest = null } = found;
    return this.#starts.of({ ...request, facts: typeof program === 'string' ? null : factsOf(program), path, manifest });
  }

  /** In a group of its own, which has the foreground over the prompt. */
  async #launchOn(tty: number, launch: Omit<Launch, 'stdio' | 'tty'>, argv: readonly string[]): Promise<SpawnReply> {
    await this.terminals.announce(tty, argv.map(quoted).join(' '));
    const session = this.terminals.session(tty);
    return this.terminals.using(tty, (address) => this.#options.processes.launch({
      ...launch, tty, stdio: { kind: 'tty', address }, ...(session === undefined ? {} : { session }),
      onReady: ({ group }) => this.terminals.setForeground(tty, group, true),
    }));
  }

  /**
   * A program started by a process: it gets that one's terminal, the streams it is given and at most its directories.
   * What cannot be run ends at once, with a status that says why. @throws FsError as `spawn`, but for ENOEXEC; EBADF, EPERM
   */
  async spawnChild(parent: ProcessRecord, request: ChildRequest, guest?: GuestStart): Promise<number> {
    const { descriptors } = this.#options;
    const ofds = this.#streamsOf(parent, request.fds ?? []);
    // The parent may be ended while its child is made.
    for (const [, ofd] of ofds) descriptors.files.retain(ofd);
    try {
      return await this.#launchChild(parent, request, ofds, guest);
    } finally {
      for (const [, ofd] of ofds) descriptors.files.release(ofd);
    }
  }

  /** The same for a module that starts another: its streams are its starter's, and it has `permissions` and nothing else. Never a built-in program. */
  spawnGuest(parent: ProcessRecord, guest: GuestStart): Promise<number> {
    const env = Object.fromEntries(parent.env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
    return this.spawnChild(parent, { op: 'spawn', path: guest.path, argv: [guest.path, ...guest.args], env, cwd: parent.cwd }, guest);
  }

  /** Descriptions by the child's descriptors. @throws FsError EBADF */
  #streamsOf(parent: ProcessRecord, fds: readonly (readonly [number, number])[]): [number, number][] {
    const { descriptors } = this.#options;
    const streams = new Map<number, number>();
    for (const fd of [0, 1, 2]) {
      const ofd = parent.fds.get(fd);
      if (ofd !== 0) streams.set(fd, ofd);
    }
    for (const [child, from] of fds) {
      if (!Number.isInteger(child) || child < 0 || child > CHILD_FD_MAX) throw new FsError('EBADF', 'spawn', String(child));
      if (from < 0) streams.delete(child);
      else streams.set(child, descriptors.get(parent.pcb, from));
    }
    return [...streams];
  }

  async #launchChild(parent: ProcessRecord, request: ChildRequest, ofds: readonly [number, number][], guest: GuestStart | undefined): Promise<number> {
    const { processes, descriptors } = this.#options;
    const namespace = request.namespace === 'share' ? parent.namespace : parent.namespace.copy();
    const { name, args, env, cwd, directories } = checkOptions({ module: request.path, name: request.argv[0] ?? request.path, args: request.argv.slice(1), env: request.env, cwd: request.cwd });
    const origin = { env, cwd, ppid: parent.pid, ...this.#placeOf(parent, request), ...(parent.line && { line: parent.line }) };
    const limits = childLimits(parent.limits, request.limits);
    let found: Executable;
    try {
      found = await this.#find(namespace, { path: joinPath(cwd, request.path), argv: [name, ...args], env, memory: limits.memory });
    } catch (error) {
      if (error instanceof FsError && (error.code === 'ENOEXEC' || error.code === 'ENOMEM')) return processes.failed({ ...origin, name, args }, error.detail ?? error.message);
      throw error;
    }
    if ((request.bare || guest) && isBuiltin(found)) throw new FsError('ENOTCAPABLE', 'spawn', name, { detail: 'a built-in program works on the whole namespace' });
    await guest?.allow(found.path ?? '');
    if (processes.get(parent.pid) !== parent) throw new FsError('ESRCH', 'spawn', name, { detail: 'its parent has ended' });
    const { tty } = origin;
    const given = isBuiltin(found) ? { env, ofds } : handOver(descriptors.files, env, ofds);
    const { pid } = await processes.launch({
      ...origin, ...command(found), env: given.env, namespace, limits: childLimits(limits, found.manifest?.manifest.limits), ...this.#childStart(parent, found, request, cwd, directories, guest),
      stdio: { kind: 'inherit', ofds: given.ofds },
      ignored: parent.inherited, inherited: parent.inherited,
      ...(request.foreground && tty !== null ? { onReady: ({ group }: ProcessRecord) => this.terminals.setForeground(tty, group) } : {}),
    });
    return pid;
  }

  #childStart(parent: ProcessRecord, found: Executable, { bare = false }: ChildRequest, cwd: string, directories: Grants['directories'], guest: GuestStart | undefined): Start {
    const usual = bare ? bareGrants(parent.grants) : childGrants(parent.grants, directories, isBuiltin(found));
    const { learn, dryRun } = parent.identity;
    const held = this.#options.authority?.holding(parent.pid) ?? [];
    return this.#startOf(bare ? { ...found, manifest: null } : found, { usual, cwd, listen: [], parent: { held }, isUser: isUsers(parent), permissions: guest?.permissions, learn, dryRun: dryRun ?? false });
  }

  /** Group, session and terminal of a child. @throws FsError EPERM */
  #placeOf(parent: ProcessRecord, { group, session }: ChildRequest): Pick<Launch, 'group' | 'session' | 'tty'> {
    if (session) return { tty: null };
    const id = this.#options.processes.groups.ofChild(parent, group);
    return { tty: parent.tty, session: parent.session, ...(id === undefined ? {} : { group: id }) };
  }

  wait(pid: number): Promise<ExitStatus> {
    return this.#options.processes.wait(pid);
  }

  /** Default TERM. Resolves when the process has ended, if the signal ends it. @throws FsError ESRCH, EINVAL */
  async kill(pid: number, signal = 'TERM'): Promise<void> {
    await this.#options.processes.kill(pid, parseSignal(signal));
  }

  /** A connection for the window. @throws FsError EINVAL, ECONNREFUSED, ENOMEM */
  connect(port: number): SocketReply {
    if (parsePort(String(port)) === null) throw new FsError('EINVAL', 'connect', String(port).slice(0, 20), { detail: 'a port is a number from 1 to 65535' });
    const { arena, descriptors, processes } = this.#options;
    const { pumps, reply } = openWindowSocket(arena, descriptors.ports.connect(port));
    processes.attach(pumps);
    return reply;
  }

  list(): ProcessInfo[] {
    return this.#options.processes.list();
  }

  openTty(size: { columns: number; rows: number }): Promise<{ tty: number; pid: number; port: MessagePort }> {
    return this.terminals.open(size);
  }

  /** Hangs up: its processes are sent HUP. Resolves when its prompt and those that this ends have ended. */
  async closeTty(tty: number): Promise<void> {
    const { processes } = this.#options;
    const prompt = this.terminals.session(tty);
    this.terminals.close(tty);
    const mine = processes.running().filter((record) => record.tty === tty);
    const ends = mine.map(({ pid }) => processes.kill(pid, 'HUP').then(() => (pid === prompt ? this.#endInTime(pid) : undefined)));
    for (const record of mine) processes.signals.deliver(record, 'CONT');
    await Promise.allSettled(ends);
  }

  /** A prompt that catches HUP meets the end of its input; one that stays all the same is ended. */
  async #endInTime(pid: number): Promise<void> {
    const { processes } = this.#options;
    const timer = setTimeout(() => void processes.kill(pid, 'KILL').catch(() => {}), HANG_UP_TIME);
    await processes.wait(pid).finally(() => clearTimeout(timer));
  }

  /** Arena address of the terminal that a process runs in. @throws FsError ENXIO if it has none (any more) */
  terminalOf(process: ProcessRecord): number {
    if (process.tty === null) throw new FsError('ENXIO', 'open', '/dev/tty', { detail: 'the process has no terminal' });
    return this.terminals.address(process.tty);
  }

  /** What `/dev/consctl` is for a process. @throws FsError ENXIO */
  consoleOf(process: ProcessRecord): HandleControl {
    this.terminalOf(process);
    return new ConsoleControl(this.terminals, process.tty ?? 0, () => process.group);
  }

  /** To be called when the kernel's bell rang: bytes of pipes and terminals. */
  pump(): void {
    this.#options.processes.pump();
    this.terminals.pump();
  }

  async #startPrompt(tty: number, address: number, onReady: (pid: number) => void): Promise<void> {
    const namespace = this.#options.namespace.copy();
    const cwd = await namespace.walk(PROMPT_ENV.HOME).then(() => PROMPT_ENV.HOME, () => '/');
    const env = Object.entries({ ...PROMPT_ENV, PWD: cwd }).map(([name, value]) => `${name}=${value}`);
    await this.#options.processes.launch({
      program: 'sh', name: 'sh', args: [], env, cwd, ppid: 0, namespace, ignored: PROMPT_IGNORES,
      grants: promptGrants([{ name: '/', path: '/' }], { workspace: true }), stdio: { kind: 'tty', address }, tty, onReady: ({ pid }) => onReady(pid),
    });
  }
}

function isBuiltin({ program }: Executable): boolean {
  return typeof program === 'string';
}

function command({ program, argv: [name = '', ...args] }: Executable): Pick<Launch, 'program' | 'name' | 'args'> {
  return { program, name, args };
}

/** What was looked at may have been written over since. @throws FsError ESTALE */
function requireHash({ program }: Executable, hash: string, name: string): void {
  if (typeof program !== 'string' && factsOf(program).hash === hash) return;
  throw new FsError('ESTALE', 'spawn', name, { detail: 'the module is not the one that was looked at' });
}

/** A copy with these binds, in their order. @throws FsError EINVAL, and what `bind` throws */
async function bound(base: Namespace, binds: Record<string, string> = {}): Promise<Namespace> {
  const namespace = base.copy();
  for (const [place, source] of Object.entries(binds)) {
    if (typeof source !== 'string' || !place.startsWith('/') || !source.startsWith('/')) throw new FsError('EINVAL', 'bind', place.slice(0, 80), { detail: 'a bind has two absolute paths' });
    await namespace.bind(source, place);
  }
  return namespace;
}

/** What is refused by name is not asked about either. */
function withheldOf(grants: SpawnOptions['grants'] = {}): ActionKind[] {
  const kinds = { clocks: 'clocks', entropy: 'entropy', connect: 'connect', bind: 'listen' } as const satisfies Record<keyof ProgramGrants, ActionKind>;
  return (Object.keys(kinds) as (keyof ProgramGrants)[]).filter((name) => grants[name] === false).map((name) => kinds[name]);
}

/** As a shell would want it typed. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
