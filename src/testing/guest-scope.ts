import { parentPort } from 'node:worker_threads';

interface WorkerScope {
  self: unknown;
  postMessage(message: unknown): void;
  onmessage: ((event: { data: unknown }) => void) | null;
}

/** Makes a thread of node look like a dedicated worker to `guest.worker.ts`, which is imported after this. */
const scope = globalThis as unknown as WorkerScope;
scope.self = globalThis;
scope.postMessage = (message) => parentPort!.postMessage(message);
parentPort!.on('message', (data: unknown) => scope.onmessage?.({ data }));
