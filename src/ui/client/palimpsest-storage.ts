import type { KernelApi, WorkspaceInfo } from '../../shared/abi/index.ts';
import { readMarker } from './workspace-marker.ts';

/** How well the workspace is kept. */
export interface PalimpsestStorage {
  info(): Promise<WorkspaceInfo & {
    /** The browser has promised not to delete it by itself. */
    persisted: boolean;
    /** When the whole workspace was last exported from here. */
    exported: Date | null;
  }>;
  /** Asks the browser for that promise; some ask the user. Resolves with whether it was given. The page asks by itself after the first change. */
  persist(): Promise<boolean>;
}

export function createStorage(api: Pick<KernelApi, 'workspace'>): PalimpsestStorage {
  const { storage } = navigator;
  return Object.freeze({
    info: async () => {
      const exported = readMarker()?.exported ?? null;
      return { ...(await api.workspace()), persisted: (await storage?.persisted?.()) ?? false, exported: exported === null ? null : new Date(exported) };
    },
    persist: async () => (await storage?.persist?.()) ?? false,
  });
}
