import type { TreeDifference } from '../../shared/abi/index.ts';
import { MOUNTS, type LiveMap } from './live-folder.ts';
import { inside } from './names.ts';
import type { PlanItem, ThreeSides } from './plan.ts';

/** A change as the calls about layers and history tell it: absolute paths, and the folder as the earlier tree. */
export function asTreeDifference(name: string, { change: { path, change, from, kind, size, sizeBefore } }: PlanItem, { base, mine }: Pick<ThreeSides, 'base'> & { mine: LiveMap }): TreeDifference {
  const before = base.get(from ?? path);
  const now = mine.get(path);
  const at = (relative: string): string => `/${MOUNTS}/${inside(name, relative)}`;
  return {
    path: at(path), change: change === 'settle' ? 'changed' : change, kind, size, sizeBefore,
    ...(from !== undefined && { from: at(from) }),
    ...(before && before.kind !== kind && { kindBefore: before.kind }),
    mtime: now ? Number(now.mtime / 1_000_000n) : 0, mtimeBefore: before?.mtime ?? 0,
    content: kind === 'file' && change !== 'renamed',
  };
}
