import { useCallback, useEffect, useRef, useState } from 'react';
import type { FsChanged, Stat } from '../../shared/abi/index.ts';
import { basename } from '../../shared/base/index.ts';
import { useApp } from '../app/index.ts';
import { SNIFF_BYTES, sniff, type Sniffed } from '../viewer/index.ts';

export interface OpenedFile {
  stat: Stat;
  sniffed: Sniffed;
  /** Grows each time the file was changed and looked at again. */
  version: number;
  /** The process that changed it last; null before any change was seen, and for the window's own. */
  changedBy: number | null;
}

export type FileState = { state: 'loading' } | { state: 'failed'; message: string } | ({ state: 'open' } & OpenedFile);

const SETTLE_MS = 120;

/** Looks at a file, and again whenever the bus says that it changed. */
export function useFile(path: string): { file: FileState; reload: () => void } {
  const app = useApp();
  const [file, setFile] = useState<FileState>({ state: 'loading' });
  const [version, setVersion] = useState(0);
  const changedBy = useRef<number | null>(null);
  const reload = useCallback(() => setVersion((value) => value + 1), []);
  useEffect(() => {
    let gone = false;
    const look = async (): Promise<FileState> => {
      const stat = await app.page.fs.stat(path);
      if (stat.kind === 'directory') throw new Error('This is a directory: open it in the explorer');
      const head = stat.kind === 'file' ? await app.client.api.readRange(path, 0, SNIFF_BYTES) : new Uint8Array();
      return { state: 'open', stat, sniffed: sniff(basename(path), head), version, changedBy: changedBy.current };
    };
    look().catch((error: unknown): FileState => ({ state: 'failed', message: error instanceof Error ? error.message : String(error) }))
      .then((next) => {
        if (!gone) setFile(next);
      });
    return () => {
      gone = true;
    };
  }, [app, path, version]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = app.page.bus.subscribe('fs.changed.>', ({ data, dropped }) => {
      const { changes, overflow } = data as FsChanged;
      const touching = changes.findLast((change) => path === change.path || path === change.from || path.startsWith(`${change.path}/`));
      if (!dropped && !overflow && !touching) return;
      changedBy.current = touching && touching.pid > 0 ? touching.pid : null;
      timer ??= setTimeout(() => {
        timer = undefined;
        reload();
      }, SETTLE_MS);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [app, path, reload]);
  return { file, reload };
}
