import { isSignalName, Signals, type ProcessInfo, type SignalName, type SyscallRequest, type SyscallValues, type WaitResult, type WorkspaceAnswer, type WorkspaceCall } from '../../../../shared/abi/index.ts';
import { FD_MAX, MemoryWindow, Ofd, OfdFlag, OfdKind, Pcb } from '../../../../shared/arena/index.ts';
import { Errno, FsError } from '../../../../shared/base/index.ts';
import { OWN_POSITION, PIPE_BYTES, type Pipe, type Vfs } from '../../../vfs/index.ts';
import { Capture } from './capture.ts';
import { Files } from './files.ts';

/** Descriptors from here on are the shell's own: children and redirections have those below. */
export const OWN_FDS = 10;
const FIRST_PREOPEN = 3;
const BUFFER = 64 * 1024;
/** Milliseconds after which a wait looks again by itself, should no bell tell of a child's end. */
const LOOK_AGAIN = 200;

/**
 * What the shell asks of its process: descriptors, pipes, waits, signals. One per process; the subshells that run in it share it.
 * Failures are `FsError`s.
 */
export class System {
  readonly vfs: Vfs;
  readonly files: Files;
  readonly #captures: Capture[] = [];
  /** `/dev/null` for reading and for writing; -1: not opened yet. */
  readonly #null = [-1, -1];
  readonly #window: MemoryWindow;
  /** Caught signals that came and were not acted on. */
  #signals = 0;
  #held = 0;

  constructor(vfs: Vfs, cwd: string) {
    this.vfs = vfs;
    this.#window = new MemoryWindow(vfs.process.arena, new ArrayBuffer(BUFFER));
    this.#movePreopens();
    this.files = new Files(vfs, cwd);
  }

