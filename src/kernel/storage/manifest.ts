import { FsError, PATH_MAX } from '../../shared/base/index.ts';
import type { Manifest, ManifestEntry, ManifestLayer, NodeRecord } from '../contract/index.ts';

/** First inode number of the base layer; the upper layer's stay below it. */
export const BASE_INO = 2 ** 40;
export const ROOT_INO = 1;

/** FNV-1a with 39 bits, over the path's UTF-16 units, above `BASE_INO`: the same number for a path in every version. */
export function baseIno(path: string): number {
  let low = 0x811c9dc5;
  let high = 0x2f;
  for (let i = 0; i < path.length; i++) {
    const unit = path.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193) >>> 0;
    high = (Math.imul(high ^ unit, 0x65) + (low >>> 25)) & 0x7f;
  }
  return BASE_INO + high * 2 ** 32 + low;
}

export const isBaseIno = (ino: number): boolean => ino === ROOT_INO || ino >= BASE_INO;

export interface BaseTree {
  root: NodeRecord;
  children: Map<number, { name: string; node: NodeRecord }[]>;
  files: Map<string, ManifestEntry>;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

function recordOf(entry: ManifestEntry, path: string): NodeRecord {
  const time = BigInt(Math.round(entry.mtime ?? 0)) * 1_000_000n;
  const ino = path === '/' ? ROOT_INO : baseIno(path);
  const node: NodeRecord = { ino, kind: entry.kind, size: 0, nlink: 1, atime: time, mtime: time, ctime: time };
  if (entry.kind === 'file') return { ...node, size: entry.size ?? 0, base: path };
  if (entry.kind === 'directory') return node;
  const { target } = entry;
  if (typeof target !== 'string' || target === '' || target.includes('\0') || byteLength(target) > PATH_MAX) throw invalid(path, 'is a link that leads nowhere');
  return { ...node, size: byteLength(target), target };
}

/** Adds entries with the parents they need; EINVAL for a manifest that contradicts itself. */
class TreeBuilder implements BaseTree {
  readonly root: NodeRecord = recordOf({ path: '/', kind: 'directory' }, '/');
  readonly children: BaseTree['children'] = new Map([[ROOT_INO, []]]);
  readonly files: BaseTree['files'] = new Map();
  readonly #byPath = new Map<string, NodeRecord>([['/', this.root]]);
  readonly #pathOf = new Map<number, string>([[ROOT_INO, '/']]);

  add(entry: ManifestEntry): NodeRecord {
    const parts = entry.path.split('/').filter((part) => part !== '');
    if (parts.length === 0 || parts.some((part) => part === '.' || part === '..')) throw invalid(entry.path, 'is not a path of the base');
    const path = `/${parts.join('/')}`;
    const known = this.#byPath.get(path);
    if (known) return this.#again(known, entry, path);
    const parent = this.#directory(`/${parts.slice(0, -1).join('/')}`, entry);
    const node = recordOf(entry, path);
    const other = this.#pathOf.get(node.ino);
    if (other !== undefined) throw invalid(path, `has the same inode number as ${other}`);
    this.#pathOf.set(node.ino, path);
    this.#byPath.set(path, node);
    this.children.get(parent.ino)?.push({ name: parts.at(-1) ?? '', node });
    if (entry.kind === 'directory') this.children.set(node.ino, []);
    if (entry.kind === 'file') this.files.set(path, entry);
    return node;
  }

  #directory(path: string, child: ManifestEntry): NodeRecord {
    const known = this.#byPath.get(path)
      ?? this.add({ path, kind: 'directory', ...(child.mtime === undefined ? {} : { mtime: child.mtime }) });
    if (known.kind !== 'directory') throw invalid(child.path, `lies below ${path}, which is a ${known.kind}`);
    return known;
  }

  #again(known: NodeRecord, entry: ManifestEntry, path: string): NodeRecord {
    if (known.kind !== 'directory' || entry.kind !== 'directory') throw invalid(path, 'is listed twice');
    const { atime, mtime, ctime } = recordOf(entry, path);
    return Object.assign(known, { atime, mtime, ctime });
  }
}

function invalid(path: string, detail: string): FsError {
  return new FsError('EINVAL', 'manifest', path, { detail });
}

/** The layers that a manifest tells of; what is not well-formed is left out, as nothing but words depends on it. */
export function manifestLayers({ layers }: Manifest): ManifestLayer[] {
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
  const given: readonly ManifestLayer[] = Array.isArray(layers) ? layers : [];
  return given.flatMap((layer) => {
    const { name, programs, size, download } = layer ?? {};
    return typeof name === 'string' && [programs, size, download].every(isCount) ? [{ name, programs, size, download }] : [];
  });
}

/** Checks a parsed manifest and builds the tree; EINVAL if it is not one. */
export function buildBaseTree(manifest: Manifest): BaseTree {
  if (manifest.version !== 1 || !Array.isArray(manifest.entries)) throw invalid('/', 'not a manifest of version 1');
  const builder = new TreeBuilder();
  for (const entry of manifest.entries) builder.add(entry);
  return builder;
}
