import type { ExitStatus, ProcessInfo, SpawnOptions, SpawnReply, SyscallRequest } from '../../shared/abi/index.ts';
import type { Arena } from '../../shared/arena/index.ts';
import { FsError, type Clock } from '../../shared/base/index.ts';
import { programGrants, promptGrants, type DirectoryGrant } from '../capability/index.ts';
import type { Namespace } from '../namespace/index.ts';
import { Terminals } from '../tty/index.ts';
import type { Descriptors } from './descriptors.ts';
import { ModuleLoader } from './module-loader.ts';
import type { ProcessRecord } from './process-record.ts';
import type { Processes } from './processes.ts';
import { parseSignal, type Signal } from './signals.ts';
import { checkOptions } from './spawn-options.ts';
import type { Stdio } from './stdio.ts';

export interface ProgramsOptions {
  arena: Arena;
  processes: Processes;
  descriptors: Descriptors;
  /** What new processes see; each gets a copy. */
  namespace: Namespace;
  clock: Clock;
}

type ChildRequest = Extract<SyscallRequest, { op: 'spawn' }>;

/** Directories of `/` that a program is given by name. */
const TOP_MAX = 48;

const PROMPT_ENV = { HOME: '/home', PATH: '/bin', TERM: 'xterm-256color', LANG: 'C.UTF-8' } as const;

/** Programs and terminals as their callers ask for them: options are checked, modules loaded, grants made. */
export class Programs {
  readonly terminals: Terminals;
  readonly #options: ProgramsOptions;
  readonly #loader = new ModuleLoader();

  constructor(options: ProgramsOptions) {
    this.#options = options;
    const { arena, processes, clock } = options;
    this.terminals = new Terminals({
      arena, clock,
      startPrompt: (tty, address) => this.#startPrompt(tty, address),
      signal: (pid, signal) => this.#signal(pid, signal),
      isWaiting: (pid) => processes.get(pid)?.handle.waiting ?? false,
    });
    processes.onEnd((pid) => this.terminals.ended(pid));
  }

