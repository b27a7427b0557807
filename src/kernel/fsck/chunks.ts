import type { ChunkRef, NodeRecord, Store } from '../contract/index.ts';
import type { Hasher } from '../storage/index.ts';

const keyOf = ({ hash, pack, offset, length }: ChunkRef): string => `${pack}/${offset}/${length}/${hash}`;

/** The references that there are, each once, and which of them are bad. Rule FS4. */
export class ChunkSet {
  readonly #refs = new Map<string, ChunkRef>();
  readonly #bad = new Set<string>();
  /** Hashes whose bytes are somewhere. */
  readonly #sound = new Set<string>();

  get size(): number {
    return this.#refs.size;
  }

  add(ref: ChunkRef | null): void {
    if (ref && ref.pack > 0) this.#refs.set(keyOf(ref), ref);
  }

  addAll({ chunks }: Pick<NodeRecord, 'chunks'>): void {
    for (const ref of chunks ?? []) this.add(ref);
  }

  /** Its bytes are neither where it says nor where the hash is elsewhere, as after a collection that wrote a pack anew. */
  isBad(ref: ChunkRef | null): boolean {
    return ref !== null && this.isWrong(ref) && (!this.#sound.has(ref.hash) || (ref.valid ?? 0) > ref.length);
  }

  /** Its bytes are not where it says. */
  isWrong(ref: ChunkRef): boolean {
    return ref.pack > 0 && this.#bad.has(keyOf(ref));
  }

  badBlocks({ chunks = [] }: Pick<NodeRecord, 'chunks'>): number[] {
    return chunks.flatMap((ref, index) => (this.isBad(ref) ? [index] : []));
  }

  /** Reads and hashes all of those in packs from `fromPack` on, pack by pack. `step` is told how many bytes each was. */
  async verify(store: Store, hasher: Hasher, fromPack: number, step: (bytes: number) => Promise<void>): Promise<void> {
    const refs = [...this.#refs].filter(([, ref]) => ref.pack >= fromPack).sort(([, a], [, b]) => a.pack - b.pack || a.offset - b.offset);
    for (const [key, ref] of refs) {
      const bytes = await store.chunk(ref).catch(() => null);
      if (!bytes || hasher.hash(bytes) !== ref.hash || (ref.valid ?? 0) > ref.length) this.#bad.add(key);
      else this.#sound.add(ref.hash);
      await step(ref.length);
    }
  }
}
