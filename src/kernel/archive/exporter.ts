import type { Job } from './budget.ts';
import { hashing } from './digest.ts';
import { writeTar } from './export-tar.ts';
import { writeOci, type OciLayer } from './oci-writer.ts';
import { gathering, gzipping, type ClosingSink } from './streams.ts';
import { allEntries, changedEntries } from './tree-entries.ts';
import type { TreeSource } from './tree-source.ts';
import type { Remark } from './unpacker.ts';

export type ExportFormat = 'tar' | 'tar.gz' | 'oci';

export interface ExportTask {
  format: ExportFormat;
  /**
   * `all`: everything in `source`, below `prefix`. `changes`: what it changes against `under`, with whiteouts. `layers`: for `oci`, one
   * layer for each.
   */
  what: { all: TreeSource; prefix: string } | { changes: TreeSource; under: TreeSource; kind: 'workspace' | 'layer' } | { layers: readonly OciLayer[]; kind: 'workspace' | 'folder' };
  /** Whole seconds, mtime only. Default: all times, to the nanosecond. */
  coarse?: boolean;
  /** Milliseconds since the epoch, for `oci`. */
  created: number;
}

export interface ExportOutcome {
  bytes: number;
  /** SHA-256 of the file, hex. */
  sha256: string;
  /** Of an `oci` image: its manifest's. */
  digest?: string;
  entries: number;
  /** What is not in it as it was, and why. */
  remarks: Remark[];
}

/** Writes an archive into `sink`, which is closed at the end, or aborted. */
export async function exportTree(task: ExportTask, sink: ClosingSink, job: Job): Promise<ExportOutcome> {
  const hashed = await hashing(sink);
  const out = gathering(task.format === 'tar.gz' ? gzipping(hashed) : hashed);
  try {
    const { remarks, digest } = await write(task, out, job);
    await out.close();
    const { bytes, sha256 } = hashed.summary();
    return { bytes, sha256, entries: job.progress.files, remarks, ...(digest !== undefined && { digest }) };
  } catch (error) {
    out.abort(error);
    throw error;
  }
}

async function write({ what, format, coarse = false, created }: ExportTask, out: ClosingSink, job: Job): Promise<{ remarks: Remark[]; digest?: string }> {
  if ('layers' in what) return writeOci(out.write, { ...what, created, job });
  if ('changes' in what) {
    const hidden: Remark[] = [];
    const left = (path: string): void => void hidden.push({ path, why: 'its name means that something is deleted, in a layer' });
    if (format === 'oci') return writeOci(out.write, { layers: [{ name: what.kind, under: what.under, above: what.changes }], kind: 'workspace', created, job });
    const remarks = await writeTar(what.changes, changedEntries(what.under, what.changes, left), out.write, { job, kind: what.kind, coarse });
    return { remarks: [...hidden, ...remarks] };
  }
  if (format === 'oci') return writeOci(out.write, { layers: [{ name: what.prefix, under: null, above: what.all }], kind: 'folder', created, job });
  return { remarks: await writeTar(what.all, allEntries(what.all), out.write, { job, prefix: what.prefix, coarse }) };
}
