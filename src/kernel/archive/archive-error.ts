import { FsError } from '../../shared/base/index.ts';

/** The archive is not what it says: cut off, a wrong checksum, no archive at all. Nothing of it can be trusted from there on. */
export function damaged(detail: string): FsError {
  return new FsError('EBADMSG', 'import', undefined, { detail });
}

/** A limit was met. */
export function tooMuch(detail: string): FsError {
  return new FsError('EFBIG', 'import', undefined, { detail });
}
