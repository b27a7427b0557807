import { FsError } from '../../shared/base/index.ts';
import type { KvBackend, KvCommit, KvFound, KvKey, KvRange, KvSpace, KvWrite, LogFile, LogFolder } from '../contract/index.ts';
import { COMPLETE_AT, decodeFrame, encodeFrame, encodeHeader, FRAME_HEAD, HEADER_SIZE, readHeader, type LogCommit } from './log-format.ts';
import { LogIndex } from './log-index.ts';
import { loadFrames } from './log-reader.ts';
import { inRange } from './ordered-map.ts';
import { defaultQuota } from './quota.ts';

export interface LogKvOptions {
  folder: LogFolder;
  /** Frames of the log are damaged: what they held is missing. */
  onDamage?: (frames: number) => void;
  /** Bytes that nothing reaches before the log is written anew, at least. Default 4 MiB. */
  wasteMin?: number;
}

interface OpenLog {
  generation: number;
  file: LogFile;
  index: LogIndex;
  /** Behind the last whole frame. */
  end: number;
}

const WASTE_MIN = 4 * 1024 * 1024;
/** Bytes of values in one frame of a log that is written anew. */
const REWRITE_BYTES = 1024 * 1024;
/** Times that a reader starts again because the owner replaced the file. */
const ATTEMPTS = 3;

const nameOf = (generation: number): string => `${generation}.log`;
const generationOf = (name: string): number => Number(/^([1-9]\d{0,14})\.log$/.exec(name)?.[1] ?? 0);

/**
 * Key-value pairs in a log: one frame a commit, appended and flushed; an index in memory tells where each value is. When more
 * than half of the file is waste it is written anew beside, and takes the former one's place. Format and rules in SPEC.md.
 */
export class LogKvBackend implements KvBackend {
  readonly kind = 'opfs';
  readonly #options: LogKvOptions;
  #log: OpenLog | null = null;
  #owner = false;
  #isOpen = false;
  /** Commits and what follows them, one after the other. */
  #tail: Promise<unknown> = Promise.resolve();
  #broken: unknown;

  constructor(options: LogKvOptions) {
    this.#options = options;
  }

  async open(owner: boolean): Promise<void> {
    this.#owner = owner;
    this.#broken = undefined;
    this.#log = owner ? await this.#openOwned() : await this.#openToRead();
    this.#isOpen = true;
  }

  async spaces(): Promise<Map<string, KvSpace>> {
    return this.#reading('spaces', async (log) => log?.index.spaces() ?? new Map<string, KvSpace>());
  }

