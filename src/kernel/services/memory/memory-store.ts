import { FsError } from '../../../shared/base/index.ts';
import type { MemoryFile, MemoryNode } from './memory-node.ts';

/** The nodes by id, and the count of the bytes that they take. */
export class MemoryStore {
  readonly #limit: number;
  readonly #nodes = new Map<number, MemoryNode>();
  #nextId = 1;
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add<T extends MemoryNode>(build: (id: number) => T): T {
    const node = build(this.#nextId++);
    this.#nodes.set(node.id, node);
    return node;
  }

  /** @throws FsError ESTALE for a node that is gone */
  get(operation: string, id: number): MemoryNode {
    const node = this.#nodes.get(id);
    if (!node) throw new FsError('ESTALE', operation, undefined, { detail: `node ${id} is gone` });
    return node;
  }

  /** @throws FsError ENOSPC, then nothing is charged */
  charge(operation: string, bytes: number): void {
    if (bytes > 0 && this.#used + bytes > this.#limit) {
      throw new FsError('ENOSPC', operation, undefined, { detail: `${this.#limit} bytes are all in use` });
    }
    this.#used += bytes;
  }

  /** Gives `file` a buffer of `length` bytes with the same contents, zero beyond. @throws FsError ENOSPC */
  resize(operation: string, file: MemoryFile, length: number): void {
    this.charge(operation, length - file.bytes.length);
    const wider = new Uint8Array(length);
    wider.set(file.bytes.subarray(0, Math.min(length, file.size)));
    file.bytes = wider;
  }

  /** Forgets a node that has neither name nor open reference. */
  collect(node: MemoryNode): void {
    if (node.nlink > 0 || node.open > 0) return;
    if (node.kind === 'file') this.charge('release', -node.bytes.length);
    this.#nodes.delete(node.id);
  }
}
