import { concatBytes } from '../../shared/base/index.ts';
import { damaged } from './archive-error.ts';
import { utf8 } from './tar-format.ts';

const encoder = new TextEncoder();
const SECOND = 1_000_000_000n;

/** Records of one extended header. A value is null where it is not UTF-8. */
export type PaxRecords = Map<string, string | null>;

/** `length key=value\n`, where length counts itself. */
export function encodePax(records: ReadonlyMap<string, string>): Uint8Array {
  const parts = [...records].map(([key, value]) => {
    const body = encoder.encode(` ${key}=${value}\n`);
    let length = body.length + 1;
    while (String(length).length + body.length !== length) length = String(length).length + body.length;
    const record = new Uint8Array(length);
    record.set(encoder.encode(String(length)));
    record.set(body, length - body.length);
    return record;
  });
  return concatBytes(parts);
}

/** @throws EBADMSG */
export function parsePax(bytes: Uint8Array): PaxRecords {
  const found: PaxRecords = new Map();
  for (let at = 0; at < bytes.length;) {
    // Some writers pad the last record with zeros.
    if (bytes[at] === 0) break;
    const space = bytes.indexOf(0x20, at);
    const digits = space < 0 || space - at > 10 ? '' : String.fromCharCode(...bytes.subarray(at, space));
    const length = /^\d+$/.test(digits) ? Number(digits) : 0;
    const end = at + length;
    const equals = bytes.indexOf(0x3d, space);
    if (length === 0 || end > bytes.length || bytes[end - 1] !== 0x0a || equals < 0 || equals >= end) throw damaged('one of its extended headers is damaged');
    const key = utf8(bytes.subarray(space + 1, equals));
    if (key !== null) put(found, key, utf8(bytes.subarray(equals + 1, end - 1)));
    at = end;
  }
  return found;
}

/** Sparse maps 0.0 repeat their keys: they are kept as one list, in order. */
function put(found: PaxRecords, key: string, value: string | null): void {
  if (key !== 'GNU.sparse.offset' && key !== 'GNU.sparse.numbytes') {
    found.set(key, value);
    return;
  }
  const before = found.get('GNU.sparse.map');
  found.set('GNU.sparse.map', before === undefined ? value : `${before},${value}`);
}

/** Nanoseconds as decimal seconds. */
export function paxTime(time: bigint): string {
  const magnitude = time < 0n ? -time : time;
  const fraction = String(magnitude % SECOND).padStart(9, '0').replace(/0+$/, '');
  return `${time < 0n ? '-' : ''}${magnitude / SECOND}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Decimal seconds as nanoseconds, cut below that; undefined if it is none or does not fit 64 bits. */
export function parsePaxTime(text: string | null | undefined): bigint | undefined {
  const match = /^(-?)(\d{1,12})(?:\.(\d*))?$/.exec(text ?? '');
  if (!match) return undefined;
  const value = BigInt(match[2]!) * SECOND + BigInt((match[3] ?? '').slice(0, 9).padEnd(9, '0'));
  return match[1] === '-' ? -value : value;
}
