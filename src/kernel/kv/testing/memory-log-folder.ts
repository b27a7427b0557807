import { FsError } from '../../../shared/base/index.ts';
import type { LogFile, LogFolder } from '../../contract/index.ts';

/** Files of a log in memory, which a test may cut, spoil or make fail. */
export class MemoryLogFolder implements LogFolder {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #writers = new Set<string>();
  /** Bytes that the next writes may still write; then they stop in the middle. */
  room = Infinity;

  async names(): Promise<string[]> {
    return [...this.files.keys()];
  }

  async open(name: string, writable: boolean): Promise<LogFile> {
    if (writable && this.#writers.has(name)) throw new FsError('EIO', 'open', name, { detail: 'open already' });
    if (!this.files.has(name)) {
      if (!writable) throw new FsError('EIO', 'open', name);
      this.files.set(name, new Uint8Array(0));
    }
    if (writable) this.#writers.add(name);
    return this.#file(name, writable);
  }

  async remove(name: string): Promise<void> {
    if (this.#writers.has(name) || !this.files.delete(name)) throw new FsError('EIO', 'remove', name);
  }

  /** What a killed owner leaves: nobody has a file open. */
  crash(): void {
    this.#writers.clear();
  }

  #file(name: string, writable: boolean): LogFile {
    const bytes = (): Uint8Array<ArrayBuffer> => {
      const found = this.files.get(name);
      if (!found) throw new FsError('EIO', 'read', name);
      return found;
    };
    return {
      size: async () => bytes().length,
      read: async (at, length) => bytes().slice(at, at + length),
      write: async (at, data) => {
        const count = Math.min(data.length, this.room);
        this.room -= count;
        const grown = new Uint8Array(Math.max(bytes().length, at + count));
        grown.set(bytes());
        grown.set(data.subarray(0, count), at);
        this.files.set(name, grown);
        if (count < data.length) throw new FsError('ENOSPC', 'write', name);
      },
      truncate: async (size) => {
        const cut = new Uint8Array(size);
        cut.set(bytes().subarray(0, size));
        this.files.set(name, cut);
      },
      close: async () => {
        if (writable) this.#writers.delete(name);
      },
    };
  }
}
