/** Functions of a worker that the window calls; arguments and results are copied. */
export type WorkerApi = Record<string, (...args: never[]) => unknown>;

export type Calls<Api> = { [Name in keyof Api]: Api[Name] extends (...args: infer Args) => infer Result ? (...args: Args) => Promise<Awaited<Result>> : never };

interface Request {
  id: number;
  name: string;
  args: unknown[];
}

type Reply = { id: number; value: unknown } | { id: number; error: string };

/** A worker of a viewer: its functions, and its end. Whoever waits when it ends gets an error. */
export interface Reader<Api> {
  calls: Calls<Api>;
  dispose(): void;
}

/** The window's side. `worker` ends with `dispose`, whatever it is doing: that is how long work is cancelled. */
export function readerOf<Api>(worker: Worker): Reader<Api> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let last = 0;
  let ended: Error | null = null;
  const endAll = (error: Error): void => {
    ended = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    const entry = waiting.get(data.id);
    waiting.delete(data.id);
    if ('error' in data) entry?.reject(new Error(data.error));
    else entry?.resolve(data.value);
  };
  worker.onerror = (event) => endAll(new Error(event.message || 'its reader could not be loaded'));
  const call = (name: string, args: unknown[]): Promise<unknown> => new Promise((resolve, reject) => {
    if (ended) return reject(ended);
    const id = ++last;
    waiting.set(id, { resolve, reject });
    const bytes = args.filter((each): each is Uint8Array<ArrayBuffer> => each instanceof Uint8Array && each.buffer instanceof ArrayBuffer && each.byteLength === each.buffer.byteLength);
    worker.postMessage({ id, name, args } satisfies Request, bytes.map(({ buffer }) => buffer));
  });
  const calls = new Proxy({}, { get: (_, name) => (...args: unknown[]) => call(String(name), args) }) as Calls<Api>;
  return {
    calls,
    dispose: () => {
      worker.terminate();
      endAll(new Error('cancelled'));
    },
  };
}

/** The worker's side: answers calls by the functions of `api`, one after the other. */
export function serveCalls(api: WorkerApi): void {
  const scope = globalThis as unknown as { onmessage: ((event: MessageEvent<Request>) => void) | null; postMessage(message: Reply): void };
  let queue: Promise<void> = Promise.resolve();
  const answer = async ({ id, name, args }: Request): Promise<void> => {
    try {
      const call = Object.hasOwn(api, name) ? api[name] : undefined;
      if (!call) throw new Error(`there is no call ${name}`);
      scope.postMessage({ id, value: await call(...(args as never[])) });
    } catch (error) {
      scope.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
    }
  };
  scope.onmessage = ({ data }) => {
    queue = queue.then(() => answer(data));
  };
}
