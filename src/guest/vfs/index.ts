export { Process, type KernelCall, type ProcessParts } from './process.ts';
export { Vfs } from './vfs.ts';
export { OWN_POSITION, type Descriptors } from './descriptors.ts';
export { OpenFlag, type Names } from './names.ts';
export { PIPE_BYTES, type Pipe } from './pipes.ts';
export { FILESTAT_SIZE } from './services.ts';
export { checkPath, isUtf8 } from './utf8.ts';
