/** Bytes read at once. */
const PAGE = 16 * 1024;
/** Pages kept, 2 MiB. */
const PAGES_MAX = 128;

interface Page {
  bytes: Uint8Array | null;
  /** The version of the file that it is of, or is being read for. */
  version: number;
}

/** What is on screen of a file of any size: pages, read when they are first wanted. */
export class Pages {
  readonly #read: (offset: number, length: number) => Promise<Uint8Array>;
  readonly #pages = new Map<number, Page>();
  readonly #changed: (error: unknown) => void;
  #version = 0;

  /** `changed`: there is more to show, or reading failed. */
  constructor(read: (offset: number, length: number) => Promise<Uint8Array>, changed: (error: unknown) => void) {
    this.#read = read;
    this.#changed = changed;
  }

  /** The file is another one: what is kept is shown until it has been read anew. */
  renew(version: number): void {
    this.#version = version;
  }

  /** Bytes within one page; null while they are on their way; shorter at the end of the file. */
  bytes(offset: number, length: number): Uint8Array | null {
    const page = this.#pages.get(Math.floor(offset / PAGE))?.bytes;
    return page ? page.subarray(offset % PAGE, (offset % PAGE) + length) : null;
  }

  at(offset: number): number | undefined {
    return this.#pages.get(Math.floor(offset / PAGE))?.bytes?.[offset % PAGE];
  }

  /** What is in the file now, before it is read anew. */
  patch(offset: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at++) {
      const page = this.#pages.get(Math.floor((offset + at) / PAGE))?.bytes;
      if (page && (offset + at) % PAGE < page.length) page[(offset + at) % PAGE] = bytes[at] ?? 0;
    }
  }

  /** Sees to it that `[from, to)` comes. */
  want(from: number, to: number): void {
    for (let index = Math.floor(from / PAGE); index * PAGE < to; index++) {
      const known = this.#pages.get(index);
      if (known?.version === this.#version) continue;
      const page: Page = { bytes: known?.bytes ?? null, version: this.#version };
      this.#pages.delete(index);
      this.#pages.set(index, page);
      this.#read(index * PAGE, PAGE).then((bytes) => {
        page.bytes = bytes;
        this.#changed(null);
      }, (error: unknown) => {
        page.version = -1;
        this.#changed(error);
      });
    }
    for (const index of this.#pages.keys()) {
      if (this.#pages.size <= PAGES_MAX) break;
      this.#pages.delete(index);
    }
  }
}
