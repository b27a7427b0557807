import type { LayerCalls, LayerInfo, MergeOptions, MergeResult } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { LayerRecord } from '../contract/index.ts';
import type { Line, Lines } from '../sessions/index.ts';
import type { TimeTravel } from '../merge/index.ts';
import { checkedPoint } from './history-calls.ts';

export interface SessionParts {
  lines: Lines;
  info(record: LayerRecord): Promise<LayerInfo>;
  /** Does to the workspace what a line did to the tree on which it stands. Default: that cannot be done (ENOSYS). */
  merge?(name: string, line: Line, options: MergeOptions): Promise<MergeResult>;
}

/** Merging as undo and restore do. */
export function mergeLine(travel: TimeTravel): NonNullable<SessionParts['merge']> {
  return async (name, line, options) => travel.merge('merge', `merge of ${name}`, line.base, line.view(), await line.touched(), options);
}

const CONFLICTS: readonly unknown[] = [undefined, 'mine', 'theirs', 'both'];

/** The window's calls about sessions and branches. Arguments come from another realm: each is checked. */
export function sessionCalls({ lines, info, merge }: SessionParts): Pick<LayerCalls, 'historyBranch' | 'layerMerge' | 'layerKeep' | 'layerDrop'> {
  return {
    historyBranch: async (point, name) => info(await lines.branch(checkedPoint(point), checkedName(name))),
    layerKeep: async (session, name) => info(await lines.keep(checkedName(session), checkedName(name))),
    layerDrop: async (name) => lines.drop(checkedName(name)),
    layerMerge: async (name, options) => {
      if (!merge) throw new FsError('ENOSYS', 'layerMerge');
      const wanted = checkedOptions(options);
      const { record, line } = await lines.views(checkedName(name));
      const result = await merge(record.name, line, wanted);
      if (result.conflicts.length === 0 && !wanted.dryRun && !wanted.paths) await lines.drop(record.name);
      return result;
    },
  };
}

function checkedName(name: unknown): string {
  if (typeof name === 'string' && name.length <= 4096) return name;
  throw new FsError('EINVAL', 'layer', undefined, { detail: 'the name of a layer is no text' });
}

function checkedOptions(options: MergeOptions = {}): MergeOptions {
  const { dryRun, onConflict, paths } = options;
  const known = typeof options === 'object' && CONFLICTS.includes(onConflict) && (paths === undefined || (Array.isArray(paths) && paths.every((path) => typeof path === 'string')));
  if (!known) throw new FsError('EINVAL', 'layer', undefined, { detail: 'onConflict is mine, theirs or both; paths is a list of paths' });
  return { dryRun: dryRun === true, ...(onConflict && { onConflict }), ...(paths && { paths }) };
}
