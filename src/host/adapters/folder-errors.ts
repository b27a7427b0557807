import { FsError, type ErrnoName } from '../../shared/base/index.ts';

/** What the File System Access API throws, by name (WHATWG File System, WICG File System Access). */
const CODES: Readonly<Record<string, ErrnoName>> = {
  NotAllowedError: 'EACCES', SecurityError: 'EACCES', NotFoundError: 'ENOENT', TypeMismatchError: 'EISDIR', TypeError: 'EINVAL',
  NoModificationAllowedError: 'EBUSY', InvalidModificationError: 'ENOTEMPTY', QuotaExceededError: 'ENOSPC', AbortError: 'ECANCELED',
  // The file was changed or replaced since it was opened.
  NotReadableError: 'ESTALE', InvalidStateError: 'ESTALE',
};

/** An `FsError` stays as it is; what the table does not have is EIO with its cause. */
export function handleError(operation: string, path: string, error: unknown): FsError {
  if (error instanceof FsError) return error;
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  return new FsError(CODES[name] ?? 'EIO', operation, path, { cause: error, detail: error instanceof Error || error instanceof DOMException ? error.message : String(error) });
}
