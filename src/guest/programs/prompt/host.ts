import { FileType, type SyscallRequest } from '../../../shared/abi/index.ts';
import { OfdFlag } from '../../../shared/arena/index.ts';
import { FsError } from '../../../shared/base/index.ts';
import { OpenFlag } from '../../vfs/index.ts';
import type { LineEntry, LineFiles, LineHost } from '../line/index.ts';
import type { Files, Session, Shell } from '../shell/index.ts';

/** Bytes of a help text that are kept, and milliseconds that it may take. */
const HELP_MAX = 64 * 1024;
const HELP_TIME = 2000;
const HELP_STEP = 5;

/** A program's call of something that may fail without anybody being told. */
function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
  }
}

export class ShellFiles implements LineFiles {
  readonly #files: Files;

  constructor(files: Files) {
    this.#files = files;
  }

  list(directory: string): LineEntry[] {
    try {
      return this.#files.list(directory).map(({ name, type }) => ({ name, kind: this.#kind(`${directory}/${name}`, type) }));
    } catch (error) {
      if (error instanceof FsError) return [];
      throw error;
    }
  }

  #kind(path: string, type: number): LineEntry['kind'] {
    if (type === FileType.SYMBOLIC_LINK) return this.#files.isDirectory(path) ? 'directory' : 'link';
    if (type === FileType.DIRECTORY) return 'directory';
    return type === FileType.REGULAR_FILE ? 'file' : 'device';
  }

  readEnd(path: string, limit: number): { text: string; cut: boolean } | null {
    const info = this.#files.tryStat(path);
    if (info?.type !== FileType.REGULAR_FILE) return null;
    const kept = new Uint8Array(Math.min(info.size, limit));
    let length = 0;
    let cut = false;
    attempt(() => {
      const fd = this.#files.open(path, OfdFlag.READ);
      try {
        for (let bytes = this.#files.read(fd); bytes.length > 0; bytes = this.#files.read(fd)) {
          const piece = bytes.subarray(Math.max(0, bytes.length - kept.length));
          const over = Math.max(0, length + piece.length - kept.length);
          cut ||= over > 0 || piece.length < bytes.length;
          kept.copyWithin(0, over, length);
          length -= over;
          kept.set(piece, length);
          length += piece.length;
        }
      } finally {
        this.#files.close(fd);
      }
    });
    return { text: new TextDecoder().decode(kept.subarray(0, length)), cut };
  }

  append(path: string, text: string): void {
    attempt(() => this.#files.writeText(path, text, true));
  }

  replace(path: string, text: string): void {
    const beside = `${path}.${Date.now().toString(36)}`;
    attempt(() => {
      this.#files.writeText(beside, text, false);
      this.#files.rename(beside, path);
    });
  }
}

/** Bytes taken from the terminal at once. */
const READ_MAX = 4096;

const isLineEnd = (byte: number): boolean => byte === 10 || byte === 13;

/** What the line editor asks of the shell. */
export class ShellHost implements LineHost {
  readonly files: LineFiles;
  readonly #session: Session;
  readonly #shell: Shell;

  constructor(session: Session) {
    this.#session = session;
    this.#shell = session.shell;
    this.files = new ShellFiles(session.shell.files);
  }

  /** What is typed after a line's end stays in the terminal: it is meant for whom the line starts. */
  read(): Uint8Array | null {
    const keys: number[] = [];
    do {
      const one = this.#shell.system.read(0, 1);
      if (one === null && keys.length === 0) {
        this.#session.actOnSignals();
        return null;
      }
      if (one === null || one.length === 0) break;
      keys.push(one[0]!);
    } while (keys.length < READ_MAX && !isLineEnd(keys.at(-1)!) && this.typed());
    return Uint8Array.from(keys);
  }

  write(text: string): void {
    this.#session.print(text);
  }

  size(): { columns: number; rows: number } {
    return this.#shell.size;
  }

