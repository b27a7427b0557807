import type { Stat, TreeDifference } from '../../shared/abi/index.ts';
import { basename } from '../../shared/base/index.ts';
import type { WindowApi } from '../client/index.ts';
import { SNIFF_BYTES, sniff } from '../viewer/index.ts';
import type { Comparison } from './source.ts';

/** One side of a changed file: where it is read, and how long it is. */
export interface FileSide {
  path: string;
  size: number;
}

/** How the contents of a difference are shown. A side that is null is not there. */
export type Content =
  | { kind: 'none'; reason: string }
  | { kind: 'text'; before: string; after: string; cut: boolean }
  | { kind: 'bytes'; before: FileSide | null; after: FileSide | null }
  | { kind: 'images'; before: (FileSide & { type: string }) | null; after: (FileSide & { type: string }) | null };

/** More of a text is not compared. */
export const TEXT_MAX = 1024 * 1024;

type Api = Pick<WindowApi, 'lstat' | 'readRange' | 'readlink'>;

/** Looks at both sides of a difference and decides how they are compared. */
export async function readContent(api: Api, comparison: Comparison, change: TreeDifference): Promise<Content> {
  if (change.kind === 'directory' && (change.kindBefore ?? 'directory') === 'directory') return { kind: 'none', reason: 'A folder has no contents of its own.' };
  if (change.change !== 'added' && change.change !== 'deleted' && !change.content && change.kindBefore === undefined) return { kind: 'none', reason: 'The contents are the same.' };
  const places = [
    change.change === 'added' ? null : comparison.before(change.from ?? change.path),
    change.change === 'deleted' ? null : comparison.after(change.path),
  ];
  const missing = (change.change !== 'added' && places[0] === null) || (change.change !== 'deleted' && places[1] === null);
  if (missing) return { kind: 'none', reason: 'The contents of this side cannot be read by themselves: compare two moments in the timeline.' };
  const [before, after] = await Promise.all(places.map((path) => look(api, path ?? null)));
  return decide(api, before ?? null, after ?? null);
}

interface Looked extends FileSide {
  kind: Stat['kind'];
  head: Uint8Array;
  /** Of a link. */
  target?: string;
}

async function look(api: Api, path: string | null): Promise<Looked | null> {
  if (path === null) return null;
  const { kind, size } = await api.lstat(path);
  if (kind === 'symlink') return { path, kind, size, head: new Uint8Array(), target: await api.readlink(path) };
  return { path, kind, size, head: kind === 'file' ? await api.readRange(path, 0, SNIFF_BYTES) : new Uint8Array() };
}

async function decide(api: Api, before: Looked | null, after: Looked | null): Promise<Content> {
  const sides = [before, after].filter((side) => side !== null && side.kind !== 'directory') as Looked[];
  if (sides.length === 0) return { kind: 'none', reason: 'There are no contents to compare.' };
  const modes = sides.map((side) => (side.target === undefined ? sniff(basename(side.path), side.head) : { mode: 'text' as const, type: null, modes: [] }));
  if (modes.every(({ mode }) => mode === 'image')) {
    const image = (side: Looked | null) => side && { path: side.path, size: side.size, type: sniff(basename(side.path), side.head).type ?? 'image/png' };
    return { kind: 'images', before: image(before), after: image(after) };
  }
  if (!modes.every(({ mode, modes: all }) => mode === 'text' || (mode !== 'hex' && all.includes('text')))) return { kind: 'bytes', before, after };
  const [left, right] = await Promise.all([before, after].map((side) => (side && side.kind !== 'directory' ? text(api, side) : '')));
  return { kind: 'text', before: left ?? '', after: right ?? '', cut: sides.some(({ size }) => size > TEXT_MAX) };
}

async function text(api: Api, side: Looked): Promise<string> {
  if (side.target !== undefined) return `→ ${side.target}\n`;
  const bytes = await api.readRange(side.path, 0, TEXT_MAX);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: bytes.length < side.size });
}
