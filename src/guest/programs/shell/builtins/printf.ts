import { ShellError } from '../state/index.ts';
import type { Builtin, Context } from './builtin.ts';
import { unescape } from './escapes.ts';

const SPEC = /^%([-+ 0#]*)(\*|\d+)?(?:\.(\*|-?\d*))?([a-zA-Z%])/;
/** Widest field and most digits, so that a format cannot fill the memory. */
const WIDTH_MAX = 1 << 20;

/** `printf` (POSIX.1-2017, XCU): the format is used again until the arguments are used up. */
class Printf {
  readonly #context: Context;
  readonly #args: readonly string[];
  #at = 0;
  #out = '';
  #stopped = false;
  status = 0;

  constructor(context: Context, args: readonly string[]) {
    this.#context = context;
    this.#args = args;
  }

  run(format: string): void {
    do {
      const before = this.#at;
      this.#pass(format);
      if (this.#at === before) break;
    } while (this.#at < this.#args.length && !this.#stopped);
    this.#context.out(this.#out);
  }

  #pass(format: string): void {
    for (let rest = format; rest !== '' && !this.#stopped;) {
      const percent = rest.indexOf('%');
      this.#out += unescape(percent < 0 ? rest : rest.slice(0, percent), 'plain').text;
      if (percent < 0) return;
      rest = this.#conversion(rest.slice(percent));
    }
  }

  #conversion(text: string): string {
    const match = SPEC.exec(text);
    if (!match) throw new ShellError(`${text.slice(0, 2)}: invalid directive`, { status: 1 });
    const [all, flags = '', width, precision, letter = ''] = match;
    if (letter === '%') this.#out += '%';
    else this.#convert(letter, flags, this.#size(width), precision === undefined ? undefined : this.#size(precision || '0'));
    return text.slice(all.length);
  }

  #next(): string | undefined {
    return this.#args[this.#at++];
  }

  #size(text: string | undefined): number {
    if (text === undefined) return 0;
    const size = text === '*' ? Number(this.#integer(this.#next() ?? '0')) : Number(text);
    return Math.max(-WIDTH_MAX, Math.min(WIDTH_MAX, size));
  }

  #convert(letter: string, flags: string, width: number, precision: number | undefined): void {
    const left = flags.includes('-') || width < 0;
    const pad = (text: string, zero: boolean): void => {
      const missing = Math.max(0, Math.abs(width) - Array.from(text).length);
      if (missing === 0) this.#out += text;
      else if (left) this.#out += text + ' '.repeat(missing);
      else if (zero && flags.includes('0')) this.#out += text.replace(/^([-+ ]?(?:0[xX])?)/, `$1${'0'.repeat(missing)}`);
      else this.#out += ' '.repeat(missing) + text;
    };
    const cut = (text: string): string => (precision === undefined || precision < 0 ? text : Array.from(text).slice(0, precision).join(''));
    switch (letter) {
      case 's': return pad(cut(this.#next() ?? ''), false);
      case 'b': {
        const { text, stopped } = unescape(this.#next() ?? '', 'zero');
        this.#stopped = stopped;
        return pad(cut(text), false);
      }
      case 'c': return pad(Array.from(this.#next() ?? '')[0] ?? '', false);
      case 'd': case 'i': return pad(digits(this.#integer(this.#next() ?? '0'), 10, flags, precision), precision === undefined);
      case 'u': return pad(digits(BigInt.asUintN(64, this.#integer(this.#next() ?? '0')), 10, '', precision), precision === undefined);
      case 'o': return pad(digits(BigInt.asUintN(64, this.#integer(this.#next() ?? '0')), 8, flags.includes('#') ? '#' : '', precision), precision === undefined);
      case 'x': case 'X': {
        const text = digits(BigInt.asUintN(64, this.#integer(this.#next() ?? '0')), 16, flags.includes('#') ? '#' : '', precision);
        return pad(letter === 'X' ? text.toUpperCase() : text, precision === undefined);
      }
      case 'e': case 'E': case 'f': case 'F': case 'g': case 'G': return pad(float(this.#float(this.#next() ?? '0'), letter, flags, precision ?? 6), true);
      default: throw new ShellError(`%${letter}: invalid directive`, { status: 1 });
    }
  }

  #complain(text: string, what: string): void {
    this.status = 1;
    this.#context.error(`${text}: ${what}`);
  }

  #integer(text: string): bigint {
    if (/^["']/.test(text)) return BigInt(text.codePointAt(1) ?? 0);
    const match = /^\s*([-+]?)(0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)?/.exec(text)!;
    if (match[2] === undefined) {
      if (text !== '') this.#complain(text, 'expected numeric value');
      return 0n;
    }
    if (match[0].length < text.length) this.#complain(text, 'not completely converted');
    const value = BigInt(/^0[0-7]+$/.test(match[2]) ? `0o${match[2].slice(1)}` : match[2]);
    return BigInt.asIntN(64, match[1] === '-' ? -value : value);
  }

  #float(text: string): number {
    if (/^["']/.test(text)) return text.codePointAt(1) ?? 0;
    const value = Number(text);
    if (!Number.isNaN(value) && text.trim() !== '') return value;
    if (/^[-+]?(inf|nan)/i.test(text)) return /nan/i.test(text) ? Number.NaN : text.startsWith('-') ? -Infinity : Infinity;
    const start = Number.parseFloat(text);
    if (text !== '') this.#complain(text, Number.isNaN(start) ? 'expected numeric value' : 'not completely converted');
    return Number.isNaN(start) ? 0 : start;
  }
}

function digits(value: bigint, base: number, flags: string, precision: number | undefined): string {
  const sign = value < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  let text = (value < 0n ? -value : value).toString(base);
  if (precision === 0 && value === 0n) text = '';
  text = text.padStart(precision ?? 0, '0');
  if (flags.includes('#') && base === 8 && !text.startsWith('0')) text = `0${text}`;
  if (flags.includes('#') && base === 16 && value !== 0n) text = `0x${text}`;
  return sign + text;
}

function float(value: number, letter: string, flags: string, precision: number): string {
  const places = Math.min(100, Math.max(0, precision));
  const size = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const upper = letter === letter.toUpperCase();
  const text = !Number.isFinite(size) ? (Number.isNaN(size) ? 'nan' : 'inf') : finite(size, letter.toLowerCase(), places, flags.includes('#'));
  return sign + (upper ? text.toUpperCase() : text);
}

function finite(size: number, letter: string, places: number, keepZeros: boolean): string {
  if (letter === 'f') return size >= 1e21 ? `${BigInt(size)}${places > 0 ? `.${'0'.repeat(places)}` : ''}` : size.toFixed(places);
  if (letter === 'e') return exponent(size.toExponential(places));
  const wanted = places === 0 ? 1 : places;
  const power = size === 0 ? 0 : Number(/e([-+]\d+)$/.exec(size.toExponential(wanted - 1))![1]);
  const text = power < -4 || power >= wanted ? size.toExponential(wanted - 1) : size.toFixed(Math.max(0, wanted - 1 - power));
  return exponent(keepZeros ? text : text.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, ''));
}

/** At least two digits, as C has it. */
function exponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}

export const printf: Builtin = {
  usage: 'format [argument …]',
  summary: 'print text as a format has it',
  pure: true,
  run(context) {
    const args = context.args[0] === '--' ? context.args.slice(1) : context.args;
    const [format, ...rest] = args;
    if (format === undefined) throw new ShellError('usage: printf format [arg ...]');
    const run = new Printf(context, rest);
    run.run(format);
    return run.status;
  },
};
