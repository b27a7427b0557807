import type { ChunkRef, StoreBatch } from '../contract/index.ts';
import { blockLength, PACK_SIZE } from './chunks.ts';
import type { Hasher } from './hasher.ts';
import type { Capture } from './raw-change.ts';

export interface PackedBlocks {
  /** By inode number, then by block. */
  refs: Map<number, Map<number, ChunkRef>>;
  packs: StoreBatch['packs'];
}

export interface PackerOptions {
  hasher: Hasher;
  /** Lets others run; called after each MiB. */
  yield: () => Promise<void>;
  /** The reference that a block has now: it is kept if the bytes are the same. */
  current: (ino: number, index: number) => ChunkRef | undefined;
  /** A chunk with this hash that is stored by the time of this batch. */
  find: (hash: string, length: number) => ChunkRef | undefined;
  /** Told of each new chunk; its pack is set later. */
  found: (ref: ChunkRef) => void;
  nextPack: () => number;
}

type Piece = { ref: ChunkRef; bytes: Uint8Array };

/** Hashes the dirty blocks of a batch and lays them into packs, in slices of at most 1 MiB between yields. */
export async function packBlocks(captures: readonly Capture[], options: PackerOptions): Promise<PackedBlocks> {
  const result: PackedBlocks = { refs: new Map(), packs: [] };
  let pieces: Piece[] = [];
  let filled = 0;
  const flush = async (): Promise<void> => {
    if (pieces.length > 0) result.packs.push(layPack(pieces, options.nextPack(), filled));
    pieces = [];
    filled = 0;
    await options.yield();
  };
  let hashed = 0;
  for (const capture of captures) {
    const refs = new Map<number, ChunkRef>();
    if (capture.blocks.length > 0) result.refs.set(capture.ino, refs);
    for (const { index, bytes: whole } of capture.blocks) {
      const bytes = whole.subarray(0, blockLength(capture.size, index));
      if (bytes.length === 0) continue;
      if (filled + bytes.length > PACK_SIZE || hashed >= PACK_SIZE) {
        await flush();
        hashed = 0;
      }
      const hash = options.hasher.hash(bytes);
      hashed += bytes.length;
      const known = options.current(capture.ino, index);
      const same = known?.hash === hash && known.length === bytes.length && known.valid === undefined ? known : options.find(hash, bytes.length);
      const ref = same ?? { hash, pack: 0, offset: filled, length: bytes.length };
      refs.set(index, ref);
      if (same) continue;
      options.found(ref);
      pieces.push({ ref, bytes });
      filled += bytes.length;
    }
  }
  if (pieces.length > 0) await flush();
  return result;
}

function layPack(pieces: readonly Piece[], id: number, size: number): StoreBatch['packs'][number] {
  const pack = new Uint8Array(size);
  for (const { ref, bytes } of pieces) {
    ref.pack = id;
    pack.set(bytes, ref.offset);
  }
  return { id, bytes: pack, chunks: pieces.map(({ ref: { hash, offset, length } }) => ({ hash, offset, length })) };
}
