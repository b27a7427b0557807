import { useEffect, useState } from 'react';
import type { ArchiveContents } from '../../shared/abi/index.ts';
import { freeDirectory } from '../actions/index.ts';
import { useApp } from '../app/index.ts';

export type LoadedContents = { state: 'reading' } | { state: 'failed'; message: string } | { state: 'read'; contents: ArchiveContents };

/** What an archive says that it holds. */
export function useContents(archive: Blob): LoadedContents {
  const app = useApp();
  const [loaded, setLoaded] = useState<LoadedContents>({ state: 'reading' });
  useEffect(() => {
    let gone = false;
    app.page.archive.inspect(archive)
      .then((contents): LoadedContents => ({ state: 'read', contents }), (error: unknown): LoadedContents => ({ state: 'failed', message: error instanceof Error ? error.message : String(error) }))
      .then((next) => {
        if (!gone) setLoaded(next);
      });
    return () => {
      gone = true;
    };
  }, [app, archive]);
  return loaded;
}

/** A path in a directory that nothing has yet; empty until it is known, and while `name` is null. */
export function useFreePlace(directory: string, name: string | null): string {
  const app = useApp();
  const [place, setPlace] = useState('');
  useEffect(() => {
    let gone = false;
    if (name !== null) {
      void freeDirectory(app, directory, name).then((free) => {
        if (!gone) setPlace(free);
      });
    }
    return () => {
      gone = true;
    };
  }, [app, directory, name]);
  return place;
}
