import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'vite';
import type { FromGuest, ToGuest } from '../shared/abi/index.ts';
import type { GuestWorker, WorkerSpawner } from '../kernel/contract/index.ts';

let bundle: Promise<string> | undefined;

/** The guest worker as one file for node, built once for all tests of a process. */
export function guestBundle(): Promise<string> {
  bundle ??= threadBundle(new URL('./guest-thread.ts', import.meta.url));
  return bundle;
}

/** A script in TypeScript as one file for node's threads. */
export async function threadBundle(entry: URL): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'guest-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await build({
    configFile: false, logLevel: 'error', publicDir: false,
    build: {
      ssr: fileURLToPath(entry), outDir: folder, emptyOutDir: false, target: 'node20', minify: false,
      rolldownOptions: { output: { entryFileNames: 'guest.mjs', chunkFileNames: '[name]-[hash].mjs' } },
    },
    ssr: { noExternal: true },
  });
  return join(folder, 'guest.mjs');
}

/** Guest workers as threads of node: everything in them is what runs in the page. */
export class ThreadSpawner implements WorkerSpawner {
  readonly live = new Set<Worker>();
  readonly #script: string;

  constructor(script: string) {
    this.#script = script;
  }

  spawn(): GuestWorker {
    const worker = new Worker(this.#script);
    this.live.add(worker);
    worker.once('exit', () => this.live.delete(worker));
    const terminate = (): void => void worker.terminate();
    return {
      post: (message: ToGuest) => worker.postMessage(message),
      onMessage: (listener) => void worker.on('message', (message: FromGuest) => listener(message)),
      onError: (listener) => void worker.on('error', (error: Error) => listener(error.stack ?? error.message)),
      terminate, dispose: terminate,
    };
  }

  /** Resolves when every thread has ended. */
  async end(): Promise<void> {
    await Promise.all([...this.live].map((worker) => worker.terminate()));
  }
}
