import { describe, expect, it } from 'vitest';
import type { FolderRecord, FolderStore } from '../../contract/index.ts';

const record = (id: number, name: string): FolderRecord => ({ id, name, label: name, handle: { of: name }, state: 'mounted', mounted: 5 });

/** What every store of folders does. Rules FM* in SPEC.md. `again`: the same store in another session. */
export function folderStoreConformance(name: string, make: () => Promise<{ store: FolderStore; again: () => FolderStore }>): void {
  describe(name, () => {
    it('FM1 remembers folders with their handles, and gives out each id once', async () => {
      const { store, again } = await make();
      expect(await store.records()).toEqual([]);
      expect([await store.nextId(), await store.nextId()]).toEqual([1, 2]);
      await store.put(record(1, 'a'));
      await store.put({ ...record(2, 'b'), commit: { started: 1, paths: ['x'], choices: { x: 'mine' } } });
      await store.put({ ...record(1, 'a'), state: 'left' });
      expect((await again().records()).toSorted((a, b) => a.id - b.id)).toEqual([{ ...record(1, 'a'), state: 'left' }, { ...record(2, 'b'), commit: { started: 1, paths: ['x'], choices: { x: 'mine' } } }]);
      await store.drop(2);
      expect(await again().records()).toHaveLength(1);
      expect(await again().nextId()).toBe(3);
    });

    it('FM2 keeps listings by directory, of each folder its own', async () => {
      const { store, again } = await make();
      const file = { name: 'f', kind: 'file', size: 1, mtime: 2, mine: 'x' } as const;
      await store.putListings(1, new Map([['', [file]], ['d', []], ['d/e', [file]]]));
      await store.putListings(2, new Map([['', []]]));
      await store.putListings(1, new Map([['d', [file]], ['d/e', null]]));
      expect(await again().listings(1)).toEqual(new Map([['', [file]], ['d', [file]]]));
      await store.putListings(1, new Map([['z', []]]), true);
      expect(await store.listings(1)).toEqual(new Map([['z', []]]));
      await store.drop(1);
      expect(await again().listings(1)).toEqual(new Map());
      expect(await again().listings(2)).toEqual(new Map([['', []]]));
    });

    it('FM3 keeps contents in parts, which count when all are there, and how far a commit is', async () => {
      const { store, again } = await make();
      const bytes = new Uint8Array([1, 2, 3]);
      await store.keep('folder:1:3:4/a', 0, bytes);
      bytes.fill(9);
      expect(await store.kept()).toEqual([]);
      await store.setKept('folder:1:3:4/a');
      expect(await again().kept()).toEqual(['folder:1:3:4/a']);
      expect(await again().keptPart('folder:1:3:4/a', 0)).toEqual(new Uint8Array([1, 2, 3]));
      expect(await again().keptPart('folder:1:3:4/a', 1)).toBeUndefined();
      expect(await store.done(1)).toBe(0);
      await store.putDone(1, 12);
      expect(await again().done(1)).toBe(12);
    });
  });
}
