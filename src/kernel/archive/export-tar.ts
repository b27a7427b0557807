import { FsError } from '../../shared/base/index.ts';
import type { Job } from './budget.ts';
import type { Sink } from './streams.ts';
import type { ExportEntry } from './tree-entries.ts';
import type { SourceNode, TreeSource } from './tree-source.ts';
import { TarWriter, type Extent, type TarEntry } from './tar-writer.ts';
import type { Remark } from './unpacker.ts';

export interface TarOptions {
  job: Job;
  /** What the archive says of itself; see `ArchiveFacts`. */
  kind?: string;
  /** Whole seconds, mtime only. Default: all times, to the nanosecond. */
  coarse?: boolean;
  /** Put before every path. Default: none. */
  prefix?: string;
}

/** Files up to this are read before anything of them is written: what cannot be read is left out. */
const WHOLE_MAX = 1024 * 1024;
/** Bytes of holes from which a file is written as sparse. */
const HOLES_MIN = 256 * 1024;
/** Hard-linked files whose first name is remembered, at most; further names become files of their own. */
const LINKS_MAX = 1_000_000;
const REMARKS_MAX = 1000;
const ZEROS = new Uint8Array(65536);

/** Writes entries of a tree as a tar. Returns what is not in it as it was, and why. */
export async function writeTar(source: TreeSource, entries: AsyncIterable<ExportEntry>, sink: Sink, options: TarOptions): Promise<Remark[]> {
  const writer = new TarWriter(sink, { coarse: options.coarse ?? false });
  const files = new TarFiles(source, writer, sink, options.job);
  const prefix = options.prefix === undefined || options.prefix === '' ? '' : `${options.prefix}/`;
  if (options.kind !== undefined) await writer.global(new Map([['PALIMPSEST.kind', options.kind]]));
  for await (const { path, node } of entries) {
    options.job.check();
    options.job.progress.path = path;
    const name = path === '' ? prefix.slice(0, -1) || '.' : prefix + path;
    if (node) await files.add(name, node);
    else await writer.entry({ path: name, kind: 'file', size: 0, mtime: 0n });
    options.job.progress.files++;
  }
  await writer.end();
  return files.remarks;
}

class TarFiles {
  readonly remarks: Remark[] = [];
  readonly #source: TreeSource;
  readonly #writer: TarWriter;
  readonly #sink: Sink;
  readonly #job: Job;
  readonly #linked = new Map<number, string>();

  constructor(source: TreeSource, writer: TarWriter, sink: Sink, job: Job) {
    this.#source = source;
    this.#writer = writer;
    this.#sink = sink;
    this.#job = job;
  }

  #remark(path: string, why: string): void {
    if (this.remarks.length < REMARKS_MAX) this.remarks.push({ path, why });
  }

  async add(path: string, node: SourceNode): Promise<void> {
    const { kind, nlink, ino, mtime, atime, ctime } = node;
    const common = { path, mtime, atime, ctime };
    const first = kind !== 'directory' && nlink > 1 ? this.#linked.get(ino) : undefined;
    if (first !== undefined) return this.#writer.entry({ ...common, kind: 'hardlink', size: 0, target: first });
    if (kind === 'directory') return this.#writer.entry({ ...common, kind, size: 0 });
    if (kind === 'symlink') await this.#writer.entry({ ...common, kind, size: 0, target: node.target ?? '' });
    else if (!(await this.#file({ ...common, kind, size: node.size }, node))) return;
    if (nlink > 1 && this.#linked.size < LINKS_MAX) this.#linked.set(ino, path);
  }

  /** Whether it was written. */
  async #file(entry: TarEntry, node: SourceNode): Promise<boolean> {
    const extents = this.#source.extents(node);
    const stored = extents?.reduce((sum, { length }) => sum + length, 0) ?? node.size;
    if (extents && node.size - stored >= HOLES_MIN) {
      const length = await this.#writer.sparseHead(entry, extents);
      for (const extent of extents) await this.#contents(entry.path, node, extent);
      await this.#writer.pad(length);
      return true;
    }
    if (node.size <= WHOLE_MAX) {
      const bytes = await this.#whole(node).catch((error: unknown) => this.#unreadable(entry.path, error));
      if (!bytes) return false;
      await this.#writer.entry(entry, bytes);
      return true;
    }
    await this.#writer.fileHead(entry);
    await this.#contents(entry.path, node, { at: 0, length: node.size });
    await this.#writer.pad(node.size);
    return true;
  }

  #unreadable(path: string, error: unknown): null {
    if (!(error instanceof FsError)) throw error;
    this.#remark(path, `it could not be read and was left out: ${error.message}`);
    return null;
  }

  async #whole(node: SourceNode): Promise<Uint8Array> {
    const bytes = new Uint8Array(node.size);
    for await (const piece of this.#source.data(node, { at: 0, length: node.size })) bytes.set(piece.bytes.subarray(0, bytes.length - piece.at), piece.at);
    this.#job.progress.bytes += bytes.length;
    return bytes;
  }

  /** Exactly the bytes of the extent. What cannot be read is zeros, and told: the head is written already. */
  async #contents(path: string, node: SourceNode, { at, length }: Extent): Promise<void> {
    let done = 0;
    try {
      for await (const { at: from, bytes } of this.#source.data(node, { at, length })) {
        this.#job.check();
        await this.#zeros(from - at - done);
        await this.#sink(bytes);
        this.#job.progress.bytes += bytes.length;
        done = from - at + bytes.length;
      }
    } catch (error) {
      if (!(error instanceof FsError) || error.code === 'ECANCELED' || error.syscall === 'archive') throw error;
      this.#remark(path, `from byte ${at + done} on it could not be read, and is zeros there: ${error.message}`);
    }
    await this.#zeros(length - done);
  }

  async #zeros(count: number): Promise<void> {
    for (let left = count; left > 0; left -= ZEROS.length) await this.#sink(ZEROS.subarray(0, left));
  }
}
