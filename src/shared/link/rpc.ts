import { FsError, type Disposable, type FsErrorData } from '../base/index.ts';

/** The part of a `MessagePort` that the link needs. */
export interface Port {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
  close(): void;
  start?(): void;
}

/** The wire, version 1. Errors cross as data. */
type Wire =
  | { t: 'call'; id: number; method: string; args: unknown[] }
  | { t: 'reply'; id: number; value: unknown }
  | { t: 'error'; id: number; error: FsErrorData | { code: 'EFAIL'; message: string } };

// An interface has no index signature, so methods are found by name alone.
type AsyncMethods<T> = { [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => Promise<R> : never };

export interface Link<T> extends Disposable {
  /** Every method rejects with `FsError` (an expected failure) or `Error` (a fault on the other side, or a closed link). */
  api: T;
}

/** The calling end. Replies that never come (the other side died) are rejected by `dispose`. */
export function connectLink<T extends object>(port: Port): Link<T> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let next = 1;
  let closed = false;
  port.onmessage = (event) => {
    const message = event.data as Wire;
    if (message.t === 'call') return;
    const entry = waiting.get(message.id);
    if (!entry) return;
    waiting.delete(message.id);
    if (message.t === 'reply') entry.resolve(message.value);
    else entry.reject(toError(message.error));
  };
  const call = (method: string, args: unknown[]): Promise<unknown> => new Promise((resolve, reject) => {
    if (closed) {
      reject(new FsError('ECANCELED', method, undefined, { detail: 'the kernel is gone' }));
      return;
    }
    const id = next++;
    waiting.set(id, { resolve, reject });
    port.postMessage({ t: 'call', id, method, args } satisfies Wire, transferables(args));
  });
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>();
  const api = new Proxy({} as AsyncMethods<T>, {
    get(_target, name) {
      // A promise that resolves with the handle must not take it for a thenable.
      if (typeof name !== 'string' || name === 'then') return undefined;
      let method = methods.get(name);
      if (!method) methods.set(name, method = (...args) => call(name, args));
      return method;
    },
  });
  return {
    api: api as T,
    dispose() {
      closed = true;
      port.close();
      for (const [, entry] of waiting) entry.reject(new FsError('ECANCELED', 'link', undefined, { detail: 'the kernel is gone' }));
      waiting.clear();
    },
  };
}

/** The answering end: only own methods of `implementation` can be called. */
export function serveLink<T extends object>(port: Port, implementation: T): Disposable {
  const table = implementation as Record<string, unknown>;
  port.onmessage = (event) => {
    const message = event.data as Wire;
    if (message.t !== 'call') return;
    void answer(port, table, message);
  };
  return { dispose: () => port.close() };
}

async function answer(port: Port, table: Record<string, unknown>, message: Extract<Wire, { t: 'call' }>): Promise<void> {
  const { id, method, args } = message;
  let reply: Wire;
  let transfer: Transferable[] = [];
  try {
    const target = Object.hasOwn(table, method) ? table[method] : undefined;
    if (typeof target !== 'function') throw new FsError('ENOSYS', method);
    const value: unknown = await (target as (...args: unknown[]) => unknown)(...args);
    transfer = transferables([value]);
    reply = { t: 'reply', id, value };
  } catch (error) {
    reply = { t: 'error', id, error: error instanceof FsError ? error.toData() : { code: 'EFAIL', message: String(error) } };
  }
  port.postMessage(reply, transfer);
}

function toError(error: FsErrorData | { code: 'EFAIL'; message: string }): Error {
  return error.code === 'EFAIL' ? new Error((error as { message: string }).message) : FsError.fromData(error as FsErrorData);
}

/** Ports and streams move; bytes are copied, because their sender may go on using them. */
function transferables(values: unknown[]): Transferable[] {
  const found: Transferable[] = [];
  const look = (value: unknown, depth: number): void => {
    if (value instanceof MessagePort) found.push(value as unknown as Transferable);
    else if (depth > 0 && value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
      for (const inner of Object.values(value)) look(inner, depth - 1);
    }
  };
  for (const value of values) look(value, 2);
  return found;
}