  #signal(pid: number, signal: Signal): void {
    // It may have ended meanwhile.
    this.#options.processes.kill(pid, signal).catch(() => {});
  }

  /** @throws FsError ENOEXEC (says what the module is instead), EINVAL, ENOENT, ENOTDIR, EAGAIN, ENXIO */
  async spawn(options: SpawnOptions): Promise<SpawnReply> {
    const namespace = this.#options.namespace.copy();
    const { name, args, env, cwd, directories } = checkOptions(options, await topDirectories(namespace));
    const program = await this.#loader.load(namespace, options.module, name);
    const tty = options.stdio === 'tty' ? (options.tty ?? 0) : null;
    if (tty !== null) await this.terminals.announce(tty, [name, ...args].map(quoted).join(' '));
    const stdio: Stdio = tty === null
      ? { kind: 'pipe', ...(options.stdin === undefined ? {} : { stdin: options.stdin }) }
      : { kind: 'tty', address: this.terminals.address(tty) };
    const reply = await this.#options.processes.launch({
      program, name, args, env, cwd, ppid: 0, namespace, grants: programGrants(directories), stdio, tty,
    });
    if (tty !== null) this.#toForeground(tty, reply.pid, true);
    return reply;
  }

  /**
   * A program started by a process: it gets that one's terminal, streams and at most its directories.
   * What cannot be run ends at once, with a status that says why. @throws FsError as `spawn`, but for ENOEXEC
   */
  async spawnChild(parent: ProcessRecord, request: ChildRequest): Promise<number> {
    const { descriptors } = this.#options;
    const from = new Map(request.fds ?? []);
    const ofds = [0, 1, 2].map((fd) => descriptors.get(parent.pcb, from.get(fd) ?? fd)) as [number, number, number];
    // The parent may be ended while its child is made.
    for (const ofd of ofds) descriptors.files.retain(ofd);
    try {
      return await this.#launchChild(parent, request, ofds);
    } finally {
      for (const ofd of ofds) descriptors.files.release(ofd);
    }
  }

  async #launchChild(parent: ProcessRecord, request: ChildRequest, ofds: readonly [number, number, number]): Promise<number> {
    const { processes } = this.#options;
    const namespace = parent.namespace.copy();
    const { name, args, env, cwd, directories } = checkOptions({ module: request.path, name: request.argv[0] ?? request.path, args: request.argv.slice(1), env: request.env, cwd: request.cwd }, await topDirectories(namespace));
    const origin = { name, args, env, cwd, ppid: parent.pid, tty: parent.tty, session: parent.session, ...(request.group !== 0 && { group: request.group ?? parent.group }) };
    let program: WebAssembly.Module;
    try {
      program = await this.#loader.load(namespace, request.path, name);
    } catch (error) {
      if (error instanceof FsError && error.code === 'ENOEXEC') return processes.failed(origin, error.detail ?? error.message);
      throw error;
    }
    if (processes.get(parent.pid) !== parent) throw new FsError('ESRCH', 'spawn', name, { detail: 'its parent has ended' });
    const { pid } = await processes.launch({
      ...origin, program, namespace, grants: programGrants(inherited(parent, directories)), stdio: { kind: 'inherit', ofds },
    });
    if (request.foreground && parent.tty !== null) this.#toForeground(parent.tty, pid, false);
    return pid;
  }

  wait(pid: number): Promise<ExitStatus> {
    return this.#options.processes.wait(pid);
  }

  /** Default TERM. Resolves when the process has ended. @throws FsError ESRCH, EINVAL */
  async kill(pid: number, signal = 'TERM'): Promise<void> {
    await this.#options.processes.kill(pid, parseSignal(signal));
  }

  list(): ProcessInfo[] {
    return this.#options.processes.list();
  }

  openTty(size: { columns: number; rows: number }): Promise<{ tty: number; pid: number; port: MessagePort }> {
    return this.terminals.open(size);
  }

  /** Hangs up; resolves when the terminal's processes have ended. */
  async closeTty(tty: number): Promise<void> {
    const { processes } = this.#options;
    this.terminals.close(tty);
    const mine = processes.running().filter((record) => record.tty === tty);
    await Promise.allSettled(mine.map((record) => processes.kill(record.pid, 'HUP')));
  }

  /** Arena address of the terminal that a process runs in. @throws FsError ENXIO if it has none (any more) */
  terminalOf(process: ProcessRecord): number {
    if (process.tty === null) throw new FsError('ENXIO', 'open', '/dev/tty', { detail: 'the process has no terminal' });
    return this.terminals.address(process.tty);
  }

  /** To be called when the kernel's bell rang: bytes of pipes and terminals. */
  pump(): void {
    this.#options.processes.pump();
    this.terminals.pump();
  }

  /** It may have ended by now. */
  #toForeground(tty: number, pid: number, overPrompt: boolean): void {
    if (this.#options.processes.get(pid)) this.terminals.enterForeground(tty, pid, overPrompt);
  }

  async #startPrompt(tty: number, address: number): Promise<number> {
    const namespace = this.#options.namespace.copy();
    const cwd = await namespace.walk(PROMPT_ENV.HOME).then(() => PROMPT_ENV.HOME, () => '/');
    const env = Object.entries({ ...PROMPT_ENV, PWD: cwd }).map(([name, value]) => `${name}=${value}`);
    const { pid } = await this.#options.processes.launch({
      program: 'sh', name: 'sh', args: [], env, cwd, ppid: 0, namespace,
      grants: promptGrants([{ name: '/', path: '/' }]), stdio: { kind: 'tty', address }, tty,
    });
    return pid;
  }
}

/** Names of the directories in `/`, at most as many as are worth a descriptor each. */
async function topDirectories(namespace: Namespace): Promise<string[]> {
  const { mount, node } = namespace.root;
  const entries = await mount.service.readdir(node, 0, TOP_MAX);
  return entries.filter(({ kind }) => kind === 'directory').map(({ name }) => name);
}

/** As a shell would want it typed. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Nothing beyond the parent's own: with `/` granted all of the namespace, else the same directories. */
function inherited(parent: ProcessRecord, wanted: readonly DirectoryGrant[]): readonly DirectoryGrant[] {
  const { directories } = parent.grants;
  return directories.some(({ name, path }) => name === '/' && path === '/') ? wanted : directories;
}
