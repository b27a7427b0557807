import { createBLAKE3 } from 'hash-wasm';

/** BLAKE3 with 32 bytes of output, as hex. */
export interface Hasher {
  hash(bytes: Uint8Array): string;
}

/** BLAKE3 keyed with 32 bytes: what only who has the key can have made. 32 bytes of output. */
export async function createMac(key: Uint8Array): Promise<(bytes: Uint8Array) => Uint8Array> {
  const blake3 = await createBLAKE3(256, key);
  return (bytes) => blake3.init().update(bytes).digest('binary');
}

/** One reused WebAssembly instance; about 530 MB/s on 64 KiB blocks. Not reentrant, which a synchronous call cannot be. */
export async function createHasher(): Promise<Hasher> {
  const blake3 = await createBLAKE3();
  return { hash: (bytes) => blake3.init().update(bytes).digest('hex') };
}
