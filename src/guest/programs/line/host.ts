export interface LineEntry {
  name: string;
  kind: 'directory' | 'file' | 'link' | 'device';
}

/** Files by path, relative ones from the working directory. */
export interface LineFiles {
  /** What a directory holds, without `.` and `..`; links to directories are directories. Empty where there is nothing to be seen. */
  list(directory: string): LineEntry[];
  /** The last `limit` bytes of a file as text, and whether something came before them; null if it cannot be read. */
  readEnd(path: string, limit: number): { text: string; cut: boolean } | null;
  /** Adds to a file with one write, making it if need be. What fails is not told. */
  append(path: string, text: string): void;
  /** Puts a new file in place of the old one at once. What fails is not told. */
  replace(path: string, text: string): void;
}

/** What the line editor needs from the shell around it. */
export interface LineHost {
  readonly files: LineFiles;
  /** Bytes that were typed, waiting for some. Empty at the end of input. Null: a signal came between, such as WINCH. */
  read(): Uint8Array | null;
  write(text: string): void;
  size(): { columns: number; rows: number };
  /** Whether a key waits to be read. */
  typed(): boolean;
  /** Runs what was typed, be it several lines. Brings the terminal into the mode that programs expect, and back. */
  run(text: string): void;
  /** Whether the text needs more lines: an open quote, a here-document, an `if` without its `fi`. */
  isIncomplete(text: string): boolean;
  /** Whether the shell is to end (`exit`). */
  readonly ended: boolean;
  /** Ctrl-D on an empty line: `ended` is set, unless there is a reason to stay, which is said. */
  leave(): void;
  /** `$?` */
  status: number;
  readonly cwd: string;
  variable(name: string): string | undefined;
  /** `command`: built-ins, aliases, functions, keywords and what is on PATH. `job`: with their percent sign. */
  names(kind: 'command' | 'variable' | 'job'): Iterable<string>;
  /** What `name --help` prints, bounded in bytes and time and given up when a key is typed; null if there is nothing. */
  help(name: string): string | null;
  /** Prints what has to be said before a prompt, such as jobs that have ended. True if it printed something. */
  notices(): boolean;
  /** The lines typed so far, for the command that prints them. */
  history: readonly string[];
}
