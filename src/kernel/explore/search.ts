import type { SearchHit, SearchPage, SearchRequest } from '../../shared/abi/index.ts';
import { FsError, joinPath, type Clock } from '../../shared/base/index.ts';
import { hasOrigin, nameScore, parseQuery, type Query } from '../../shared/search/index.ts';
import type { NodeEntry } from '../contract/index.ts';
import type { Location, Namespace } from '../namespace/index.ts';
import { describe, entryAt } from './pages.ts';

/** Milliseconds of one part of a search. */
const TURN_MS = 50;
/** Hits of one part. */
const HITS_MAX = 512;
/** Searches that go on at once. */
const SEARCHES_MAX = 4;
/** Entries that one search looks at. */
const VISIT_MAX = 2_000_000;
/** Directories that wait to be looked into. */
const FRONTIER_MAX = 200_000;
const PAGE = 1024;
/** Only these are looked into where they are mounted below: others make up their names (`/proc`), or have the workspace once more (`/history`). */
const SEARCHED: ReadonlySet<string> = new Set(['tree', 'tmp', 'memory', 'union']);

export interface SearchesOptions {
  clock: Pick<Clock, 'monotonic'>;
  /** Paths that a run made or wrote, as they are called now. */
  writtenBy(run: number): Promise<string[]>;
}

interface Running {
  query: Query;
  namespace: Namespace;
  steps: AsyncGenerator<SearchHit | null, boolean>;
  /** Entries looked at. */
  visited: number;
  matched: number;
}

/** Searches over a whole namespace, a part at a time: who asks for no more has stopped it. */
export class Searches {
  readonly #options: SearchesOptions;
  readonly #running = new Map<number, Running>();
  #last = 0;

  constructor(options: SearchesOptions) {
    this.#options = options;
  }

  async start(namespace: Namespace, { query: text, below = '/' }: SearchRequest): Promise<SearchPage> {
    const query = parseQuery(text);
    const start = await namespace.walk(below, { operation: 'search' });
    const running: Running = { query, namespace, visited: 0, matched: 0, steps: undefined as never };
    running.steps = query.runs.length > 0 ? this.#writtenSteps(running, below) : walkSteps(running, start, below);
    for (const oldest of [...this.#running.keys()].slice(0, Math.max(0, this.#running.size - SEARCHES_MAX + 1))) this.#running.delete(oldest);
    this.#running.set(++this.#last, running);
    return this.more(this.#last);
  }

  /** @throws FsError ENOENT */
  async more(id: number): Promise<SearchPage> {
    const running = this.#running.get(id);
    if (!running) throw new FsError('ENOENT', 'search', String(id), { detail: 'the search is over' });
    const { clock } = this.#options;
    const until = clock.monotonic() + TURN_MS;
    const hits: SearchHit[] = [];
    for (;;) {
      const { value, done } = await running.steps.next();
      if (done) {
        this.#running.delete(id);
        return page(id, running, hits, true, value);
      }
      if (value) hits.push(value);
      if (clock.monotonic() >= until) return page(id, running, hits, false, false);
    }
  }

  stop(id: number): void {
    this.#running.delete(id);
  }

  async *#writtenSteps(running: Running, below: string): Running['steps'] {
    const seen = new Set<string>();
    const within = below === '/' ? '/' : `${below}/`;
    for (const run of running.query.runs) {
      for (const path of await this.#options.writtenBy(run)) {
        if (!path.startsWith(within) || seen.size === seen.add(path).size) continue;
        running.visited++;
        const entry = await entryAt(running.namespace, path);
        const score = entry ? nameScore(running.query, entry, path) : 0;
        yield entry && score > 0 && hasOrigin(running.query, entry.origin) ? hit(running, { ...entry, path, score }) : null;
      }
    }
    return false;
  }
}

function hit(running: Running, found: SearchHit): SearchHit {
  running.matched++;
  return found;
}

/** The best of one part; of as good ones the first. */
function page(id: number, { visited, matched }: Running, hits: SearchHit[], done: boolean, bounded: boolean): SearchPage {
  const best = hits.length <= HITS_MAX ? hits : hits.sort((a, b) => b.score - a.score).slice(0, HITS_MAX);
  return { id, hits: best, matched, visited, done, bounded };
}

/** Breadth first, so that what is near is found first. Yields null where it looked without finding; returns whether it ended at a bound. */
async function* walkSteps(running: Running, start: Location, below: string): Running['steps'] {
  const { namespace, query } = running;
  const own = start.mount.service;
  const frontier = [below];
  for (let next = 0; next < frontier.length; next++) {
    const path = frontier[next] as string;
    frontier[next] = '';
    const dir = await namespace.walk(path, { operation: 'search' }).catch(ifGone);
    if (!dir) continue;
    for (let cookie = 0; ;) {
      const listed: NodeEntry[] = await pageOf(dir, cookie);
      if (listed.length === 0) break;
      for (const entry of listed) {
        const at = joinPath(path, entry.name);
        if (entry.kind === 'directory' && frontier.length - next < FRONTIER_MAX && isSearched(namespace, dir, entry, own)) frontier.push(at);
        const score = nameScore(query, entry, at);
        const found = score > 0 ? await describe(namespace, dir, entry) : undefined;
        running.visited++;
        if (found && hasOrigin(query, found.origin)) yield hit(running, { ...found, path: at, score });
      }
      if (running.visited >= VISIT_MAX) return true;
      yield null;
      cookie = (listed.at(-1) as NodeEntry).cookie;
    }
  }
  return false;
}

async function pageOf({ mount, node }: Location, cookie: number): Promise<NodeEntry[]> {
  try {
    return await mount.service.readdir(node, cookie, PAGE);
  } catch (error) {
    return ifGone(error) ?? [];
  }
}

function isSearched(namespace: Namespace, dir: Location, { node }: NodeEntry, own: Location['mount']['service']): boolean {
  const service = namespace.covering(dir, node)?.service ?? dir.mount.service;
  return service === own || SEARCHED.has(service.name);
}

function ifGone(error: unknown): undefined {
  if (error instanceof FsError) return undefined;
  throw error;
}
