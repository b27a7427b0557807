import { useCallback, useEffect, useState } from 'react';
import type { Stat } from '../../../shared/abi/index.ts';
import { FsError } from '../../../shared/base/index.ts';
import { useApp } from '../../app/index.ts';
import { decodeText, type DecodedText } from './decode.ts';

/** Longer texts are read in windows, and not edited. Bytes. */
export const EDIT_MAX = 4 * 1024 * 1024;
/** Devices never end. */
const DEVICE_MAX = 64 * 1024;

export type TextState = { state: 'loading' } | { state: 'failed'; message: string } | { state: 'open'; file: DecodedText; version: number };

/** Reads all of a text of at most `EDIT_MAX`, again with each version; what was read before stays meanwhile. */
export function useText(path: string, stat: Stat, version: number): { text: TextState; read: () => Promise<DecodedText | null> } {
  const app = useApp();
  const [text, setText] = useState<TextState>({ state: 'loading' });
  const most = stat.kind === 'file' ? EDIT_MAX : DEVICE_MAX;
  const read = useCallback(async () => {
    try {
      return decodeText(await app.client.api.readRange(path, 0, most));
    } catch (error) {
      if (error instanceof FsError && error.code === 'ENOENT') return null;
      throw error;
    }
  }, [app, path, most]);
  useEffect(() => {
    let gone = false;
    read().then(
      (file): TextState => (file ? { state: 'open', file, version } : { state: 'failed', message: 'it is not there any more' }),
      (error: unknown): TextState => ({ state: 'failed', message: error instanceof Error ? error.message : String(error) }),
    ).then((next) => {
      if (!gone) setText(next);
    });
    return () => {
      gone = true;
    };
  }, [read, version]);
  return { text, read };
}
