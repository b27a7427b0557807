import type { WorkspaceInfo } from '../../shared/abi/index.ts';

/** What this origin remembers of its workspace outside of the database: a browser that deletes that leaves this. */
export interface WorkspaceMarker {
  /** Entries in the journal and in the upper layer when it was last seen. */
  entries: number;
  changes: number;
  /** Milliseconds since the epoch. */
  seen: number;
  /** When the whole workspace was last exported, in milliseconds since the epoch. */
  exported: number | null;
}

const KEY = 'palimpsest.workspace';
const COOKIE = 'palimpsest-workspace';
const COOKIE_SECONDS = 400 * 24 * 3600;

function accept(text: string | null): WorkspaceMarker | null {
  if (text === null) return null;
  try {
    const { entries, changes, seen, exported } = JSON.parse(text) as Record<keyof WorkspaceMarker, unknown>;
    const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
    if (!isCount(entries) || !isCount(changes) || !isCount(seen)) return null;
    return { entries, changes, seen, exported: isCount(exported) ? exported : null };
  } catch {
    return null;
  }
}

function inCookie(): string | null {
  const found = document.cookie.split('; ').find((pair) => pair.startsWith(`${COOKIE}=`));
  try {
    return found === undefined ? null : decodeURIComponent(found.slice(COOKIE.length + 1));
  } catch {
    return null;
  }
}

/** The newer of the two places that there are; some browsers delete one of them together with the database. Null if there is none. */
export function readMarker(): WorkspaceMarker | null {
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(KEY);
  } catch {
    // Storage is forbidden.
  }
  const [a, b] = [accept(stored), accept(inCookie())];
  if (!a || !b) return a ?? b;
  return a.seen >= b.seen ? a : b;
}

export function writeMarker(marker: WorkspaceMarker): void {
  const text = JSON.stringify(marker);
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // Storage is full or forbidden: the cookie is left.
  }
  document.cookie = `${COOKIE}=${encodeURIComponent(text)}; max-age=${COOKIE_SECONDS}; samesite=strict; path=${location.pathname.replace(/[^/]*$/, '')}`;
}

/** The whole workspace was exported. */
export function rememberExport(now = Date.now()): void {
  const marker = readMarker();
  writeMarker({ entries: 0, changes: 0, seen: now, ...marker, exported: now });
}

/** Whether the workspace that the marker tells of is not there any more. */
export function isLost(marker: WorkspaceMarker | null, { mode, journalEntries }: Pick<WorkspaceInfo, 'mode' | 'journalEntries'>): marker is WorkspaceMarker {
  return marker !== null && marker.entries > 0 && mode !== 'memory' && journalEntries === 0;
}
