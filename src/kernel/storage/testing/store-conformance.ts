import { describe, expect, it } from 'vitest';
import { EMPTY_HEAD, emptyBatch, type ChunkRef, type NodeRecord, type Store, type StoreBatch } from '../../contract/index.ts';

/** One persistent place; `store()` gives a new store over it, as a new session would. */
export interface StorePlace {
  store(): Store;
  /** Lets go of whatever is open, without closing it: a crash. */
  crash(): void;
}

export function file(ino: number, extra: Partial<NodeRecord> = {}): NodeRecord {
  return { ino, kind: 'file', size: 0, nlink: 1, atime: 1n, mtime: 2n, ctime: -3n, chunks: [], ...extra };
}

const HASH = '0123456789abcdef'.repeat(4);

/** A chunk's row of the index, for a pack of one chunk. */
export function pack(id: number, bytes: Uint8Array): StoreBatch['packs'][number] {
  return { id, bytes, chunks: [{ hash: HASH, offset: 0, length: bytes.length }] };
}

function journalOf(from: number, count: number): StoreBatch['journal'] {
  return Array.from({ length: count }, (_, i) => ({
    seq: from + i, time: BigInt(from + i), pid: 7, run: 0, parent: 1, op: 'create' as const, path: `/f${from + i}`, before: null, after: file(from + i),
  }));
}

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
      expect(await store.open()).toEqual(EMPTY_HEAD);
      expect(await store.entries(1)).toEqual([]);
      expect(await store.node(1)).toBeUndefined();
      expect(await store.journal(1, 10)).toEqual([]);
      await store.close();
    });

    it('ST25 while something stands still nothing is committed', async () => {
      const { store } = await opened();
      const seen: string[] = [];
      const put = (name: string): Promise<number> => store.commit(emptyBatch({ entries: [{ parent: 1, name, node: file(2) }] })).then(() => seen.push(name));
      const before = put('before');
      const still = store.still(async () => {
        seen.push('begin');
        for (let i = 0; i < 3; i += 1) expect((await store.scanEntries(1, null, 10)).map(({ name: found }) => found)).toEqual(['before']);
        seen.push('end');
        return 7;
      });
      const after = put('later');
      expect(await still).toBe(7);
      await Promise.all([before, after]);
      expect(seen).toEqual(['before', 'begin', 'end', 'later']);
      await expect(store.still(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
      await put('last');
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
      await store.commit(emptyBatch({ packs: [pack(1, bytes.subarray(0, 60))] }));
      bytes.fill(0);
      expect(await store.chunk({ hash: HASH, pack: 1, offset: 10, length: 3 })).toEqual(Uint8Array.of(10, 11, 12));
      await expect(store.chunk({ hash: HASH, pack: 1, offset: 58, length: 3 })).rejects.toMatchObject({ code: 'EIO' });
      await expect(store.chunk({ hash: HASH, pack: 2, offset: 0, length: 1 })).rejects.toMatchObject({ code: 'EIO' });
      await store.commit(emptyBatch({ packs: [pack(2, Uint8Array.of(9))] }));
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
      expect(await second.open()).toEqual({ ...EMPTY_HEAD, seq: 2, nextIno: 12, nextPack: 5, clean: false, revision: 1 });
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
        journal: journalOf(2, 1), packs: [pack(1, Uint8Array.of(1))],
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

    it('ST14 an owner that was overtaken by a commit without records writes nothing more either', async () => {
      const { place, store } = await opened();
      const second = place.store();
      await second.open();
      await second.commit(emptyBatch({ settings: [{ key: 'a', value: 1 }] }));
      await expect(store.commit(emptyBatch())).rejects.toMatchObject({ code: 'EIO' });
      await store.close();
      await second.close();
    });

    layerConformance(opened);

    it('ST9 nothing works on a store that is not open', async () => {
      const { store } = await opened();
      await store.close();
      await expect(store.commit(emptyBatch())).rejects.toMatchObject({ code: 'EIO' });
      await expect(store.entries(1)).rejects.toMatchObject({ code: 'EIO' });
    });
  });
}

/** Layers and what else is stored beside the upper's rows. */
function layerConformance(opened: () => Promise<{ place: StorePlace; store: Store }>): void {
  const named = (name: string, ino: number, parent = 1): { parent: number; name: string; node: NodeRecord } => ({ parent, name, node: file(ino) });

  it('ST16 rows of layers are apart; the stack says which is the upper; a dropped layer goes with its rows', async () => {
    const { place, store } = await opened();
    expect(await store.layers()).toEqual([{ id: 1, name: 'upper', kind: 'upper', created: expect.any(Number) }]);
    await store.commit(emptyBatch({ entries: [named('a', 2), named('b', 3)], nodes: [file(9)] }));
    await store.commit(emptyBatch({
      layers: [{ id: 1, name: 'first', kind: 'frozen', created: 5 }, { id: 2, name: 'upper', kind: 'upper', created: 6, note: 'ü' }],
      stack: { upper: 2, stack: [1] }, nextLayer: 3,
    }));
    await store.commit(emptyBatch({
      entries: [named('a', 4)], rows: [{ layer: 7, entries: [named('c', 5)], removed: [], nodes: [file(9, { nlink: 3 })], droppedNodes: [] }],
    }));
    await store.commit(emptyBatch({ layer: 7, entries: [named('d', 6)], removed: [{ parent: 1, name: 'c' }] }));
    expect(store.head()).toMatchObject({ upper: 2, stack: [1], nextLayer: 3 });
    expect(await store.entries(1)).toEqual([named('a', 4)]);
    expect(await store.entries(1, 1)).toEqual([named('a', 2), named('b', 3)]);
    expect(await store.entries(1, 7)).toEqual([named('d', 6)]);
    expect([await store.countEntries(), await store.countEntries(1), await store.countEntries(8)]).toEqual([1, 2, 0]);
    expect(await store.node(9)).toBeUndefined();
    expect([await store.node(9, 1), await store.node(9, 7)]).toEqual([file(9), file(9, { nlink: 3 })]);
    await store.commit(emptyBatch({ droppedLayers: [7] }));
    expect([await store.entries(1, 7), await store.node(9, 7), await store.countEntries(1)]).toEqual([[], undefined, 2]);
    await store.close();
    const next = place.store();
    expect(await next.open()).toMatchObject({ upper: 2, stack: [1], nextLayer: 3, clean: true });
    expect((await next.layers()).map(({ id, name }) => [id, name])).toEqual([[1, 'first'], [2, 'upper']]);
    await next.close();
  });

  it('ST17 a layer is read in pages, in the order of its keys', async () => {
    const { store } = await opened();
    const all = [named('b', 3), named('a', 2), named('x', 5, 2 ** 40 + 1), named('c', 4, 7)];
    await store.commit(emptyBatch({ entries: all, nodes: [file(30), file(2 ** 41), file(4)] }));
    const seen: string[] = [];
    for (let after: { parent: number; name: string } | null = null; ;) {
      const [entry] = await store.scanEntries(1, after, 1);
      if (!entry) break;
      after = entry;
      seen.push(`${entry.parent}/${entry.name}`);
    }
    expect(seen).toEqual(['1/a', '1/b', '7/c', `${2 ** 40 + 1}/x`]);
    expect(await store.scanEntries(1, null, 9)).toHaveLength(4);
    expect((await store.scanNodes(1, 0, 2)).map(({ ino }) => ino)).toEqual([4, 30]);
    expect((await store.scanNodes(1, 30, 2)).map(({ ino }) => ino)).toEqual([2 ** 41]);
    await store.close();
  });

  it('ST18 runs, snapshots and settings are put and dropped with a batch', async () => {
    const { store } = await opened();
    const run = (number: number): StoreBatch['runs'] => [{ run: number, pid: number + 1, kind: 'program', name: 'p', args: ['x'], started: 5 }];
    await store.commit(emptyBatch({ runs: [...run(1)!, ...run(4)!], nextRun: 5, snapshots: [{ name: 'b', entry: 0, time: 1 }], settings: [{ key: 'keep', value: { age: null } }] }));
    await store.commit(emptyBatch({ snapshots: [{ name: 'a', entry: 0, time: 2 }], nextRun: 2 }));
    expect(await store.runs(2, 9)).toEqual(run(4));
    expect(await store.runs(1, 1)).toEqual(run(1));
    expect((await store.snapshots()).map(({ name }) => name)).toEqual(['a', 'b']);
    expect([await store.setting('keep'), await store.setting('head')]).toEqual([{ age: null }, undefined]);
    expect(store.head().nextRun).toBe(5);
    await store.commit(emptyBatch({ droppedRuns: [1], droppedSnapshots: ['b'], settings: [{ key: 'keep', value: undefined }] }));
    expect([await store.runs(0, 9), await store.snapshots(), await store.setting('keep')]).toEqual([run(4), [{ name: 'a', entry: 0, time: 2 }], undefined]);
    await store.close();
  });

  it('ST19 the oldest records go when the journal is trimmed; the rest can be read as before', async () => {
    const { place, store } = await opened();
    for (const [from, count] of [[1, 3], [4, 4], [8, 2]] as const) await store.commit(emptyBatch({ journal: journalOf(from, count) }));
    await store.commit(emptyBatch({ trimJournal: 6 }));
    expect((await store.journal(1, 99)).map(({ seq }) => seq)).toEqual([6, 7, 8, 9]);
    await store.commit(emptyBatch({ trimJournal: 2, journal: journalOf(10, 1) }));
    expect(store.head()).toMatchObject({ oldest: 6, seq: 10 });
    await store.commit(emptyBatch({ trimJournal: 11 }));
    expect(await store.journal(1, 99)).toEqual([]);
    await store.commit(emptyBatch({ journal: journalOf(11, 2) }));
    await store.close();
    const next = place.store();
    expect(await next.open()).toMatchObject({ oldest: 11, seq: 12 });
    expect((await next.journal(1, 99)).map(({ seq }) => seq)).toEqual([11, 12]);
    await next.close();
  });

  it('ST20 the index tells what is in each pack; a dropped pack goes from both', async () => {
    const { store } = await opened();
    const chunks = [{ hash: HASH, offset: 0, length: 2 }, { hash: 'f'.repeat(64), offset: 2, length: 1 }];
    await store.commit(emptyBatch({ packs: [{ id: 1, bytes: Uint8Array.of(1, 2, 3), chunks }, pack(3, Uint8Array.of(4))] }));
    expect(await store.packIndex(1, 1)).toEqual([{ pack: 1, chunks }]);
    expect((await store.packIndex(2, 9)).map((row) => row.pack)).toEqual([3]);
    expect(await store.chunk({ hash: HASH, pack: 1, offset: 0, length: 2 })).toEqual(Uint8Array.of(1, 2));
    await store.commit(emptyBatch({ droppedPacks: [1] }));
    expect((await store.packIndex(1, 9)).map((row) => row.pack)).toEqual([3]);
    await expect(store.chunk({ hash: HASH, pack: 1, offset: 0, length: 2 })).rejects.toMatchObject({ code: 'EIO' });
    await store.close();
  });

  it('ST26 refresh gives what is stored now, and hands the right to write from one session to another', async () => {
    const { place, store } = await opened();
    await store.commit(emptyBatch({ journal: journalOf(1, 2) }));
    const other = place.store();
    await other.open();
    expect(await other.refresh('not mine')).toMatchObject({ seq: 2 });
    await expect(other.commit(emptyBatch({ journal: journalOf(3, 1) }))).rejects.toMatchObject({ code: 'EROFS' });
    await store.commit(emptyBatch({ journal: journalOf(3, 1), entries: [{ parent: 1, name: 'x', node: file(2) }] }));
    expect(await other.refresh()).toMatchObject({ seq: 3 });
    await expect(other.commit(emptyBatch())).rejects.toMatchObject({ code: 'EROFS' });
    expect((await other.entries(1)).map(({ name }) => name)).toEqual(['x']);
    await store.refresh('given away');
    await expect(store.commit(emptyBatch({ journal: journalOf(4, 1) }))).rejects.toMatchObject({ code: 'EROFS' });
    expect(await other.refresh(null)).not.toHaveProperty('readOnly');
    await other.commit(emptyBatch({ journal: journalOf(4, 1) }));
    expect((await store.refresh()).seq).toBe(4);
    await other.close();
  });
}
