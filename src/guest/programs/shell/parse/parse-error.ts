/** The text is no script. `incomplete`: more text could make it one. */
export class ParseError extends Error {
  readonly line: number;
  readonly incomplete: boolean;

  constructor(message: string, line: number, incomplete = false) {
    super(message);
    this.name = 'ParseError';
    this.line = line;
    this.incomplete = incomplete;
  }
}
