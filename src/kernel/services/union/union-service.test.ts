import { describe, expect, test } from 'vitest';
import { fileServiceConformance } from '../testing/index.ts';
import { MemoryService } from '../memory/index.ts';
import { UnionService, type UnionElement } from './index.ts';

let now = 1n;
const clock = { realtime: () => now++, monotonic: () => 0 };

function make(): { upper: MemoryService; lower: MemoryService; union: UnionService } {
  const upper = new MemoryService({ dev: 1, clock });
  const lower = new MemoryService({ dev: 2, clock });
  const element = (service: MemoryService, tag: number, create: boolean): UnionElement => ({ service, node: service.root(), tag, create });
  return { upper, lower, union: new UnionService(1, [element(upper, 0, true), element(lower, 1, false)]) };
}

fileServiceConformance('union', () => make().union, { writable: true, symlinks: true, links: true, times: true });

describe('union', () => {
  const listed = async (union: UnionService) => (await union.readdir(union.root(), 0, 100)).map((entry) => entry.name);

  test('the first element with a name is seen, each name once', async () => {
    const { upper, lower, union } = make();
    for (const name of ['a', 'c']) upper.create(upper.root(), name);
    for (const name of ['a', 'b', 'c', 'd']) lower.mkdir(lower.root(), name);
    expect(await listed(union)).toEqual(['a', 'c', 'b', 'd']);
    expect((await union.stat(await union.lookup(union.root(), 'a'))).kind).toBe('file');
    const pages: string[] = [];
    for (let cookie = 0; ; ) {
      const page = await union.readdir(union.root(), cookie, 1);
      if (page.length === 0) break;
      pages.push(...page.map((entry) => entry.name));
      cookie = page.at(-1)?.cookie ?? 0;
    }
    expect(pages).toEqual(['a', 'c', 'b', 'd']);
  });

  test('`..` from an element comes back to the union', async () => {
    const { lower, union } = make();
    lower.mkdir(lower.mkdir(lower.root(), 'd'), 'e');
    const dir = await union.lookup(union.root(), 'd');
    expect(await union.parent(dir)).toBe(union.root());
    expect(await union.parent(await union.lookup(dir, 'e'))).toBe(dir);
  });

  test('names across elements are EXDEV; a name of a lower element is removed there', async () => {
    const { upper, lower, union } = make();
    lower.create(lower.root(), 'low');
    upper.mkdir(upper.root(), 'd');
    const dir = await union.lookup(union.root(), 'd');
    await expect(union.rename(union.root(), 'low', dir, 'x')).rejects.toThrow(/EXDEV/);
    await expect(union.create(union.root(), 'low')).rejects.toThrow(/EEXIST/);
    await union.unlink(union.root(), 'low');
    expect(lower.readdir(lower.root(), 0, 9)).toEqual([]);
  });

  test('without an element for new names: EROFS', async () => {
    const { lower } = make();
    const union = new UnionService(1, [{ service: lower, node: lower.root(), tag: 3, create: false }]);
    await expect(union.create(union.root(), 'x')).rejects.toThrow(/EROFS/);
  });
});
