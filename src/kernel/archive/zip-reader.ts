import { damaged } from './archive-error.ts';
import { ByteReader, type Pull } from './byte-reader.ts';
import { ENTRIES_MAX } from './budget.ts';
import { crc32Hasher } from './digest.ts';
import { NO_PIECES, type Member, type Piece } from './member.ts';
import { inflate, pullFrom } from './streams.ts';
import { utf8 } from './tar-format.ts';
import { cp437, readExtras, type ZipExtras } from './zip-extra.ts';

const Signature = { LOCAL: 0x04034b50, CENTRAL: 0x02014b50, END: 0x06054b50, END64: 0x06064b50, LOCATOR64: 0x07064b50 } as const;
const END_SIZE = 22;
const COMMENT_MAX = 0xffff;
const CENTRAL_SIZE = 46;
const LOCAL_SIZE = 30;
/** Bytes of the directory, at most. */
const DIRECTORY_MAX = 512 * 1024 * 1024;
/** Bytes of a symbolic link's target, at most. */
const TARGET_MAX = 4096;
const UNIX = 3;
const Mode = { TYPE: 0o170000, FILE: 0o100000, DIRECTORY: 0o040000, SYMLINK: 0o120000 } as const;

/** A row of the central directory. */
interface ZipEntry {
  name: string | null;
  label: string;
  method: number;
  encrypted: boolean;
  crc: number;
  packed: number;
  size: number;
  offset: number;
  mode: number;
  extras: ZipExtras;
  dosTime: bigint;
}

/**
 * Reads a zip (PKWARE APPNOTE 6.3.10) with Zip64; stored and deflated members. What the central directory says holds, so data descriptors
 * need nothing. `read` hears of packed bytes as they are read.
 * @throws FsError EBADMSG for what is no zip, or one whose directory is damaged
 */
export async function* readZip(blob: Blob, read: (bytes: number) => void): AsyncGenerator<Member> {
  const place = await findDirectory(blob);
  if (place.offset + place.size > blob.size) throw damaged('its directory lies outside of the file');
  if (place.size > DIRECTORY_MAX || place.count > ENTRIES_MAX) throw damaged(`its directory has ${place.count} entries in ${place.size} bytes, which is too much`);
  const view = await viewOf(blob, place.offset, place.size);
  let at = 0;
  for (let left = place.count; left > 0; left--) {
    if (at + CENTRAL_SIZE > view.byteLength || view.getUint32(at, true) !== Signature.CENTRAL) throw damaged('its directory is damaged');
    const { entry, next } = parseEntry(view, at);
    yield await toMember(blob, entry, read);
    at = next;
  }
}

async function viewOf(blob: Blob, start: number, length: number): Promise<DataView<ArrayBuffer>> {
  return new DataView(await blob.slice(start, start + length).arrayBuffer());
}

/** A 64-bit number; the largest safe one for what is beyond it, which then lies outside of any file. */
function uint64(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}

async function findDirectory(blob: Blob): Promise<{ count: number; offset: number; size: number }> {
  const start = Math.max(0, blob.size - END_SIZE - COMMENT_MAX);
  const tail = await viewOf(blob, start, blob.size - start);
  for (let at = tail.byteLength - END_SIZE; at >= 0; at--) {
    if (tail.getUint32(at, true) !== Signature.END) continue;
    const place = { count: tail.getUint16(at + 10, true), size: tail.getUint32(at + 12, true), offset: tail.getUint32(at + 16, true) };
    const locator = at - 20;
    if (locator >= 0 && tail.getUint32(locator, true) === Signature.LOCATOR64) return findDirectory64(blob, uint64(tail, locator + 8));
    if (place.count === 0xffff || place.offset === 0xffffffff) throw damaged('it is a Zip64 archive without its second end');
    return place;
  }
  throw damaged('it has no directory of a zip archive: it is damaged or incomplete');
}

async function findDirectory64(blob: Blob, at: number): Promise<{ count: number; offset: number; size: number }> {
  const view = await viewOf(blob, at, 56);
  if (view.byteLength < 56 || view.getUint32(0, true) !== Signature.END64) throw damaged('the end of its Zip64 directory is damaged');
  return { count: uint64(view, 32), size: uint64(view, 40), offset: uint64(view, 48) };
}

