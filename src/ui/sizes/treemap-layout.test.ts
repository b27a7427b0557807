import { describe, expect, it } from 'vitest';
import type { SizeNode } from '../../shared/abi/index.ts';
import { layOutTiles, tileTowards } from './treemap-layout.ts';

const file = (name: string, bytes: number): SizeNode => ({ name, kind: 'file', bytes, files: 1, group: 0 });
const directory = (name: string, children: SizeNode[]): SizeNode => ({ name, kind: 'directory', bytes: children.reduce((sum, { bytes }) => sum + bytes, 0), files: children.length, group: 0, children });

describe('tiles', () => {
  const root = directory('', [directory('a', [file('x', 600), file('y', 300)]), file('b', 100), { name: '3 others', kind: 'others', bytes: 50, files: 3, group: 1 }]);

  it('are as large as what they stand for, and lie within their directory and not on each other', () => {
    const tiles = layOutTiles(root, '/home', 600, 400);
    const at = (path: string) => tiles.find((tile) => tile.path === path)!;
    expect(tiles.map(({ path }) => path).sort()).toEqual(['/home', '/home/a', '/home/a/x', '/home/a/y', '/home/b']);
    const [a, x, y] = [at('/home/a'), at('/home/a/x'), at('/home/a/y')];
    expect((x.width * x.height) / (y.width * y.height)).toBeGreaterThan(1.6);
    for (const tile of [x, y]) {
      expect(tile.x).toBeGreaterThanOrEqual(a.x);
      expect(tile.y).toBeGreaterThan(a.y);
      expect(tile.x + tile.width).toBeLessThanOrEqual(a.x + a.width);
      expect(tile.y + tile.height).toBeLessThanOrEqual(a.y + a.height);
    }
    expect(x.x + x.width <= y.x || y.x + y.width <= x.x || x.y + x.height <= y.y || y.y + y.height <= x.y).toBe(true);
  });

  it('nothing where there is no room or nothing to show; what is too small is left out', () => {
    expect(layOutTiles(root, '/', 0, 400)).toEqual([]);
    expect(layOutTiles(directory('', [file('empty', 0)]), '/', 600, 400)).toEqual([]);
    const many = directory('', [file('big', 1e9), ...Array.from({ length: 40 }, (_, at) => file(`s${at}`, 1))]);
    expect(layOutTiles(many, '/', 300, 200).map(({ node }) => node.name)).toEqual(['big']);
  });

  it('arrows go to the neighbour', () => {
    const tiles = layOutTiles(directory('', [file('l', 100), file('r', 100)]), '/', 400, 100);
    const left = tiles.findIndex(({ x }) => x === 0);
    const right = tileTowards(tiles, left, 'ArrowRight');
    expect(tiles[right]!.x).toBeGreaterThan(0);
    expect(tileTowards(tiles, right, 'ArrowLeft')).toBe(left);
    expect(tileTowards(tiles, right, 'ArrowRight')).toBe(-1);
  });
});
