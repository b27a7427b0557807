import type { LayerInfo, TreeDifference } from '../../shared/abi/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { LayerRecord } from '../contract/index.ts';
import { ROOT_INO, scanLayer } from '../storage/index.ts';
import { DIFFERENCES_MAX, layerDiff } from './layer-diff.ts';
import { LayerMoves, type LayerMovesOptions } from './layer-moves.ts';

export interface LayerServiceOptions extends LayerMovesOptions {
  /** The process that runs in a session or branch. Default: none does. */
  pidOf?: (id: number) => Promise<number | undefined>;
  /** How a session or branch differs from what it stands on, in no order. Default: they are not told. */
  lineDiff?: (name: string) => Promise<TreeDifference[]>;
}

type Counts = Pick<LayerInfo, 'entries' | 'whiteouts'>;

/** The window's calls about the stack of layers. */
export class LayerService {
  readonly #options: LayerServiceOptions;
  /** As of a commit; frozen and imported layers do not change. */
  readonly #counts = new Map<number, Counts & { revision: number; settled: boolean }>();
  readonly moves: LayerMoves;

  constructor(options: LayerServiceOptions) {
    this.#options = options;
    this.moves = new LayerMoves(options);
  }

  /** The base, the stack from the bottom to the top, then sessions and branches. */
  async list(): Promise<LayerInfo[]> {
    await this.#options.sync();
    const records = await this.#options.layers.list();
    const infos = await Promise.all(records.map((record) => this.info(record)));
    return [{ id: 0, name: 'base', kind: 'base', created: 0, entries: this.#shipped(ROOT_INO), whiteouts: 0 }, ...infos];
  }

  async push(name: string): Promise<LayerInfo> {
    return this.info(await this.#options.layers.push(name));
  }

  async commit(): Promise<LayerInfo> {
    return this.info(await this.#options.layers.commit());
  }

  rename(name: string, to: string): Promise<void> {
    return this.#options.layers.rename(name, to);
  }

  /** Default: the upper. By path, at most `DIFFERENCES_MAX`. @throws FsError ENOENT; EINVAL for what does neither stand in the stack nor beside it */
  async diff(name = 'upper'): Promise<{ changes: TreeDifference[]; more: boolean }> {
    const { layers, store, base, sync, lineDiff } = this.#options;
    await sync();
    const { id, kind } = await layers.find(name);
    const { upper, stack } = layers.stack;
    const at = [...stack, upper].indexOf(id);
    if ((kind === 'session' || kind === 'branch') && lineDiff) {
      const changes = (await lineDiff(name)).sort((a, b) => (a.path < b.path ? -1 : 1));
      return { changes: changes.slice(0, DIFFERENCES_MAX), more: changes.length > DIFFERENCES_MAX };
    }
    if (at < 0) throw new FsError('EINVAL', 'layer', name, { detail: 'it does not stand in the stack' });
    return layerDiff({ store, base, layer: id, below: stack.slice(0, at) });
  }

  /** What the window is told of a layer. */
  async info({ id, name, kind, created, at }: LayerRecord): Promise<LayerInfo> {
    const pid = await this.#options.pidOf?.(id);
    return { id, name, kind, created, ...(await this.#count(id, kind)), ...(at === undefined ? {} : { at }), ...(pid === undefined ? {} : { pid }) };
  }

  async #count(id: number, kind: LayerRecord['kind']): Promise<Counts> {
    const { revision } = this.#options.store.head();
    const settled = kind === 'frozen' || kind === 'imported';
    const known = this.#counts.get(id);
    if (known && (known.settled || known.revision === revision)) return { entries: known.entries, whiteouts: known.whiteouts };
    const counts = { entries: 0, whiteouts: 0 };
    for await (const { node } of scanLayer(this.#options.store, id)) counts[node ? 'entries' : 'whiteouts']++;
    this.#counts.set(id, { ...counts, revision, settled });
    return counts;
  }

  #shipped(parent: number): number {
    return this.#options.base.entries(parent).reduce((sum, { node }) => sum + 1 + (node.kind === 'directory' ? this.#shipped(node.ino) : 0), 0);
  }
}
