import { Arena, MemoryWindow, ProcessHandle } from '../shared/arena/index.ts';
import type { Action, SyscallRequest } from '../shared/abi/index.ts';
import { Errno, FsError } from '../shared/base/index.ts';
import { ArenaBus } from '../shared/bus/index.ts';
import { decodeFrame, type Got } from '../shared/bus/testing/bus-rig.ts';
import { Tree } from '../shared/tree/index.ts';
import { hostAbi, type HostAbi } from '../guest/hostabi/index.ts';
import { Vfs } from '../guest/vfs/index.ts';
import { preview1, ProcessClock, StringBlock, workerTime } from '../guest/wasi/index.ts';
import type { ProcessRecord } from '../kernel/process/index.ts';
import type { Rig } from '../kernel/process/testing/rig.ts';
import type { CallReply } from '../shared/link/index.ts';

const [TEXT, TEXT2, OPTIONS, OUT, DATA, FRAME, ROOM] = [0x1000, 0x2000, 0x3000, 0x3100, 0x4000, 0x8000, 0x4000];
const encoder = new TextEncoder();

/** A process of a kernel's rig that talks by the real calls of module `astrid`, made in this thread. Results are >= 0, or a negated errno. */
export class Talker {
  readonly record: ProcessRecord;
  /** Refusals that the kernel had no answer to at once: nobody was there to be asked. */
  readonly unanswered: Promise<unknown>[] = [];
  readonly #rig: Rig;
  readonly #memory = new WebAssembly.Memory({ initial: 2 });
  readonly #host: HostAbi;
  readonly #calls: ReturnType<typeof preview1>;

  constructor(rig: Rig, pid: number) {
    this.#rig = rig;
    this.record = rig.processes.get(pid)!;
    const arena = Arena.attach(rig.arena.memory);
    const handle = new ProcessHandle(arena, this.record.pcb);
    const vfs = new Vfs({ arena, handle, tree: new Tree(arena, handle), kernel: (request) => this.#answer(request), bus: () => new ArenaBus(arena, handle) });
    const context = {
      memory: new MemoryWindow(arena, this.#memory), vfs, clock: new ProcessClock(workerTime()), args: new StringBlock(['test']), env: new StringBlock([]),
      random: (bytes: Uint8Array<ArrayBuffer>) => bytes, grants: { clocks: true, entropy: true },
    };
    this.#host = hostAbi(context);
    this.#calls = preview1(context);
  }

  #answer(request: SyscallRequest): { errno: number; value: unknown; data: Uint8Array } {
    const reply = (errno: number, value: unknown = null) => ({ errno, value, data: new Uint8Array(0) });
    return request.op === 'authorize' ? this.#authorize(request.action, reply) : reply(Errno.ENOSYS);
  }

  #authorize<T>(action: Action, reply: (errno: number, value?: unknown) => T): T {
    try {
      const answer = this.#rig.authority.authorize(this.record.pid, action);
      if (!(answer instanceof Promise)) return reply(0, answer);
      this.unanswered.push(answer.then(() => 'allowed', (error: FsError) => error.code));
      return reply(Errno.ENOTCAPABLE);
    } catch (error) {
      if (error instanceof FsError) return reply(error.errno);
      throw error;
    }
  }

  /** A call that the kernel takes its time for. */
  async call(request: SyscallRequest, data = new Uint8Array(0)): Promise<CallReply | number> {
    try {
      return await this.#rig.syscalls.handle(this.record.pcb, request, data);
    } catch (error) {
      if (error instanceof FsError) return -error.errno;
      throw error;
    }
  }

  #put(at: number, text: string): [number, number] {
    const bytes = encoder.encode(text);
    new Uint8Array(this.#memory.buffer).set(bytes, at);
    return [at, bytes.length];
  }

  /** Raw text. */
  #payload(text: string): [number, number] {
    const [at, length] = this.#put(DATA + 1, text);
    new Uint8Array(this.#memory.buffer)[at - 1] = 0x55;
    return [at - 1, length + 1];
  }

  #out(errno: number): number {
    return errno === 0 ? new DataView(this.#memory.buffer).getUint32(OUT, true) : -errno;
  }

  publish(subject: string, text: string): number {
    return -this.#host.astrid_publish(...this.#put(TEXT, subject), ...this.#payload(text), 0);
  }

  subscribe(pattern: string, group = ''): number {
    const view = new DataView(this.#memory.buffer);
    const [at, length] = this.#put(TEXT2, group);
    [0, 0, 0, at, length, 0].forEach((word, index) => view.setUint32(OPTIONS + index * 4, word, true));
    return this.#out(this.#host.astrid_subscribe(...this.#put(TEXT, pattern), OPTIONS, OUT));
  }

  request(subject: string, text: string): number {
    return this.#out(this.#host.astrid_request(...this.#put(TEXT, subject), ...this.#payload(text), 60_000_000_000n, OUT));
  }

  reply({ replyTo, correlation }: Pick<Got, 'replyTo' | 'correlation'>, text: string): number {
    const view = new DataView(this.#memory.buffer);
    view.setUint32(FRAME + 32, replyTo, true);
    view.setUint32(FRAME + 36, correlation, true);
    return -this.#host.astrid_reply(FRAME, ...this.#payload(text));
  }

  /** A message; its text without the prefix. */
  read(fd: number): Got | number {
    const view = new DataView(this.#memory.buffer);
    view.setUint32(OPTIONS, FRAME, true);
    view.setUint32(OPTIONS + 4, ROOM, true);
    this.#calls.fd_fdstat_set_flags(fd, 4);
    const got = this.#out(this.#calls.fd_read(fd, OPTIONS, 1, OUT));
    if (got < 0) return got;
    const frame = decodeFrame(new Uint8Array(this.#memory.buffer).slice(FRAME, FRAME + got));
    return { ...frame, text: frame.text.slice(1) };
  }

  close(fd: number): number {
    return -this.#calls.fd_close(fd);
  }
}
