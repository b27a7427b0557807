import type { ArchiveCalls, ArchiveJob, ArchiveResult, ExportRequest, ImportItem, ImportRequest, Point } from '../../shared/abi/index.ts';
import { FsError, basename } from '../../shared/base/index.ts';
import { sendBytes } from '../../shared/link/index.ts';
import {
  exportTree, importBlob, inspect, importMembers, Job, membersOf, pickedSource, serviceSource, viewSource, type ExportTask, type ImportOptions, type ImportOutcome, type ImportPlace, type TreeSource,
} from '../archive/index.ts';
import type { FileService, TreeView } from '../contract/index.ts';
import { walkView } from '../history/index.ts';
import type { Namespace } from '../namespace/index.ts';

/** A state of the workspace in which some layers are there: the base and those up to this one. */
export interface StackedLayer {
  name: string;
  view: TreeView;
}

export interface ArchiveParts {
  namespace: Namespace;
  /** The stored volume. */
  root: FileService;
  /** The stack from the base (the first) to the upper (the last) as it is now, all changes so far included. */
  stack(): Promise<StackedLayer[]>;
  /** Says which frozen layers there are: while it is the same, `stack` gives what it gave. */
  stacked(): string;
  /** The stored volume at a point. */
  view(point: Point): Promise<TreeView>;
  /** `begin` gives the upper to a layer of its own, if there is anything in it; `end` makes what came since then a layer of this name. */
  layers: { requireFree(name: string): Promise<void>; begin(name: string): Promise<void>; end(name: string): Promise<void> };
  /** Bytes that may still be stored. */
  room(): Promise<number>;
  /** The stored volume, for changes that stand in the history as one run; `end` when it is over, with the run's number. */
  act(name: string): { service: FileService; run: number; end(): void };
  /** Until all is durable. */
  sync(): Promise<void>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Jobs that run, or whose result nobody took yet, at most. */
const JOBS_MAX = 16;
/** Files given one by one, at most. */
const ITEMS_MAX = 200_000;
/** Paths that are picked of a folder. */
const ONLY_MAX = 10_000;
const FORMATS = ['tar', 'tar.gz', 'oci'] as const;

interface Running {
  job: Job;
  result: Promise<ArchiveResult>;
}

/** The window's calls about archives. */
export function archiveCalls(parts: ArchiveParts): ArchiveCalls {
  const jobs = new Map<number, Running>();
  let next = 1;
  const start = (work: (job: Job) => Promise<ArchiveResult>): number => {
    if (jobs.size >= JOBS_MAX) throw new FsError('EAGAIN', 'archive', undefined, { detail: `${JOBS_MAX} exports and imports are under way` });
    const job = new Job();
    const result = work(job);
    result.catch(() => undefined);
    const id = next++;
    jobs.set(id, { job, result });
    return id;
  };
  const of = (id: number): Running => {
    const running = jobs.get(id);
    if (!running) throw new FsError('ENOENT', 'archive', undefined, { detail: `there is no job ${String(id)}` });
    return running;
  };
  return {
    archiveExport: async (request) => {
      const stacked = parts.stacked();
      const task = await exportTask(parts, checkExport(request));
      const { port1, port2 } = new MessageChannel();
      const writer = sendBytes(port1).getWriter();
      const sink = { write: (bytes: Uint8Array) => writer.write(bytes), close: () => writer.close(), abort: (reason: unknown) => void writer.abort(reason).catch(() => undefined) };
      const id = start(async (job) => {
        const { remarks, ...outcome } = await exportTree(task, sink, job).catch((error: unknown) => {
          throw readerGone(error);
        });
        // Layers that were merged or taken out meanwhile looked empty.
        if (!('all' in task.what) && parts.stacked() !== stacked) throw new FsError('EAGAIN', 'export', undefined, { detail: 'the layers were changed meanwhile; export again' });
        return { ...outcome, skipped: remarks, notes: [], more: 0 };
      });
      return { id, bytes: port2 } satisfies ArchiveJob;
    },
    archiveImport: async (request) => {
      const checked = checkImport(request);
      const place = await placeOf(parts, checked.to);
      if (checked.layer !== undefined) {
        if (place.service !== parts.root) throw new FsError('EINVAL', 'import', checked.to, { detail: 'what is put there is in no layer' });
        await parts.layers.requireFree(checked.layer);
      }
      return { id: start((job) => runImport(parts, checked, place, job)) };
    },
    archiveInspect: async (source) => {
      if (!(source instanceof Blob)) throw new FsError('EINVAL', 'import', undefined, { detail: 'the source is no file' });
      return inspect(source, new Job());
    },
    archiveProgress: async (id) => ({ ...of(id).job.progress }),
    archiveResult: async (id) => {
      try {
        return await of(id).result;
      } finally {
        jobs.delete(id);
      }
    },
    archiveStop: async (id) => of(id).job.stop(),
  };
}

function readerGone(error: unknown): unknown {
  return error instanceof Error && error.message.startsWith('EPIPE') ? new FsError('ECANCELED', 'archive', undefined, { cause: error }) : error;
}

async function runImport(parts: ArchiveParts, request: ImportRequest, place: ImportPlace, job: Job): Promise<ArchiveResult> {
  const { source, to, name = 'files', onExisting = 'keep' } = request;
  const kept = place.service === parts.root;
  const act = kept ? parts.act(`import of ${name}`) : null;
  try {
    const options: ImportOptions = {
      place: act ? { ...place, service: act.service } : place, label: `${to}\0${name}`, room: await parts.room(), onExisting, job,
      // Nothing leads out of the root.
      links: request.links ?? (kept && place.name === null && place.dir === parts.root.root() ? 'all' : 'inside'),
    };
    if (request.layer !== undefined) await parts.layers.begin(request.layer);
    const outcome = source instanceof Blob ? await importBlob(source, options) : await importItems(source, options);
    await parts.sync();
    if (request.layer !== undefined) await parts.layers.end(request.layer);
    const { format: _format, ...told } = outcome;
    return { ...told, bytes: job.progress.total, run: act && outcome.entries > 0 ? act.run : 0 };
  } finally {
    act?.end();
  }
}

async function importItems(items: readonly ImportItem[], options: ImportOptions): Promise<ImportOutcome> {
  options.job.progress.total = items.reduce((sum, { file }) => sum + (file?.size ?? 0), 0);
  return importMembers(membersOf(items, options.job), options);
}

async function placeOf({ namespace }: ArchiveParts, to: string): Promise<ImportPlace> {
  const { parent, name, found } = await namespace.resolve(to, { operation: 'import' });
  const { mount, node } = found ?? parent;
  return { service: mount.service, dir: node, name: found ? null : name, path: to };
}

async function exportTask(parts: ArchiveParts, { what, at = 'now', format = 'tar.gz', coarse = false }: ExportRequest): Promise<ExportTask> {
  const common = { format, coarse, created: parts.now() };
  if ('folder' in what) {
    const all = await folderSource(parts, what.folder, at);
    return { ...common, what: { all: what.only ? pickedSource(all, what.only) : all, prefix: basename(what.folder) } };
  }
  const stack = at === 'now' ? await parts.stack() : [(await parts.stack())[0]!, { name: 'upper', view: await parts.view(at) }];
  const sources = await Promise.all(stack.map(async ({ name, view }) => ({ name, source: viewSource(view, await view.root()) })));
  const top = sources.at(-1)!.source;
  const base = sources[0]!.source;
  if ('layer' in what) {
    const at = sources.findIndex(({ name }) => name === what.layer);
    if (at < 0) throw new FsError('ENOENT', 'export', what.layer, { detail: 'there is no layer of this name' });
    const above = sources[at]!.source;
    if (at === 0) return { ...common, what: { all: above, prefix: '' } };
    return { ...common, what: { changes: above, under: sources[at - 1]!.source, kind: 'layer' } };
  }
  if (format === 'oci') {
    const layers = sources.map(({ name, source }, index) => ({ name, under: index === 0 ? null : sources[index - 1]!.source, above: source }));
    return { ...common, what: { layers: what.base ? layers : layers.slice(1), kind: 'workspace' } };
  }
  return { ...common, what: what.base ? { all: top, prefix: '' } : { changes: top, under: base, kind: 'workspace' } };
}

/** Of what is stored, as it is at this moment; of anything else, as it is when it is read. */
async function folderSource(parts: ArchiveParts, path: string, at: Point): Promise<TreeSource> {
  if (at !== 'now') {
    const past = await parts.view(at);
    return viewSource(past, (await walkView(past, path)).record);
  }
  const { mount, node } = await parts.namespace.walk(path, { operation: 'export' });
  if (mount.service !== parts.root) {
    const { kind } = await mount.service.stat(node);
    if (kind === 'device' || kind === 'pipe' || kind === 'socket') throw new FsError('EINVAL', 'export', path, { detail: 'it is neither a file nor a directory' });
    return serviceSource(mount.service, node);
  }
  const { ino } = await mount.service.stat(node);
  const view = await parts.view('now');
  const record = await view.node(ino);
  if (!record) throw new FsError('ENOENT', 'export', path);
  return viewSource(view, record);
}

function checkExport(request: ExportRequest): ExportRequest {
  const { what, format } = isRecord(request) ? request : ({} as Partial<ExportRequest>);
  const known = isRecord(what) && (('folder' in what && typeof what.folder === 'string') || ('layer' in what && typeof what.layer === 'string') || ('workspace' in what && what.workspace === true));
  const picked = isRecord(what) && 'only' in what ? what.only : [];
  if (!Array.isArray(picked) || picked.length > ONLY_MAX || picked.some((path) => typeof path !== 'string')) throw new FsError('EINVAL', 'export', undefined, { detail: `what is picked is no list of at most ${ONLY_MAX} paths` });
  if (!known) throw new FsError('EINVAL', 'export', undefined, { detail: 'it does not say what to export' });
  if (format !== undefined && !FORMATS.includes(format)) throw new FsError('EINVAL', 'export', undefined, { detail: `the format is none of ${FORMATS.join(', ')}` });
  return request;
}

function checkImport(request: ImportRequest): ImportRequest {
  const refuse = (detail: string): never => {
    throw new FsError('EINVAL', 'import', undefined, { detail });
  };
  if (!isRecord(request) || typeof request.to !== 'string') return refuse('it does not say where to');
  const { source, name, onExisting, links, layer } = request;
  if (layer !== undefined && typeof layer !== 'string') return refuse('the name of the layer is not a string');
  if (name !== undefined && typeof name !== 'string') return refuse('the name is not a string');
  if (onExisting !== undefined && onExisting !== 'keep' && onExisting !== 'replace') return refuse('onExisting is neither `keep` nor `replace`');
  if (links !== undefined && links !== 'inside' && links !== 'all') return refuse('links is neither `inside` nor `all`');
  if (source instanceof Blob) return request;
  if (!Array.isArray(source) || source.length > ITEMS_MAX) return refuse(`the source is neither a file nor a list of at most ${ITEMS_MAX}`);
  const isItem = (item: unknown): boolean => isRecord(item) && typeof item['path'] === 'string' && (item['file'] === null || item['file'] instanceof Blob);
  return (source as unknown[]).every(isItem) ? request : refuse('one of the files is none');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
