import type { FileService, Node, NodeRecord, TreeView } from '../contract/index.ts';
import { entriesOf } from './place.ts';
import type { Piece } from './member.ts';
import type { Extent } from './tar-writer.ts';

/** A node of a tree that is exported. `ref` is the source's own. */
export interface SourceNode {
  ino: number;
  kind: 'file' | 'directory' | 'symlink';
  size: number;
  nlink: number;
  /** Nanoseconds since the epoch. */
  mtime: bigint;
  atime: bigint;
  ctime: bigint;
  target?: string;
  ref: unknown;
}

/** A tree that can be exported. */
export interface TreeSource {
  root: SourceNode;
  /** By name, in the order of their UTF-16 units: the same tree gives the same archive. */
  entries(dir: SourceNode): Promise<{ name: string; node: SourceNode }[]>;
  /** Where a file may have data; null where that is not known. */
  extents(file: SourceNode): Extent[] | null;
  /** Bytes from `at` to `at + length`, in order; what is missing at the end reads as zeros. */
  data(file: SourceNode, extent: Extent): AsyncGenerator<Piece>;
  /** Nodes that are neither file, directory nor link are not among the entries; told here. */
  left?: (path: string) => void;
}

const BLOCK = 65536;
const READ = 256 * 1024;

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** A directory of a view: what is exported is of one moment, whatever changes meanwhile. */
export function viewSource(view: TreeView, root: NodeRecord): TreeSource {
  const toNode = (record: NodeRecord): SourceNode => ({ ...record, ref: record });
  const recordOf = (node: SourceNode): NodeRecord => node.ref as NodeRecord;
  return {
    root: toNode(root),
    entries: async (dir) => (await view.entries(dir.ino)).map(({ name, record }) => ({ name, node: toNode(record) })).sort(byName),
    extents: (file) => extentsOf(recordOf(file)),
    data: async function* data(file, { at, length }) {
      for (let index = Math.floor(at / BLOCK); index * BLOCK < at + length; index++) {
        const bytes = await view.block(recordOf(file), index);
        if (bytes.length > 0) yield { at: index * BLOCK, bytes: bytes.subarray(0, Math.min(BLOCK, at + length - index * BLOCK)) };
      }
    },
  };
}

/** Whole blocks that are stored; null for all of it. */
function extentsOf({ chunks, base, size }: NodeRecord): Extent[] | null {
  if (!chunks) return base === undefined ? [] : null;
  const extents: Extent[] = [];
  for (const [index, chunk] of chunks.entries()) {
    const at = index * BLOCK;
    if (!chunk || chunk.length === 0 || at >= size) continue;
    const length = Math.min(BLOCK, size - at);
    const last = extents.at(-1);
    if (last && last.at + last.length === at) last.length += length;
    else extents.push({ at, length });
  }
  return extents;
}

/** A directory of any file service, as it is when it is read. Mounts in it are not entered. */
export async function serviceSource(service: FileService, root: Node): Promise<TreeSource> {
  const toNode = async (node: Node): Promise<SourceNode | null> => {
    const { kind, ...stat } = await service.stat(node);
    if (kind !== 'file' && kind !== 'directory' && kind !== 'symlink') return null;
    const target = kind === 'symlink' ? await service.readlink?.(node) : undefined;
    return { ...stat, kind, ref: node, ...(target !== undefined && { target }) };
  };
  const top = await toNode(root);
  return {
    root: top!,
    entries: async (dir) => {
      const found: { name: string; node: SourceNode }[] = [];
      for await (const { name, node } of entriesOf(service, dir.ref as Node)) {
        const made = await toNode(node);
        if (made) found.push({ name, node: made });
      }
      return found.sort(byName);
    },
    extents: () => null,
    data: async function* data(file, { at, length }) {
      for (let done = 0; done < length;) {
        const bytes = await service.read(file.ref as Node, at + done, Math.min(READ, length - done));
        if (bytes.length === 0) return;
        yield { at: at + done, bytes };
        done += bytes.length;
      }
    },
  };
}
