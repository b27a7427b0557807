import type { FileService } from '../contract/index.ts';
import type { Namespace } from '../namespace/index.ts';
import type { Tree, TreeKeeper } from '../../shared/tree/index.ts';
import { TreeService, type TreeServiceOptions } from '../services/tree/index.ts';
import { OverlayVolume, type VolumeSet, type VolumeStore } from '../volume/index.ts';

export interface MountsOptions extends Pick<TreeServiceOptions, 'resolve' | 'pause' | 'sync'> {
  tree: Tree;
  keeper: TreeKeeper;
  volumes: VolumeSet;
  /** Until everything in the ring is folded. */
  folded: () => Promise<void>;
  /** What a process sees whose `/` and `/tmp` are these. */
  namespace(root: FileService, tmp: FileService): Promise<Namespace>;
  /** Runs `action` a little later. */
  later(action: () => void): void;
}

/** A line, or a view of the past, in the arena. */
export interface Mounted {
  readonly dev: number;
  readonly service: TreeService;
  readonly roots: readonly number[];
  /** `leaving`: it was unmounted, and somebody has something of it open. */
  state: 'there' | 'leaving' | 'gone';
}

/** Device numbers of volumes that come and go; they are not given out again. */
const FIRST_DEVICE = 1000;

/** Volumes that come and go in the arena. */
export class Mounts {
  readonly #options: MountsOptions;
  readonly #mounted = new Set<Mounted>();
  #nextDevice = FIRST_DEVICE;
  #stopped = false;

  constructor(options: MountsOptions) {
    this.#options = options;
  }

  /** Roots of all volumes that are there, those that are being freed included. */
  roots(): number[] {
    return [...this.#mounted].flatMap(({ roots }) => roots);
  }

  stop(): void {
    this.#stopped = true;
  }

  mount(name: string, store: VolumeStore, kind: 'stored' | 'past'): Mounted {
    const { tree, keeper, volumes, resolve, pause, sync, folded } = this.#options;
    const dev = this.#nextDevice++;
    const root = keeper.makeVolume(dev, kind);
    const volume = new OverlayVolume(tree, keeper, store);
    volumes.add(dev, volume);
    const service = new TreeService({
      name, dev, tree, root, resolve, ...(pause && { pause }), ...(sync && { sync }),
      ...(kind === 'stored' && { contents: { of: (inode) => volume.contents(inode, folded), adopt: (inode, contents, patient) => volume.adopt(inode, contents, patient) } }),
    });
    return this.#add({ dev, service, roots: [root], state: 'there' });
  }

  #add(mounted: Mounted): Mounted {
    this.#mounted.add(mounted);
    return mounted;
  }

  /** The namespace of processes that have it as `/`, with a `/tmp` of their own. */
  async namespace({ service }: Mounted): Promise<{ namespace: Namespace; tmp: Mounted }> {
    const { tree, keeper, resolve, pause } = this.#options;
    const dev = this.#nextDevice++;
    const root = keeper.makeVolume(dev, { volatile: true });
    const tmp = this.#add({ dev, service: new TreeService({ name: 'tmp', dev, tree, root, resolve, ...(pause && { pause }) }), roots: [root], state: 'there' });
    try {
      return { namespace: await this.#options.namespace(service, tmp.service), tmp };
    } catch (error) {
      this.unmount(tmp);
      throw error;
    }
  }

  /** Frees the volume, in slices, once nobody has anything of it open. What is not cut of it is lost. */
  unmount(mounted: Mounted): void {
    mounted.state = 'leaving';
    this.#options.volumes.delete(mounted.dev);
    const step = (): void => {
      if (this.#stopped) return;
      const left = mounted.roots.filter((root) => !this.#options.keeper.dropVolume(root));
      if (left.length > 0) return this.#options.later(step);
      mounted.state = 'gone';
      this.#mounted.delete(mounted);
    };
    step();
  }
}
