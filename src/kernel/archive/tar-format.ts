import { damaged } from './archive-error.ts';

/** Everything in a tar is a multiple of this. */
export const TAR_BLOCK = 512;

/** Type flags of POSIX.1-2017 `pax`, and those of GNU tar. */
export const TarType = {
  FILE: '0', HARD_LINK: '1', SYMLINK: '2', CHARACTER_DEVICE: '3', BLOCK_DEVICE: '4', DIRECTORY: '5', FIFO: '6', CONTIGUOUS: '7',
  PAX: 'x', PAX_GLOBAL: 'g', GNU_LONG_NAME: 'L', GNU_LONG_LINK: 'K', GNU_SPARSE: 'S', GNU_VOLUME: 'V', GNU_MULTI_VOLUME: 'M', GNU_DUMP_DIRECTORY: 'D',
} as const;

/** Offset and length of the fields of a header. */
const Field = {
  NAME: [0, 100], MODE: [100, 8], UID: [108, 8], GID: [116, 8], SIZE: [124, 12], MTIME: [136, 12], CHECKSUM: [148, 8], TYPE: [156, 1],
  LINK: [157, 100], MAGIC: [257, 8], USER: [265, 32], GROUP: [297, 32], MAJOR: [329, 8], MINOR: [337, 8], PREFIX: [345, 155],
  GNU_ATIME: [345, 12], GNU_CTIME: [357, 12],
} as const;
type FieldPlace = readonly [offset: number, length: number];

/** Largest number in 11 octal digits. */
export const OCTAL_MAX = 0o77777777777;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** One header block as it is in the archive. Text as bytes: it may be in any encoding. */
export interface TarHeader {
  name: Uint8Array;
  link: Uint8Array;
  type: string;
  mode: number;
  size: number;
  /** Seconds. */
  mtime: bigint;
  /** GNU tar's own format: the prefix field holds other things. */
  gnu: boolean;
  gnuAtime: bigint | null;
  gnuCtime: bigint | null;
  /** The block itself. */
  block: Uint8Array;
}

