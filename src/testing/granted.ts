import { BufferWindow, Arena, ProcessHandle } from '../shared/arena/index.ts';
import type { SyscallRequest } from '../shared/abi/index.ts';
import { Errno, FsError } from '../shared/base/index.ts';
import { Tree } from '../shared/tree/index.ts';
import { Vfs } from '../guest/vfs/index.ts';
import { programGrants, type DirectoryGrant } from '../kernel/capability/index.ts';
import type { CallReply } from '../shared/link/index.ts';
import type { ProcessRecord } from '../kernel/process/index.ts';
import { EMPTY_COMMAND, type Rig } from '../kernel/process/testing/rig.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const DATA = 4096;

/** The paths of a call, as bytes. */
const bytes = (path: string): [Uint8Array, number, number] => {
  const text = encoder.encode(path);
  return [text, 0, text.length];
};

/** A process of a kernel's rig, with the real calls of a guest's worker, made in this thread. Results are those of the calls: >= 0, or a negated errno. */
export class Granted {
  readonly record: ProcessRecord;
  readonly vfs: Vfs;
  readonly #rig: Rig;
  readonly #window: BufferWindow;
  readonly #buffer = new Uint8Array(65536);

  private constructor(rig: Rig, record: ProcessRecord) {
    this.#rig = rig;
    this.record = record;
    const arena = Arena.attach(rig.arena.memory);
    const handle = new ProcessHandle(arena, record.pcb);
    this.vfs = new Vfs({ arena, handle, tree: new Tree(arena, handle), kernel: (request) => this.#answer(request) });
    this.#window = new BufferWindow(arena);
  }

  /** `rig.programs` must have `stays`. */
  static async start(rig: Rig, directories: readonly DirectoryGrant[], more: { ppid?: number; inherit?: number[] } = {}): Promise<Granted> {
    const ofds = (more.inherit ?? []).map((ofd, at): [number, number] => {
      rig.descriptors.files.retain(ofd);
      return [at, ofd];
    });
    const { pid } = await rig.processes.launch({
      program: new WebAssembly.Module(EMPTY_COMMAND), name: 'stays', args: [], env: [], cwd: '/', ppid: more.ppid ?? 0, namespace: rig.namespace.copy(), tty: null,
      grants: programGrants(directories), stdio: more.inherit ? { kind: 'inherit', ofds } : { kind: 'pipe' },
    });
    for (const [, ofd] of ofds) rig.descriptors.files.release(ofd);
    return new Granted(rig, rig.processes.get(pid)!);
  }

  get pid(): number {
    return this.record.pid;
  }

  /** Nothing is missing in the rig's tree, and what needs the kernel's time is made by `call`. */
  #answer(request: SyscallRequest): { errno: number; value: unknown; data: Uint8Array } {
    const nothing = new Uint8Array(0);
    if (request.op === 'close') this.#rig.descriptors.handles.close(request.handle);
    return { errno: request.op === 'close' || request.op === 'sync' ? 0 : Errno.ENOSYS, value: null, data: nothing };
  }

  /** A blocking call; its failure as a negated errno. */
  async call(request: SyscallRequest, data = new Uint8Array(0)): Promise<CallReply | number> {
    try {
      return await this.#rig.syscalls.handle(this.record.pcb, request, data);
    } catch (error) {
      if (error instanceof FsError) return -error.errno;
      throw error;
    }
  }

  open(fd: number, path: string, flags: number, oflags = 0): number {
    return this.vfs.names.open(fd, ...bytes(path), true, oflags, flags);
  }

  opendir(fd: number, path: string, withhold = 0): number {
    return this.vfs.names.open(fd, ...bytes(path), true, 2, 1, withhold);
  }

  read(fd: number): string | number {
    const ofd = this.vfs.fds.reader(fd);
    if (ofd < 0) return ofd;
    const count = this.vfs.fds.read(fd, ofd, this.#window.wrap(this.#buffer), 0, 1000, 0, false);
    return count < 0 ? count : decoder.decode(this.#buffer.subarray(0, count));
  }

  write(fd: number, text: string): number {
    const ofd = this.vfs.fds.writer(fd);
    if (ofd < 0) return ofd;
    this.#buffer.set(encoder.encode(text), DATA);
    return this.vfs.fds.write(fd, ofd, this.#window.wrap(this.#buffer), DATA, text.length, 0);
  }

  stat(fd: number, path: string): number {
    return this.vfs.names.stat(fd, ...bytes(path), true, this.#window.wrap(this.#buffer), 0);
  }

  /** The number that the last `stat` told. */
  get statted(): number {
    return Number(new DataView(this.#buffer.buffer).getBigUint64(8, true));
  }

  times(fd: number, path: string): number {
    return this.vfs.names.setTimes(fd, ...bytes(path), true, 5n, 6n);
  }

  change(what: 'mkdir' | 'rmdir' | 'unlink', fd: number, path: string): number {
    return this.vfs.names[what](fd, ...bytes(path));
  }

  symlink(target: string, fd: number, path: string): number {
    return this.vfs.names.symlink(...bytes(target), fd, ...bytes(path));
  }

  move(what: 'link' | 'rename', from: number, path: string, to: number, other: string): number {
    return this.vfs.names[what](from, ...bytes(path), to, ...bytes(other));
  }

  /** Names, without `.` and `..`; or a negated errno. */
  list(fd: number): string[] | number {
    const used = this.vfs.fds.readdir(fd, 0, this.#window.wrap(this.#buffer), 0, this.#buffer.length);
    if (used < 0) return used;
    const view = new DataView(this.#buffer.buffer);
    const names: string[] = [];
    for (let at = 0; at < used; at += 24 + view.getUint32(at + 16, true)) names.push(decoder.decode(this.#buffer.subarray(at + 24, at + 24 + view.getUint32(at + 16, true))));
    return names.filter((name) => name !== '.' && name !== '..');
  }

  close(fd: number): number {
    return this.vfs.fds.close(fd);
  }
}
