/** Bytes that are asked of the kernel at once. */
const STEP = 4 * 1024 * 1024;

export interface ReadOptions {
  /** Called with the bytes that are there so far. */
  onProgress?(done: number): void;
  /** Looked at between steps; reading then ends with an error. */
  cancelled?(): boolean;
}

/** The first `length` bytes of a file, read in steps so that a long read shows where it is and can be given up. Shorter where the file ends before. */
export async function readBytes(readRange: (path: string, offset: number, length: number) => Promise<Uint8Array>, path: string, length: number, { onProgress, cancelled }: ReadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const part = await readRange(path, done, Math.min(STEP, length - done));
    if (cancelled?.()) throw new Error('cancelled');
    if (part.length === 0) return bytes.slice(0, done);
    bytes.set(part, done);
    done += part.length;
    onProgress?.(done);
  }
  return bytes;
}
