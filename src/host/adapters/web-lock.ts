export interface Ownership {
  /** Whether this tab owns the name. If not, nothing is held. */
  readonly held: boolean;
  /** Resolves when another tab took the name from us. Never for one that is not held. */
  readonly lost: Promise<void>;
  /** Lets go; may be called more than once. */
  release(): void;
}

/**
 * Takes the exclusive lock `name` for as long as this realm lives, without waiting for it.
 * `steal` takes it from whoever has it; that one learns of it by `lost`.
 */
export function acquire(name: string, options: { steal?: boolean } = {}): Promise<Ownership> {
  const mode = options.steal ? { steal: true } : { ifAvailable: true };
  return new Promise((resolve, reject) => {
    const lost = Promise.withResolvers<void>();
    const request = navigator.locks.request(name, mode, (lock) => {
      const end = Promise.withResolvers<void>();
      resolve({ held: lock !== null, lost: lost.promise, release: () => end.resolve() });
      return lock === null ? undefined : end.promise;
    });
    request.catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') lost.resolve();
      reject(error);
    });
  });
}