  async get(namespace: string, key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#reading('get', async (log) => {
      const place = log?.index.of(namespace)?.get(key);
      return place && (await valueAt(log!.file, place, key));
    });
  }

  async has(namespace: string, key: string): Promise<boolean> {
    return this.#reading('has', async (log) => log?.index.of(namespace)?.has(key) ?? false);
  }

  async scan(namespace: string, range: KvRange): Promise<KvFound[]> {
    return this.#reading('scan', async (log) => {
      const map = log?.index.of(namespace);
      const found = map ? [...inRange(map, range)] : [];
      return Promise.all(found.map(async ([key, place]) => ({ key, size: place.size, ...(range.values && { value: await valueAt(log!.file, place, key) }) })));
    });
  }

  transact(keys: readonly KvKey[], plan: (sizes: readonly (number | undefined)[]) => KvCommit | null): Promise<void> {
    return this.#next(async () => {
      const log = this.#log;
      if (!this.#isOpen) throw closed('commit');
      if (!this.#owner || !log) throw new FsError('EROFS', 'commit', undefined, { detail: 'another tab owns the workspace' });
      if (this.#broken) throw new FsError('EIO', 'commit', undefined, { cause: this.#broken, detail: 'an earlier write to the log failed and could not be taken back' });
      const commit = plan(keys.map(({ namespace, key }) => log.index.of(namespace)?.get(key)?.size));
      if (!commit) return;
      const { cleared, writes, spaces } = commit;
      await this.#append(log, { cleared, writes, quotas: quotaChanges(log.index, spaces) });
      if (isWasteful(log, this.#options.wasteMin)) void this.#next(() => this.#rewrite(log)).catch(() => undefined);
    });
  }

  async close(): Promise<void> {
    await this.#tail;
    const log = this.#log;
    this.#log = null;
    this.#isOpen = false;
    await log?.file.close();
  }

  #next<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(action);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async #append(log: OpenLog, commit: LogCommit): Promise<void> {
    const frame = encodeFrame(commit);
    if (frame.length === FRAME_HEAD) return;
    try {
      await log.file.write(log.end, frame);
    } catch (error) {
      await log.file.truncate(log.end).catch(() => {
        this.#broken = error;
      });
      throw error;
    }
    for (const op of decodeFrame(frame.subarray(FRAME_HEAD), log.end + FRAME_HEAD)) log.index.apply(op);
    log.end += frame.length;
  }

  /** A log that could not be written anew stays as it is, and is tried again after the next commit. */
  async #rewrite(log: OpenLog): Promise<void> {
    if (this.#log !== log) return;
    const { folder } = this.#options;
    const generation = log.generation + 1;
    const next: OpenLog = { generation, file: await folder.open(nameOf(generation), true), index: new LogIndex(), end: HEADER_SIZE };
    try {
      await next.file.truncate(0);
      await next.file.write(0, encodeHeader(false));
      for await (const commit of contents(log)) await this.#append(next, commit);
      await next.file.write(COMPLETE_AT, Uint8Array.of(1));
    } catch (error) {
      this.#broken = undefined;
      await next.file.close();
      await folder.remove(nameOf(generation)).catch(() => undefined);
      throw error;
    }
    this.#log = next;
    await log.file.close();
    await folder.remove(nameOf(log.generation));
  }

  async #openOwned(): Promise<OpenLog> {
    const { folder } = this.#options;
    const found = await this.#newest(true);
    const generation = found?.generation ?? 1;
    const file = found?.file ?? (await folder.open(nameOf(1), true));
    if (!found) {
      await file.truncate(0);
      await file.write(0, encodeHeader(true));
    }
    for (const name of await folder.names()) if (generationOf(name) > 0 && generationOf(name) !== generation) await folder.remove(name);
    const log = await this.#load(generation, file, true);
    await file.truncate(log.end);
    return log;
  }

  async #openToRead(): Promise<OpenLog | null> {
    const found = await this.#newest(false);
    return found && this.#load(found.generation, found.file, false);
  }

  async #load(generation: number, file: LogFile, report: boolean): Promise<OpenLog> {
    const index = new LogIndex();
    const { end, damaged } = await loadFrames(file, HEADER_SIZE, index);
    if (damaged > 0 && report) this.#options.onDamage?.(damaged);
    return { generation, file, index, end };
  }

  /** The newest file that is complete: one that is not was being written when its owner died. */
  async #newest(writable: boolean): Promise<{ generation: number; file: LogFile } | null> {
    const { folder } = this.#options;
    const generations = (await folder.names()).map(generationOf).filter((generation) => generation > 0).sort((a, b) => b - a);
    for (const generation of generations) {
      const file = await folder.open(nameOf(generation), writable);
      await file.size();
      const header = readHeader(await file.read(0, HEADER_SIZE));
      if (header === 'complete') return { generation, file };
      await file.close();
      if (header === 'foreign') throw new FsError('EIO', 'open', undefined, { detail: `${nameOf(generation)} is not a log of this version` });
    }
    return null;
  }

  /** One who only reads first takes what the owner has appended, and starts again when the file was replaced. */
  async #reading<T>(operation: string, action: (log: OpenLog | null) => Promise<T>): Promise<T> {
    if (!this.#isOpen) throw closed(operation);
    if (this.#owner) return action(this.#log);
    return this.#next(async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          await this.#follow();
          return await action(this.#log);
        } catch (error) {
          if (attempt === ATTEMPTS) throw error;
          this.#log = null;
        }
      }
    });
  }

  async #follow(): Promise<void> {
    const generation = Math.max(0, ...(await this.#options.folder.names()).map(generationOf));
    const log = this.#log;
    if (!log || log.generation < generation) {
      this.#log = await this.#openToRead();
      await log?.file.close();
    } else {
      log.end = (await loadFrames(log.file, log.end, log.index)).end;
    }
  }
}

const closed = (operation: string): FsError => new FsError('EIO', operation, undefined, { detail: 'the store is not open' });

function isWasteful({ end, index }: OpenLog, least = WASTE_MIN): boolean {
  return end > least && end > 2 * index.live + least;
}

function quotaChanges(index: LogIndex, spaces: ReadonlyMap<string, KvSpace | null>): LogCommit['quotas'] {
  return [...spaces].flatMap(([namespace, space]) => {
    const before = index.quota(namespace);
    const { maxKeys, maxBytes } = space ?? defaultQuota(namespace);
    return before.maxKeys === maxKeys && before.maxBytes === maxBytes ? [] : [{ namespace, maxKeys, maxBytes }];
  });
}

async function valueAt(file: LogFile, { at, size }: { at: number; size: number }, key: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await file.read(at, size);
  if (bytes.length === size) return bytes;
  throw new FsError('EIO', 'get', key, { detail: `the log ends after ${bytes.length} of the value's ${size} bytes` });
}

/** All that a log holds, as commits of a bounded size. */
async function* contents({ file, index }: OpenLog): AsyncGenerator<LogCommit> {
  for (const [namespace, space] of index.spaces()) {
    yield { cleared: [], writes: [], quotas: quotaChanges(new LogIndex(), new Map([[namespace, space]])) };
    let writes: KvWrite[] = [];
    let bytes = 0;
    for (const [key, place] of index.of(namespace)?.from('') ?? []) {
      writes.push({ namespace, key, value: await valueAt(file, place, key) });
      bytes += place.size + key.length;
      if (bytes < REWRITE_BYTES) continue;
      yield { cleared: [], writes, quotas: [] };
      writes = [];
      bytes = 0;
    }
    if (writes.length > 0) yield { cleared: [], writes, quotas: [] };
  }
}