/** Bytes as UTF-8; null if they are not. */
export function utf8(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** Up to the first zero. */
export function cString(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** Octal digits, or base 256 (two's complement) with the first bit set. NaN for neither. */
export function tarNumber(bytes: Uint8Array): number {
  const first = bytes[0] ?? 0;
  if (first & 0x80) {
    let value = first & 0x40 ? (first & 0x3f) - 64 : first & 0x3f;
    for (let at = 1; at < bytes.length; at++) value = value * 256 + bytes[at]!;
    return value;
  }
  const text = String.fromCharCode(...cString(bytes)).trim();
  return /^[0-7]*$/.test(text) ? parseInt(text || '0', 8) : NaN;
}

const at = (block: Uint8Array, [offset, length]: FieldPlace): Uint8Array => block.subarray(offset, offset + length);

/** Sums of the header with blanks for the sum itself: of unsigned bytes, and of signed ones as old programs wrote it. */
function checksums(block: Uint8Array): [number, number] {
  let unsigned = 0;
  let signed = 0;
  for (let index = 0; index < TAR_BLOCK; index++) {
    const byte = index >= Field.CHECKSUM[0] && index < Field.CHECKSUM[0] + Field.CHECKSUM[1] ? 32 : block[index]!;
    unsigned += byte;
    signed += byte < 128 ? byte : byte - 256;
  }
  return [unsigned, signed];
}

export function hasChecksum(block: Uint8Array): boolean {
  return block.length === TAR_BLOCK && checksums(block).includes(tarNumber(at(block, Field.CHECKSUM)));
}

/** @throws EBADMSG for a wrong checksum or a number that is none */
export function parseHeader(block: Uint8Array, position: number): TarHeader {
  if (!hasChecksum(block)) throw damaged(`it is no tar archive, or damaged at byte ${position}`);
  const magic = String.fromCharCode(...at(block, Field.MAGIC));
  const gnu = magic.startsWith('ustar  ');
  const name = cString(at(block, Field.NAME));
  const prefix = magic.startsWith('ustar') && !gnu ? cString(at(block, Field.PREFIX)) : new Uint8Array(0);
  const size = tarNumber(at(block, Field.SIZE));
  const mtime = tarNumber(at(block, Field.MTIME));
  if (!Number.isSafeInteger(size) || size < 0) throw damaged(`a size at byte ${position} is none`);
  const type = String.fromCharCode(block[Field.TYPE[0]] || 0x30);
  return {
    name: prefix.length > 0 ? joined(prefix, name) : name.slice(), link: cString(at(block, Field.LINK)).slice(),
    type, mode: tarNumber(at(block, Field.MODE)) || 0, size, mtime: Number.isSafeInteger(mtime) ? BigInt(mtime) : 0n, gnu,
    block: block.slice(), gnuAtime: gnu ? gnuTime(at(block, Field.GNU_ATIME)) : null, gnuCtime: gnu ? gnuTime(at(block, Field.GNU_CTIME)) : null,
  };
}

function gnuTime(bytes: Uint8Array): bigint | null {
  const value = bytes[0] ? tarNumber(bytes) : NaN;
  return Number.isSafeInteger(value) ? BigInt(value) : null;
}

function joined(prefix: Uint8Array, name: Uint8Array): Uint8Array {
  const whole = new Uint8Array(prefix.length + 1 + name.length);
  whole.set(prefix);
  whole[prefix.length] = 0x2f;
  whole.set(name, prefix.length + 1);
  return whole;
}

/** What a ustar header needs. `name` and `link` must fit (see `splitName`); a size that does not fit is written as 0. */
export interface HeaderFields {
  name: Uint8Array;
  prefix: Uint8Array;
  link: Uint8Array;
  type: string;
  mode: number;
  size: number;
  /** Seconds. */
  mtime: number;
}

export function encodeHeader(fields: HeaderFields): Uint8Array {
  const block = new Uint8Array(TAR_BLOCK);
  const put = ([offset]: FieldPlace, bytes: Uint8Array): void => block.set(bytes, offset);
  const octal = ([offset, length]: FieldPlace, value: number): void => {
    const fits = value >= 0 && value <= 8 ** (length - 1) - 1;
    block.set(encoder.encode((fits ? value : 0).toString(8).padStart(length - 1, '0')), offset);
  };
  put(Field.NAME, fields.name);
  octal(Field.MODE, fields.mode);
  octal(Field.UID, 0);
  octal(Field.GID, 0);
  octal(Field.SIZE, fields.size);
  octal(Field.MTIME, fields.mtime);
  put(Field.TYPE, encoder.encode(fields.type));
  put(Field.LINK, fields.link);
  put(Field.MAGIC, encoder.encode('ustar\x0000'));
  octal(Field.MAJOR, 0);
  octal(Field.MINOR, 0);
  put(Field.PREFIX, fields.prefix);
  const [sum] = checksums(block.fill(32, Field.CHECKSUM[0], Field.CHECKSUM[0] + Field.CHECKSUM[1]));
  put(Field.CHECKSUM, encoder.encode(`${sum.toString(8).padStart(6, '0')}\0 `));
  return block;
}

/** Name and prefix as ustar has them; null if the path does not fit or is not plain ASCII. */
export function splitName(path: string): { name: Uint8Array; prefix: Uint8Array } | null {
  if (!/^[\x20-\x7e]*$/.test(path)) return null;
  const bytes = encoder.encode(path);
  if (bytes.length <= Field.NAME[1]) return { name: bytes, prefix: new Uint8Array(0) };
  for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const rest = bytes.length - slash - 1;
    if (slash > Field.PREFIX[1]) return null;
    if (rest > 0 && rest <= Field.NAME[1]) return { name: bytes.subarray(slash + 1), prefix: bytes.subarray(0, slash) };
  }
  return null;
}

export function fitsLink(target: string): boolean {
  return target.length <= Field.LINK[1] && /^[\x20-\x7e]*$/.test(target);
}
