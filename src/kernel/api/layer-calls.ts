import type { LayerCalls, LayerInfo } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Folders } from '../folder/index.ts';
import type { LayerService } from '../layers/index.ts';
import { checkedOptions } from './history-calls.ts';

/** The window's calls about layers, mounted folders among them. Arguments come from another realm: each is checked. */
export function layerCalls(layers: LayerService, folders: Folders | null): Pick<LayerCalls,
  'layerList' | 'layerPush' | 'layerCommit' | 'layerDiscard' | 'layerRemove' | 'layerRebase' | 'layerRename' | 'layerDiff'> {
  return {
    layerList: async () => [...(await layers.list()), ...((await folders?.layers()) ?? [])],
    layerPush: async (name) => layers.push(text(name)),
    layerCommit: async (folder) => (folder === undefined ? layers.commit() : commitTo(folders, text(folder))),
    layerDiscard: async (options) => layers.moves.discard(checkedOptions(options)),
    layerRemove: async (name, options) => layers.moves.remove(text(name), checkedOptions(options)),
    layerRebase: async (names, options) => layers.moves.rebase(texts(names), checkedOptions(options)),
    layerRename: async (name, to) => layers.rename(text(name), text(to)),
    layerDiff: async (name) => {
      if (folders && name !== undefined && (await folders.has(text(name)))) return folders.differences(name);
      return layers.diff(name === undefined ? undefined : text(name));
    },
  };
}

/** What is in conflict, or cannot be stored there, is left as it is, and told. */
async function commitTo(folders: Folders | null, name: string): Promise<LayerInfo> {
  if (!folders) throw new FsError('ENOENT', 'commit', name);
  await requireSomethingLeft(folders, name);
  const { done, left, interrupted } = await folders.commit(name);
  const layer = (await folders.layers()).find((found) => found.name === name);
  if (left.length > 0 || interrupted || !layer) {
    const why = left.slice(0, 3).map(({ path, problem, conflict }) => `${path}: ${problem ?? conflict?.detail ?? ''}`);
    throw new FsError('EBUSY', 'commit', name, { detail: `${done.length} changes are in the folder, ${interrupted ? 'then it was interrupted' : `${left.length} were left`}${why.length > 0 ? ` (${why.join(' ')})` : ''}` });
  }
  return layer;
}

function texts(values: unknown): string[] {
  if (Array.isArray(values) && values.length <= 256) return values.map(text);
  throw new FsError('EINVAL', 'layer', undefined, { detail: 'the layers are no list of names' });
}

function text(value: unknown): string {
  if (typeof value === 'string' && value.length <= 4096) return value;
  throw new FsError('EINVAL', 'layer', undefined, { detail: 'the name of a layer is no text' });
}

/** Here nobody was shown the difference: a commit that empties the folder is more likely an accident. */
async function requireSomethingLeft(folders: Folders, name: string): Promise<void> {
  const { done } = await folders.commit(name, { dryRun: true });
  const deleted = done.filter(({ change }) => change === 'deleted').length;
  const entries = (await folders.layers()).find((layer) => layer.name === name)?.entries ?? 0;
  if (deleted > 0 && deleted >= entries) throw new FsError('EBUSY', 'commit', name, { detail: `it would delete all ${deleted} entries of the folder; commit from the window, where the difference is shown first` });
}