function parseEntry(view: DataView<ArrayBuffer>, at: number): { entry: ZipEntry; next: number } {
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [number, number, number];
  const next = at + CENTRAL_SIZE + nameLength + extraLength + commentLength;
  if (next > view.byteLength) throw damaged('its directory is damaged');
  const raw = new Uint8Array(view.buffer, at + CENTRAL_SIZE, nameLength);
  const flags = view.getUint16(at + 8, true);
  const sizes = { size: view.getUint32(at + 24, true), packed: view.getUint32(at + 20, true), offset: view.getUint32(at + 42, true) };
  const extras = readExtras(new DataView(view.buffer, at + CENTRAL_SIZE + nameLength, extraLength), sizes, raw);
  // Many writers put UTF-8 without saying so; bytes that are valid UTF-8 are hardly ever meant as anything else.
  const name = extras.name ?? utf8(raw) ?? (flags & 0x800 ? null : cp437(raw));
  return {
    next,
    entry: {
      name, label: name ?? cp437(raw), method: view.getUint16(at + 10, true), encrypted: (flags & 1) !== 0, crc: view.getUint32(at + 16, true),
      packed: extras.packed ?? sizes.packed, size: extras.size ?? sizes.size, offset: extras.offset ?? sizes.offset,
      mode: view.getUint16(at + 4, true) >>> 8 === UNIX ? view.getUint32(at + 38, true) >>> 16 : 0,
      extras, dosTime: dosTime(view.getUint16(at + 14, true), view.getUint16(at + 12, true)),
    },
  };
}

/** Two-second local time, taken as UTC, as nothing says of where. */
function dosTime(date: number, time: number): bigint {
  const ms = Date.UTC(1980 + (date >>> 9), ((date >>> 5) & 15) - 1, date & 31, time >>> 11, (time >>> 5) & 63, (time & 31) * 2);
  return BigInt(ms) * 1_000_000n;
}

async function toMember(blob: Blob, entry: ZipEntry, read: (bytes: number) => void): Promise<Member> {
  const { name, label, extras } = entry;
  const type = entry.mode & Mode.TYPE;
  const common = {
    label, mtime: extras.mtime ?? entry.dosTime, ...(extras.atime !== undefined && { atime: extras.atime }), size: 0, pieces: NO_PIECES, independent: true,
  };
  const other = (why: string): Member => ({ ...common, name, kind: 'other', why });
  // Backslashes of writers that know no other separator; a name with both is taken as it is.
  const path = name !== null && !name.includes('/') && name.includes('\\') && entry.mode === 0 ? name.replaceAll('\\', '/') : name;
  if (path?.endsWith('/') || type === Mode.DIRECTORY) return { ...common, name: path, kind: 'directory' };
  if (entry.encrypted) return other('it is encrypted');
  if (entry.method !== 0 && entry.method !== 8) return other(`its compression (${entry.method}) is unknown`);
  if (type !== 0 && type !== Mode.FILE && type !== Mode.SYMLINK) return other('it is a device or a pipe');
  if (type === Mode.SYMLINK) {
    if (entry.size > TARGET_MAX) return other('the target of the link is too long');
    try {
      return { ...common, name: path, kind: 'symlink', target: utf8(await whole(contents(blob, entry, read), entry.size)) };
    } catch (error) {
      return other(error instanceof Error ? error.message : String(error));
    }
  }
  return { ...common, name: path, kind: 'file', size: entry.size, pieces: () => contents(blob, entry, read) };
}

async function whole(source: AsyncIterable<Piece>, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  for await (const piece of source) bytes.set(piece.bytes, piece.at);
  return bytes;
}

/** The unpacked bytes, checked against length and CRC at the end. */
async function* contents(blob: Blob, entry: ZipEntry, read: (bytes: number) => void): AsyncGenerator<Piece> {
  const header = await viewOf(blob, entry.offset, LOCAL_SIZE);
  if (header.byteLength < LOCAL_SIZE || header.getUint32(0, true) !== Signature.LOCAL) throw damaged('its own header is not where the directory says');
  const start = entry.offset + LOCAL_SIZE + header.getUint16(26, true) + header.getUint16(28, true);
  if (start + entry.packed > blob.size) throw damaged('its data lie outside of the file');
  const source = pullFrom(blob.slice(start, start + entry.packed).stream());
  const counted: Pull = async () => {
    const chunk = await source.pull();
    if (chunk) read(chunk.length);
    return chunk;
  };
  const plain = entry.method === 0 ? { pull: counted, cancel: source.cancel } : inflate('deflate-raw', counted);
  const reader = new ByteReader(plain.pull);
  const crc = await crc32Hasher();
  try {
    for (let at = 0; at < entry.size;) {
      const bytes = await reader.some(Math.min(1 << 20, entry.size - at));
      crc.update(bytes);
      yield { at, bytes };
      at += bytes.length;
    }
    if (await reader.take(1)) throw damaged('it unpacks to more than it says');
    if (parseInt(crc.digest('hex'), 16) !== entry.crc) throw damaged('its checksum is wrong');
  } finally {
    plain.cancel();
    source.cancel();
  }
}
