import type { Builtin } from './builtin.ts';
import { unescape } from './escapes.ts';

export const colon: Builtin = { usage: '[argument …]', summary: 'do nothing', special: true, pure: true, run: () => 0 };
export const succeed: Builtin = { usage: '', summary: 'succeed', pure: true, run: () => 0 };
export const fail: Builtin = { usage: '', summary: 'fail', pure: true, run: () => 1 };

export const echo: Builtin = {
  usage: '[-n] [text …]',
  summary: 'print text; backslashes mean something, as in dash',
  pure: true,
  run({ args, out }) {
    let at = 0;
    let newline = true;
    // `-e` is what echo does anyway; in dash it would be printed, which nobody wants.
    for (; args[at] === '-n' || args[at] === '-e' || args[at] === '-ne' || args[at] === '-en'; at++) if (args[at]!.includes('n')) newline = false;
    const { text, stopped } = unescape(args.slice(at).join(' '), 'zero');
    out(newline && !stopped ? `${text}\n` : text);
    return 0;
  },
};

export const clear: Builtin = {
  usage: '',
  summary: 'clear the terminal',
  run({ out }) {
    out('\x1b[H\x1b[2J\x1b[3J');
    return 0;
  },
};
