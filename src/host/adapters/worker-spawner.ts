import type { FromGuest, ToGuest } from '../../shared/abi/index.ts';
import type { GuestWorker, WorkerSpawner } from '../../kernel/contract/index.ts';

/** Guest workers as module workers nested in the kernel's. */
export class HostWorkerSpawner implements WorkerSpawner {
  spawn(): GuestWorker {
    const worker = new Worker(new URL('../../guest/guest.worker.ts', import.meta.url), { type: 'module', name: 'guest' });
    return {
      post: (message: ToGuest) => worker.postMessage(message),
      onMessage: (listener) => {
        worker.onmessage = (event: MessageEvent<FromGuest>) => listener(event.data);
      },
      onError: (listener) => {
        worker.onerror = (event) => listener(event.message || 'the worker could not be started');
        worker.onmessageerror = () => listener('a message could not be read');
      },
      terminate: () => worker.terminate(),
      dispose: () => worker.terminate(),
    };
  }
}
