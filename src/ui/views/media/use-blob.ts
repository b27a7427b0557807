import { useEffect, useState } from 'react';
import { useApp } from '../../app/index.ts';

/** Bytes asked for at once. */
const STEP = 4 * 1024 * 1024;

export type BlobState = { state: 'loading'; done: number } | { state: 'failed'; message: string } | { state: 'ready'; url: string };

/** All of a file as an object URL, which is given back when nobody shows it. `wanted`: false reads nothing. Shown until a new version has been read. */
export function useBlob(path: string, size: number, version: number, type: string, wanted: boolean): BlobState {
  const app = useApp();
  const [blob, setBlob] = useState<BlobState>({ state: 'loading', done: 0 });
  useEffect(() => {
    if (!wanted) return undefined;
    let gone = false;
    let url: string | null = null;
    const read = async (): Promise<void> => {
      const parts: BlobPart[] = [];
      for (let offset = 0; offset < size && !gone; offset += STEP) {
        parts.push(await app.client.api.readRange(path, offset, Math.min(STEP, size - offset)) as BlobPart);
        if (!gone) setBlob((before) => (before.state === 'ready' ? before : { state: 'loading', done: Math.min(1, (offset + STEP) / size) }));
      }
      if (gone) return;
      url = URL.createObjectURL(new Blob(parts, { type }));
      setBlob({ state: 'ready', url });
    };
    read().catch((error: unknown) => {
      if (!gone) setBlob({ state: 'failed', message: error instanceof Error ? error.message : String(error) });
    });
    return () => {
      gone = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [app, path, size, version, type, wanted]);
  return blob;
}
