import { Signals } from '../../../../shared/abi/index.ts';
import { decodeText } from '../system/index.ts';
import { ShellError, type Shell } from '../state/index.ts';
import { letters, NAME, type Builtin } from './builtin.ts';

const NEWLINE = 10;
/** Longest line that `read` takes, in bytes. */
const LINE_MAX = 16 * 1024 * 1024;
const BLOCK = 512;

/**
 * A line with its end, byte by byte where what was read too far could not be put back, so that what follows is there for other
 * processes. Shorter at the end of input; null: a signal came first.
 */
export function readLine(shell: Shell, fd: number): Uint8Array | null {
  const { system } = shell;
  const block = system.canUnread(fd) ? BLOCK : 1;
  let line = new Uint8Array(128);
  for (let used = 0; ;) {
    const bytes = system.read(fd, block);
    if (bytes === null) return null;
    const end = bytes.indexOf(NEWLINE);
    const taken = end < 0 ? bytes.length : end + 1;
    if (used + taken > LINE_MAX) throw new ShellError('line too long', { status: 1 });
    if (used + taken > line.length) {
      const grown = new Uint8Array(Math.max(used + taken, line.length * 2));
      grown.set(line);
      line = grown;
    }
    line.set(bytes.subarray(0, taken), used);
    used += taken;
    if (taken < bytes.length) system.unread(fd, bytes.length - taken);
    if (end >= 0 || bytes.length === 0) return line.subarray(0, used);
  }
}

/** A character of a line; one that a backslash was before never splits. */
interface Read {
  text: string;
  literal: boolean[];
  ended: boolean;
}

function readLogical(shell: Shell, raw: boolean): Read | null {
  let text = '';
  const literal: boolean[] = [];
  for (;;) {
    const bytes = readLine(shell, 0);
    if (bytes === null) return null;
    const line = decodeText(bytes);
    const ended = !line.endsWith('\n');
    const body = (ended ? line : line.slice(0, -1)).replaceAll('\0', '');
    let continued = false;
    for (let at = 0; at < body.length; at++) {
      const escape = !raw && body[at] === '\\';
      if (escape && at + 1 === body.length) {
        continued = !ended;
        break;
      }
      if (escape) at++;
      text += body[at]!;
      literal.push(escape);
    }
    if (!continued) return { text, literal, ended };
  }
}

/** Splits a line for `count` variables; the last one has the rest (POSIX.1-2017, XCU, read). */
function split({ text, literal }: Read, ifs: string, count: number): string[] {
  const isWhite = (at: number): boolean => !literal[at] && ' \t\n'.includes(text[at]!) && ifs.includes(text[at]!);
  const isOther = (at: number): boolean => !literal[at] && !' \t\n'.includes(text[at]!) && ifs.includes(text[at]!);
  const fields: string[] = [];
  let at = 0;
  const skip = (): void => {
    while (at < text.length && isWhite(at)) at++;
  };
  skip();
  while (fields.length < count - 1 && at < text.length) {
    const from = at;
    while (at < text.length && !isWhite(at) && !isOther(at)) at++;
    fields.push(text.slice(from, at));
    skip();
    if (at < text.length && isOther(at)) {
      at++;
      skip();
    }
  }
  fields.push(lastField(text, at, isWhite, isOther));
  return fields;
}

/** Without blanks at its end, and without one delimiter if that is all that follows it. */
function lastField(text: string, from: number, isWhite: (at: number) => boolean, isOther: (at: number) => boolean): string {
  let end = text.length;
  while (end > from && isWhite(end - 1)) end--;
  if (end > from && isOther(end - 1)) {
    let at = from;
    while (at < end - 1 && !isWhite(at) && !isOther(at)) at++;
    let gap = at;
    while (gap < end - 1 && isWhite(gap)) gap++;
    if (gap === end - 1) return text.slice(from, at);
  }
  return text.slice(from, end);
}

export const read: Builtin = {
  usage: '[-r] [-p prompt] name …',
  summary: 'read a line into variables',
  run({ shell, args, error }) {
    const { flags, rest } = letters(args, 'rp:');
    const names = rest.length > 0 ? rest : null;
    if (!names) throw new ShellError('arg count');
    for (const name of names) if (!NAME.test(name)) throw new ShellError(`${name}: bad variable name`);
    if (!shell.system.isOpen(0)) {
      error('0: Bad file descriptor');
      return 1;
    }
    const prompt = flags.get('p');
    if (prompt !== undefined && shell.files.isTerminal(0)) shell.system.write(2, new TextEncoder().encode(prompt));
    const line = readLogical(shell, flags.has('r'));
    if (line === null) return 128 + (shell.system.firstSignal() || Signals.INT);
    const fields = split(line, shell.get('IFS') ?? ' \t\n', names.length);
    names.forEach((name, index) => shell.set(name, fields[index] ?? ''));
    return line.ended ? 1 : 0;
  },
};

/** `getopts` (POSIX.1-2017, XCU): one option per call, its place kept in `OPTIND` and in the shell. */
export const getopts: Builtin = {
  usage: 'letters name [argument …]',
  summary: 'take options from the arguments',
  run({ shell, args, errorLine }) {
    const [known, name, ...given] = args;
    if (known === undefined || name === undefined) throw new ShellError('Usage: getopts optstring var [arg...]');
    if (!NAME.test(name)) throw new ShellError(`${name}: bad variable name`);
    const words = args.length > 2 ? given : shell.positional;
    const quiet = known.startsWith(':');
    let index = Math.max(1, Number(shell.get('OPTIND') ?? '1') || 1);
    let offset = shell.optionOffset || 1;
    const finish = (value: string, argument: string | undefined, status: number): number => {
      shell.set('OPTIND', String(index));
      shell.optionOffset = offset > 1 ? offset : 0;
      if (argument === undefined) shell.vars.unset('OPTARG');
      else shell.set('OPTARG', argument);
      shell.set(name, value);
      return status;
    };
    const word = words[index - 1];
    if (offset === 1 && (word === undefined || word === '-' || !word.startsWith('-'))) return finish('?', undefined, 1);
    if (offset === 1 && word === '--') {
      index++;
      return finish('?', undefined, 1);
    }
    const letter = word?.[offset] ?? '';
    offset++;
    const last = word === undefined || offset >= word.length;
    const advance = (): void => {
      index++;
      offset = 1;
    };
    const where = letter === ':' ? -1 : known.indexOf(letter);
    if (where < 0) {
      if (last) advance();
      if (!quiet) errorLine(`Illegal option -${letter}`);
      return finish('?', quiet ? letter : undefined, 0);
    }
    if (known[where + 1] !== ':') {
      if (last) advance();
      return finish(letter, undefined, 0);
    }
    const argument = last ? words[index] : word.slice(offset);
    advance();
    if (last && argument !== undefined) index++;
    if (argument !== undefined) return finish(letter, argument, 0);
    if (!quiet) errorLine(`No arg for -${letter} option`);
    return finish(quiet ? ':' : '?', quiet ? letter : undefined, 0);
  },
};
