const SIMPLE: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' };
/** Bytes as `decodeText` has those that are no UTF-8. */
const byte = (value: number): string => String.fromCharCode(value < 0x80 ? value : 0xdc00 + value);

/**
 * Backslash sequences of `echo` and of `%b` (`\0ddd`), or of a format (`\ddd`). `stopped`: `\c` was met, after which nothing is printed.
 * High octal values are bytes; neighbouring bytes that are UTF-8 together are printed as such.
 */
export function unescape(text: string, octal: 'zero' | 'plain'): { text: string; stopped: boolean } {
  let out = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    const next = text[at + 1];
    if (char !== '\\' || next === undefined) {
      out += char;
      continue;
    }
    if (next === 'c' && octal === 'zero') return { text: out, stopped: true };
    const digits = (octal === 'zero' ? /^0[0-7]{0,3}|^[1-7][0-7]{0,2}/ : /^[0-7]{1,3}/).exec(text.slice(at + 1, at + 5))?.[0];
    if (digits !== undefined) {
      out += byte(Number.parseInt(digits, 8) & 0xff);
      at += digits.length;
    } else if (SIMPLE[next] !== undefined) {
      out += SIMPLE[next];
      at++;
    } else out += char;
  }
  return { text: out, stopped: false };
}
