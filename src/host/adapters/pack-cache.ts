/** Packs that were read last: reading a file in order asks for each one sixteen times. Bound: 16, the longest unused goes. */
export class PackCache {
  readonly #packs = new Map<number, Promise<ArrayBuffer | undefined>>();
  readonly #bound: number;

  constructor(bound = 16) {
    this.#bound = bound;
  }

  /** Readers of one pack share a load; a failed or empty one is not remembered. */
  get(id: number, load: (id: number) => Promise<ArrayBuffer | undefined>): Promise<ArrayBuffer | undefined> {
    const pack = this.#packs.get(id) ?? this.#load(id, load);
    this.#packs.delete(id);
    this.#packs.set(id, pack);
    const oldest = this.#packs.keys().next();
    if (this.#packs.size > this.#bound && !oldest.done) this.#packs.delete(oldest.value);
    return pack;
  }

  drop(id: number): void {
    this.#packs.delete(id);
  }

  #load(id: number, load: (id: number) => Promise<ArrayBuffer | undefined>): Promise<ArrayBuffer | undefined> {
    const pack = load(id);
    const drop = (): void => {
      if (this.#packs.get(id) === pack) this.#packs.delete(id);
    };
    pack.then((bytes) => bytes ?? drop(), drop);
    return pack;
  }
}
