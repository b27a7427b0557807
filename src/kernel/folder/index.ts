export { createFolders } from './create-folders.ts';
export { Folders, type FolderAccess, type FoldersOptions } from './folders.ts';
export { FolderContents, withFolders } from './contents.ts';
export type { FolderTree } from './live-folder.ts';
export { MemoryProvider, type MemoryFolderOptions } from './memory-provider.ts';
export { MemoryFolderStore } from './memory-folder-store.ts';
export { parseReference } from './reference.ts';
