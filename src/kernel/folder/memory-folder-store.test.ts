import { MemoryFolderStore } from './memory-folder-store.ts';
import { folderStoreConformance } from './testing/store-conformance.ts';

folderStoreConformance('MemoryFolderStore', async () => {
  const store = new MemoryFolderStore();
  return { store, again: () => store };
});
