import type { FromGuest, ToGuest } from '../../shared/abi/index.ts';
import type { GuestWorker, WorkerSpawner } from '../../kernel/contract/index.ts';

/** Guest workers as module workers nested in the kernel's. The first is started at once: its code loads while the kernel boots. */
export class HostWorkerSpawner implements WorkerSpawner {
  #first: Worker | null = start();

  spawn(): GuestWorker {
    const worker = this.#first ?? start();
    this.#first = null;
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

function start(): Worker {
  return new Worker(new URL('../../guest/guest.worker.ts', import.meta.url), { type: 'module', name: 'guest' });
}
