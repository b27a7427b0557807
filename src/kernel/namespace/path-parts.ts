import { FsError, NAME_MAX, PATH_MAX } from '../../shared/base/index.ts';
import { utf8Length } from '../services/index.ts';

/**
 * The components of a path, `.` and empty ones left out, with a last `.` where the path ends in a slash (POSIX:
 * a trailing slash is resolved as if a dot followed). @throws FsError ENOENT (empty), EINVAL (NUL), ENAMETOOLONG
 */
export function splitPath(operation: string, path: string): string[] {
  if (path === '') throw new FsError('ENOENT', operation, path, { detail: 'the path is empty' });
  if (path.includes('\0')) throw new FsError('EINVAL', operation, path.slice(0, 80), { detail: 'the path contains NUL' });
  if (path.length * 3 > PATH_MAX && utf8Length(path) > PATH_MAX) {
    throw new FsError('ENAMETOOLONG', operation, `${path.slice(0, 40)}…`, { detail: `the path is over ${PATH_MAX} bytes` });
  }
  const parts = path.split('/').filter((part) => part !== '');
  for (const part of parts) {
    if (part.length * 3 > NAME_MAX && utf8Length(part) > NAME_MAX) throw new FsError('ENAMETOOLONG', operation, `${part.slice(0, 40)}…`);
  }
  if (path.endsWith('/') && parts.length > 0 && parts.at(-1) !== '.') parts.push('.');
  return parts;
}

/** The path without slashes at its end; `/` stays. */
export function trimSlashes(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') || '/' : path;
}

/** `/a` and `b` → `/a/b`. */
export function childPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}
