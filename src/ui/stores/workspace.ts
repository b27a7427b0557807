import type { StoreApi } from 'zustand/vanilla';
import type { WorkspaceInfo } from '../../shared/abi/index.ts';

export interface Workspace {
  info: WorkspaceInfo | null;
  /** Whether the browser has promised to keep it; null while that is not known. */
  persisted: boolean | null;
}

export type WorkspaceStore = StoreApi<Workspace>;
