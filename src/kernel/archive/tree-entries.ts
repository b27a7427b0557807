import type { ChunkRef, NodeRecord } from '../contract/index.ts';
import { OPAQUE_NAME, whiteoutName, whiteoutOf } from './names.ts';
import type { SourceNode, TreeSource } from './tree-source.ts';

/** One entry of a tree, parents before their children. Of a whiteout only the path counts. */
export interface ExportEntry {
  /** Relative to the top; empty for the top itself. */
  path: string;
  node: SourceNode | null;
}

/** Everything in a tree. */
export async function* allEntries(source: TreeSource): AsyncGenerator<ExportEntry> {
  yield* below(source, '', source.root);
}

async function* below(source: TreeSource, path: string, node: SourceNode): AsyncGenerator<ExportEntry> {
  yield { path, node };
  if (node.kind !== 'directory') return;
  for (const { name, node: child } of await source.entries(node)) yield* below(source, path === '' ? name : `${path}/${name}`, child);
}

/**
 * What `above` changes against `under`, as a layer of OCI has it: whiteouts for names that are gone, an opaque marker in a directory
 * that replaces another. `left` hears of names that would be taken for a whiteout, which are left out.
 */
export async function* changedEntries(under: TreeSource, above: TreeSource, left: (path: string) => void): AsyncGenerator<ExportEntry> {
  if (!sameMetadata(under.root, above.root)) yield { path: '', node: above.root };
  yield* changedIn({ under, above, left }, '', under.root, above.root);
}

interface Sides {
  under: TreeSource;
  above: TreeSource;
  left: (path: string) => void;
}

async function* changedIn(sides: Sides, path: string, under: SourceNode, above: SourceNode): AsyncGenerator<ExportEntry> {
  const before = new Map((await sides.under.entries(under)).map(({ name, node }) => [name, node]));
  const prefix = path === '' ? '' : `${path}/`;
  const after = await sides.above.entries(above);
  const names = new Set(after.map(({ name }) => name));
  for (const name of before.keys()) if (!names.has(name)) yield { path: prefix + whiteoutName(name), node: null };
  for (const { name, node } of after) {
    const was = before.get(name);
    const at = prefix + name;
    if (whiteoutOf(name)) sides.left(at);
    else if (was?.kind === 'directory' && node.kind === 'directory' && was.ino === node.ino) {
      if (!sameMetadata(was, node)) yield { path: at, node };
      yield* changedIn(sides, at, was, node);
    } else if (!was || !sameNode(was, node)) yield* added(sides, at, node, was?.kind === 'directory');
  }
}

/** An entry that is new with all that is in it; `hides`: a directory is below it. */
async function* added(sides: Sides, path: string, node: SourceNode, hides: boolean): AsyncGenerator<ExportEntry> {
  yield { path, node };
  if (node.kind !== 'directory') return;
  if (hides) yield { path: `${path}/${OPAQUE_NAME}`, node: null };
  for (const { name, node: child } of await sides.above.entries(node)) {
    if (whiteoutOf(name)) sides.left(`${path}/${name}`);
    else yield* added(sides, `${path}/${name}`, child, false);
  }
}

/** Reading moves `atime`, and every change of these moves `ctime`: neither is a change of its own. */
function sameMetadata(a: SourceNode, b: SourceNode): boolean {
  return a.kind === b.kind && a.mtime === b.mtime;
}

function sameNode(a: SourceNode, b: SourceNode): boolean {
  if (!sameMetadata(a, b) || a.ino !== b.ino || a.size !== b.size || a.nlink !== b.nlink || a.target !== b.target) return false;
  return a.kind !== 'file' || sameContents(a.ref as NodeRecord, b.ref as NodeRecord);
}

function sameContents(a: NodeRecord, b: NodeRecord): boolean {
  if (a.chunks === b.chunks) return a.base === b.base;
  const length = Math.max(a.chunks?.length ?? 0, b.chunks?.length ?? 0);
  if (!a.chunks || !b.chunks) return false;
  for (let index = 0; index < length; index++) if (!sameChunk(a.chunks[index], b.chunks[index])) return false;
  return true;
}

function sameChunk(a: ChunkRef | undefined, b: ChunkRef | undefined): boolean {
  const hole = (ref: ChunkRef | undefined): boolean => !ref || ref.length === 0;
  if (!a || !b || hole(a) || hole(b)) return hole(a) && hole(b);
  return a.hash === b.hash && a.offset === b.offset && a.pack === b.pack && (a.valid ?? a.length) === (b.valid ?? b.length);
}