  typed(): boolean {
    const { fds, readiness } = this.#shell.system.vfs;
    return readiness.isReady(fds.ofd(0), false);
  }

  /** Raw: bytes as typed, for the line editor. Else lines, echo, Ctrl-C, for programs. */
  setRaw(raw: boolean): void {
    this.#shell.system.vfs.process.kernel({ op: 'tty-mode', fd: 0, raw });
  }

  run(text: string): void {
    this.setRaw(false);
    try {
      this.#session.runTyped(text);
    } finally {
      this.setRaw(true);
    }
  }

  isIncomplete(text: string): boolean {
    return this.#session.isIncomplete(text);
  }

  get ended(): boolean {
    return this.#session.ended;
  }

  leave(): void {
    this.#session.leave();
  }

  get status(): number {
    return this.#shell.status;
  }

  set status(status: number) {
    this.#shell.status = status;
  }

  get cwd(): string {
    return this.#shell.files.cwd;
  }

  variable(name: string): string | undefined {
    return this.#shell.get(name);
  }

  names(kind: 'command' | 'variable' | 'job'): Iterable<string> {
    return this.#session.names(kind);
  }

  help(name: string): string | null {
    const usage = this.#session.usage(name);
    if (usage !== null) return usage;
    const path = name.includes('/') ? null : this.#session.programPath(name);
    // Run without being asked to: only what the user keeps there, and so that it can change nothing.
    return path?.startsWith('/bin/') ? this.#helpOf(name, path) : null;
  }

  /** Into a file, so that what comes too late or too much is nobody's loss. */
  #helpOf(name: string, path: string): string | null {
    const { files } = this.#shell;
    const kept = `/tmp/.help.${name}.${Date.now().toString(36)}`;
    const opened: number[] = [];
    try {
      const input = files.open('/dev/null', OfdFlag.READ);
      opened.push(input);
      const output = files.open(kept, OfdFlag.WRITE, OpenFlag.CREATE | OpenFlag.TRUNCATE);
      opened.push(output);
      this.#await(path, name, input, output, () => (files.tryStat(kept)?.size ?? 0) > HELP_MAX);
      const text = this.files.readEnd(kept, HELP_MAX)?.text;
      return text ? text : null;
    } catch (error) {
      if (error instanceof FsError) return null;
      throw error;
    } finally {
      for (const fd of opened) files.close(fd);
      attempt(() => files.unlink(kept));
    }
  }

  #await(path: string, name: string, input: number, output: number, isFull: () => boolean): void {
    const shell = this.#shell;
    const fds: [number, number][] = [[0, input], [1, output], [2, output]];
    const spawn = { op: 'spawn', path, argv: [name, '--help'], env: shell.vars.environment(), cwd: '/tmp', group: 0, fds, bare: true } satisfies SyscallRequest;
    const pid = shell.ask<'spawn'>(spawn, name);
    const deadline = Date.now() + HELP_TIME;
    let ended = shell.ask<'wait'>({ op: 'wait', pid, nohang: true }, name);
    while (ended === null && Date.now() < deadline && !isFull() && !this.typed()) {
      sleep(HELP_STEP);
      ended = shell.ask<'wait'>({ op: 'wait', pid, nohang: true }, name);
    }
    if (ended !== null) return;
    shell.ask<'kill'>({ op: 'kill', pid, signal: 'KILL' }, name);
    shell.ask<'wait'>({ op: 'wait', pid }, name);
  }

  notices(): boolean {
    const text = this.#session.notices();
    // The terminal is in raw mode here.
    if (text !== '') this.write(text.replaceAll('\n', '\r\n'));
    return text !== '';
  }

  get history(): readonly string[] {
    return this.#shell.history;
  }

  set history(lines: readonly string[]) {
    this.#shell.history = lines;
  }
}

const word = new Int32Array(new SharedArrayBuffer(4));
const sleep = (milliseconds: number): void => void Atomics.wait(word, 0, 0, milliseconds);
