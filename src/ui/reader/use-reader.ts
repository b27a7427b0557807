import { useEffect, useState } from 'react';
import { useApp } from '../app/index.ts';
import type { Calls, Reader } from '../calls/index.ts';
import { readBytes } from './read-bytes.ts';

export type Loading<Api, Opened> =
  | { state: 'reading'; done: number; total: number }
  | { state: 'opening' }
  | { state: 'failed'; message: string }
  | { state: 'open'; calls: Calls<Api>; opened: Opened };

/** What differs between viewers; a constant outside of the component. */
export interface ReaderKind<Api, Opened> {
  start(): Reader<Api>;
  open(calls: Calls<Api>, bytes: Uint8Array<ArrayBuffer>, path: string): Promise<Opened>;
}

/**
 * Reads the first `length` bytes of a file into a worker of its own and opens them there. The worker ends with the component, or when the file is another
 * one by then; until a new version is open the one before is shown. `attempt`: another number begins anew.
 */
export function useReader<Api, Opened>(kind: ReaderKind<Api, Opened>, path: string, length: number, version: number, attempt = 0): Loading<Api, Opened> {
  const app = useApp();
  const [loading, setLoading] = useState<Loading<Api, Opened> & { of?: string }>({ state: 'reading', done: 0, total: length });
  const of = `${path}\n${attempt}`;
  useEffect(() => {
    let gone = false;
    let reader: Reader<Api> | null = null;
    const show = (next: Loading<Api, Opened>): void => {
      if (gone) return;
      // What is open stays on screen while its next version is read.
      setLoading((old) => (old.state === 'open' && old.of === of && (next.state === 'reading' || next.state === 'opening') ? old : { ...next, of }));
    };
    const load = async (): Promise<void> => {
      show({ state: 'reading', done: 0, total: length });
      const bytes = await readBytes((...args) => app.client.api.readRange(...args), path, length, { onProgress: (done) => show({ state: 'reading', done, total: length }), cancelled: () => gone });
      if (gone) return;
      show({ state: 'opening' });
      reader = kind.start();
      show({ state: 'open', calls: reader.calls, opened: await kind.open(reader.calls, bytes, path) });
    };
    load().catch((error: unknown) => show({ state: 'failed', message: error instanceof Error ? error.message : String(error) }));
    return () => {
      gone = true;
      reader?.dispose();
    };
  }, [app, kind, path, length, version, of]);
  return loading;
}
