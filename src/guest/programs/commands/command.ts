import { FsError } from '../../../shared/base/index.ts';
import type { Shell } from '../shell/index.ts';
import type { Output } from './output.ts';

/** What a built-in command gets. */
export interface Invocation {
  shell: Shell;
  /** Without the command's name. */
  args: string[];
  out: Output;
  error: Output;
  /** Descriptor of standard input. */
  input: number;
}

export interface Builtin {
  /** After the name, for `help`. */
  usage: string;
  summary: string;
  /** The exit code. An `FsError` thrown is printed and is exit code 1. */
  run(invocation: Invocation): number;
}

/** The letters of leading options such as `-la`, and the operands after them. Throws for a letter that is not in `known`. */
export function options(args: readonly string[], known: string): { flags: Set<string>; rest: string[] } {
  const flags = new Set<string>();
  let at = 0;
  for (; at < args.length && /^-[^-]/.test(args[at]!); at++) {
    for (const letter of args[at]!.slice(1)) {
      if (!known.includes(letter)) throw new UsageError(`unknown option -${letter}`);
      flags.add(letter);
    }
  }
  return { flags, rest: args.slice(args[at] === '--' ? at + 1 : at) };
}

/** The command was called wrongly. */
export class UsageError extends Error {}

/** Does something for each operand; a failure is printed and the others go on. */
export function forEach(invocation: Invocation, operands: readonly string[], action: (operand: string) => void): number {
  let code = 0;
  for (const operand of operands) {
    try {
      action(operand);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      invocation.error.line(error.message);
      code = 1;
    }
  }
  return code;
}

export function wanted(operands: readonly string[], least: number, most = Infinity): void {
  if (operands.length < least) throw new UsageError('an operand is missing');
  if (operands.length > most) throw new UsageError('too many operands');
}
