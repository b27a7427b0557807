export interface Ownership {
  /** Whether this tab owns the name. If not, nothing is held. */
  readonly held: boolean;
  /** Resolves when another tab took the name from us. Never for one that is not held. */
  readonly lost: Promise<void>;
  /** Lets go; may be called more than once. */
  release(): void;
}

export interface AcquireOptions {
  /** Takes it from whoever has it; that one learns of it by `lost`. */
  steal?: boolean;
  /** Milliseconds to wait for whoever has it. Default 0. */
  patience?: number;
}

/** Takes the exclusive lock `name` for as long as this realm lives. */
export async function acquire(name: string, { steal = false, patience = 0 }: AcquireOptions = {}): Promise<Ownership> {
  if (steal) return request(name, { steal });
  const atOnce = await request(name, { ifAvailable: true });
  if (atOnce.held || patience === 0) return atOnce;
  try {
    return await request(name, { signal: AbortSignal.timeout(patience) });
  } catch (error) {
    if (!(error instanceof DOMException && (error.name === 'TimeoutError' || error.name === 'AbortError'))) throw error;
    // On a busy machine the time may be over before a free lock was given: ask what is true now.
    return request(name, { ifAvailable: true });
  }
}

const NOT_HELD: Ownership = { held: false, lost: new Promise(() => undefined), release: () => undefined };

function request(name: string, options: LockOptions): Promise<Ownership> {
  return new Promise((resolve, reject) => {
    const lost = Promise.withResolvers<void>();
    const held = navigator.locks.request(name, options, (lock) => {
      if (lock === null) return resolve(NOT_HELD);
      const end = Promise.withResolvers<void>();
      resolve({ held: true, lost: lost.promise, release: () => end.resolve() });
      return end.promise;
    });
    held.catch((error: unknown) => {
      // Once held, an abort says that it was stolen; before, that there was no patience left.
      if (error instanceof DOMException && error.name === 'AbortError') lost.resolve();
      reject(error);
    });
  });
}
