import type { KvSpace } from '../contract/index.ts';
import { keyLength } from './keys.ts';
import type { LogOp } from './log-format.ts';
import { OrderedMap } from './ordered-map.ts';
import { defaultQuota, emptySpace, isForgettable } from './quota.ts';

export interface Place {
  size: number;
  at: number;
}

/** What a frame adds to an entry besides its names and value. */
const ENTRY = 8;

/** What a log's frames come to: where each value is, and what each namespace holds. */
export class LogIndex {
  readonly #names = new Map<string, OrderedMap<Place>>();
  readonly #spaces = new Map<string, KvSpace>();

  /** Bytes that a log of what is reachable takes, about. */
  get live(): number {
    let bytes = 0;
    for (const [name, space] of this.#spaces) bytes += space.bytes + space.keys * (ENTRY + name.length);
    return bytes;
  }

  quota(namespace: string): { maxKeys: number; maxBytes: number } {
    return this.#spaces.get(namespace) ?? defaultQuota(namespace);
  }

  of(namespace: string): OrderedMap<Place> | undefined {
    return this.#names.get(namespace);
  }

  /** A copy. */
  spaces(): Map<string, KvSpace> {
    return new Map([...this.#spaces].filter(([name, space]) => !isForgettable(name, space)).map(([name, space]) => [name, { ...space }]));
  }

  apply(op: LogOp): void {
    const { namespace } = op;
    const space = this.#spaces.get(namespace) ?? emptySpace(namespace);
    this.#spaces.set(namespace, space);
    if (op.op === 'quota') {
      space.maxKeys = op.maxKeys;
      space.maxBytes = op.maxBytes;
    } else if (op.op === 'clear') {
      this.#names.delete(namespace);
      space.keys = space.bytes = 0;
    } else {
      this.#put(namespace, space, op.key, op.op === 'set' ? { size: op.size, at: op.at } : null);
    }
    if (isForgettable(namespace, space)) this.#spaces.delete(namespace);
  }

  #put(namespace: string, space: KvSpace, key: string, place: Place | null): void {
    let map = this.#names.get(namespace);
    if (!map) this.#names.set(namespace, (map = new OrderedMap()));
    const before = map.get(key);
    if (before) {
      space.keys--;
      space.bytes -= before.size + keyLength(key);
    }
    if (place) {
      space.keys++;
      space.bytes += place.size + keyLength(key);
      map.set(key, place);
    } else {
      map.delete(key);
      if (map.size === 0) this.#names.delete(namespace);
    }
  }
}
