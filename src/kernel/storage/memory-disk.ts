import { EMPTY_HEAD, type LayerRecord, type RunRecord, type SnapshotRecord, type StoreHead } from '../contract/index.ts';

/** Version of the stored format; see FORMAT.md. */
export const STORE_FORMAT = EMPTY_HEAD.format;

/** Rows of a layer, encoded. */
export class MemoryLayer {
  /** By parent and name. */
  readonly entries = new Map<number, Map<string, Uint8Array>>();
  readonly nodes = new Map<number, Uint8Array>();

  directory(parent: number): Map<string, Uint8Array> {
    let directory = this.entries.get(parent);
    if (!directory) this.entries.set(parent, (directory = new Map()));
    return directory;
  }
}

/** What a `MemoryStore` keeps; hand it to another one to reopen. */
export class MemoryDisk {
  head: StoreHead = EMPTY_HEAD;
  readonly rows = new Map<number, MemoryLayer>();
  readonly layers = new Map<number, LayerRecord>([[1, { id: 1, name: 'upper', kind: 'upper', created: Date.now() }]]);
  readonly runs = new Map<number, RunRecord>();
  readonly snapshots = new Map<string, SnapshotRecord>();
  readonly settings = new Map<string, unknown>();
  readonly segments: { first: number; bytes: Uint8Array }[] = [];
  readonly packs = new Map<number, Uint8Array>();
  readonly packIndex = new Map<number, Uint8Array>();
  bytes = 0;

  layer(id: number): MemoryLayer {
    let layer = this.rows.get(id);
    if (!layer) this.rows.set(id, (layer = new MemoryLayer()));
    return layer;
  }
}
