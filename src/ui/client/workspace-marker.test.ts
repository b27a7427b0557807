import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isLost, readMarker, rememberExport, writeMarker } from './workspace-marker.ts';

const stored = new Map<string, string>();
const cookies = new Map<string, string>();

beforeEach(() => {
  stored.clear();
  cookies.clear();
  vi.stubGlobal('localStorage', { getItem: (key: string) => stored.get(key) ?? null, setItem: (key: string, value: string) => void stored.set(key, value) });
  vi.stubGlobal('location', { pathname: '/some/page.html' });
  vi.stubGlobal('document', {
    get cookie() {
      return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    },
    set cookie(text: string) {
      const [, name = '', value = '', rest = ''] = /^([^=]*)=([^;]*)(.*)$/.exec(text) ?? [];
      expect(rest).toBe('; max-age=34560000; samesite=strict; path=/some/');
      cookies.set(name, value);
    },
  });
});

afterEach(() => vi.unstubAllGlobals());

const marker = { entries: 7, changes: 3, seen: 1000, exported: null };

it('a marker is found again in either place, the newer one first', () => {
  expect(readMarker()).toBeNull();
  writeMarker(marker);
  expect(readMarker()).toEqual(marker);
  stored.clear();
  expect(readMarker()).toEqual(marker);
  stored.set('palimpsest.workspace', JSON.stringify({ ...marker, seen: 2000 }));
  expect(readMarker()).toMatchObject({ seen: 2000 });
});

it('what is no marker is none, and storage that is forbidden leaves the cookie', () => {
  for (const text of ['', '{', 'null', '[]', '{"entries":"7","changes":3,"seen":1}', '{"entries":-1,"changes":3,"seen":1}']) {
    stored.set('palimpsest.workspace', text);
    expect(readMarker()).toBeNull();
  }
  vi.stubGlobal('localStorage', undefined);
  writeMarker(marker);
  expect(readMarker()).toEqual(marker);
  cookies.set('palimpsest-workspace', '%E0%A4%A');
  expect(readMarker()).toBeNull();
});

it('an export is remembered, with or without a marker', () => {
  rememberExport(50);
  expect(readMarker()).toEqual({ entries: 0, changes: 0, seen: 50, exported: 50 });
  writeMarker(marker);
  rememberExport(60);
  expect(readMarker()).toEqual({ ...marker, exported: 60 });
});

it('a workspace is lost where the marker knows of entries and the store of none', () => {
  const empty = { mode: 'owner', journalEntries: 0 } as const;
  expect(isLost(marker, empty)).toBe(true);
  expect(isLost(null, empty)).toBe(false);
  expect(isLost({ ...marker, entries: 0 }, empty)).toBe(false);
  expect(isLost(marker, { mode: 'owner', journalEntries: 1 })).toBe(false);
  expect(isLost(marker, { mode: 'memory', journalEntries: 0 })).toBe(false);
});
