/** What a message says, as text of a bounded length. */
export interface MessageText {
  text: string;
  /** Structured data as JSON (bytes within as `h'…'`), plain text, or bytes that are no text as hexadecimal numbers. */
  form: 'json' | 'text' | 'bytes';
  /** Nothing was left out. */
  whole: boolean;
}

const DEPTH_MAX = 32;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Looks at no more of the data than it shows. */
export function messageText(data: unknown, max: number): MessageText {
  if (data instanceof Uint8Array) return bytesText(data, max);
  const writer = new Writer(max);
  writer.value(data, 0);
  return { text: writer.text, form: 'json', whole: writer.left >= 0 };
}

function bytesText(bytes: Uint8Array, max: number): MessageText {
  const part = bytes.subarray(0, max);
  const whole = part.length === bytes.length;
  const text = decoded(part, whole);
  return text === null ? { text: hex(part.subarray(0, Math.floor(max / 3)), ' '), form: 'bytes', whole: bytes.length * 3 <= max } : { text, form: 'text', whole };
}

/** Null for what is not UTF-8, or begins as text and holds what no text has. A cut may have split the last letter. */
function decoded(bytes: Uint8Array, whole: boolean): string | null {
  for (let cut = 0; cut < (whole ? 1 : 4); cut++) {
    try {
      const text = utf8.decode(bytes.subarray(0, bytes.length - cut));
      return text.includes('\0') ? null : text;
    } catch {
      // The next shorter one may end at a letter.
    }
  }
  return null;
}

const hex = (bytes: Uint8Array, between: string): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(between);

/** JSON until there is no room; what comes after that is not looked at. */
class Writer {
  text = '';
  left: number;

  constructor(max: number) {
    this.left = max;
  }

  value(value: unknown, depth: number): void {
    if (this.left < 0) return;
    if (depth > DEPTH_MAX) return this.#put('…');
    if (typeof value === 'string') return this.#string(value);
    if (typeof value !== 'object' || value === null) return this.#put(value === undefined ? 'null' : String(value));
    if (value instanceof Uint8Array) return this.#put(`h'${hex(value.subarray(0, Math.max(0, this.left)), '')}'`);
    if (Array.isArray(value)) return this.#list(value, depth);
    this.#object(value as Record<string, unknown>, depth);
  }

  #put(piece: string): void {
    this.text += piece.slice(0, Math.max(0, this.left));
    this.left -= piece.length;
  }

  #string(value: string): void {
    const quoted = JSON.stringify(value.slice(0, this.left + 1));
    this.#put(quoted);
  }

  #list(values: readonly unknown[], depth: number): void {
    this.#put('[');
    for (let at = 0; at < values.length && this.left >= 0; at++) {
      if (at > 0) this.#put(',');
      this.value(values[at], depth + 1);
    }
    this.#put(']');
  }

  #object(value: Record<string, unknown>, depth: number): void {
    this.#put('{');
    let first = true;
    for (const name in value) {
      if (this.left < 0) break;
      if (!Object.hasOwn(value, name) || value[name] === undefined) continue;
      if (!first) this.#put(',');
      first = false;
      this.#string(name);
      this.#put(':');
      this.value(value[name], depth + 1);
    }
    this.#put('}');
  }
}

/** JSON on several lines, digit by digit as it is. */
export function indented({ text, form }: MessageText): string {
  return form === 'json' ? indentJson(text) : text;
}

const TOKEN = /"(?:[^"\\]|\\.)*"?|[[\]{},:]|[^"[\]{},:]+/gs;

function indentJson(text: string): string {
  let out = '';
  let depth = 0;
  const newline = (): string => `\n${'  '.repeat(depth)}`;
  const tokens = text.match(TOKEN) ?? [];
  tokens.forEach((token, at) => {
    const [before, after] = [tokens[at - 1], tokens[at + 1]];
    if (token === '{' || token === '[') {
      depth++;
      out += token + (after === '}' || after === ']' ? '' : newline());
    } else if (token === '}' || token === ']') {
      depth = Math.max(0, depth - 1);
      out += (before === '{' || before === '[' ? '' : newline()) + token;
    } else out += token === ',' ? `,${newline()}` : token === ':' ? ': ' : token;
  });
  return out;
}
