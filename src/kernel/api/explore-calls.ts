import type { ExploreCalls, FileAct, ListOptions, SearchRequest } from '../../shared/abi/index.ts';
import { FsError, joinPath, type Clock } from '../../shared/base/index.ts';
import type { BaseLayer, FileService } from '../contract/index.ts';
import { basePage, deletedIn, doBatch, entriesAt, listPage, rightsIn, Searches, viewOf, type Shipped } from '../explore/index.ts';
import type { History } from '../history/index.ts';
import type { Namespace } from '../namespace/index.ts';
import type { ProcessRecord } from '../process/index.ts';

export interface ExploreParts {
  namespace: Namespace;
  root: { as(actor: number): FileService };
  base: BaseLayer;
  shipped: Shipped;
  history: Pick<History, 'entries'>;
  runs: { act(kind: 'user', name: string): { run: number; pid: number }; end(pid: number): void };
  /** Undefined for a process that has ended. */
  process(pid: number): ProcessRecord | undefined;
  clock: Pick<Clock, 'monotonic'>;
  sync(): Promise<void>;
}

const ENTRIES_MAX = 1024;
const ACTS_MAX = 10_000;
const QUERY_MAX = 4096;
/** Entries of one run that a search by run knows. */
const RUN_ENTRIES_MAX = 100_000;

/** The explorer's calls. Arguments come from another realm: each is checked. */
export function exploreCalls(parts: ExploreParts): ExploreCalls {
  const { namespace, base, shipped, clock } = parts;
  const searches = new Searches({ clock, writtenBy: (run) => writtenBy(parts.history, run) });
  const process = (pid: unknown): ProcessRecord => {
    const found = typeof pid === 'number' ? parts.process(pid) : undefined;
    if (!found) throw new FsError('ESRCH', 'explore', String(pid), { detail: 'it has ended' });
    return found;
  };
  return {
    exploreList: async (path, options) => {
      const at = pathOf(path);
      const { deleted, after, limit, pid, layer } = checkedList(options);
      const part = { ...(after !== undefined && { after }), ...(limit !== undefined && { limit }) };
      if (layer) return basePage(base, at, part);
      if (pid !== undefined) {
        const record = process(pid);
        const rights = rightsIn(record.grants.directories);
        const page = await listPage(record.namespace, at, part);
        return { ...page, entries: page.entries.map((entry) => ({ ...entry, rights: rights(joinPath(at, entry.name)) })) };
      }
      const page = await listPage(namespace, at, part);
      return deleted && page.next === null ? { ...page, entries: [...page.entries, ...(await deletedIn(namespace, at, shipped))] } : page;
    },
    exploreEntries: async (paths) => entriesAt(namespace, checkedArray(paths, ENTRIES_MAX, 'the paths').map(pathOf)),
    exploreSearch: async (request) => {
      const { pid, ...wanted } = checkedSearch(request);
      return searches.start(pid === undefined ? namespace : process(pid).namespace, wanted);
    },
    exploreSearchMore: async (id) => searches.more(id),
    exploreSearchStop: async (id) => searches.stop(id),
    exploreBatch: async (title, acts) => doBatch({ ...parts, hasEntries: async (run) => (await parts.history.entries({ run, limit: 1 })).entries.length > 0 }, textOf(title, 200), checkedArray(acts, ACTS_MAX, 'the acts').map(checkedAct)),
    exploreProcess: async (pid) => viewOf(process(pid)),
  };
}

/** As they were called when the run wrote them; of those that it renamed, the new name. */
async function writtenBy(history: ExploreParts['history'], run: number): Promise<string[]> {
  const paths = new Set<string>();
  for (let before: number | undefined, count = 0; count < RUN_ENTRIES_MAX;) {
    const { entries, more } = await history.entries({ run, children: true, limit: 10_000, ...(before !== undefined && { before }) });
    for (const { op, path, to } of entries) if (op !== 'unlink' && op !== 'rmdir') paths.add(op === 'rename' && to !== undefined ? to : path);
    count += entries.length;
    before = entries.at(-1)?.seq;
    if (!more || before === undefined) break;
  }
  return [...paths].sort();
}

const invalid = (detail: string): FsError => new FsError('EINVAL', 'explore', undefined, { detail });

function textOf(value: unknown, max: number): string {
  if (typeof value !== 'string' || value.length > max) throw invalid('a text is missing or too long');
  return value;
}

/** Absolute, without `.` and `..`. */
const pathOf = (value: unknown): string => joinPath('/', textOf(value, QUERY_MAX));

function numberOf(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw invalid(`${what} is no whole number`);
  return value;
}

function checkedArray<T>(value: readonly T[], max: number, what: string): readonly T[] {
  if (!Array.isArray(value) || value.length > max) throw invalid(`${what} are no list of at most ${max}`);
  return value;
}

function checkedList(options: ListOptions = {}): ListOptions {
  if (typeof options !== 'object' || options === null) throw invalid('the options are no object');
  const { deleted, after, limit, pid, layer } = options;
  if (layer !== undefined && layer !== 'base') throw invalid('the layer is base');
  if (layer !== undefined && pid !== undefined) throw invalid('a process sees no single layer');
  return {
    deleted: deleted === true, ...(layer && { layer }),
    ...(after !== undefined && { after: numberOf(after, 'after') }), ...(pid !== undefined && { pid: numberOf(pid, 'pid') }),
    ...(limit !== undefined && { limit: Math.max(1, numberOf(limit, 'limit')) }),
  };
}

function checkedSearch(request: SearchRequest): SearchRequest {
  if (typeof request !== 'object' || request === null) throw invalid('the request is no object');
  const { query, below, pid } = request;
  return {
    query: textOf(query, QUERY_MAX), ...(below !== undefined && { below: pathOf(below) }), ...(pid !== undefined && { pid: numberOf(pid, 'pid') }),
  };
}

function checkedAct(act: FileAct): FileAct {
  if (typeof act !== 'object' || act === null) throw invalid('an act is no object');
  if (act.op === 'remove') return { op: 'remove', path: pathOf(act.path) };
  if (act.op === 'move' || act.op === 'copy') return { op: act.op, from: pathOf(act.from), to: pathOf(act.to) };
  throw invalid('an act is remove, move or copy');
}
