import { FileType } from '../../../../shared/abi/index.ts';
import { ShellError, type Shell } from '../state/index.ts';
import type { Builtin } from './builtin.ts';

type Unary = (operand: string, shell: Shell) => boolean;
type Binary = (left: string, right: string, shell: Shell) => boolean;

const type = (path: string, shell: Shell, follow = true): number | undefined => shell.files.tryStat(path, follow)?.type;
const exists: Unary = (path, shell) => shell.files.tryStat(path) !== null;

/** There are no permissions here: what exists may be read and written, so far as its file service lets it. */
const UNARY: Readonly<Record<string, Unary>> = {
  '-n': (text) => text !== '',
  '-z': (text) => text === '',
  '-e': exists, '-r': exists, '-w': exists, '-x': exists, '-O': exists, '-G': exists,
  '-f': (path, shell) => type(path, shell) === FileType.REGULAR_FILE,
  '-d': (path, shell) => type(path, shell) === FileType.DIRECTORY,
  '-h': (path, shell) => type(path, shell, false) === FileType.SYMBOLIC_LINK,
  '-L': (path, shell) => type(path, shell, false) === FileType.SYMBOLIC_LINK,
  '-c': (path, shell) => type(path, shell) === FileType.CHARACTER_DEVICE,
  '-b': (path, shell) => type(path, shell) === FileType.BLOCK_DEVICE,
  '-p': (path, shell) => type(path, shell) === FileType.UNKNOWN && exists(path, shell),
  '-S': (path, shell) => type(path, shell) === FileType.SOCKET_STREAM,
  '-s': (path, shell) => (shell.files.tryStat(path)?.size ?? 0) > 0,
  '-g': () => false, '-u': () => false, '-k': () => false,
  '-t': (fd, shell) => shell.files.isTerminal(Number(integer(fd))),
};

const BINARY: Readonly<Record<string, Binary>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '-eq': (a, b) => integer(a) === integer(b),
  '-ne': (a, b) => integer(a) !== integer(b),
  '-lt': (a, b) => integer(a) < integer(b),
  '-le': (a, b) => integer(a) <= integer(b),
  '-gt': (a, b) => integer(a) > integer(b),
  '-ge': (a, b) => integer(a) >= integer(b),
  '-nt': (a, b, shell) => time(a, shell) > time(b, shell),
  '-ot': (a, b, shell) => time(a, shell) < time(b, shell),
  '-ef': (a, b, shell) => {
    const [one, two] = [shell.files.tryStat(a), shell.files.tryStat(b)];
    return one !== null && two !== null && one.inode === two.inode;
  },
};

function integer(text: string): bigint {
  const match = /^\s*([-+]?)(\d+)\s*$/.exec(text);
  if (!match) throw new ShellError(`Illegal number: ${text}`);
  const value = BigInt(match[2]!);
  return match[1] === '-' ? -value : value;
}

/** Of what is not there: before all times. */
function time(path: string, shell: Shell): number {
  return shell.files.tryStat(path)?.mtime ?? -Infinity;
}

/** The grammar of `test`; what one to four arguments mean is fixed before it (POSIX.1-2017, XCU, test). */
class Expression {
  readonly #words: readonly string[];
  readonly #shell: Shell;
  #at = 0;

  constructor(words: readonly string[], shell: Shell) {
    this.#words = words;
    this.#shell = shell;
  }

  evaluate(): boolean {
    const words = this.#words;
    const [first = '', second = '', third = ''] = words;
    if (words.length === 0) return false;
    if (words.length === 1) return first !== '';
    if (words.length === 2 && first === '!') return second === '';
    if (words.length === 3 && Object.hasOwn(BINARY, second)) return BINARY[second]!(first, third, this.#shell);
    if (words.length === 3 && first === '(' && third === ')') return second !== '';
    if (words.length === 4 && first === '!') return !new Expression(words.slice(1), this.#shell).evaluate();
    if (words.length === 4 && first === '(' && words[3] === ')') return new Expression(words.slice(1, 3), this.#shell).evaluate();
    const value = this.#or();
    if (this.#at < words.length) throw new ShellError(`${words[this.#at - 1]}: unexpected operator`);
    return value;
  }

  #or(): boolean {
    let value = this.#and();
    while (this.#words[this.#at] === '-o') {
      this.#at++;
      const right = this.#and();
      value ||= right;
    }
    return value;
  }

  #and(): boolean {
    let value = this.#not();
    while (this.#words[this.#at] === '-a') {
      this.#at++;
      const right = this.#not();
      value &&= right;
    }
    return value;
  }

  #not(): boolean {
    if (this.#words[this.#at] === '!' && this.#at + 1 < this.#words.length && !this.#isBinary()) {
      this.#at++;
      return !this.#not();
    }
    return this.#primary();
  }

  #isBinary(): boolean {
    return Object.hasOwn(BINARY, this.#words[this.#at + 1] ?? '') && this.#at + 2 < this.#words.length;
  }

  #primary(): boolean {
    const word = this.#words[this.#at++];
    if (word === undefined) throw new ShellError('argument expected');
    if (Object.hasOwn(BINARY, this.#words[this.#at] ?? '') && this.#at + 1 < this.#words.length) {
      const operator = this.#words[this.#at++]!;
      return BINARY[operator]!(word, this.#words[this.#at++]!, this.#shell);
    }
    if (word === '(') {
      const value = this.#or();
      if (this.#words[this.#at++] !== ')') throw new ShellError('closing paren expected');
      return value;
    }
    if (Object.hasOwn(UNARY, word) && this.#at < this.#words.length) return UNARY[word]!(this.#words[this.#at++]!, this.#shell);
    return word !== '';
  }
}

function evaluate(words: readonly string[], shell: Shell): number {
  return new Expression(words, shell).evaluate() ? 0 : 1;
}

export const test: Builtin = {
  usage: 'expression',
  summary: 'compare texts and numbers, look at files',
  pure: true,
  run: ({ args, shell }) => evaluate(args, shell),
};

export const bracket: Builtin = {
  usage: 'expression ]',
  summary: 'as test',
  pure: true,
  run({ args, shell }) {
    if (args.at(-1) !== ']') throw new ShellError('missing ]');
    return evaluate(args.slice(0, -1), shell);
  },
};
