import type { BusMessage, FsckProgress, FsckReport, KernelApi } from '../../shared/abi/index.ts';

export interface FsckRequest {
  /** Repair what can be repaired, into `/lost+found` where it has no place. Default: only look. */
  repair?: boolean;
  /** Called at most every 100 ms. */
  onProgress?: (progress: FsckProgress) => void;
  /** Ends it soon; the report then has what was found so far. */
  signal?: AbortSignal;
}

type Subscribe = (pattern: string, handler: (message: BusMessage) => void) => () => void;

/** Checks the stored workspace. Rejects with EBUSY while another check runs, with EROFS for a repair in a tab that must not write. */
export async function fsck(api: Pick<KernelApi, 'fsck' | 'fsckCancel'>, subscribe: Subscribe, { repair = false, onProgress, signal }: FsckRequest = {}): Promise<FsckReport> {
  signal?.throwIfAborted();
  const unsubscribe = onProgress && subscribe('fsck.progress', ({ data }) => onProgress(data as FsckProgress));
  const cancel = (): void => void api.fsckCancel();
  signal?.addEventListener('abort', cancel);
  try {
    return await api.fsck({ repair });
  } finally {
    signal?.removeEventListener('abort', cancel);
    unsubscribe?.();
  }
}
