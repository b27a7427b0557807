import { createCRC32, createSHA256, type IHasher } from 'hash-wasm';
import type { ClosingSink } from './streams.ts';

export interface Summary {
  bytes: number;
  /** SHA-256, hex. */
  sha256: string;
}

/** Counts and hashes what goes to `next`. */
export async function hashing(next: ClosingSink): Promise<ClosingSink & { summary(): Summary }> {
  const hasher = (await createSHA256()).init();
  let bytes = 0;
  let sha256 = '';
  return {
    write: async (chunk) => {
      bytes += chunk.length;
      hasher.update(chunk);
      await next.write(chunk);
    },
    close: async () => {
      sha256 = hasher.digest('hex');
      await next.close();
    },
    abort: next.abort,
    summary: () => ({ bytes, sha256 }),
  };
}

export async function sha256Hasher(): Promise<IHasher> {
  return (await createSHA256()).init();
}

export async function crc32Hasher(): Promise<IHasher> {
  return (await createCRC32()).init();
}

export async function sha256Of(bytes: Uint8Array): Promise<string> {
  return (await sha256Hasher()).update(bytes).digest('hex');
}
