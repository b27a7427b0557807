import type { KvBackend, KvFound } from '../contract/index.ts';
import { KvStore, type BatchWrite, type KvInfo, type KvPage, type RangeOptions, type WriteOptions } from './kv-store.ts';
import { PACKAGE_PREFIX } from './quota.ts';

/** One store over two: the programs' own namespaces (`pkg:…`) are in `programs`, all others in `backend`. A change is of one namespace, so of one of them. */
export class SplitKvStore extends KvStore {
  readonly #programs: KvStore;

  constructor(backend: KvBackend, programs: KvBackend, owner: boolean) {
    super(backend, owner);
    this.#programs = new KvStore(programs, owner);
  }

  override get(namespace: string, key: string): Promise<Uint8Array<ArrayBuffer> | null> {
    return isProgram(namespace) ? this.#programs.get(namespace, key) : super.get(namespace, key);
  }

  override has(namespace: string, key: string): Promise<boolean> {
    return isProgram(namespace) ? this.#programs.has(namespace, key) : super.has(namespace, key);
  }

  override set(namespace: string, key: string, value: Uint8Array, options?: WriteOptions): Promise<void> {
    return isProgram(namespace) ? this.#programs.set(namespace, key, value, options) : super.set(namespace, key, value, options);
  }

  override delete(namespace: string, key: string, options?: WriteOptions): Promise<boolean> {
    return isProgram(namespace) ? this.#programs.delete(namespace, key, options) : super.delete(namespace, key, options);
  }

  override batch(namespace: string, writes: readonly BatchWrite[], options?: WriteOptions): Promise<void> {
    return isProgram(namespace) ? this.#programs.batch(namespace, writes, options) : super.batch(namespace, writes, options);
  }

  override change(namespace: string, writes: readonly BatchWrite[], options?: WriteOptions): Promise<readonly boolean[]> {
    return isProgram(namespace) ? this.#programs.change(namespace, writes, options) : super.change(namespace, writes, options);
  }

  override entries(namespace: string, options: RangeOptions & { maxBytes: number }): Promise<KvFound[]> {
    return isProgram(namespace) ? this.#programs.entries(namespace, options) : super.entries(namespace, options);
  }

  override keys(namespace: string, options?: RangeOptions): Promise<string[]> {
    return isProgram(namespace) ? this.#programs.keys(namespace, options) : super.keys(namespace, options);
  }

  override scanPrefix(namespace: string, prefix: string, options?: Omit<RangeOptions, 'prefix'>): Promise<KvPage> {
    return isProgram(namespace) ? this.#programs.scanPrefix(namespace, prefix, options) : super.scanPrefix(namespace, prefix, options);
  }

  override clear(namespace: string): Promise<void> {
    return isProgram(namespace) ? this.#programs.clear(namespace) : super.clear(namespace);
  }

  override replace(namespace: string, writes: readonly BatchWrite[], clear: boolean): Promise<void> {
    return isProgram(namespace) ? this.#programs.replace(namespace, writes, clear) : super.replace(namespace, writes, clear);
  }

  override info(namespace: string): Promise<KvInfo> {
    return isProgram(namespace) ? this.#programs.info(namespace) : super.info(namespace);
  }

  override setQuota(namespace: string, quota: { keys?: number; bytes?: number }): Promise<KvInfo> {
    return isProgram(namespace) ? this.#programs.setQuota(namespace, quota) : super.setQuota(namespace, quota);
  }

  override async namespaces(): Promise<string[]> {
    return (await Promise.all([super.namespaces(), this.#programs.namespaces()])).flat().sort();
  }

  override async loseOwnership(): Promise<void> {
    await Promise.all([super.loseOwnership(), this.#programs.loseOwnership()]);
  }

  override async gainOwnership(): Promise<void> {
    await Promise.all([super.gainOwnership(), this.#programs.gainOwnership()]);
  }

  override async close(): Promise<void> {
    await Promise.all([super.close(), this.#programs.close()]);
  }
}

/** Whatever it is: what is no namespace is refused by the one that it is given to. */
const isProgram = (namespace: unknown): boolean => typeof namespace === 'string' && namespace.startsWith(PACKAGE_PREFIX);
