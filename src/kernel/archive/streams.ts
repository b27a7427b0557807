import { FsError } from '../../shared/base/index.ts';
import { damaged } from './archive-error.ts';
import type { Pull } from './byte-reader.ts';

/** Takes bytes; the array is the taker's own from then on. */
export type Sink = (bytes: Uint8Array) => Promise<void>;

/** A sink that is to be closed; `close` resolves when all is through. */
export interface ClosingSink {
  write: Sink;
  close(): Promise<void>;
  /** Lets go of it after a failure. */
  abort(reason: unknown): void;
}

export type Compression = 'none' | 'gzip' | 'zstd';

/** Bytes of a zstd frame that are unpacked in one step: a frame may unpack 4 bytes to 128 KiB. */
const ZSTD_STEP = 1024;

export function pullFrom(stream: ReadableStream<Uint8Array>): { pull: Pull; cancel(): void } {
  const reader = stream.getReader();
  return {
    pull: async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return null;
        if (value!.length > 0) return value!;
      }
    },
    cancel: () => void reader.cancel().catch(() => undefined),
  };
}

/** Which compression the first bytes of a file tell. */
export function sniffCompression(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd';
  return 'none';
}

/** The unpacked bytes of `pull`. Both ends must be let go of by `cancel`. */
export async function decompress(compression: Compression, pull: Pull): Promise<{ pull: Pull; cancel(): void }> {
  if (compression === 'gzip') return inflate('gzip', pull);
  if (compression === 'zstd') return { pull: await unpackZstd(pull), cancel: () => undefined };
  return { pull, cancel: () => undefined };
}

/** A failure of the inner source is told as it is, one of the format as EBADMSG. */
export function inflate(format: 'gzip' | 'deflate-raw', pull: Pull): { pull: Pull; cancel(): void } {
  const { readable, writable } = new DecompressionStream(format);
  const writer = writable.getWriter();
  let failure: unknown;
  const feed = async (): Promise<void> => {
    try {
      for (let chunk = await pull(); chunk; chunk = await pull()) await writer.write(chunk as Uint8Array<ArrayBuffer>);
      await writer.close();
    } catch (error) {
      failure ??= error;
      await writer.abort(error).catch(() => undefined);
    }
  };
  void feed();
  const out = pullFrom(readable);
  return {
    cancel: out.cancel,
    pull: async () => {
      try {
        return await out.pull();
      } catch (error) {
        throw failure instanceof FsError ? failure : damaged(`its ${format === 'gzip' ? 'gzip' : 'compressed'} data are damaged or cut off (${reasonOf(error)})`);
      }
    },
  };
}

async function unpackZstd(pull: Pull): Promise<Pull> {
  const { Decompress } = await import('fzstd');
  const ready: Uint8Array[] = [];
  const unpacker = new Decompress((bytes) => {
    if (bytes.length > 0) ready.push(bytes.slice());
  });
  let chunk = new Uint8Array(0) as Uint8Array;
  let ended = false;
  return async () => {
    try {
      while (ready.length === 0 && !ended) {
        if (chunk.length === 0) {
          const next = await pull();
          if (next) chunk = next;
          else ended = true;
        }
        unpacker.push(chunk.slice(0, ZSTD_STEP), ended);
        chunk = chunk.subarray(ZSTD_STEP);
      }
    } catch (error) {
      if (error instanceof FsError) throw error;
      throw damaged(`its zstd data are damaged or cut off (${reasonOf(error)})`);
    }
    return ready.shift() ?? null;
  };
}

/** Gathers small writes into chunks of this many bytes. */
const GATHER = 256 * 1024;

/** Passes bytes on in chunks of `GATHER`, so that what follows has few of them. */
export function gathering(next: ClosingSink): ClosingSink {
  let buffer = new Uint8Array(GATHER);
  let used = 0;
  const flush = async (): Promise<void> => {
    if (used === 0) return;
    const full = buffer.subarray(0, used);
    buffer = new Uint8Array(GATHER);
    used = 0;
    await next.write(full);
  };
  return {
    write: async (bytes) => {
      for (let at = 0; at < bytes.length;) {
        const part = bytes.subarray(at, at + GATHER - used);
        buffer.set(part, used);
        used += part.length;
        at += part.length;
        if (used === GATHER) await flush();
      }
    },
    close: async () => {
      await flush();
      await next.close();
    },
    abort: next.abort,
  };
}

/** Compresses what goes to `next`. */
export function gzipping(next: ClosingSink): ClosingSink {
  const { readable, writable } = new CompressionStream('gzip');
  const writer = writable.getWriter();
  const out = pullFrom(readable);
  const pump = (async () => {
    try {
      for (let chunk = await out.pull(); chunk; chunk = await out.pull()) await next.write(chunk);
    } catch (error) {
      await writer.abort(error).catch(() => undefined);
      throw error;
    }
  })();
  pump.catch(() => undefined);
  return {
    write: async (bytes) => {
      await Promise.race([writer.write(bytes as Uint8Array<ArrayBuffer>), pump]);
    },
    close: async () => {
      await Promise.race([writer.close(), pump]);
      await pump;
      await next.close();
    },
    abort: (reason) => {
      void writer.abort(reason).catch(() => undefined);
      next.abort(reason);
    },
  };
}

/** What a decoder says of the data, without the call of the browser in which it said so. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^Failed to execute '[^']*' on '[^']*': /, '').replace(/\.$/, '');
}
