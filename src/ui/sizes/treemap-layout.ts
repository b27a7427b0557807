import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy';
import type { SizeNode } from '../../shared/abi/index.ts';

export interface Tile {
  /** Absolute path; of what is left of a directory that of the directory, and its name. */
  path: string;
  node: SizeNode;
  depth: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Of a directory's own line, above what is in it. */
const HEAD = 20;
const GAP = 2;
/** Smaller ones are not drawn. */
const SMALLEST = 3;
/** Directories smaller than this are one tile. */
const OPENED_MIN = 56;

interface Datum {
  node: SizeNode;
  path: string;
  children?: Datum[];
}

/** Tiles for what is below a directory, larger ones first within it; each directory before what is in it. */
export function layOutTiles(root: SizeNode, path: string, width: number, height: number): Tile[] {
  if (width <= 0 || height <= 0 || root.bytes === 0) return [];
  const tree = hierarchy<Datum>(datum(root, path))
    .sum(({ node, children }) => (children ? 0 : node.bytes))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const laid = treemap<Datum>().tile(treemapSquarify.ratio(1.4)).size([width, height]).paddingInner(GAP).paddingOuter(({ depth }) => (depth === 0 ? 0 : GAP)).paddingTop(({ depth }) => (depth === 0 ? 0 : HEAD)).round(true)(tree);
  const tiles: Tile[] = [];
  laid.eachBefore((at) => {
    const tile: Tile = { path: at.data.path, node: at.data.node, depth: at.depth, x: at.x0, y: at.y0, width: at.x1 - at.x0, height: at.y1 - at.y0 };
    const hidden = at.ancestors().slice(1).some((one) => one.depth > 0 && isClosed(one.x1 - one.x0, one.y1 - one.y0));
    if (at.depth > 0 && !hidden && tile.width >= SMALLEST && tile.height >= SMALLEST) tiles.push(tile);
  });
  return tiles;
}

/** Too small for what is in it to be seen. */
export const isClosed = (width: number, height: number): boolean => width < OPENED_MIN || height < OPENED_MIN;

function datum(node: SizeNode, path: string): Datum {
  const below = (child: SizeNode): string => (child.kind === 'others' ? path : `${path === '/' ? '' : path}/${child.name}`);
  const children = node.children?.filter(({ bytes }) => bytes > 0).map((child) => datum(child, below(child)));
  return { node, path, ...(children && children.length > 0 && { children }) };
}

/** The tile that lies in a direction of another, the nearest; of the same depth or not. -1: none. */
export function tileTowards(tiles: readonly Tile[], from: number, key: string): number {
  const at = tiles[from];
  if (!at) return tiles.length > 0 ? 0 : -1;
  const [cx, cy] = [at.x + at.width / 2, at.y + at.height / 2];
  let best = -1;
  let least = Infinity;
  for (const [index, tile] of tiles.entries()) {
    if (index === from || tile.depth !== at.depth) continue;
    const [dx, dy] = [tile.x + tile.width / 2 - cx, tile.y + tile.height / 2 - cy];
    const [along, across] = key === 'ArrowRight' ? [dx, dy] : key === 'ArrowLeft' ? [-dx, dy] : key === 'ArrowDown' ? [dy, dx] : [-dy, dx];
    if (along <= 0) continue;
    const far = along + 2 * Math.abs(across);
    if (far < least) [best, least] = [index, far];
  }
  return best;
}
