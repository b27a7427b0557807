import type { SyscallRequest, WaitResult } from '../../shared/abi/index.ts';
import { OfdKind, Tty, TtyMode } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { CallHandler, CallReply } from '../../shared/link/index.ts';
import { checkGrant } from '../capability/index.ts';
import type { Descriptors, ProcessRecord, Processes, Programs } from '../process/index.ts';
import { FileCalls } from './file-calls.ts';

export interface SyscallsOptions {
  processes: Processes;
  programs: Programs;
  descriptors: Descriptors;
  /** Populates a directory (`block` -1) or loads a block of a file of the tree. */
  resolve(inode: number, block: number): Promise<void>;
  /** Lets go of clean contents; returns the bytes freed. */
  reclaim(bytes: number): number | Promise<number>;
  /** Until everything written so far is on disk. */
  sync(): Promise<void>;
}

/** Answers the blocking calls of processes: finds the caller, checks its grants, does the operation. */
export class Syscalls {
  readonly #options: SyscallsOptions;
  readonly #files: FileCalls;

  constructor(options: SyscallsOptions) {
    this.#options = options;
    const { descriptors, programs } = options;
    this.#files = new FileCalls({ descriptors, terminal: (process) => programs.terminalOf(process) });
  }

  /** For the `CallServer`. */
  readonly handle: CallHandler = (pcb, request, data) => {
    const { processes } = this.#options;
    const process = processes.at(pcb);
    if (!process) throw new FsError('ESRCH', request.op);
    checkGrant(process.grants, request, (pid) => processes.isChild(pid, process.pid));
    return this.#dispatch(process, request, data);
  };

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

  async #processCall(process: ProcessRecord, request: SyscallRequest): Promise<CallReply> {
    const { programs } = this.#options;
    switch (request.op) {
      case 'spawn': return { value: await programs.spawnChild(process, request) };
      case 'wait': return { value: { pid: request.pid, state: 'exited', status: await programs.wait(request.pid) } satisfies WaitResult };
      case 'kill': return this.#kill(process, request.pid, request.signal);
      case 'processes': return { value: programs.list() };
      case 'tty-mode':
        this.#options.programs.terminals.setMode(this.#terminal(process, request.fd).id, request.raw ? TtyMode.RAW : TtyMode.COOKED);
        return {};
      case 'tty-size': {
        const { columns, rows, mode, foreground } = this.#terminal(process, request.fd);
        return { value: { columns, rows, raw: mode === TtyMode.RAW, foreground } };
      }
      default: throw new FsError('ENOSYS', request.op);
    }
  }

  /** Its own end does not wait for the answer to this very call. */
  async #kill(process: ProcessRecord, pid: number, signal: string): Promise<CallReply> {
    const ended = this.#options.programs.kill(pid, signal);
    if (pid === process.pid) ended.catch(() => {});
    else await ended;
    return {};
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

  #terminal(process: ProcessRecord, fd: number): Tty {
    const { descriptors } = this.#options;
    const ofd = descriptors.get(process.pcb, fd);
    if (descriptors.files.kind(ofd) !== OfdKind.TTY) throw new FsError('ENOTTY', 'tty', String(fd));
    return new Tty(descriptors.arena, descriptors.files.object(ofd));
  }
}

async function done(action: Promise<void>): Promise<CallReply> {
  await action;
  return {};
}
