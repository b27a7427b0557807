/** Bytes looked at between two looks at whether it is to stop. */
const STEP = 2 * 1024 * 1024;
/** Longer ones are not searched for. */
export const NEEDLE_MAX = 4096;

export interface SearchOptions {
  /** The file as it is shown: pending bytes are in it. Shorter at the end. */
  read: (offset: number, length: number) => Promise<Uint8Array>;
  size: number;
  needle: Uint8Array;
  /** The first place that counts; it goes on around the end of the file, once. */
  from: number;
  backwards: boolean;
  signal: AbortSignal;
  /** Of the whole file, 0 to 1. */
  onProgress: (part: number) => void;
}

/** Offset of the next place with these bytes, null where there is none. Rejects when it is stopped. */
export async function searchBytes(options: SearchOptions): Promise<number | null> {
  const { size, needle, from, backwards } = options;
  if (needle.length === 0 || needle.length > size) return null;
  const last = size - needle.length;
  const after = Math.max(0, Math.min(from, last + 1));
  const upTo = Math.max(-1, Math.min(from, last));
  // Both parts are ranges of places at which a match may begin.
  const parts: [number, number][] = backwards ? [[0, upTo], [upTo + 1, last]] : [[after, last], [0, after - 1]];
  let done = 0;
  for (const [low, high] of parts) {
    const found = await searchPart(options, low, high, done);
    if (found !== null) return found;
    done += Math.max(0, high - low + 1);
  }
  return null;
}

async function searchPart({ read, size, needle, backwards, signal, onProgress }: SearchOptions, low: number, high: number, done: number): Promise<number | null> {
  const step = (at: number) => {
    const first = backwards ? Math.max(low, high - at - STEP + 1) : low + at;
    const places = Math.min(STEP, backwards ? high - at - first + 1 : high - first + 1);
    const bytes = read(first, places + needle.length - 1);
    // Where the search ends before it is needed, nobody waits for it.
    bytes.catch(() => undefined);
    return { first, bytes };
  };
  let ahead = high >= low ? step(0) : null;
  for (let at = 0; ahead !== null; at += STEP) {
    signal.throwIfAborted();
    onProgress((done + at) / size);
    const { first, bytes: reading } = ahead;
    const bytes = await reading;
    signal.throwIfAborted();
    // The next step is read while this one is looked through.
    ahead = at + STEP <= high - low ? step(at + STEP) : null;
    const found = backwards ? lastIndexOfBytes(bytes, needle) : indexOfBytes(bytes, needle);
    if (found >= 0) return first + found;
  }
  return null;
}

export function indexOfBytes(bytes: Uint8Array, needle: Uint8Array): number {
  const [first = 0] = needle;
  for (let at = bytes.indexOf(first); at >= 0 && at + needle.length <= bytes.length; at = bytes.indexOf(first, at + 1)) if (isAt(bytes, needle, at)) return at;
  return -1;
}

function lastIndexOfBytes(bytes: Uint8Array, needle: Uint8Array): number {
  const [first = 0] = needle;
  for (let at = bytes.lastIndexOf(first, bytes.length - needle.length); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(first, at - 1)) if (isAt(bytes, needle, at)) return at;
  return -1;
}

function isAt(bytes: Uint8Array, needle: Uint8Array, at: number): boolean {
  for (let next = 1; next < needle.length; next++) if (bytes[at + next] !== needle[next]) return false;
  return at + needle.length <= bytes.length;
}

/** `de ad be ef`, `0xDEADBEEF`, `de,ad`; null where it is no whole bytes. */
export function parseHex(text: string): Uint8Array | null {
  const digits = text.replace(/0x|[\s,;:]/gi, '');
  if (digits.length === 0 || digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return null;
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

/** `0x1f0`, `1f0h`, `496`, `+16`, `-0x10`, `50%`; null where it is no offset. Bounded to the file. */
export function parseOffset(text: string, cursor: number, size: number): number | null {
  const match = /^([+-])?(?:0x([0-9a-f]+)|([0-9a-f]+)h|(\d+)(%)?)$/i.exec(text.replace(/[\s_\u202f]/g, ''));
  if (!match) return null;
  const [, sign, hex, suffixed, decimal, percent] = match;
  const digits = hex ?? suffixed;
  let value = digits === undefined ? Number(decimal) : parseInt(digits, 16);
  if (percent) value = Math.floor((value / 100) * Math.max(0, size - 1));
  if (sign) value = cursor + (sign === '-' ? -value : value);
  return Math.max(0, Math.min(size - 1, value));
}
