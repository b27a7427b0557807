import type { LayerCalls } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { LayerService } from '../layers/index.ts';

/** The window's calls about layers. Arguments come from another realm: each is checked. */
export function layerCalls(layers: LayerService): Pick<LayerCalls, 'layerList' | 'layerPush' | 'layerCommit' | 'layerRename' | 'layerDiff'> {
  return {
    layerList: () => layers.list(),
    layerPush: async (name) => layers.push(text(name)),
    layerCommit: () => layers.commit(),
    layerRename: async (name, to) => layers.rename(text(name), text(to)),
    layerDiff: async (name) => layers.diff(name === undefined ? undefined : text(name)),
  };
}

function text(value: unknown): string {
  if (typeof value === 'string' && value.length <= 4096) return value;
  throw new FsError('EINVAL', 'layer', undefined, { detail: 'the name of a layer is no text' });
}
