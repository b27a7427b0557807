import { damaged } from './archive-error.ts';
import type { ByteReader } from './byte-reader.ts';
import type { PaxRecords } from './pax.ts';
import type { Extent } from './tar-writer.ts';
import { TAR_BLOCK, TarType, tarNumber } from './tar-format.ts';

/** Extents of one sparse file, at most. */
const EXTENTS_MAX = 1_000_000;
/** Entries of the map in GNU tar's old header, and in each block that extends it. */
const OLD_ENTRIES = 4;
const OLD_MORE = 21;

export interface SparseMap {
  extents: readonly Extent[];
  /** Of the file, holes included. */
  size: number;
  /** Bytes of the member's stored data that the map took. */
  read: number;
}

type SparseKind = 'none' | 'old' | '0' | '1.0';

/** Which of GNU's sparse formats a member is in. */
function sparseKind(type: string, pax: PaxRecords): SparseKind {
  if (type === TarType.GNU_SPARSE) return 'old';
  if (pax.get('GNU.sparse.major') === '1' && pax.get('GNU.sparse.minor') === '0') return '1.0';
  return pax.has('GNU.sparse.map') ? '0' : 'none';
}

/** Null for a file that is not sparse. @throws EBADMSG for a map that makes no sense */
export async function readSparseMap(reader: ByteReader, { type, block, stored }: { type: string; block: Uint8Array; stored: number }, pax: PaxRecords): Promise<SparseMap | null> {
  const kind = sparseKind(type, pax);
  if (kind === 'none') return null;
  if (kind === 'old') return readOldMap(reader, block);
  const size = wholeNumber(pax.get('GNU.sparse.realsize') ?? pax.get('GNU.sparse.size'));
  if (kind === '0') return checked((pax.get('GNU.sparse.map') ?? '').split(',').filter((part) => part !== '').map(wholeNumber), size, 0);
  let read = 0;
  let rest = '';
  const next = async (): Promise<number> => {
    while (!rest.includes('\n')) {
      if (read + TAR_BLOCK > Math.ceil(stored / TAR_BLOCK) * TAR_BLOCK || rest.length > TAR_BLOCK) throw damaged('the map of a sparse file is cut off');
      rest += String.fromCharCode(...(await reader.take(TAR_BLOCK)) ?? []);
      read += TAR_BLOCK;
    }
    const end = rest.indexOf('\n');
    const number = wholeNumber(rest.slice(0, end));
    rest = rest.slice(end + 1);
    return number;
  };
  const count = await next();
  if (count > EXTENTS_MAX) throw damaged(`a sparse file has ${count} extents`);
  const numbers: number[] = [];
  while (numbers.length < 2 * count) numbers.push(await next());
  return checked(numbers, size, read);
}

/** GNU's old format keeps the map in the header itself and in blocks after it, which its size does not count. */
async function readOldMap(reader: ByteReader, header: Uint8Array): Promise<SparseMap> {
  const numbers = mapEntries(header.subarray(386), OLD_ENTRIES);
  for (let more = header[482] !== 0; more;) {
    const block = await reader.take(TAR_BLOCK);
    if (!block || numbers.length > 2 * EXTENTS_MAX) throw damaged('the map of a sparse file is cut off');
    numbers.push(...mapEntries(block, OLD_MORE));
    more = block[504] !== 0;
  }
  return checked(numbers, tarNumber(header.subarray(483, 495)), 0);
}

function mapEntries(bytes: Uint8Array, count: number): number[] {
  const numbers: number[] = [];
  for (let entry = 0; entry < count; entry++) {
    const place = bytes.subarray(entry * 24, entry * 24 + 24);
    if (place[12] === 0) break;
    numbers.push(tarNumber(place.subarray(0, 12)), tarNumber(place.subarray(12)));
  }
  return numbers;
}

function wholeNumber(text: string | null | undefined): number {
  const number = /^\d{1,16}$/.test(text ?? '') ? Number(text) : NaN;
  if (!Number.isSafeInteger(number)) throw damaged('the map of a sparse file is damaged');
  return number;
}

function checked(numbers: readonly number[], size: number, read: number): SparseMap {
  const extents: Extent[] = [];
  let end = 0;
  if (numbers.length % 2 !== 0 || numbers.length > 2 * EXTENTS_MAX || !Number.isSafeInteger(size) || size < 0) throw damaged('the map of a sparse file is damaged');
  for (let index = 0; index < numbers.length; index += 2) {
    const [at, length] = [numbers[index]!, numbers[index + 1]!];
    if (!(at >= end && length >= 0 && at + length <= size)) throw damaged('the map of a sparse file contradicts itself');
    if (length > 0) extents.push({ at, length });
    end = at + length;
  }
  return { extents, size, read };
}
