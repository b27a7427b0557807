import type { KvFound } from '../contract/index.ts';
import type { GuestStore } from './guest-kv.ts';
import { compareKeys } from './keys.ts';
import type { BatchWrite, RangeOptions } from './kv-store.ts';
import { OrderedMap } from './ordered-map.ts';
import { defaultQuota, QuotaError } from './quota.ts';

/** What is written stays in memory, over a store that is only read. Bounded as a namespace is by default. */
export class ScratchKv implements GuestStore {
  readonly #below: GuestStore;
  /** By namespace; null: deleted. */
  readonly #written = new Map<string, OrderedMap<Uint8Array | null>>();
  #bytes = 0;

  constructor(below: GuestStore) {
    this.#below = below;
  }

  async get(namespace: string, key: string): Promise<Uint8Array | null> {
    const written = this.#written.get(namespace)?.get(key);
    return written === undefined ? this.#below.get(namespace, key) : written;
  }

  async has(namespace: string, key: string): Promise<boolean> {
    const written = this.#written.get(namespace)?.get(key);
    return written === undefined ? this.#below.has(namespace, key) : written !== null;
  }

  async change(namespace: string, writes: readonly BatchWrite[]): Promise<readonly boolean[]> {
    const before = await Promise.all(writes.map(({ key }) => this.has(namespace, key)));
    const grown = writes.reduce((sum, { key, value }) => sum + key.length + (value?.length ?? 0), 0);
    const { maxBytes } = defaultQuota('pkg:');
    if (this.#bytes + grown > maxBytes) throw new QuotaError('ENOSPC', 'kv', undefined, { detail: `a run beside the workspace keeps at most ${maxBytes} bytes that it wrote` });
    this.#bytes += grown;
    const map = this.#written.get(namespace) ?? new OrderedMap<Uint8Array | null>();
    this.#written.set(namespace, map);
    const there = new Map<string, boolean>();
    return writes.map(({ key, value }, i) => {
      const existed = there.get(key) ?? before[i]!;
      there.set(key, value !== null && value !== undefined);
      map.set(key, value ? new Uint8Array(value) : null);
      return existed;
    });
  }

  async entries(namespace: string, options: RangeOptions & { maxBytes: number }): Promise<KvFound[]> {
    const { prefix = '', limit = 1000, maxBytes } = options;
    const map = this.#written.get(namespace);
    if (!map) return this.#below.entries(namespace, options);
    const found: KvFound[] = [];
    let bytes = 0;
    for await (const entry of merged(this.#pages(namespace, options), inMap(map, prefix, options.after))) {
      if (found.length === limit || (found.length > 0 && bytes + entry.size > maxBytes)) break;
      bytes += entry.size;
      found.push(entry);
    }
    return found;
  }

  async *#pages(namespace: string, options: RangeOptions & { maxBytes: number }): AsyncGenerator<KvFound> {
    for (let { after } = options; ;) {
      const page = await this.#below.entries(namespace, { ...options, ...(after !== undefined && { after }) });
      yield* page;
      const last = page.at(-1);
      if (!last) return;
      after = last.key;
    }
  }
}

function* inMap(map: OrderedMap<Uint8Array | null>, prefix: string, after: string | undefined): Generator<[string, Uint8Array | null]> {
  const start = after !== undefined && compareKeys(after, prefix) > 0 ? after : prefix;
  for (const [key, value] of map.from(start)) {
    if (!key.startsWith(prefix)) return;
    if (key !== after) yield [key, value];
  }
}

/** Both in order; of a key in both, the upper one's. */
async function* merged(below: AsyncGenerator<KvFound>, above: Generator<[string, Uint8Array | null]>): AsyncGenerator<KvFound> {
  let lower = await below.next();
  let upper = above.next();
  while (!lower.done || !upper.done) {
    const order = lower.done ? 1 : upper.done ? -1 : compareKeys(lower.value.key, upper.value[0]);
    if (order < 0) yield lower.value as KvFound;
    else {
      const [key, value] = (upper as IteratorYieldResult<[string, Uint8Array | null]>).value;
      if (value) yield { key, size: value.length, value: new Uint8Array(value) };
      upper = above.next();
    }
    if (order <= 0) lower = await below.next();
  }
  await below.return(undefined);
}

