import { useEffect, useState } from 'react';
import type { BlameRange } from '../../shared/abi/index.ts';
import { useApp } from '../app/index.ts';

/** Which run wrote which lines last; null while it is not known or not wanted, a text where it cannot be known. */
export function useBlame(path: string, version: number, wanted: boolean): BlameRange[] | string | null {
  const app = useApp();
  const [blame, setBlame] = useState<BlameRange[] | string | null>(null);
  useEffect(() => {
    if (!wanted) return undefined;
    let gone = false;
    app.client.api.historyBlame(path).catch((error: unknown) => (error instanceof Error ? error.message : String(error))).then((next) => {
      if (!gone) setBlame(next);
    });
    return () => {
      gone = true;
    };
  }, [app, path, version, wanted]);
  return wanted ? blame : null;
}
