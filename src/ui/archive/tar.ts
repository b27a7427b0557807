import { ARCHIVE_ENTRIES_MAX, ArchiveError, limited, safePath, type ArchiveListing } from './archive-entry.ts';

const BLOCK = 512;
/** A compressed archive may unpack to this much, in bytes. */
export const UNPACKED_MAX = 4 * 1024 ** 3;
/** Names in extra headers are shorter than this. */
const EXTRA_MAX = 1024 * 1024;

const text = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
};

/** Octal digits, or base 256 with the first bit set (GNU). */
export function tarNumber(bytes: Uint8Array): number {
  if ((bytes[0] ?? 0) & 0x80) return bytes.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
  return parseInt(text(bytes).trim() || '0', 8);
}

/** Lists a `.tar` (POSIX ustar and pax, GNU long names), or a `.tar.gz`, which is unpacked first. */
export async function listTar(archive: Blob): Promise<ArchiveListing> {
  const blob = await gunzipped(archive);
  const listing: ArchiveListing = { entries: [], skipped: [] };
  let extra: { path?: string; size?: number } = {};
  for (let at = 0; at < blob.size && listing.entries.length < ARCHIVE_ENTRIES_MAX;) {
    if (at + BLOCK > blob.size) throw new ArchiveError('it ends too early: it is damaged or incomplete');
    const header = new Uint8Array(await blob.slice(at, at + BLOCK).arrayBuffer());
    if (header.every((byte) => byte === 0)) break;
    checkSum(header, at);
    const type = String.fromCharCode(header[156] ?? 0);
    const size = extra.size ?? tarNumber(header.subarray(124, 136));
    const start = at + BLOCK;
    if (!Number.isSafeInteger(size) || size < 0 || start + size > blob.size) throw new ArchiveError('it ends too early: it is damaged or incomplete');
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    const data = blob.slice(start, start + size);
    if (type === 'x' || type === 'L') {
      extra = { ...extra, ...(await readExtra(type, data)) };
      continue;
    }
    if (type !== 'g') addEntry(listing, extra.path ?? nameOf(header), type, size, data);
    extra = {};
  }
  return listing;
}

async function gunzipped(archive: Blob): Promise<Blob> {
  const magic = new Uint8Array(await archive.slice(0, 2).arrayBuffer());
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) return archive;
  return new Response(archive.stream().pipeThrough(new DecompressionStream('gzip')).pipeThrough(limited(UNPACKED_MAX))).blob();
}

function checkSum(header: Uint8Array, at: number): void {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (sum !== tarNumber(header.subarray(148, 156))) throw new ArchiveError(`it is no tar archive, or damaged at byte ${at}`);
}

function nameOf(header: Uint8Array): string {
  const prefix = text(header.subarray(257, 262)) === 'ustar' ? text(header.subarray(345, 500)) : '';
  const name = text(header.subarray(0, 100));
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** A GNU long name, or pax records `length key=value\n`. */
async function readExtra(type: string, data: Blob): Promise<{ path?: string; size?: number }> {
  if (data.size > EXTRA_MAX) throw new ArchiveError('one of its names is too long');
  const bytes = new Uint8Array(await data.arrayBuffer());
  if (type === 'L') return { path: text(bytes) };
  const found: { path?: string; size?: number } = {};
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(32, at);
    const length = Number(new TextDecoder().decode(bytes.subarray(at, space < 0 ? at : space)));
    if (!(length > 0) || at + length > bytes.length) throw new ArchiveError('one of its headers is damaged');
    const record = new TextDecoder().decode(bytes.subarray(space + 1, at + length - 1));
    if (record.startsWith('path=')) found.path = record.slice(5);
    if (record.startsWith('size=')) found.size = Number(record.slice(5));
    at += length;
  }
  return found;
}

function addEntry(listing: ArchiveListing, name: string, type: string, size: number, data: Blob): void {
  const path = safePath(name);
  if (path === null) {
    if (!/^[./]*$/.test(name) || name.includes('..')) listing.skipped.push({ path: name, why: 'its name leaves the directory' });
  } else if (type === '5') {
    listing.entries.push({ path, kind: 'directory', size: 0, read: async () => data });
  } else if (type === '0' || type === '\0' || type === '7') {
    listing.entries.push({ path, kind: 'file', size, read: async () => data });
  } else {
    listing.skipped.push({ path, why: type === '2' || type === '1' ? 'links are left out' : 'it is neither a file nor a directory' });
  }
}
