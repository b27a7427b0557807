import type { FromGuest, ToGuest } from '../../shared/abi/index.ts';
import type { Disposable } from '../../shared/base/index.ts';

/** A guest worker as the kernel sees it; made by the host (a Worker) or by a test (node's worker_threads, or in-process). */
export interface GuestWorker extends Disposable {
  post(message: ToGuest): void;
  onMessage(listener: (message: FromGuest) => void): void;
  onError(listener: (message: string) => void): void;
  /** Ends it at once, wherever it is. The same as `dispose`. */
  terminate(): void;
}

export interface WorkerSpawner {
  spawn(): GuestWorker;
}

/** Entropy from the host. */
export interface Random {
  fill(bytes: Uint8Array): void;
}

/** Runs `task` soon, after other events had their turn; used to slice long work. */
export type Yield = () => Promise<void>;
