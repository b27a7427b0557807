import { describe, expect, it } from 'vitest';
import type { ChunkRef, NodeRecord, Store, StoreBatch } from '../../contract/index.ts';

/** One persistent place; `store()` gives a new store over it, as a new session would. */
export interface StorePlace {
  store(): Store;
  /** Lets go of whatever is open, without closing it: a crash. */
  crash(): void;
}

export function file(ino: number, extra: Partial<NodeRecord> = {}): NodeRecord {
  return { ino, kind: 'file', size: 0, nlink: 1, atime: 1n, mtime: 2n, ctime: -3n, chunks: [], ...extra };
}

export function emptyBatch(extra: Partial<StoreBatch> = {}): StoreBatch {
  return {
    journal: [], entries: [], removed: [], nodes: [], droppedNodes: [], packs: [], nextIno: 2, nextPack: 1,
    durability: 'relaxed', ...extra,
  };
}

function journalOf(from: number, count: number): StoreBatch['journal'] {
  return Array.from({ length: count }, (_, i) => ({
    seq: from + i, time: BigInt(from + i), pid: 7, run: 0, parent: 1, op: 'create' as const, path: `/f${from + i}`, before: null, after: file(from + i),
  }));
}

const HASH = '0123456789abcdef'.repeat(4);

/** What every `Store` must do. Rules ST* of SPEC.md. */
export function storeConformance(name: string, make: () => Promise<StorePlace>): void {
  const opened = async (): Promise<{ place: StorePlace; store: Store }> => {
    const place = await make();
    const store = place.store();
    await store.open();
    return { place, store };
  };

  describe(`${name}: store conformance`, () => {
    it('ST1 a new store is empty, clean and of sequence 0', async () => {
      const store = (await make()).store();
      expect(await store.open()).toEqual({ format: 1, seq: 0, nextIno: 2, nextPack: 1, clean: true });
      expect(await store.entries(1)).toEqual([]);
      expect(await store.node(1)).toBeUndefined();
      expect(await store.journal(1, 10)).toEqual([]);
      await store.close();
    });

    it('ST2 gives back records as they were put, and shares nothing with the caller', async () => {
      const { store } = await opened();
      const chunks: ChunkRef[] = [
        { hash: HASH, pack: 3, offset: 5, length: 6 }, { hash: '', pack: 0, offset: 0, length: 0 },
        { hash: '', pack: -1, offset: 131072, length: 65536, valid: 10 }, { hash: HASH, pack: 4, offset: 0, length: 65536, valid: 1 },
      ];
      const node = file(9, { size: 2 ** 40 + 1, chunks, base: '/bin/ü 😀\n', mtime: 2n ** 62n });
      const link: NodeRecord = { ino: 10, kind: 'symlink', size: 3, nlink: 1, atime: 0n, mtime: 0n, ctime: 0n, target: '../ñ' };
      await store.commit(emptyBatch({
        entries: [
          { parent: 1, name: 'b', node }, { parent: 1, name: '\ud800 lone', node: link }, { parent: 1, name: 'a', node: null },
          { parent: 2 ** 40 + 5, name: 'a', node: { ino: 11, linked: true } },
        ],
        nodes: [file(11, { nlink: 2 })],
      }));
      node.size = 1;
      chunks.length = 0;
      const entries = await store.entries(1);
      expect(entries.map((entry) => entry.name)).toEqual(['a', 'b', '\ud800 lone']);
      expect(entries[0]?.node).toBeNull();
      expect(entries[1]?.node).toMatchObject({ size: 2 ** 40 + 1, base: '/bin/ü 😀\n', mtime: 2n ** 62n, chunks: { length: 4 } });
      expect(entries[2]?.node).toEqual(link);
      expect(await store.entries(2 ** 40 + 5)).toEqual([{ parent: 2 ** 40 + 5, name: 'a', node: { ino: 11, linked: true } }]);
      expect(await store.node(11)).toEqual(file(11, { nlink: 2 }));
      await store.close();
    });

    it('ST3 removes and replaces entries and nodes', async () => {
      const { store } = await opened();
      await store.commit(emptyBatch({ entries: [{ parent: 1, name: 'a', node: file(2) }, { parent: 1, name: 'b', node: file(3) }], nodes: [file(4)] }));
      await store.commit(emptyBatch({
        entries: [{ parent: 1, name: 'b', node: file(5) }], removed: [{ parent: 1, name: 'a' }, { parent: 1, name: 'never' }], droppedNodes: [4],
      }));
      expect(await store.entries(1)).toEqual([{ parent: 1, name: 'b', node: file(5) }]);
      expect(await store.node(4)).toBeUndefined();
      await store.close();
    });

    it('ST4 reads chunks out of packs; EIO where there are none', async () => {
      const { store } = await opened();
      const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
      await store.commit(emptyBatch({ packs: [{ id: 1, bytes: bytes.subarray(0, 60) }] }));
      bytes.fill(0);
      expect(await store.chunk({ hash: HASH, pack: 1, offset: 10, length: 3 })).toEqual(Uint8Array.of(10, 11, 12));
      await expect(store.chunk({ hash: HASH, pack: 1, offset: 58, length: 3 })).rejects.toMatchObject({ code: 'EIO' });
      await expect(store.chunk({ hash: HASH, pack: 2, offset: 0, length: 1 })).rejects.toMatchObject({ code: 'EIO' });
      await store.commit(emptyBatch({ packs: [{ id: 2, bytes: Uint8Array.of(9) }] }));
      expect(await store.chunk({ hash: HASH, pack: 2, offset: 0, length: 1 })).toEqual(Uint8Array.of(9));
      await store.close();
    });

    it('ST5 reads the journal from any record, across batches', async () => {
      const { store } = await opened();
      for (const [from, count] of [[1, 3], [4, 1], [5, 6000]] as const) await store.commit(emptyBatch({ journal: journalOf(from, count) }));
      expect((await store.journal(2, 3)).map((record) => record.seq)).toEqual([2, 3, 4]);
      expect((await store.journal(1, 1))[0]).toEqual(journalOf(1, 1)[0]);
      expect((await store.journal(6003, 10)).map((record) => record.seq)).toEqual([6003, 6004]);
      expect((await store.journal(4090, 20)).map((record) => record.seq)).toEqual(Array.from({ length: 20 }, (_, i) => 4090 + i));
      expect(await store.journal(6005, 10)).toEqual([]);
      await store.close();
    });

    it('ST6 a batch is whole in the next session; the head says whether the last one was closed', async () => {
      const { place, store } = await opened();
      await store.commit(emptyBatch({ journal: journalOf(1, 2), entries: [{ parent: 1, name: 'x', node: file(2) }], nextIno: 12, nextPack: 5, durability: 'strict' }));
      place.crash();
      const second = place.store();
      expect(await second.open()).toEqual({ format: 1, seq: 2, nextIno: 12, nextPack: 5, clean: false });
      expect(await second.entries(1)).toHaveLength(1);
      await second.close();
      const third = place.store();
      expect(await third.open()).toMatchObject({ seq: 2, clean: true });
      await third.close();
    });

    it('ST7 a batch that fails leaves nothing behind', async () => {
      const { store } = await opened();
      await store.commit(emptyBatch({ journal: journalOf(1, 1) }));
      const broken = { ...file(3), ino: undefined as unknown as number, atime: 'x' as unknown as bigint };
      await expect(store.commit(emptyBatch({
        journal: journalOf(2, 1), packs: [{ id: 1, bytes: Uint8Array.of(1) }],
        entries: [{ parent: 1, name: 'ok', node: file(2) }, { parent: 1, name: 'bad', node: broken }],
      }))).rejects.toThrow();
      expect(await store.entries(1)).toEqual([]);
      expect(await store.journal(1, 9)).toHaveLength(1);
      await expect(store.chunk({ hash: HASH, pack: 1, offset: 0, length: 1 })).rejects.toMatchObject({ code: 'EIO' });
      await store.close();
    });

    it('ST8 commits take effect in the order of the calls', async () => {
      const { store } = await opened();
      const commits = Array.from({ length: 20 }, (_, i) => store.commit(emptyBatch({
        journal: journalOf(i + 1, 1), entries: [{ parent: 1, name: 'x', node: file(i + 2) }], durability: i % 3 ? 'relaxed' : 'strict',
      })));
      await Promise.all(commits);
      expect(await store.entries(1)).toEqual([{ parent: 1, name: 'x', node: file(21) }]);
      await store.close();
    });

    it('ST14 an owner that was overtaken writes nothing more', async () => {
      const { place, store } = await opened();
      await store.commit(emptyBatch({ journal: journalOf(1, 1) }));
      const second = place.store();
      await second.open();
      await second.commit(emptyBatch({ journal: journalOf(2, 1), entries: [{ parent: 1, name: 'x', node: file(3) }] }));
      const late = emptyBatch({ journal: journalOf(2, 2), entries: [{ parent: 1, name: 'x', node: file(4) }] });
      await expect(store.commit(late)).rejects.toMatchObject({ code: 'EIO' });
      await store.close();
      expect(await second.entries(1)).toEqual([{ parent: 1, name: 'x', node: file(3) }]);
      place.crash();
      const third = place.store();
      expect(await third.open()).toMatchObject({ seq: 2, clean: false });
      await third.close();
    });

    it('ST9 nothing works on a store that is not open', async () => {
      const { store } = await opened();
      await store.close();
      await expect(store.commit(emptyBatch())).rejects.toMatchObject({ code: 'EIO' });
      await expect(store.entries(1)).rejects.toMatchObject({ code: 'EIO' });
    });
  });
}
