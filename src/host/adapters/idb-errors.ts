import { FsError } from '../../shared/base/index.ts';

/** ENOSPC for a full disk, EIO with its cause for everything else; an `FsError` stays as it is. */
export function idbError(operation: string, error: unknown, lost?: string): FsError {
  if (error instanceof FsError) return error;
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'QuotaExceededError') {
    return new FsError('ENOSPC', operation, undefined, { cause: error, detail: 'the browser gives this site no more storage' });
  }
  return new FsError('EIO', operation, undefined, { cause: error, detail: lost ?? String(error) });
}
