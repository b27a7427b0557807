export { baseFetcher, fetchManifest, sha256 } from './base-fetch.ts';
export { IdbStore, type IdbStoreOptions } from './idb-store.ts';
export { httpClient } from './http-client.ts';
export { browserFolders } from './folder-host.ts';
export { hostClock, hostRandom, yieldToEvents } from './system.ts';
export { kvSource } from './kv-source.ts';
export { TabChannel } from './tab-channel.ts';
export { lockWorkspace, takeWorkspace, type WorkspaceLock } from './workspace-lock.ts';
export { HostWorkerSpawner } from './worker-spawner.ts';
