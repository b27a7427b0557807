import { GlobalWorkerOptions, PDFDataRangeTransport, getDocument, type PDFDocumentLoadingTask } from 'pdfjs-dist';
import type { WindowApi } from '../../client/index.ts';

/** Bytes read with the first request. */
const HEAD = 64 * 1024;

/** Asks for the parts of the file that are needed for what is shown. */
class FileRanges extends PDFDataRangeTransport {
  readonly #read: (offset: number, length: number) => Promise<Uint8Array>;
  readonly #failed: (error: unknown) => void;

  constructor(size: number, head: Uint8Array, read: (offset: number, length: number) => Promise<Uint8Array>, failed: (error: unknown) => void) {
    super(size, head);
    this.#read = read;
    this.#failed = failed;
  }

  override requestDataRange(begin: number, end: number): void {
    this.#read(begin, end - begin).then((bytes) => this.onDataRange(begin, bytes), this.#failed);
  }
}

/** Opens a document by ranges, whatever its size. Nothing in it runs: no scripts, no forms, no generated code. */
export async function openPdf(api: Pick<WindowApi, 'readRange'>, path: string, size: number, failed: (error: unknown) => void): Promise<PDFDocumentLoadingTask> {
  GlobalWorkerOptions.workerSrc = new URL('pdfjs-dist/build/pdf.worker.min.mjs', import.meta.url).href;
  const read = (offset: number, length: number): Promise<Uint8Array> => api.readRange(path, offset, length);
  const range = new FileRanges(size, await read(0, Math.min(size, HEAD)), read, failed);
  return getDocument({ range, isEvalSupported: false, enableXfa: false, disableAutoFetch: true, disableStream: true, useSystemFonts: true, useWorkerFetch: false, stopAtErrors: false, maxImageSize: 64 * 1024 * 1024, verbosity: 0 });
}
