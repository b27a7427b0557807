export { concatBytes } from './bytes.ts';
export { Errno, errnoName, type ErrnoName, type ErrnoValue } from './errno.ts';
export { FsError, type FsErrorData } from './fs-error.ts';
export { DisposableStore, type Disposable } from './disposable.ts';
export type { Clock } from './clock.ts';
export { NAME_MAX, PATH_MAX, basename, dirname, joinPath, normalizePath } from './path.ts';
