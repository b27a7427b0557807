import type { Shell } from '../shell/index.ts';

const encoder = new TextEncoder();

/** Where a command's text goes. */
export class Output {
  readonly fd: number;
  readonly terminal: boolean;
  readonly #shell: Shell;

  constructor(shell: Shell, fd: number) {
    this.#shell = shell;
    this.fd = fd;
    this.terminal = shell.files.isTerminal(fd);
  }

  text(text: string): void {
    this.bytes(encoder.encode(text));
  }

  line(text: string): void {
    this.text(`${text}\n`);
  }

  bytes(bytes: Uint8Array): void {
    this.#shell.system.write(this.fd, bytes);
  }

  /** Wraps a text in an escape sequence if a terminal will see it. `code`: SGR parameters. */
  colour(code: string, text: string): string {
    return this.terminal ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}
