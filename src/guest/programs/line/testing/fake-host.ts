import type { LineEntry, LineFiles, LineHost } from '../host.ts';

/** Files in memory: a directory is a path that ends in a slash. */
export class FakeFiles implements LineFiles {
  readonly contents = new Map<string, string>();
  readonly directories = new Map<string, LineEntry[]>();

  list(directory: string): LineEntry[] {
    return this.directories.get(directory) ?? this.directories.get(directory.replace(/(.)\/$/, '$1')) ?? [];
  }

  readEnd(path: string, limit: number): { text: string; cut: boolean } | null {
    const text = this.contents.get(path);
    return text === undefined ? null : { text: text.slice(-limit), cut: text.length > limit };
  }

  append(path: string, text: string): void {
    this.contents.set(path, (this.contents.get(path) ?? '') + text);
  }

  replace(path: string, text: string): void {
    this.contents.set(path, text);
  }
}

/** A shell that runs nothing: what was given to it, and what it was told to type. */
export class FakeHost implements LineHost {
  readonly files = new FakeFiles();
  readonly ran: string[] = [];
  readonly variables = new Map([['HOME', '/home'], ['USER', 'you'], ['PS1', '$ ']]);
  readonly commands = ['cat', 'cd', 'cargo', 'cut', 'echo', 'export', 'kill'];
  readonly jobs = ['%1', '%2'];
  readonly helps = new Map<string, string>();
  readonly helped: string[] = [];
  columns = 40;
  rows = 12;
  written = '';
  status = 0;
  ended = false;
  /** How often Ctrl-D on an empty line is answered with staying. */
  stays = 0;
  cwd = '/home';
  history: readonly string[] = [];
  noticed = '';
  readonly #input: (string | (() => void))[];

  /** `input`: what each read gives; a function happens between, and the read is then interrupted. */
  constructor(input: (string | (() => void))[] = []) {
    this.#input = [...input];
  }

  read(): Uint8Array | null {
    const next = this.#input.shift();
    if (typeof next === 'function') {
      next();
      return null;
    }
    return new TextEncoder().encode(next ?? '');
  }

  write(text: string): void {
    this.written += text;
  }

  size(): { columns: number; rows: number } {
    return { columns: this.columns, rows: this.rows };
  }

  typed(): boolean {
    return this.#input.length > 0;
  }

  run(text: string): void {
    this.ran.push(text);
    if (text === 'exit') this.ended = true;
    if (text.startsWith('print ')) this.write(text.slice(6));
    if (text === 'false') this.status = 1;
  }

  leave(): void {
    this.ended = this.stays-- <= 0;
  }

  isIncomplete(text: string): boolean {
    return (text.match(/'/g)?.length ?? 0) % 2 === 1 || (/^if\b/.test(text) && !/\bfi$/.test(text));
  }

  variable(name: string): string | undefined {
    return this.variables.get(name);
  }

  names(kind: 'command' | 'variable' | 'job'): Iterable<string> {
    return { command: this.commands, variable: [...this.variables.keys()], job: this.jobs }[kind];
  }

  help(name: string): string | null {
    this.helped.push(name);
    return this.helps.get(name) ?? null;
  }

  notices(): boolean {
    this.write(this.noticed);
    return this.noticed !== '';
  }
}
