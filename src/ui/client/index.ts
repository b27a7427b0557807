export { rememberOwner, startKernel, type KernelClient, type WindowApi } from './kernel-client.ts';
export { decodeLink, LINK_MAX } from './archive-link.ts';
export { type ArchiveOptions, type PalimpsestArchive } from './palimpsest-archive.ts';
export { BusClient, type BusHandler } from './bus-client.ts';
export { createPalimpsest, type Connection, type Exit, type Palimpsest, type Run, type RunOptions } from './palimpsest.ts';
export { mountName, type Folders, type FolderWork } from './folders.ts';
export type { FsckRequest } from './palimpsest-fsck.ts';
export { missingFeatures } from './support.ts';
export type { Kv } from './kv.ts';
