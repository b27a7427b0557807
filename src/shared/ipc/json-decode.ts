import { checkName, DEPTH_MAX, decodeUtf8, malformed, tooMuch, VALUES_MAX } from './value-reader.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;

/**
 * The JSON text (RFC 8259) from byte `at` on. Members that come twice and the name `__proto__` are refused, as is what is nested too deeply or has
 * too many values: those before anything is made of it. @throws FsError EINVAL, E2BIG
 */
export function decodeJson(bytes: Uint8Array, at: number): unknown {
  const members = scan(bytes, at);
  const text = decodeUtf8(bytes.subarray(at));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(error instanceof Error ? `no JSON: ${error.message}` : 'no JSON');
  }
  // `JSON.parse` keeps the last of two members: then there are fewer of them than colons.
  if (countMembers(value) !== members) throw malformed('a member comes twice');
  return value;
}

/** Colons and bounds outside of strings. @returns how many members there are */
function scan(bytes: Uint8Array, at: number): number {
  let [depth, values, members] = [0, 1, 0];
  for (; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === COLON) members++;
    else if (byte === COMMA) values++;
    // `[` and `{`, `]` and `}` differ by 0x20 only.
    else if ((byte | 0x20) === 0x7b) {
      values++;
      if (++depth > DEPTH_MAX) throw tooMuch(`nested deeper than ${DEPTH_MAX}`);
    } else if ((byte | 0x20) === 0x7d) depth--;
    if (values > VALUES_MAX) throw tooMuch(`more than ${VALUES_MAX} values`);
  }
  return members;
}

function endOfString(bytes: Uint8Array, at: number): number {
  while (++at < bytes.length && bytes[at] !== QUOTE) if (bytes[at] === BACKSLASH) at++;
  return at;
}

/** Its depth is bounded by then. */
function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, element) => sum + countMembers(element), 0);
  let members = 0;
  for (const name of Object.keys(value)) {
    checkName(name);
    members += 1 + countMembers((value as Record<string, unknown>)[name]);
  }
  return members;
}
