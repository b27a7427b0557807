import type { MergeOptions, MergeResult } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { BaseLayer, EntryRecord, LayerRecord, Store, TreeView, ViewEntry } from '../contract/index.ts';
import type { TimeTravel } from '../merge/index.ts';
import { LowerStack, ROOT_INO, scanLayer, scanLayerNodes, type Layers } from '../storage/index.ts';
import { Directories } from './directories.ts';
import { StackView } from './stack-view.ts';

export interface LayerMovesOptions {
  layers: Layers;
  store: Store;
  base: BaseLayer;
  block: TreeView['block'];
  history: { point(point: 'now'): Promise<number>; viewAt(at: number): TreeView };
  travel: Pick<TimeTravel, 'merge'>;
  /** Until everything that was written is in the store. */
  sync: () => Promise<void>;
  /** Names of the root at which something is mounted: they stay. */
  mounts: ReadonlySet<string>;
}

const MOVABLE: readonly LayerRecord['kind'][] = ['frozen', 'imported', 'folder'];

/** What takes layers, or the upper's changes, out of what is seen: changes of the live tree, each one run; then the stack follows. */
export class LayerMoves {
  readonly #options: LayerMovesOptions;

  constructor(options: LayerMovesOptions) {
    this.#options = options;
  }

  /** What is seen becomes what the layers below the upper give. */
  async discard(options?: MergeOptions): Promise<MergeResult> {
    const { layers, history, travel, sync } = this.#options;
    await sync();
    const { upper, stack } = layers.stack;
    const now = history.viewAt(await history.point('now'));
    const below = await this.#view(stack, now);
    return travel.merge('discard', 'discard of the upper layer', now, below, await this.#touched([...stack, upper], [upper]), options);
  }

  /** @throws FsError ENOENT, EINVAL for the upper */
  async remove(name: string, options?: MergeOptions): Promise<MergeResult> {
    const { layers, travel, sync } = this.#options;
    await sync();
    const { id } = await layers.find(name);
    const { stack } = layers.stack;
    const at = stack.indexOf(id);
    if (at < 0) throw new FsError('EINVAL', 'layer', name, { detail: 'it is no frozen layer of the stack' });
    const [from, to] = [stack.slice(0, at + 1), stack.slice(0, at)];
    const before = await this.#view(from);
    const result = await travel.merge('merge', `removal of the layer ${name}`, before, await this.#view(to, before), await this.#touched(from, [id]), options);
    if (!options?.dryRun) await layers.restackOnto((now) => now.filter((other) => other !== id));
    return result;
  }

  /** @throws FsError ENOENT, EINVAL for a layer that cannot be in the stack, or that is named twice */
  async rebase(names: readonly string[], options?: MergeOptions): Promise<MergeResult> {
    const { layers, travel, sync } = this.#options;
    await sync();
    const found: LayerRecord[] = [];
    for (const name of names) found.push(await layers.find(name));
    const wrong = found.find(({ id, kind }, i) => !MOVABLE.includes(kind) || found.findIndex((other) => other.id === id) !== i);
    if (wrong) throw new FsError('EINVAL', 'layer', wrong.name, { detail: 'it is named twice, or is none that can be below the upper' });
    const { stack } = layers.stack;
    const target = found.map(({ id }) => id);
    const same = stack.findIndex((id, i) => id !== target[i]);
    const common = same < 0 ? stack.length : same;
    const differing = new Set([...stack.slice(common), ...target.slice(common)]);
    const before = await this.#view(stack);
    const after = await this.#view(target, before);
    const result = await travel.merge('merge', `rebase onto ${names.join(', ') || 'the base'}`, before, after, await this.#touched(stack, differing), options);
    if (!options?.dryRun && differing.size > 0) await layers.restackOnto((now) => [...target, ...now.filter((id) => !stack.includes(id) && !target.includes(id))]);
    return result;
  }

  /** `beside`: whose mountpoints are there too. */
  async #view(layers: readonly number[], beside?: TreeView): Promise<TreeView> {
    const { store, base, block, history, mounts } = this.#options;
    const lower = new LowerStack({ store, base });
    lower.set(layers, Infinity);
    const also: ViewEntry[] = beside ? (await beside.entries(ROOT_INO)).filter(({ name }) => mounts.has(name)) : [];
    return new StackView({ lower, base, block, at: await history.point('now'), also });
  }

  /** Directories, by their path in a stack, at or below which these layers have rows. */
  async #touched(stack: readonly number[], layers: Iterable<number>): Promise<(path: string) => boolean> {
    const { base, store } = this.#options;
    const directories = await Directories.of(base, store, stack);
    const touched = new Set(['/']);
    const touch = ({ parent, name }: Pick<EntryRecord, 'parent' | 'name'>): void => {
      let path = directories.pathOf(parent, name) ?? '';
      while (path !== '' && !touched.has((path = path.slice(0, path.lastIndexOf('/'))))) touched.add(path);
    };
    for (const layer of layers) {
      for await (const row of scanLayer(store, layer)) touch(row);
      for await (const { ino } of scanLayerNodes(store, layer)) {
        const place = directories.linked.get(ino);
        if (place) touch(place);
      }
    }
    return (path) => touched.has(path);
  }
}
