export interface LaunchedKernel {
  readonly worker: Worker;
  /** The other end of the port that the kernel serves its calls on. Not started. */
  readonly port: MessagePort;
  /** Rejects when the worker itself fails. */
  readonly failed: Promise<never>;
}

let launched: LaunchedKernel | undefined;

/** Starts the kernel's worker, the first time; one per page. It boots while the page's own code is still on its way. */
export function launchKernel(): LaunchedKernel {
  launched ??= launch();
  return launched;
}

function launch(): LaunchedKernel {
  const worker = new Worker(new URL('../../host/kernel.worker.ts', import.meta.url), { type: 'module', name: 'kernel' });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ type: 'connect', port: port2, successor: wasOwner(), kv: kvChoice() }, [port2]);
  const failed = new Promise<never>((_resolve, reject) => {
    worker.addEventListener('error', (event) => {
      reject(new Error(`The kernel's worker failed: ${event.message || 'it could not be loaded'}`));
    });
    worker.addEventListener('messageerror', () => reject(new Error('A message from the kernel could not be read')));
  });
  failed.catch(() => undefined);
  return { worker, port: port1, failed };
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
