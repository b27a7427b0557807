import { FsError, type FsErrorData } from '../../shared/base/index.ts';
import { receiveBytes } from '../../shared/link/index.ts';

/** The stream of an export; its end is held back until it is known whether that was all. */
export function exportedBytes({ stream, done }: { stream: MessagePort; done: MessagePort }): ReadableStream<Uint8Array> {
  const outcome = new Promise<void>((resolve, reject) => {
    done.onmessage = (event: MessageEvent<FsErrorData | null>) => {
      done.close();
      if (event.data) reject(FsError.fromData(event.data));
      else resolve();
    };
  });
  outcome.catch(() => undefined);
  return receiveBytes(stream).pipeThrough(new TransformStream<Uint8Array, Uint8Array>({ flush: () => outcome }));
}
