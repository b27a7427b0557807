import { FsError } from '../../shared/base/index.ts';
import type { FileService } from '../contract/index.ts';
import type { Location } from './mount-table.ts';

/** Operations that a service may lack. */
export type Optional = 'write' | 'truncate' | 'create' | 'mkdir' | 'symlink' | 'link' | 'unlink' | 'rmdir' | 'rename' | 'setTimes';

/** The service's operation, bound. @throws FsError EROFS where it has none */
export function need<K extends Optional>(location: Location, operation: K, path: string): NonNullable<FileService[K]> {
  const { service } = location.mount;
  const method = service[operation];
  if (!method) throw new FsError('EROFS', operation, path, { detail: `${service.name} cannot be changed` });
  return method.bind(service) as NonNullable<FileService[K]>;
}

/** Runs `action`; a service's failure comes out with the operation and the whole path. */
export async function naming<T>(operation: string, path: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof FsError) || (error.syscall === operation && error.path === path)) throw error;
    throw new FsError(error.code, operation, path, { ...(error.detail === undefined ? {} : { detail: error.detail }), cause: error });
  }
}
