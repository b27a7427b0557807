import { ARCHIVE_ENTRIES_MAX, ArchiveError, limited, safePath, type ArchiveEntry, type ArchiveListing } from './archive-entry.ts';

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_SIZE = 22;
const COMMENT_MAX = 0xffff;

/** Lists a `.zip` (PKWARE APPNOTE 6.3.10) without Zip64; stored and deflated files can be read. */
export async function listZip(blob: Blob): Promise<ArchiveListing> {
  const { count, offset, size } = await readEnd(blob);
  if (offset + size > blob.size) throw new ArchiveError('its directory lies outside of the file');
  const view = await viewOf(blob.slice(offset, offset + size));
  const listing: ArchiveListing = { entries: [], skipped: [] };
  let at = 0;
  for (let left = Math.min(count, ARCHIVE_ENTRIES_MAX); left > 0; left--) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== CENTRAL) throw new ArchiveError('its directory is damaged');
    at = readCentral(blob, view, at, listing);
  }
  return listing;
}

async function viewOf(blob: Blob): Promise<DataView<ArrayBuffer>> {
  return new DataView(await blob.arrayBuffer());
}

async function readEnd(blob: Blob): Promise<{ count: number; offset: number; size: number }> {
  const tail = await viewOf(blob.slice(Math.max(0, blob.size - END_SIZE - COMMENT_MAX)));
  for (let at = tail.byteLength - END_SIZE; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END) continue;
    const count = tail.getUint16(at + 10, true);
    const offset = tail.getUint32(at + 16, true);
    if (count === 0xffff || offset === 0xffffffff) throw new ArchiveError('it is a Zip64 archive, which cannot be read yet');
    return { count, size: tail.getUint32(at + 12, true), offset };
  }
  throw new ArchiveError('it has no directory of a zip archive: it is damaged or incomplete');
}

/** Returns where the next header begins. */
function readCentral(blob: Blob, view: DataView<ArrayBuffer>, at: number, listing: ArchiveListing): number {
  const nameLength = view.getUint16(at + 28, true);
  const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > view.byteLength) throw new ArchiveError('its directory is damaged');
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, at + 46, nameLength));
  const path = safePath(name);
  const method = view.getUint16(at + 10, true);
  const size = view.getUint32(at + 24, true);
  if (path === null) listing.skipped.push({ path: name, why: 'its name leaves the directory' });
  else if (view.getUint16(at + 8, true) & 1) listing.skipped.push({ path, why: 'it is encrypted' });
  else if (method !== 0 && method !== 8) listing.skipped.push({ path, why: `its compression (${method}) is unknown` });
  else if (size === 0xffffffff) listing.skipped.push({ path, why: 'it is over 4 GB' });
  else listing.entries.push(makeEntry(blob, path, name.endsWith('/'), { size, method, packed: view.getUint32(at + 20, true), local: view.getUint32(at + 42, true) }));
  return next;
}

function makeEntry(blob: Blob, path: string, directory: boolean, place: { size: number; method: number; packed: number; local: number }): ArchiveEntry {
  const read = async (): Promise<Blob> => {
    const header = await viewOf(blob.slice(place.local, place.local + 30));
    if (header.byteLength < 30 || header.getUint32(0, true) !== LOCAL) throw new ArchiveError(`${path} is damaged`);
    const start = place.local + 30 + header.getUint16(26, true) + header.getUint16(28, true);
    const data = blob.slice(start, start + place.packed);
    if (place.method === 0) return data;
    const stream = data.stream().pipeThrough(new DecompressionStream('deflate-raw')).pipeThrough(limited(place.size));
    return new Response(stream).blob();
  };
  return { path, kind: directory ? 'directory' : 'file', size: directory ? 0 : place.size, read };
}
