import type { SizeReport, SizesBy } from '../../shared/abi/index.ts';
import { FsError, normalizePath } from '../../shared/base/index.ts';
import type { LayerRecord, RunRecord, Store, ViewEntry } from '../contract/index.ts';
import type { JournalIndex } from '../history/index.ts';
import { ROOT_INO, scanLayer } from '../storage/index.ts';
import { OTHERS, sizeReport } from './size-report.ts';
import { readSizeTree, type SizedDirectory, type SizedFile } from './size-tree.ts';

export interface SizeSources {
  store: Pick<Store, 'scanEntries'>;
  index: JournalIndex;
  /** Present children of a directory. */
  merged(ino: number): Promise<ViewEntry[]>;
  /** The stack from the bottom to the top, the upper last. */
  stack(): readonly number[];
  layers(): Promise<LayerRecord[]>;
  run(run: number): Promise<RunRecord | undefined>;
  /** Everything that was changed so far is folded. */
  settle(): Promise<void>;
  yield(): Promise<void>;
}

/** Records of the journal that are looked at for who wrote a file, the latest ones. */
const RECORDS_MAX = 200_000;
/** Nodes of which the last writer is known; with more they are found out anew. */
const RUNS_MAX = 400_000;
/** Milliseconds for which a tree that was read is kept after it was last asked for. */
const KEPT = 30_000;

interface Counted {
  at: number;
  root: SizedDirectory;
  truncated: boolean;
}

/** Sizes of the workspace's files. The tree is read once for a state of the workspace; what is asked of it after that costs no reading. */
export class Sizes {
  readonly #sources: SizeSources;
  #counted: Counted | null = null;
  #running: Promise<Counted> | null = null;
  #forget: ReturnType<typeof setTimeout> | undefined;
  /** Who wrote a node, as of the record `#runsAt`. */
  readonly #runs = new Map<number, number>();
  #runsAt = 0;

  constructor(sources: SizeSources) {
    this.#sources = sources;
  }

  dispose(): void {
    clearTimeout(this.#forget);
    this.#counted = null;
  }

  async report(path: string, by: SizesBy): Promise<SizeReport> {
    const { root, at, truncated } = await this.#count();
    const place = normalizePath(path);
    const { root: node, groups } = sizeReport(find(root, place), KEYS[by]);
    const labels = await Promise.all(groups.map(({ key }) => this.#label(key, by)));
    return { path: place, by, root: node, groups: groups.map((group, index) => ({ ...group, label: labels[index]! })), at, truncated };
  }

  async #count(): Promise<Counted> {
    await this.#sources.settle();
    clearTimeout(this.#forget);
    this.#forget = setTimeout(() => (this.#counted = null), KEPT);
    if (this.#counted?.at === this.#sources.index.last) return this.#counted;
    return (this.#running ??= this.#read().finally(() => (this.#running = null)));
  }

  async #read(): Promise<Counted> {
    const { index, merged, yield: pause } = this.#sources;
    const at = index.last;
    await this.#readRuns(at);
    const layers = await this.#layersOfNodes();
    const { root, truncated } = await readSizeTree({ merged, root: ROOT_INO, layerOf: (ino) => layers.get(ino), runOf: (ino) => this.#runs.get(ino), yield: pause });
    return (this.#counted = { at, root, truncated });
  }

  async #layersOfNodes(): Promise<Map<number, number>> {
    const { store, stack, yield: pause } = this.#sources;
    const found = new Map<number, number>();
    for (const layer of stack()) for await (const { node } of scanLayer(store, layer, pause)) if (node) found.set(node.ino, layer);
    return found;
  }

  /** Only what was written since the last time is read. */
  async #readRuns(last: number): Promise<void> {
    const { index, yield: pause } = this.#sources;
    if (this.#runs.size > RUNS_MAX) {
      this.#runs.clear();
      this.#runsAt = 0;
    }
    const from = Math.max(this.#runsAt + 1, index.oldest, last - RECORDS_MAX + 1);
    if (from > last) return;
    for await (const page of index.range(from, last)) {
      for (const { op, after, run } of page) if (after && (op === 'write' || op === 'create')) this.#runs.set(after.ino, run);
      await pause();
    }
    this.#runsAt = last;
  }

  async #label(key: string, by: SizesBy): Promise<string> {
    if (key === OTHERS || by === 'kind') return key;
    if (by === 'layer') return key === '0' ? 'base' : ((await this.#sources.layers()).find(({ id }) => String(id) === key)?.name ?? `layer ${key}`);
    if (key === '-1') return 'shipped, or older than the history';
    if (key === '0') return 'you';
    return `${(await this.#sources.run(Number(key)))?.name ?? 'run'} · run ${key}`;
  }
}

const KEYS: Record<SizesBy, (file: SizedFile) => string> = {
  layer: ({ layer }) => String(layer),
  run: ({ run }) => String(run),
  kind: ({ kind }) => kind,
};

function find(root: SizedDirectory, path: string): SizedDirectory {
  let at = root;
  for (const name of path.split('/').filter((part) => part !== '')) {
    const next = at.directories.find((directory) => directory.name === name);
    if (!next) throw new FsError(at.files.some((file) => file.name === name) ? 'ENOTDIR' : 'ENOENT', 'sizes', path);
    at = next;
  }
  return at;
}
