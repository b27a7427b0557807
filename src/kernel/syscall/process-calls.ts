import type { Identity, SyscallRequest } from '../../shared/abi/index.ts';
import { OfdKind, Tty, TtyMode } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { CallReply } from '../../shared/link/index.ts';
import { bitOf, maskOf, maySet, parseSignal, withLimits, type Descriptors, type ProcessRecord, type Processes, type Programs } from '../process/index.ts';

type Request<Op extends SyscallRequest['op']> = Extract<SyscallRequest, { op: Op }>;

export interface ProcessCallsOptions {
  processes: Processes;
  programs: Programs;
  descriptors: Descriptors;
}

/** System calls on processes: children, groups and sessions, signals, terminals. */
export class ProcessCalls {
  readonly #processes: Processes;
  readonly #programs: Programs;
  readonly #descriptors: Descriptors;

  constructor({ processes, programs, descriptors }: ProcessCallsOptions) {
    this.#processes = processes;
    this.#programs = programs;
    this.#descriptors = descriptors;
  }

  async spawn(process: ProcessRecord, request: Request<'spawn'>): Promise<CallReply> {
    return { value: await this.#programs.spawnChild(process, request) };
  }

  async wait(process: ProcessRecord, request: Request<'wait'>): Promise<CallReply> {
    return { value: await this.#processes.children.wait(process, request) };
  }

  /** Answered when the signal has been delivered; what it ends may end a little later. */
  kill(process: ProcessRecord, { pid, signal }: Request<'kill'>): CallReply {
    const wanted = signal === '0' ? null : parseSignal(signal);
    if (wanted === 'TTIN' && pid === 0) this.#checkBackgroundRead(process);
    const targets = this.#targets(process, pid);
    if (targets.length === 0) throw new FsError('ESRCH', 'kill', String(pid));
    if (wanted) for (const target of targets) this.#processes.signals.deliver(target, wanted);
    return {};
  }

  #targets(process: ProcessRecord, pid: number): ProcessRecord[] {
    if (pid > 0) return [this.#processes.get(pid)].filter((record) => record !== undefined);
    if (pid === -1) return this.#processes.running().filter((record) => record.session === process.session && record !== process);
    return this.#processes.groups.members(pid === 0 ? process.group : -pid);
  }

  /**
   * A job that reads in the background is stopped. Who leads the session waits until the terminal is its own again (EAGAIN);
   * who ignores the signal, and whom nobody could let go on, reads nothing (EIO; POSIX.1-2017, XBD 11.1.4).
   */
  #checkBackgroundRead(process: ProcessRecord): void {
    if (process.pid === process.session) throw new FsError('EAGAIN', 'read', '/dev/tty');
    const ignored = (process.ignored & bitOf('TTIN')) !== 0;
    if (ignored || this.#processes.groups.isOrphaned(process.group)) throw new FsError('EIO', 'read', '/dev/tty');
  }

  identity(process: ProcessRecord, request: Request<'identity'>): CallReply {
    const record = request.pid === 0 ? process : this.#processes.get(request.pid);
    if (!record) throw new FsError('ESRCH', 'identity', String(request.pid));
    const { pid, ppid, group, session, tty } = record;
    return { value: { pid, ppid, group, session, tty } satisfies Identity };
  }

  setGroup(process: ProcessRecord, { pid, group }: Request<'set-group'>): CallReply {
    this.#processes.groups.move(process, pid, group);
    return {};
  }

  setSession(process: ProcessRecord): CallReply {
    return { value: this.#processes.groups.lead(process) };
  }

  signals(process: ProcessRecord, { caught, ignored }: Request<'signals'>): CallReply {
    const masks = { caught: maskOf(caught), ignored: maskOf(ignored) };
    Object.assign(process, { ...masks, inherited: masks.ignored });
    return {};
  }

  async chdir(process: ProcessRecord, { path }: Request<'chdir'>): Promise<CallReply> {
    const { mount, node } = await process.namespace.walk(path, { operation: 'chdir', caller: process.pid });
    if ((await mount.service.stat(node)).kind !== 'directory') throw new FsError('ENOTDIR', 'chdir', path);
    process.cwd = path;
    return {};
  }

  /** Who may end any process may also raise limits, up to its own; all others lower them. @throws FsError ESRCH, EPERM, EINVAL */
  limits(process: ProcessRecord, { pid, set }: Request<'limits'>): CallReply {
    const target = pid === 0 ? process : this.#processes.get(pid);
    if (!target) throw new FsError('ESRCH', 'limits', String(pid));
    if (set) {
      const own = process.grants.kill === 'all' ? process.limits : null;
      if (!maySet(target.limits, set, own)) throw new FsError('EPERM', 'limits', undefined, { detail: 'limits are lowered, or raised to one’s own' });
      this.#processes.setLimits(target, withLimits(target.limits, set));
    }
    return { value: target.limits };
  }

  exceeded(process: ProcessRecord, { limit }: Request<'exceeded'>): CallReply {
    this.#processes.exceed(process, limit);
    return {};
  }

  ttyMode(process: ProcessRecord, { fd, raw }: Request<'tty-mode'>): CallReply {
    this.#programs.terminals.setMode(this.#terminal(process, fd).id, process.group, raw ? TtyMode.RAW : TtyMode.COOKED);
    return {};
  }

  /** For groups of the session whose terminal it is. @throws FsError ENOTTY, EPERM */
  ttyForeground(process: ProcessRecord, { fd, group }: Request<'tty-foreground'>): CallReply {
    const { id } = this.#terminal(process, fd);
    if (process.tty !== id) throw new FsError('ENOTTY', 'tty-foreground', String(fd));
    if (!this.#processes.groups.exists(group, process.session)) throw new FsError('EPERM', 'tty-foreground', String(group));
    this.#programs.terminals.setForeground(id, group);
    return {};
  }

  ttySize(process: ProcessRecord, { fd }: Request<'tty-size'>): CallReply {
    const { id, columns, rows, foreground } = this.#terminal(process, fd);
    const raw = this.#programs.terminals.mode(id, process.group) === TtyMode.RAW;
    return { value: { columns, rows, raw, foreground } };
  }

  #terminal(process: ProcessRecord, fd: number): Tty {
    const ofd = this.#descriptors.get(process.pcb, fd);
    if (this.#descriptors.files.kind(ofd) !== OfdKind.TTY) throw new FsError('ENOTTY', 'tty', String(fd));
    return new Tty(this.#descriptors.arena, this.#descriptors.files.object(ofd));
  }
}
