import type { BaseLayer, Manifest, ManifestEntry, Store, StoreBatch } from '../../contract/index.ts';
import { createHasher } from '../hasher.ts';
import { ManifestBaseLayer } from '../manifest-base-layer.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { MemoryStore } from '../memory-store.ts';
import { Overlay } from '../overlay.ts';
import { Runs } from '../runs.ts';
import type { Capture, CutBatch, RawChange } from '../raw-change.ts';

export const hasher = await createHasher();

export interface Fixture {
  disk: MemoryDisk;
  store: Store;
  overlay: Overlay;
  base: BaseLayer;
  faults: string[];
  /** Folds and commits. */
  commit(changes: RawChange[], captures?: Capture[]): Promise<StoreBatch>;
  /** A new session over the same disk, without closing the old one. */
  reopen(): Promise<Fixture>;
  ino(parent: number, name: string): Promise<number>;
  names(parent: number): Promise<string[]>;
}

/** A workspace over a base layer with these files (and the directories that they need). */
export async function fixture(files: Record<string, Uint8Array> = {}, disk = new MemoryDisk(), quota?: number, runs = new Runs({ next: 1, now: () => 0 })): Promise<Fixture> {
  const entries: ManifestEntry[] = Object.entries(files).map(([path, bytes]) => ({ path, kind: 'file', size: bytes.length, url: path, mtime: 1 }));
  const manifest: Manifest = { version: 1, entries };
  const base = new ManifestBaseLayer(manifest, {
    fetchBytes: async ({ path }) => files[path] ?? new Uint8Array(0), sha256: async () => '',
  });
  const store = new MemoryStore(disk, quota === undefined ? {} : { quota });
  const faults: string[] = [];
  const overlay = new Overlay({ store, base, hasher, runs, yield: async () => undefined, onFault: (fault) => faults.push(fault) });
  await overlay.open();
  const names = async (parent: number): Promise<string[]> => (await overlay.populate(parent)).map((entry) => `${entry.name} ${entry.origin}`).sort();
  return {
    disk, store, overlay, base, faults, names,
    commit: async (changes, captures = []) => {
      const prepared = await overlay.apply({ changes, captures, position: 1 });
      if (!prepared) throw new Error('nothing to commit');
      await store.commit(prepared.batch);
      overlay.settle(prepared.batch);
      return prepared.batch;
    },
    reopen: () => fixture(files, disk, quota),
    ino: async (parent, name) => {
      const found = (await overlay.populate(parent)).find((entry) => entry.name === name);
      if (!found) throw new Error(`no ${name}`);
      return found.record.ino;
    },
  };
}

export function change(op: RawChange['op'], ino: number, parent = 1, name = '', extra: Partial<RawChange> = {}): RawChange {
  return { op, ino, parent, name, time: 50n, pid: 3, ...extra };
}

export function capture(ino: number, size: number, blocks: Capture['blocks'] = [], extra: Partial<Capture> = {}): Capture {
  return { ino, size, blocks, atime: 60n, mtime: 61n, ctime: 62n, nlink: 1, ...extra };
}

export function cut(changes: RawChange[], captures: Capture[], position: number): CutBatch {
  return { changes, captures, position };
}
