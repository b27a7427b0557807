import type { BusMessage } from '../../../shared/abi/index.ts';
import { FsError } from '../../../shared/base/index.ts';
import { decodePayload, jsonText, MESSAGES, typeOfSubject, withPrefix, type MessageType } from '../../../shared/ipc/index.ts';

const LF = 0x0a;
const CR = 0x0d;
const BACKSLASH = 0x5c;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8');

/**
 * What a line that is written says: JSON if it is that, else its bytes. On a subject whose type has a member for it (`UserInput`), a line that is no
 * JSON object is that member's text.
 */
export function dataOfLine(line: Uint8Array, subject: string): unknown {
  const data = jsonOf(line);
  const type = typeOfSubject(subject);
  const bare = type && (MESSAGES[type] as MessageType<unknown>).bare;
  if (bare === undefined || (typeof data === 'object' && !(data instanceof Uint8Array))) return data;
  return { [bare]: decoder.decode(line) };
}

function jsonOf(line: Uint8Array): unknown {
  try {
    return decodePayload(withPrefix('json', line)).data;
  } catch (error) {
    if (error instanceof FsError) return line;
    throw error;
  }
}

/**
 * A message as one line, its end included. Bytes are as they are, save for line feeds and carriage returns: one line feed at the end is left out, others
 * become `\n` and `\r` as two characters. All else is one line of JSON.
 */
export function lineOf({ data }: Pick<BusMessage, 'data'>): Uint8Array {
  return data instanceof Uint8Array ? rawLine(data) : encoder.encode(`${jsonLine(data)}\n`);
}

/** What a kernel's own message holds may be no data. */
function jsonLine(data: unknown): string {
  try {
    return jsonText(data);
  } catch (error) {
    return JSON.stringify({ error: String(error) });
  }
}

function rawLine(bytes: Uint8Array): Uint8Array {
  const end = bytes.at(-1) === LF ? bytes.length - 1 : bytes.length;
  let escapes = 0;
  for (let at = 0; at < end; at++) if (bytes[at] === LF || bytes[at] === CR) escapes++;
  const line = new Uint8Array(end + escapes + 1);
  let to = 0;
  for (let at = 0; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === LF || byte === CR) {
      line[to++] = BACKSLASH;
      line[to++] = byte === LF ? 0x6e : 0x72;
    } else line[to++] = byte;
  }
  line[to] = LF;
  return line;
}
