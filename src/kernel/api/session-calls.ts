import type { LayerCalls, LayerInfo, MergeOptions, MergeResult } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { LayerRecord } from '../contract/index.ts';
import type { TimeTravel } from '../merge/index.ts';
import type { Lines } from '../sessions/index.ts';
import { checkedOptions, checkedPoint } from './history-calls.ts';

export interface SessionParts {
  lines: Lines;
  travel: Pick<TimeTravel, 'merge'>;
  info(record: LayerRecord): Promise<LayerInfo>;
}

/** The window's calls about sessions and branches. Arguments come from another realm: each is checked. */
export function sessionCalls(parts: SessionParts): Pick<LayerCalls, 'historyBranch' | 'layerMerge' | 'layerKeep' | 'layerDrop'> {
  const { lines, info } = parts;
  return {
    historyBranch: async (point, name) => info(await lines.branch(checkedPoint(point), checkedName(name))),
    layerKeep: async (session, name) => info(await lines.keep(checkedName(session), checkedName(name))),
    layerDrop: async (name) => void (await lines.drop(checkedName(name))),
    layerMerge: async (name, options) => merge(parts, checkedName(name), checkedOptions(options)),
  };
}

/** Goes when the workspace has all that it changed; what comes into it meanwhile stays in it. */
async function merge({ lines, travel }: SessionParts, name: string, options: MergeOptions): Promise<MergeResult> {
  const { record, line, unchanged } = await lines.views(name, options.dryRun === true);
  const act = async (how: MergeOptions): Promise<MergeResult> => travel.merge('merge', `merge of ${record.name}`, line.base, line.view(), await line.touched(), how);
  const result = await act(options);
  if (options.dryRun || result.conflicts.length > 0) return result;
  const rest = options.paths ? await act({ dryRun: true }) : null;
  if (!rest || rest.changed.length + rest.conflicts.length === 0) await lines.drop(record.name, unchanged).catch(stays);
  return result;
}

/** A program came in meanwhile, or somebody else dropped it: what was merged is merged. */
function stays(error: unknown): void {
  if (!(error instanceof FsError) || (error.code !== 'EBUSY' && error.code !== 'ENOENT')) throw error;
}

function checkedName(name: unknown): string {
  if (typeof name === 'string' && name.length <= 4096) return name;
  throw new FsError('EINVAL', 'layer', undefined, { detail: 'the name of a layer is no text' });
}
