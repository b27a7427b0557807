import type { Point } from '../../shared/abi/index.ts';
import { basename } from '../../shared/base/index.ts';

/** What a comparison compares: two points in time (of one path, where given), a run (`children`: and what it started) with what was before it, a layer with those below it, two files. */
export type DiffSpec =
  | { kind: 'points'; from: Point; to: Point; path?: string }
  | { kind: 'run'; run: number; name: string; children?: true }
  | { kind: 'layer'; layer: string }
  | { kind: 'files'; before: string; after: string };

const PREFIX = 'diff:';

/** The tab of a comparison; the same comparison has the same tab. */
export function diffTab(spec: DiffSpec): string {
  return PREFIX + JSON.stringify(spec);
}

const isPoint = (value: unknown): value is Point => typeof value === 'string' ? value !== '' : Number.isSafeInteger(value) && (value as number) >= 0;

/** The comparison of a tab; null if it is none, or damaged. */
export function parseDiff(id: string): DiffSpec | null {
  if (!id.startsWith(PREFIX)) return null;
  try {
    return accept(JSON.parse(id.slice(PREFIX.length)));
  } catch {
    return null;
  }
}

function accept(value: unknown): DiffSpec | null {
  if (typeof value !== 'object' || value === null) return null;
  const { kind, from, to, path, run, name, children, layer, before, after } = value as Record<string, unknown>;
  if (kind === 'points' && isPoint(from) && isPoint(to)) return { kind, from, to, ...(typeof path === 'string' && { path }) };
  if (kind === 'run' && Number.isSafeInteger(run) && typeof name === 'string') return { kind, run: run as number, name, ...(children === true && { children }) };
  if (kind === 'files' && typeof before === 'string' && typeof after === 'string') return { kind, before, after };
  return kind === 'layer' && typeof layer === 'string' ? { kind, layer } : null;
}

/** `entry 12`, `now`, or a snapshot's name in quotes. */
export function pointName(point: Point): string {
  if (point === 'now') return 'now';
  return typeof point === 'number' ? `entry ${point}` : `“${point}”`;
}

/** A tab's title. */
export function diffTitle(spec: DiffSpec): string {
  if (spec.kind === 'run') return `Changes of ${spec.name}${spec.children ? ' and what it started' : ''}`;
  if (spec.kind === 'layer') return `Layer ${spec.layer}`;
  if (spec.kind === 'files') return `${basename(spec.before)} → ${basename(spec.after)}`;
  return `${pointName(spec.from)} → ${pointName(spec.to)}`;
}
