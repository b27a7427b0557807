import type { AuthorityCalls, KernelApi, WorkspaceApi, WorkspaceInfo } from '../../shared/abi/index.ts';
import { DisposableStore, type Disposable } from '../../shared/base/index.ts';
import { connectLink } from '../../shared/link/index.ts';
import { BusClient } from './bus-client.ts';

/** All calls of the window. */
export type WindowApi = KernelApi & WorkspaceApi & AuthorityCalls;

/** The window's handle on the kernel worker. */
export interface KernelClient extends Disposable {
  readonly api: WindowApi;
  readonly bus: BusClient;
  /** Resolves when the kernel serves calls; rejects when it could not start. */
  readonly ready: Promise<WorkspaceInfo>;
  /** Calls `listener` once if the worker itself fails, also when that has happened already. */
  onFailure(listener: (error: Error) => void): void;
}

/** Starts the kernel's worker and connects to it. One per page. */
export function startKernel(): KernelClient {
  const owned = new DisposableStore();
  const worker = new Worker(new URL('../../host/kernel.worker.ts', import.meta.url), { type: 'module', name: 'kernel' });
  owned.defer(() => worker.terminate());
  const channel = new MessageChannel();
  const link = connectLink<WindowApi>(channel.port1);
  owned.add(link);
  worker.postMessage({ type: 'connect', port: channel.port2, successor: wasOwner(), kv: kvChoice() }, [channel.port2]);
  const failure = watchFailure(worker);
  const ready = Promise.race([link.api.workspace(true), failure.promise]);
  ready.then(({ mode }) => rememberOwner(mode === 'owner'), () => undefined);
  const bus = new BusClient(link.api);
  owned.add(bus);
  return { api: link.api, bus, ready, onFailure: failure.listen, dispose: () => owned.dispose() };
}

function watchFailure(worker: Worker): { promise: Promise<never>; listen: (listener: (error: Error) => void) => void } {
  const promise = new Promise<never>((_resolve, reject) => {
    worker.addEventListener('error', (event) => {
      reject(new Error(`The kernel's worker failed: ${event.message || 'it could not be loaded'}`));
    });
    worker.addEventListener('messageerror', () => reject(new Error('A message from the kernel could not be read')));
  });
  promise.catch(() => undefined);
  return { promise, listen: (listener) => void promise.catch(listener) };
}

const KV = 'palimpsest:kv';

/** Where key-value pairs are kept: what the address says (`?kv=opfs`), else what was set in this browser, else IndexedDB. */
function kvChoice(): string {
  const asked = new URLSearchParams(location.search).get('kv');
  if (asked !== null) return asked;
  try {
    return localStorage.getItem(KV) ?? 'indexeddb';
  } catch {
    return 'indexeddb';
  }
}

const OWNER = 'palimpsest:owner';

/** Whether this tab owned the workspace when its page was last here: then it waits for its former self to let go. */
function wasOwner(): boolean {
  try {
    return sessionStorage.getItem(OWNER) !== null;
  } catch {
    return false;
  }
}

/** For the page that comes next in this tab. */
export function rememberOwner(owner: boolean): void {
  try {
    if (owner) sessionStorage.setItem(OWNER, '1');
    else sessionStorage.removeItem(OWNER);
  } catch {
    // Without storage for the session the next page is less patient, no more.
  }
}
