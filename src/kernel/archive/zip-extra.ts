import { utf8 } from './tar-format.ts';

/** What the extra fields of a directory entry add to it. Times in nanoseconds. */
export interface ZipExtras {
  name?: string;
  size?: number;
  packed?: number;
  offset?: number;
  mtime?: bigint;
  atime?: bigint;
}

const Tag = { ZIP64: 0x0001, NTFS: 0x000a, TIMES: 0x5455, UNICODE_PATH: 0x7075 } as const;
const SECOND = 1_000_000_000n;
/** Between 1601 and 1970, in units of 100 ns. */
const NTFS_EPOCH = 116_444_736_000_000_000n;
const FULL = 0xffffffff;

/** Fields that are cut off or of a wrong length are left out. `sizes` says which numbers are in the Zip64 field. */
export function readExtras(view: DataView, sizes: { size: number; packed: number; offset: number }, name: Uint8Array): ZipExtras {
  const found: ZipExtras = {};
  for (let at = 0; at + 4 <= view.byteLength;) {
    const [tag, length] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (at + 4 + length > view.byteLength) break;
    const field = new DataView(view.buffer, view.byteOffset + at + 4, length);
    if (tag === Tag.ZIP64) zip64(field, sizes, found);
    else if (tag === Tag.TIMES) unixTimes(field, found);
    else if (tag === Tag.NTFS) ntfsTimes(field, found);
    else if (tag === Tag.UNICODE_PATH) unicodePath(field, name, found);
    at += 4 + length;
  }
  return found;
}

function zip64(field: DataView, sizes: { size: number; packed: number; offset: number }, found: ZipExtras): void {
  let at = 0;
  for (const key of ['size', 'packed', 'offset'] as const) {
    if (sizes[key] !== FULL) continue;
    if (at + 8 > field.byteLength) return;
    const value = field.getBigUint64(at, true);
    found[key] = value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
    at += 8;
  }
}

/** In the directory only mtime is there, whatever the flags say. */
function unixTimes(field: DataView, found: ZipExtras): void {
  if (field.byteLength >= 5 && field.getUint8(0) & 1) found.mtime ??= BigInt(field.getInt32(1, true)) * SECOND;
}

function ntfsTimes(field: DataView, found: ZipExtras): void {
  if (field.byteLength < 32 || field.getUint16(4, true) !== 1 || field.getUint16(6, true) !== 24) return;
  const time = (at: number): bigint => (field.getBigUint64(at, true) - NTFS_EPOCH) * 100n;
  found.mtime = time(8);
  found.atime = time(16);
}

/** Holds only for the name that it was made for: that one's CRC is in it. */
function unicodePath(field: DataView, name: Uint8Array, found: ZipExtras): void {
  if (field.byteLength < 6 || field.getUint8(0) !== 1 || field.getUint32(1, true) !== crc32(name)) return;
  const text = utf8(new Uint8Array(field.buffer, field.byteOffset + 5, field.byteLength - 5));
  if (text !== null) found.name = text;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** The upper half of IBM's code page 437, which zip names are in unless they say otherwise. */
const CP437 = 'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

export function cp437(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : CP437[byte - 0x80])).join('');
}
