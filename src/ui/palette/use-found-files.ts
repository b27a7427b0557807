import { useEffect, useState } from 'react';
import { useApp } from '../app/index.ts';
import { searchParts } from '../stores/index.ts';
import { parseQuery } from './entries.ts';

/** Paths that a search keeps; the best come first, so those of the first parts weigh most. */
const FOUND_MAX = 512;
const TYPING_MS = 80;

/** Files of the whole namespace that match what was typed, as the kernel finds them; those of the text before stay until there are others. */
export function useFoundFiles(text: string): { paths: readonly string[]; busy: boolean } {
  const app = useApp();
  const { mode, query } = parseQuery(text);
  const wanted = mode === 'all' ? query : '';
  const [found, setFound] = useState<{ query: string; paths: readonly string[] }>({ query: '', paths: [] });
  useEffect(() => {
    let gone = false;
    const look = async (): Promise<void> => {
      const paths: string[] = [];
      for await (const { hits } of searchParts(app.client.api, { query: wanted })) {
        if (gone) return;
        paths.push(...hits.filter(({ kind }) => kind !== 'directory').map(({ path }) => path));
        setFound({ query: wanted, paths: paths.slice(0, FOUND_MAX) });
        if (paths.length >= FOUND_MAX) return;
      }
    };
    const timer = wanted === '' ? undefined : setTimeout(() => {
      look().catch(() => {
        if (!gone) setFound((before) => ({ ...before, query: wanted }));
      });
    }, TYPING_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [app, wanted]);
  return { paths: wanted === '' ? [] : found.paths, busy: wanted !== '' && found.query !== wanted };
}
