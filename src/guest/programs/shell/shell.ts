import type { SyscallRequest, SyscallValues } from '../../../shared/abi/index.ts';
import { FsError, normalizePath } from '../../../shared/base/index.ts';
import type { Vfs } from '../../vfs/index.ts';
import type { Expansion } from './expand.ts';
import { Files } from './files.ts';

const encoder = new TextEncoder();

/** What the prompt's commands work on. */
export class Shell implements Expansion {
  readonly vfs: Vfs;
  readonly files: Files;
  readonly env: Map<string, string>;
  /** Names that `export` or the environment gave; the others are not passed on. */
  readonly exported: Set<string>;
  /** Exit code of the last command. */
  status = 0;
  /** Set by `exit`. */
  ended = false;
  history: readonly string[] = [];

  constructor(vfs: Vfs, env: readonly string[], cwd: string) {
    this.vfs = vfs;
    this.files = new Files(vfs, cwd);
    const pairs = env.map((entry): [string, string] => {
      const cut = entry.indexOf('=');
      return cut < 0 ? [entry, ''] : [entry.slice(0, cut), entry.slice(cut + 1)];
    });
    this.env = new Map(pairs);
    this.exported = new Set(this.env.keys());
    if (!this.env.has('HOME')) this.setVariable('HOME', '/home', true);
    this.setVariable('PWD', cwd, true);
  }

  get home(): string {
    return this.env.get('HOME') ?? '/';
  }

  variable(name: string): string {
    return name === '?' ? String(this.status) : (this.env.get(name) ?? '');
  }

  setVariable(name: string, value: string, exported = this.exported.has(name)): void {
    this.env.set(name, value);
    if (exported) this.exported.add(name);
  }

  /** The environment that programs get. */
  environment(): Record<string, string> {
    return Object.fromEntries([...this.env].filter(([name]) => this.exported.has(name)));
  }

  list(directory: string): string[] {
    try {
      return this.files.list(directory === '' ? '.' : directory).map(({ name }) => name);
    } catch {
      return [];
    }
  }

  changeDirectory(path: string): void {
    const to = this.files.resolve(path);
    if (!this.files.isDirectory(to)) {
      this.files.stat(to);
      throw new FsError('ENOTDIR', 'cd', path);
    }
    this.setVariable('OLDPWD', this.files.cwd);
    this.files.cwd = normalizePath(to);
    this.setVariable('PWD', this.files.cwd);
  }

  /** A blocking call to the kernel. Throws `FsError`; `path` is what it was about. */
  ask<Op extends SyscallRequest['op']>(request: Extract<SyscallRequest, { op: Op }>, path?: string): SyscallValues[Op] {
    const reply = this.vfs.process.kernel(request);
    if (reply.errno !== 0) throw FsError.fromErrno(reply.errno, request.op, path);
    return reply.value as SyscallValues[Op];
  }

  size(): { columns: number; rows: number } {
    try {
      const { columns, rows } = this.ask<'tty-size'>({ op: 'tty-size', fd: 0 });
      return { columns: Math.max(columns, 8), rows: Math.max(rows, 2) };
    } catch {
      return { columns: 80, rows: 24 };
    }
  }

  /** Raw: bytes as typed, for the line editor. Cooked: lines, echo, Ctrl-C, for programs. */
  setRaw(raw: boolean): void {
    this.vfs.process.kernel({ op: 'tty-mode', fd: 0, raw });
  }
}

/** Where a command's text goes. On a terminal, lines end as a terminal in raw mode wants it. */
export class Output {
  readonly fd: number;
  readonly terminal: boolean;
  readonly #files: Files;

  constructor(files: Files, fd: number) {
    this.#files = files;
    this.fd = fd;
    this.terminal = files.isTerminal(fd);
  }

  text(text: string): void {
    this.#files.write(this.fd, encoder.encode(this.terminal ? text.replace(/\r?\n/g, '\r\n') : text));
  }

  line(text: string): void {
    this.text(`${text}\n`);
  }

  /** Bytes of a file, as they are; on a terminal with its line ends. */
  bytes(bytes: Uint8Array): void {
    if (!this.terminal) {
      this.#files.write(this.fd, bytes);
      return;
    }
    const out = new Uint8Array(bytes.length * 2);
    let at = 0;
    for (const byte of bytes) {
      if (byte === 10) out[at++] = 13;
      out[at++] = byte;
    }
    this.#files.write(this.fd, out.slice(0, at));
  }

  /** Wraps a text in an escape sequence if a terminal will see it. `code`: SGR parameters. */
  colour(code: string, text: string): string {
    return this.terminal ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}
