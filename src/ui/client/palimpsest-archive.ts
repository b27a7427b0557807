import type { ArchiveContents, ArchiveJob, ArchiveProgress, ArchiveResult, ExportRequest, ImportItem, ImportRequest, KernelApi } from '../../shared/abi/index.ts';
import { receiveBytes } from '../../shared/link/index.ts';
import { encodeLink } from './archive-link.ts';
import { rememberExport } from './workspace-marker.ts';

export interface ArchiveOptions {
  /** Stops it: rejects with `ECANCELED`. */
  signal?: AbortSignal;
  /** Called every 100 ms at most. */
  onProgress?: (progress: ArchiveProgress) => void;
}

/** `palimpsest.archive`: workspaces, folders and layers as one file, and back. Failures are `Error`s with `.code`. */
export interface PalimpsestArchive {
  /** As a Blob, or into `to`, which is closed when all is there and aborted otherwise. */
  export(request: ExportRequest, options?: ArchiveOptions & { to?: WritableStream<Uint8Array> }): Promise<ArchiveResult & { blob?: Blob }>;
  /**
   * A tar (plain, gzip, zstd), a zip or an OCI image layout in a tar, or files one by one, into the directory `to`, which is made if only its
   * last name is missing. An export of a workspace goes back to `/`, with `onExisting: 'replace'`. Rejects with `EBADMSG` for what is
   * damaged, `EFBIG` for what unpacks to too much; nothing is there then.
   */
  import(source: Blob | readonly ImportItem[], to: string, options?: ArchiveOptions & Pick<ImportRequest, 'name' | 'onExisting' | 'links' | 'layer'>): Promise<ArchiveResult>;
  /** What an archive holds, as it says itself. */
  inspect(source: Blob): Promise<ArchiveContents>;
  /** A link to this page with a file or folder in it. Rejects with `EFBIG` if it would be over 32 KiB. */
  link(path: string): Promise<string>;
}

const PROGRESS_MS = 100;

export function createArchive(api: KernelApi): PalimpsestArchive {
  return Object.freeze({
    export: async (request: ExportRequest, options: ArchiveOptions & { to?: WritableStream<Uint8Array> } = {}) => {
      const job = await api.archiveExport(request);
      const writer = options.to?.getWriter();
      const parts: Blob[] = [];
      const write = async (chunk: Uint8Array): Promise<void> => {
        if (writer) await writer.write(chunk);
        else parts.push(new Blob([chunk as Uint8Array<ArrayBuffer>]));
      };
      try {
        const result = await followed(api, job, options, drain(receiveBytes(job.bytes!), write));
        await writer?.close();
        if ('workspace' in request.what && request.at === undefined) rememberExport();
        return writer ? result : { ...result, blob: new Blob(parts, { type: 'application/octet-stream' }) };
      } catch (error) {
        await writer?.abort(error).catch(() => undefined);
        throw error;
      }
    },
    import: async (source: Blob | readonly ImportItem[], to: string, { signal, onProgress, ...rest }: ArchiveOptions & Pick<ImportRequest, 'name' | 'onExisting' | 'links' | 'layer'> = {}) => {
      const job = await api.archiveImport({ source, to, ...rest });
      return followed(api, job, { ...(signal && { signal }), ...(onProgress && { onProgress }) });
    },
    inspect: (source: Blob) => api.archiveInspect(source),
    link: (path: string) => encodeLink(api, path),
  });
}

/** Takes the bytes of a stream; after a failure of the taker the rest is not read. */
async function drain(stream: ReadableStream<Uint8Array>, write: (chunk: Uint8Array) => Promise<void>): Promise<void> {
  const reader = stream.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) await write(part.value);
  } catch (error) {
    await reader.cancel(error);
    throw error;
  }
}

/** The job's result, with progress and a way to stop; `beside` must be through as well. */
async function followed(api: KernelApi, { id }: ArchiveJob, { signal, onProgress }: ArchiveOptions, beside: Promise<void> = Promise.resolve()): Promise<ArchiveResult> {
  const stop = (): void => void api.archiveStop(id).catch(() => undefined);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  const timer = onProgress && setInterval(() => {
    // A job that has ended meanwhile is no failure.
    api.archiveProgress(id).then(onProgress, () => undefined);
  }, PROGRESS_MS);
  const failed = beside.then(() => new Promise<never>(() => undefined), (error: unknown) => {
    stop();
    throw error;
  });
  failed.catch(() => undefined);
  try {
    const result = await Promise.race([api.archiveResult(id), failed]);
    await beside;
    return result;
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
  }
}
