import type { HeldGrant, MapTraffic, ProcessGrants } from '../../shared/abi/index.ts';
import type { Clock } from '../../shared/base/index.ts';
import type { Subscriptions } from '../../shared/bus/index.ts';
import { mapPid, SUBSCRIPTIONS_SEEN } from './snapshot.ts';

type Counters = MapTraffic['processes'][number];

export interface TrafficSources {
  clock: Clock;
  subscriptions: Pick<Subscriptions, 'list'>;
  /** Of those that run: what they count by themselves. */
  counters(): Iterable<Counters>;
  grants(): ProcessGrants[];
}

/** Without a call for so long nothing is counted any more, in milliseconds. */
const PATIENCE = 3000;
const FILES_MAX = 64;
const MESSAGES_MAX = 64;
const USES_MAX = 128;
/** Places of files that are counted apart between two calls; what is beyond goes to the first part of its path, and beyond twice that is left out. */
const PLACES_MAX = 512;
/** What each use of costs a call already is counted by the counters of calls. */
const COUNTED: readonly HeldGrant['action']['kind'][] = ['publish', 'http', 'connect', 'kv', 'spawn'];

/** Of one that has begun since, all of it counts. */
const NOTHING: Counters = { pid: 0, calls: 0, read: 0, written: 0 };

interface Place {
  pid: number;
  path: string;
  reads: number;
  writes: number;
}

/**
 * Counts what goes on, from what is counted anyway: words of control blocks, how far mailboxes have come, uses of grants, the journal's changes and the
 * samples of what is read. No system call costs more for it, and nothing is done while nobody asks.
 */
export class TrafficMeter {
  readonly #sources: TrafficSources;
  #since = 0;
  #lastAsked = -Infinity;
  readonly #places = new Map<string, Place>();
  #calls = new Map<number, Counters>();
  #received = new Map<string, number>();
  #uses = new Map<string, number>();

  constructor(sources: TrafficSources) {
    this.#sources = sources;
  }

  get #active(): boolean {
    return this.#sources.clock.monotonic() - this.#lastAsked < PATIENCE;
  }

  /** Changes that are in the journal. */
  committed(changes: readonly { pid: number; path: string }[]): void {
    if (!this.#active) return;
    for (const { pid, path } of changes) this.#count(mapPid(pid), path, 'writes');
  }

  /** A process was seen to have read this file. */
  sawRead(pid: number, path: string): void {
    if (this.#active) this.#count(pid, path, 'reads');
  }

  #count(pid: number, path: string, what: 'reads' | 'writes'): void {
    const place = this.#places.size < PLACES_MAX ? placeOf(path, 2) : placeOf(path, 1);
    const key = `${pid} ${place}`;
    const known = this.#places.get(key);
    if (known) known[what]++;
    else if (this.#places.size < 2 * PLACES_MAX) this.#places.set(key, { pid, path: place, reads: 0, writes: 0, [what]: 1 });
  }

  /** What went on since the last call. */
  take(): MapTraffic {
    const now = this.#sources.clock.monotonic();
    const fresh = !this.#active;
    const elapsed = fresh ? 0 : Math.max(1, now - this.#since);
    if (fresh) this.#places.clear();
    this.#since = this.#lastAsked = now;
    const traffic: MapTraffic = {
      elapsed, processes: this.#takeCalls(),
      files: [...this.#places.values()].sort((a, b) => b.reads + b.writes - a.reads - a.writes).slice(0, FILES_MAX),
      messages: this.#takeMessages(), uses: this.#takeUses(),
    };
    this.#places.clear();
    return fresh ? { elapsed, processes: [], files: [], messages: [], uses: [] } : traffic;
  }

  #takeCalls(): MapTraffic['processes'] {
    const seen = new Map<number, Counters>();
    const found: Counters[] = [];
    for (const now of this.#sources.counters()) {
      const before = this.#calls.get(now.pid) ?? NOTHING;
      seen.set(now.pid, now);
      found.push({ pid: now.pid, calls: Math.max(0, now.calls - before.calls), read: Math.max(0, now.read - before.read), written: Math.max(0, now.written - before.written) });
    }
    this.#calls = seen;
    return found.filter(({ calls, read, written }) => calls + read + written > 0);
  }

  #takeMessages(): MapTraffic['messages'] {
    const seen = new Map<string, number>();
    const byWho = new Map<string, MapTraffic['messages'][number]>();
    for (const { mailbox, pid, pattern, received } of this.#sources.subscriptions.list(SUBSCRIPTIONS_SEEN)) {
      const key = `${mailbox} ${pid} ${pattern}`;
      const bytes = (received - (this.#received.get(key) ?? received)) >>> 0;
      seen.set(key, received);
      if (bytes === 0) continue;
      const who = `${mapPid(pid)} ${pattern}`;
      const known = byWho.get(who);
      if (known) known.bytes += bytes;
      else byWho.set(who, { pid: mapPid(pid), pattern, bytes });
    }
    this.#received = seen;
    return [...byWho.values()].sort((a, b) => b.bytes - a.bytes).slice(0, MESSAGES_MAX);
  }

  #takeUses(): MapTraffic['uses'] {
    const seen = new Map<string, number>();
    const found: MapTraffic['uses'] = [];
    for (const { pid, grants } of this.#sources.grants()) {
      for (const { id, uses, action } of grants) {
        if (!COUNTED.includes(action.kind)) continue;
        const key = `${pid} ${id}`;
        const count = uses - (this.#uses.get(key) ?? 0);
        seen.set(key, uses);
        if (count > 0) found.push({ pid, grant: id, count });
      }
    }
    this.#uses = seen;
    return found.sort((a, b) => b.count - a.count).slice(0, USES_MAX);
  }
}

/** The directory of a file, at most so many parts of it. */
function placeOf(path: string, parts: number): string {
  const directories = path.split('/').slice(1, -1).slice(0, parts);
  return `/${directories.join('/')}`;
}
