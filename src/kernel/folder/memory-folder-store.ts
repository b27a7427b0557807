import type { FolderListing, FolderRecord, FolderStore } from '../contract/index.ts';

/** What is remembered of folders, in memory: for tests, and where the browser stores nothing. */
export class MemoryFolderStore implements FolderStore {
  readonly #records = new Map<number, FolderRecord>();
  readonly #done = new Map<number, number>();
  readonly #listings = new Map<number, Map<string, FolderListing>>();
  readonly #parts = new Map<string, Uint8Array>();
  readonly #kept = new Set<string>();
  #next = 1;

  async records(): Promise<FolderRecord[]> {
    return [...this.#records.values()];
  }

  async nextId(): Promise<number> {
    return this.#next++;
  }

  async put(record: FolderRecord): Promise<void> {
    this.#records.set(record.id, record);
  }

  async done(id: number): Promise<number> {
    return this.#done.get(id) ?? 0;
  }

  async putDone(id: number, done: number): Promise<void> {
    this.#done.set(id, done);
  }

  async drop(id: number): Promise<void> {
    this.#records.delete(id);
    this.#done.delete(id);
    this.#listings.delete(id);
  }

  async listings(id: number): Promise<Map<string, FolderListing>> {
    return new Map(this.#listings.get(id));
  }

  async putListings(id: number, listings: ReadonlyMap<string, FolderListing | null>, all = false): Promise<void> {
    const known = all ? new Map<string, FolderListing>() : (this.#listings.get(id) ?? new Map<string, FolderListing>());
    for (const [dir, listing] of listings) {
      if (listing) known.set(dir, listing);
      else known.delete(dir);
    }
    this.#listings.set(id, known);
  }

  async kept(): Promise<string[]> {
    return [...this.#kept];
  }

  async keep(reference: string, part: number, bytes: Uint8Array): Promise<void> {
    this.#parts.set(`${part} ${reference}`, bytes.slice());
  }

  async setKept(reference: string): Promise<void> {
    this.#kept.add(reference);
  }

  async keptPart(reference: string, part: number): Promise<Uint8Array | undefined> {
    return this.#parts.get(`${part} ${reference}`);
  }
}
