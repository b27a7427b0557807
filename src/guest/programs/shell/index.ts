export { reason, type Builtin, type Context } from './builtins/index.ts';
export { isIncomplete } from './parse/index.ts';
export { Session, type SessionOptions } from './run/index.ts';
export { ShellError, type Shell } from './state/index.ts';
export { Files, type DirectoryItem, type FileInfo } from './system/index.ts';
