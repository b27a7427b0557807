import { FsError } from '../../shared/base/index.ts';
import type { KvBackend, KvCommit, KvFound, KvKey, KvRange, KvSpace } from '../contract/index.ts';
import { inRange, OrderedMap } from './ordered-map.ts';

interface Held {
  size: number;
  value: Uint8Array<ArrayBuffer>;
}

/** What outlives a `MemoryKvBackend`: a disk for tests. */
export class MemoryKvDisk {
  readonly names = new Map<string, OrderedMap<Held>>();
  readonly spaces = new Map<string, KvSpace>();
  /** Who may write: the last that opened as the owner. */
  owner: object | null = null;
}

/** Key-value pairs in memory: kept as long as the kernel. */
export class MemoryKvBackend implements KvBackend {
  readonly kind = 'memory';
  readonly #disk: MemoryKvDisk;
  #open = false;

  constructor(disk = new MemoryKvDisk()) {
    this.#disk = disk;
  }

  async open(owner: boolean): Promise<void> {
    this.#open = true;
    if (owner) this.#disk.owner = this;
  }

  async spaces(): Promise<Map<string, KvSpace>> {
    this.#check('spaces');
    return new Map([...this.#disk.spaces].map(([name, space]) => [name, { ...space }]));
  }

  async transact(keys: readonly KvKey[], plan: (sizes: readonly (number | undefined)[]) => KvCommit | null): Promise<void> {
    this.#check('commit');
    if (this.#disk.owner !== this) throw new FsError('EROFS', 'commit', undefined, { detail: 'another tab owns the workspace' });
    const commit = plan(keys.map(({ namespace, key }) => this.#disk.names.get(namespace)?.get(key)?.size));
    if (commit) this.#apply(commit);
  }

  async get(namespace: string, key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#check('get');
    return this.#disk.names.get(namespace)?.get(key)?.value.slice();
  }

  async has(namespace: string, key: string): Promise<boolean> {
    this.#check('has');
    return this.#disk.names.get(namespace)?.has(key) ?? false;
  }

  async scan(namespace: string, range: KvRange): Promise<KvFound[]> {
    this.#check('scan');
    const map = this.#disk.names.get(namespace);
    if (!map) return [];
    return [...inRange(map, range)].map(([key, { size, value }]) => ({ key, size, ...(range.values && { value: value.slice() }) }));
  }

  async close(): Promise<void> {
    this.#open = false;
    if (this.#disk.owner === this) this.#disk.owner = null;
  }

  #check(operation: string): void {
    if (!this.#open) throw new FsError('EIO', operation, undefined, { detail: 'the store is not open' });
  }

  #apply({ cleared, writes, spaces }: KvCommit): void {
    const { names } = this.#disk;
    for (const namespace of cleared) names.delete(namespace);
    for (const { namespace, key, value } of writes) {
      let map = names.get(namespace);
      if (!map) names.set(namespace, (map = new OrderedMap()));
      if (value) map.set(key, { size: value.length, value: value.slice() });
      else map.delete(key);
    }
    for (const [namespace, space] of spaces) {
      if (space) this.#disk.spaces.set(namespace, { ...space });
      else this.#disk.spaces.delete(namespace);
      if (space?.keys === 0 || !space) names.delete(namespace);
    }
  }
}
