/** Ways out of a worker, which no guest has been granted. */
const AMBIENT = [
  'fetch', 'XMLHttpRequest', 'WebSocket', 'WebSocketStream', 'EventSource', 'WebTransport', 'RTCPeerConnection',
  'indexedDB', 'caches', 'cookieStore', 'importScripts', 'BroadcastChannel', 'SharedWorker', 'Worker', 'FileReader',
  'FileReaderSync', 'showOpenFilePicker', 'Notification', 'PushManager', 'ServiceWorkerContainer', 'StorageManager',
  'navigator',
] as const;

/**
 * Removes from the worker's global, and from the prototypes behind it, everything by which code could reach the network,
 * storage or other realms. Called once, before anything of a guest exists. Returns the names that could not be removed.
 */
export function dropAmbient(scope: object): string[] {
  const kept: string[] = [];
  for (const name of AMBIENT) {
    for (let owner: object | null = scope; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner) as object | null) {
      if (Object.hasOwn(owner, name)) Reflect.deleteProperty(owner, name);
    }
    if (name in scope) Reflect.defineProperty(scope, name, { value: undefined, configurable: false, writable: false });
    if ((scope as Record<string, unknown>)[name] !== undefined) kept.push(name);
  }
  return kept;
}
