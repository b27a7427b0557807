export { bootAuthority } from './authority.ts';
export { acknowledged, bootFiles, shippedIn } from './files.ts';
export type { KernelHost } from './host.ts';
export { bootMap } from './map.ts';
export { bootProcesses } from './processes.ts';
export { bootStorage } from './storage.ts';
export { bootFsck, connectFolders } from './store-care.ts';
export { startTicking } from './ticking.ts';
export { bootServices, serveHost, type Services } from './services.ts';
