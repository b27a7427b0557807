import { damaged, tooMuch } from './archive-error.ts';
import type { ByteReader } from './byte-reader.ts';
import { NO_PIECES, type ArchiveFacts, type Member, type Piece } from './member.ts';
import { parsePax, parsePaxTime, type PaxRecords } from './pax.ts';
import { readSparseMap, type SparseMap } from './sparse.ts';
import { TAR_BLOCK, TarType, cString, hasChecksum, parseHeader, utf8, type TarHeader } from './tar-format.ts';

/** Longest extended header. */
const EXTENDED_MAX = 1024 * 1024;
/** Bytes of a piece, at most. */
const PIECE_MAX = 1024 * 1024;

const SECOND = 1_000_000_000n;
const KINDS: Partial<Record<string, Member['kind']>> = {
  [TarType.FILE]: 'file', [TarType.CONTIGUOUS]: 'file', [TarType.GNU_SPARSE]: 'file', [TarType.DIRECTORY]: 'directory',
  [TarType.SYMLINK]: 'symlink', [TarType.HARD_LINK]: 'hardlink',
};
const OTHERS: Partial<Record<string, string>> = {
  [TarType.CHARACTER_DEVICE]: 'it is a character device', [TarType.BLOCK_DEVICE]: 'it is a block device', [TarType.FIFO]: 'it is a named pipe',
  [TarType.GNU_MULTI_VOLUME]: 'it is the rest of a file of another volume', [TarType.GNU_DUMP_DIRECTORY]: 'it is a list of an incremental backup',
};

/** What the extended headers before a member say of it. */
interface Extra {
  pax: PaxRecords;
  name?: Uint8Array;
  link?: Uint8Array;
}

/**
 * Reads a tar: V7, ustar, pax, GNU; sparse files of all formats. Members come in the archive's order.
 * @throws FsError EBADMSG for what is no tar, damaged or cut off
 */
export async function* readTar(reader: ByteReader, facts: ArchiveFacts = {}): AsyncGenerator<Member> {
  let global: PaxRecords = new Map();
  let extra: Extra = { pax: new Map() };
  let members = 0;
  for (;;) {
    const position = reader.position;
    const block = await reader.take(TAR_BLOCK);
    if (!block) {
      // Some writers leave the end out; an archive without any block is none.
      if (position === 0) throw damaged('it is empty');
      if (extra.pax.size > 0 || extra.name) throw damaged('it ends after the header of a member: it is incomplete');
      return;
    }
    if (block.every((byte) => byte === 0)) {
      await reader.drain();
      return;
    }
    const header = parseHeader(block, position);
    if (header.type === TarType.PAX_GLOBAL) {
      global = new Map([...global, ...parsePax(await readExtended(reader, header))]);
      if (global.get('PALIMPSEST.kind')) facts.kind = global.get('PALIMPSEST.kind')!;
    } else if (header.type === TarType.PAX) extra.pax = parsePax(await readExtended(reader, header));
    else if (header.type === TarType.GNU_LONG_NAME) extra.name = cString(await readExtended(reader, header)).slice();
    else if (header.type === TarType.GNU_LONG_LINK) extra.link = cString(await readExtended(reader, header)).slice();
    else if (header.type === TarType.GNU_VOLUME) await reader.skip(padded(header.size));
    else {
      yield* member(reader, header, extra, global);
      extra = { pax: new Map() };
      members++;
    }
    if (members === 0 && reader.position > 64 * EXTENDED_MAX) throw damaged('it has headers and no members');
  }
}

const padded = (size: number): number => Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;

async function readExtended(reader: ByteReader, { size }: TarHeader): Promise<Uint8Array> {
  if (size > EXTENDED_MAX) throw tooMuch(`a header of it has ${size} bytes, over ${EXTENDED_MAX}`);
  const bytes = (await reader.take(padded(size))) ?? new Uint8Array(0);
  if (bytes.length < size) throw damaged('it ends within a header: it is incomplete');
  return bytes.slice(0, size);
}

async function* member(reader: ByteReader, header: TarHeader, { pax, name, link }: Extra, global: PaxRecords): AsyncGenerator<Member> {
  const record = (key: string): string | null | undefined => (pax.has(key) ? pax.get(key) : global.get(key));
  const stored = await storedSize(reader, header, record('size'));
  const kind = kindOf(header, pax);
  const sparse = kind === 'file' ? await readSparseMap(reader, { type: header.type, block: header.block, stored }, pax) : null;
  const size = sparse ? sparse.size : stored;
  const start = reader.position;
  const left = stored - (sparse?.read ?? 0);
  if (sparse && sparse.extents.reduce((sum, { length }) => sum + length, 0) !== left) throw damaged('the map of a sparse file does not fit its data');
  const path = pax.get('GNU.sparse.name') ?? record('path');
  const own = path !== undefined ? path : utf8(name ?? header.name);
  const target = record('linkpath') !== undefined ? record('linkpath')! : utf8(link ?? header.link);
  const times = timesOf(header, record);
  const end = start + padded(stored) - (sparse?.read ?? 0);
  yield {
    name: own, label: own ?? new TextDecoder().decode(name ?? header.name), kind, size: kind === 'file' ? size : 0, ...times,
    ...(kind === 'other' && { why: OTHERS[header.type] ?? `its type (“${header.type}”) is unknown` }),
    ...((kind === 'symlink' || kind === 'hardlink') && { target }),
    pieces: () => (kind === 'file' ? pieces(reader, sparse?.extents ?? [{ at: 0, length: size }]) : NO_PIECES()),
  };
  await reader.skip(end - reader.position);
}

/** Links have no contents in most archives, whatever size they say; whether a header follows tells it. */
async function storedSize(reader: ByteReader, header: TarHeader, text: string | null | undefined): Promise<number> {
  const size = text === undefined || text === null ? header.size : Number(text);
  if (!Number.isSafeInteger(size) || size < 0) throw damaged(`the size “${text}” is none`);
  if (size > 0 && (header.type === TarType.SYMLINK || header.type === TarType.DIRECTORY)) return 0;
  if (size > 0 && header.type === TarType.HARD_LINK && hasChecksum(await reader.peek(TAR_BLOCK))) return 0;
  return size;
}

function kindOf(header: TarHeader, pax: PaxRecords): Member['kind'] {
  const kind = KINDS[header.type] ?? 'other';
  // Before POSIX a directory was a file whose name ends in a slash.
  if (kind === 'file' && !pax.has('GNU.sparse.name') && header.name.at(-1) === 0x2f && header.size === 0) return 'directory';
  return kind;
}

function timesOf(header: TarHeader, record: (key: string) => string | null | undefined): Pick<Member, 'mtime' | 'atime'> {
  const mtime = parsePaxTime(record('mtime')) ?? header.mtime * SECOND;
  const atime = parsePaxTime(record('atime')) ?? (header.gnuAtime === null ? undefined : header.gnuAtime * SECOND);
  return { mtime, ...(atime !== undefined && { atime }) };
}

async function* pieces(reader: ByteReader, extents: SparseMap['extents']): AsyncGenerator<Piece> {
  for (const { at, length } of extents) {
    for (let done = 0; done < length;) {
      const bytes = await reader.some(Math.min(PIECE_MAX, length - done));
      yield { at: at + done, bytes };
      done += bytes.length;
    }
  }
}
