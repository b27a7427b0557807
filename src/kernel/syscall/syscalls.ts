import type { SyscallRequest } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { CallHandler, CallReply } from '../../shared/link/index.ts';
import type { Authority } from '../contract/index.ts';
import { checkGrant, type Kinship } from '../capability/index.ts';
import type { Binds, Descriptors, ProcessRecord, Processes, Programs, SocketGrants } from '../process/index.ts';
import type { BusFiles } from '../services/bus/index.ts';
import { FileCalls } from './file-calls.ts';
import { HostCalls, isHostRequest, type HostHandlers } from './host-calls.ts';
import { ProcessCalls } from './process-calls.ts';
import { listPart } from './process-list.ts';
import { WorkspaceCalls, type CallWorkspace } from './workspace-calls.ts';

export interface SyscallsOptions {
  processes: Processes;
  programs: Programs;
  descriptors: Descriptors;
  binds: Binds;
  /** Populates a directory (`block` -1) or loads a block of a file of the tree. */
  resolve(inode: number, block: number): Promise<void>;
  /** Lets go of clean contents; returns the bytes freed. */
  reclaim(bytes: number): number | Promise<number>;
  /** Until everything written so far is on disk. */
  sync(): Promise<void>;
  /** For processes that are granted the workspace. */
  workspace: CallWorkspace;
  authority: Authority;
  /** Default: sockets outlive the right to their port. */
  sockets?: SocketGrants;
  /** What opens files of the bus. Default: they cannot be opened. */
  busFiles?: BusFiles;
  /** Who answers the calls behind the host ABI. Default: nobody, they are ENOSYS. */
  host?: HostHandlers;
}

/** Answers the blocking calls of processes: finds the caller, checks its grants, does the operation. */
export class Syscalls {
  readonly #options: SyscallsOptions;
  readonly #files: FileCalls;
  readonly #calls: ProcessCalls;
  readonly #workspace: WorkspaceCalls;
  readonly #host: HostCalls;

  constructor(options: SyscallsOptions) {
    this.#options = options;
    const { descriptors, programs, authority } = options;
    this.#calls = new ProcessCalls(options);
    this.#workspace = new WorkspaceCalls(options.workspace);
    this.#host = new HostCalls(options.host ?? {});
    options.processes.onEnd(({ pid }) => this.#host.forget(pid));
    this.#files = new FileCalls({ descriptors, authority, ...(options.sockets && { sockets: options.sockets }), terminal: (process) => programs.terminalOf(process), console: (process) => programs.consoleOf(process), ...(options.busFiles && { bus: options.busFiles }) });
  }

  /** For the `CallServer`. */
  readonly handle: CallHandler = (pcb, request, data) => {
    const { processes } = this.#options;
    const process = processes.at(pcb);
    const staged = this.#host.take(pcb, request.op);
    if (!process) throw new FsError('ESRCH', request.op);
    checkGrant(process.grants, request, (pid) => this.#kinship(process, pid));
    const fd = process.threads.count === 1 ? -1 : 'dirfd' in request ? request.dirfd : 'fd' in request ? request.fd : -1;
    const answer = (): CallReply | Promise<CallReply> =>
      isHostRequest(request) ? this.#host.handle(process, pcb, request, data, staged) : this.#dispatch(process, request, data);
    return fd < 0 ? answer() : this.#options.descriptors.pinned(process.pcb, fd, answer);
  };

  #kinship({ pid: self }: ProcessRecord, pid: number): Kinship {
    if (pid === self) return 'self';
    return this.#options.processes.isChild(pid, self) ? 'child' : 'other';
  }

  #dispatch(process: ProcessRecord, request: SyscallRequest, data: Uint8Array): CallReply | Promise<CallReply> {
    const files = this.#files;
    switch (request.op) {
      case 'populate': return done(this.#options.resolve(request.inode, -1));
      case 'load': return done(this.#options.resolve(request.inode, request.block));
      case 'reclaim': return this.#reclaim(request.bytes);
      case 'sync': return done(this.#options.sync());
      case 'open': return this.#opened(process, files.open(process, request));
      case 'stat': return files.stat(process, request);
      case 'readlink': return files.readlink(process, request);
      case 'name': return files.name(process, request);
      case 'read': return files.read(process, request);
      case 'write': return files.write(process, request, data);
      case 'fstat': return files.fstat(process, request);
      case 'readdir': return files.readdir(process, request);
      case 'close': return files.close(request);
      default: return this.#processCall(process, request);
    }
  }

  #processCall(process: ProcessRecord, request: SyscallRequest): CallReply | Promise<CallReply> {
    const calls = this.#calls;
    switch (request.op) {
      case 'spawn': return calls.spawn(process, request);
      case 'wait': return calls.wait(process, request);
      case 'kill': return calls.kill(process, request);
      case 'processes': return { value: listPart(this.#options.programs.list(), request.after) };
      case 'identity': return calls.identity(process, request);
      case 'set-group': return calls.setGroup(process, request);
      case 'set-session': return calls.setSession(process);
      case 'signals': return calls.signals(process, request);
      case 'chdir': return calls.chdir(process, request);
      case 'tty-mode': return calls.ttyMode(process, request);
      case 'tty-foreground': return calls.ttyForeground(process, request);
      case 'tty-size': return calls.ttySize(process, request);
      case 'limits': return calls.limits(process, request);
      case 'bind': return done(this.#options.binds.bind(process, request));
      case 'unbind': return done(this.#options.binds.unbind(process, request.to));
      case 'mounts': return { value: this.#options.binds.mounts(process) };
      case 'workspace':
        // What runs beside the workspace must not change it by its calls either.
        if (process.line) throw new FsError('EPERM', request.op, undefined, { detail: 'the process runs in a session, a branch or the past' });
        return this.#workspace.start(process.pid, request);
      case 'workspace-part': return this.#workspace.part(process.pid, request);
      case 'exceeded': return calls.exceeded(process, request);
      case 'thread-spawn': return process.threads.spawn(request.start).then((value) => ({ value }));
      default: throw new FsError('ENOSYS', request.op);
    }
  }

  /** A description that comes too late, for a process that has ended, is let go. */
  async #opened(process: ProcessRecord, opening: Promise<CallReply>): Promise<CallReply> {
    const reply = await opening;
    const { processes, descriptors } = this.#options;
    if (processes.get(process.pid) !== process) descriptors.files.release(reply.value as number);
    return reply;
  }

  async #reclaim(bytes: number): Promise<CallReply> {
    return { value: await this.#options.reclaim(bytes) };
  }
}

async function done(action: Promise<void>): Promise<CallReply> {
  await action;
  return {};
}
