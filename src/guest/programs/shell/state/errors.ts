/** A command went wrong in a way that the user is told: `sh: 3: name: what`. */
export class ShellError extends Error {
  readonly status: number;
  /** Ends a shell that is not interactive, as an error of a special built-in does (POSIX.1-2017, Shell, 2.8.1). */
  readonly ends: boolean;

  constructor(message: string, { status = 2, ends = false }: { status?: number; ends?: boolean } = {}) {
    super(message);
    this.status = status;
    this.ends = ends;
  }
}

/** Leaves commands that surround the current one. Thrown, but no error. */
export class Unwind {
  /** `abort`: back to the prompt, as Ctrl-C does. */
  readonly kind: 'break' | 'continue' | 'return' | 'exit' | 'abort';
  readonly status: number;
  /** Of loops, for `break` and `continue`. */
  readonly levels: number;

  constructor(kind: Unwind['kind'], status: number, levels = 1) {
    this.kind = kind;
    this.status = status;
    this.levels = levels;
  }
}