  /** Preopens make room for the descriptors that scripts use. */
  #movePreopens(): void {
    for (let fd = FIRST_PREOPEN; fd < OWN_FDS; fd++) {
      if (!this.vfs.fds.preopenName(fd)) continue;
      this.#done(this.vfs.pipes.duplicate(fd, OWN_FDS), 'open', `descriptor ${fd}`);
      this.close(fd);
    }
  }

  get pid(): number {
    return this.vfs.process.pid;
  }

  get ppid(): number {
    return this.vfs.process.arena.u32[(this.vfs.process.handle.address >>> 2) + Pcb.PPID]!;
  }

  #done(result: number, operation: string, path: string): number {
    if (result < 0) throw FsError.fromErrno(-result, operation, path);
    return result;
  }

  /** A blocking call to the kernel. Throws `FsError`; `path` is what it was about. */
  ask<Op extends SyscallRequest['op']>(request: Extract<SyscallRequest, { op: Op }>, path?: string): SyscallValues[Op] {
    const reply = this.vfs.process.kernel(request);
    if (reply.errno !== 0) throw FsError.fromErrno(reply.errno, request.op, path);
    return reply.value as SyscallValues[Op];
  }

  /** One of the window's calls about layers and history. @throws FsError ENOTCAPABLE: this process is not granted the workspace */
  workspace(call: WorkspaceCall, args: readonly unknown[]): WorkspaceAnswer {
    const { process } = this.vfs;
    const first = process.kernel({ op: 'workspace', call, args: [...args] });
    if (first.errno !== 0) throw FsError.fromErrno(first.errno, call);
    const bytes = new Uint8Array(first.value as number);
    for (let { data } = first, at = 0; ; ({ data } = process.kernel({ op: 'workspace-part', from: at }))) {
      if (data.length === 0) throw new FsError('EIO', call);
      bytes.set(data, at);
      at += data.length;
      if (at >= bytes.length) return JSON.parse(new TextDecoder().decode(bytes)) as WorkspaceAnswer;
    }
  }

  /** All that run and the last ones that ended, by their pids. */
  processes(): ProcessInfo[] {
    const all: ProcessInfo[] = [];
    for (let part = this.#processesAfter(0); part.length > 0; part = this.#processesAfter(part.at(-1)!.pid)) all.push(...part);
    return all;
  }

  #processesAfter(after: number): ProcessInfo[] {
    return this.ask<'processes'>({ op: 'processes', after });
  }

  isOpen(fd: number): boolean {
    return fd >= 0 && fd < FD_MAX && this.vfs.process.table.get(fd) !== 0;
  }

  close(fd: number): void {
    if (this.isOpen(fd)) this.vfs.fds.close(fd);
  }

  /** A copy out of the way of scripts. */
  save(fd: number): number {
    return this.#done(this.vfs.pipes.duplicate(fd, OWN_FDS), 'dup', String(fd));
  }

  duplicateTo(fd: number, to: number): void {
    this.#done(this.vfs.pipes.duplicateTo(fd, to), 'dup', String(fd));
  }

  /** Moves a descriptor to a number; closes what was there. */
  move(fd: number, to: number): void {
    if (fd === to) return;
    this.duplicateTo(fd, to);
    this.close(fd);
  }

  /** Calls `run` while `fd` means what `from` means, which is closed afterwards. */
  exchanged<T>(fd: number, from: number, run: () => T): T {
    const saved = this.isOpen(fd) ? this.save(fd) : -1;
    this.move(from, fd);
    try {
      return run();
    } finally {
      if (saved >= 0) this.move(saved, fd);
      else this.close(fd);
    }
  }

  /** A pipe whose ends are the shell's own. `least`: bytes that it must hold. */
  pipe(least = PIPE_BYTES): Pipe {
    const pipe = this.vfs.pipes.create(OWN_FDS, Math.max(PIPE_BYTES, 2 ** Math.ceil(Math.log2(least))));
    if (typeof pipe === 'number') throw FsError.fromErrno(-pipe, 'pipe');
    return pipe;
  }

  /** A pipe that holds `bytes` and then ends: its reading end. */
  filled(bytes: Uint8Array): number {
    const { reader, writer } = this.pipe(bytes.length);
    this.files.write(writer, bytes);
    this.close(writer);
    return reader;
  }

  /** `/dev/null`, which scripts open all the time: a copy of one that was opened once, so that the kernel is not asked. */
  openNull(write: boolean): number {
    const at = write ? 1 : 0;
    if (this.#null[at]! < 0) {
      const fd = this.files.open('/dev/null', write ? OfdFlag.WRITE : OfdFlag.READ);
      this.#null[at] = this.save(fd);
      this.close(fd);
    }
    return this.save(this.#null[at]!);
  }

  /** What is mounted where has changed. */
  forgetNull(): void {
    for (const [at, fd] of this.#null.entries()) {
      if (fd >= 0) this.close(fd);
      this.#null[at] = -1;
    }
  }

  /** Descriptors for scripts that are open. */
  openFds(): number[] {
    const open: number[] = [];
    for (let fd = 0; fd < OWN_FDS; fd++) if (this.isOpen(fd)) open.push(fd);
    return open;
  }

  /** Bytes from a descriptor, waiting for some; empty at the end. Null: a caught signal came first. Valid until the next call. */
  read(fd: number, length: number): Uint8Array | null {
    const ofd = this.#done(this.vfs.fds.reader(fd), 'read', `descriptor ${fd}`);
    const size = Math.min(length, BUFFER);
    const { handle } = this.vfs.process;
    let watched = false;
    try {
      for (;;) {
        const seen = handle.bell();
        const plain = this.#captures.length === 0 || this.vfs.process.files.kind(ofd) === OfdKind.TTY;
        const count = this.vfs.fds.read(fd, ofd, this.#window, 0, size, OWN_POSITION, plain);
        if (count >= 0) return this.#window.u8.subarray(0, count);
        if (count === -Errno.EINTR) return null;
        if (count !== -Errno.EAGAIN) this.#done(count, 'read', `descriptor ${fd}`);
        if (handle.pendingSignal !== 0) return null;
        if (!watched) this.vfs.readiness.watch(ofd, false, (watched = true));
        this.drain();
        this.vfs.process.sleep(seen, LOOK_AGAIN);
      }
    } finally {
      if (watched) this.vfs.readiness.watch(ofd, false, false);
    }
  }

  /** Puts back what was read too far from a file; false where that cannot be. */
  unread(fd: number, bytes: number): boolean {
    return this.vfs.fds.seek(fd, -bytes, 1) >= 0;
  }

  /** Whether more than one byte may be read ahead, as `unread` takes it back. */
  canUnread(fd: number): boolean {
    return this.vfs.fds.checkSeekable(fd) === 0;
  }

  /** Writes all of it; into a substitution that is being collected without a detour. */
  write(fd: number, bytes: Uint8Array): void {
    const capture = this.#captures.length === 0 ? null : this.#captureOf(fd);
    if (!capture) {
      this.files.write(fd, bytes);
      return;
    }
    this.#drain(capture);
    capture.add(bytes);
    if (capture.overflowed) throw new FsError('EPIPE', 'write', `descriptor ${fd}`);
  }

  #captureOf(fd: number): Capture | null {
    const { files, table } = this.vfs.process;
    const ofd = table.get(fd);
    if (ofd === 0 || files.kind(ofd) !== OfdKind.PIPE_WRITE) return null;
    const ring = files.object(ofd);
    return this.#captures.find((capture) => capture.ring === ring) ?? null;
  }

  /** Collects what is written to descriptor 1 while `run` runs, and after it until nobody can write any more. */
  capture(run: () => void): { bytes: Uint8Array; overflowed: boolean } {
    const { reader, writer } = this.pipe();
    const { files, table } = this.vfs.process;
    const capture = new Capture(reader, table.get(writer), files.object(table.get(writer)));
    const saved = this.isOpen(1) ? this.save(1) : -1;
    this.move(writer, 1);
    this.vfs.readiness.watch(table.get(reader), false, true);
    this.#captures.push(capture);
    try {
      run();
    } finally {
      if (saved >= 0) this.move(saved, 1);
      else this.close(1);
      this.#collectRest(capture);
    }
    return { bytes: capture.bytes(), overflowed: capture.overflowed };
  }

  #collectRest(capture: Capture): void {
    const { handle } = this.vfs.process;
    try {
      for (let ended = this.#drain(capture); !ended && !capture.overflowed;) {
        const seen = handle.bell();
        ended = this.#drain(capture);
        if (ended) break;
        this.drain();
        this.vfs.process.sleep(seen, LOOK_AGAIN);
        if (handle.pendingSignal !== 0 && this.interrupting()) break;
      }
    } finally {
      this.#captures.splice(this.#captures.indexOf(capture), 1);
      if (this.isOpen(capture.reader)) {
        this.vfs.readiness.watch(this.vfs.process.table.get(capture.reader), false, false);
        this.close(capture.reader);
      }
    }
  }

  /** Whether a signal waits that ends what is running. */
  interrupting(): boolean {
    this.#takeSignals();
    return (this.#signals & (1 << (Signals.INT - 1))) !== 0;
  }

  /** Empties the pipes of substitutions, so that nobody waits for room in them while the shell waits for something else. True if there was anything. */
  drain(): boolean {
    let moved = false;
    for (const capture of this.#captures) {
      const { size } = capture;
      this.#drain(capture);
      moved ||= capture.size !== size;
    }
    return moved;
  }

  /** Whether another process may write into a pipe of a substitution: it holds the description that is ours, too. */
  #othersWrite(): boolean {
    const { arena, table } = this.vfs.process;
    return this.#captures.some(({ writer }) => {
      let own = 0;
      for (let fd = 0; fd < FD_MAX; fd++) if (table.get(fd) === writer) own++;
      return own === 0 || arena.u32[(writer >>> 2) + Ofd.REFS] !== own;
    });
  }

  /** True at the pipe's end. One that overflowed is closed: its writers are told. */
  #drain(capture: Capture): boolean {
    const { fds, process } = this.vfs;
    while (this.isOpen(capture.reader)) {
      const ofd = process.table.get(capture.reader);
      const count = fds.read(capture.reader, ofd, this.#window, 0, BUFFER, OWN_POSITION, false);
      if (count === -Errno.EAGAIN) return false;
      if (count <= 0) return true;
      capture.add(this.#window.u8.subarray(0, count));
      if (!capture.overflowed) continue;
      this.vfs.readiness.watch(ofd, false, false);
      this.close(capture.reader);
    }
    return true;
  }

  /** Waits for a change of a child, as the call does. Null: a caught signal came first, or `nohang`. */
  wait({ until = Infinity, ...request }: { pid: number; nohang?: boolean; untraced?: boolean; until?: number }): WaitResult | null {
    const timed = until !== Infinity;
    if ((this.#captures.length === 0 && !timed) || request.nohang) return this.#wait(request);
    const { handle } = this.vfs.process;
    for (let turn = 0; ; turn++) {
      const seen = handle.bell();
      const moved = this.drain();
      if (!timed && !this.#othersWrite()) return this.#wait(request);
      // Most wakes are for what was written; the others, and some of those, may be for an end.
      if (timed || (turn > 0 && (!moved || turn % 16 === 0))) {
        const result = this.#wait({ ...request, nohang: true });
        const left = until - performance.now();
        if (result !== null || handle.pendingSignal !== 0 || left <= 0) return result;
        this.vfs.process.sleep(seen, Math.min(LOOK_AGAIN, left));
      } else this.vfs.process.sleep(seen, LOOK_AGAIN);
    }
  }

  #wait(request: { pid: number; nohang?: boolean; untraced?: boolean }): WaitResult | null {
    const reply = this.vfs.process.kernel({ op: 'wait', ...request });
    if (reply.errno === Errno.EINTR) return null;
    if (reply.errno !== 0) throw FsError.fromErrno(reply.errno, 'wait', String(request.pid));
    return reply.value as WaitResult | null;
  }

  #takeSignals(): void {
    const { handle } = this.vfs.process;
    if (handle.pendingSignal !== 0) this.#signals |= handle.takeSignals();
  }

  get hasSignals(): boolean {
    return this.#signals !== 0 || this.vfs.process.handle.pendingSignal !== 0;
  }

  /** It is for who comes next: in a subshell within the process, for the shell around it. */
  putBack(name: SignalName): void {
    this.#held |= 1 << (Signals[name] - 1);
  }

  /** A subshell has ended: what was put back counts again. */
  releaseHeld(): void {
    this.#signals |= this.#held;
    this.#held = 0;
  }

  /** Number of the first caught signal that waits to be acted on; 0 for none. */
  firstSignal(): number {
    this.#takeSignals();
    return this.#signals === 0 ? 0 : 32 - Math.clz32(this.#signals & -this.#signals);
  }

  /** The caught signals that came since the last time. */
  signals(): SignalName[] {
    this.#takeSignals();
    const came = this.#signals;
    this.#signals = 0;
    if (came === 0) return [];
    return (Object.keys(Signals) as SignalName[]).filter((name) => came & (1 << (Signals[name] - 1)));
  }
}

/** Name of a signal given as `INT`, `SIGINT` or a number; null for what is none. */
export function signalName(text: string): SignalName | null {
  const name = text.toUpperCase().replace(/^SIG/, '');
  if (isSignalName(name)) return name;
  return (Object.keys(Signals) as SignalName[]).find((each) => String(Signals[each]) === text) ?? null;
}
