import { gunzipSync } from 'node:zlib';

export interface TarEntry {
  /** Relative, without a trailing slash. */
  path: string;
  kind: 'file' | 'directory';
  data: Uint8Array;
}

const BLOCK = 512;

const text = (block: Uint8Array, at: number, length: number): string => {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
};

/** Files and directories of a gzipped ustar archive (POSIX.1-1988, header layout); other kinds of entry are left out. */
export function readTarGz(archive: Uint8Array): TarEntry[] {
  const bytes = new Uint8Array(gunzipSync(archive));
  const entries: TarEntry[] = [];
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const header = bytes.subarray(at, at + BLOCK);
    const size = parseInt(text(header, 124, 12), 8) || 0;
    const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
    const path = (prefix === '' ? '' : `${prefix}/`) + text(header, 0, 100);
    const type = String.fromCharCode(header[156] ?? 0);
    const data = bytes.slice(at + BLOCK, at + BLOCK + size);
    if (type === '5') entries.push({ path: path.replace(/\/$/, ''), kind: 'directory', data });
    else if (type === '0' || type === '\0') entries.push({ path, kind: 'file', data });
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return entries;
}
