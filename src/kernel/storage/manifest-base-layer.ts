import { FsError } from '../../shared/base/index.ts';
import type { BaseLayer, Manifest, ManifestEntry, ManifestLayer, NodeRecord } from '../contract/index.ts';
import { buildBaseTree, manifestLayers, type BaseTree } from './manifest.ts';

export interface BaseLayerOptions {
  /** The decoded bytes of one file of the manifest. */
  fetchBytes: (entry: ManifestEntry) => Promise<Uint8Array>;
  /** Hex. */
  sha256: (bytes: Uint8Array) => Promise<string>;
  /** Most bytes of contents kept in memory, the longest unused dropped first. Default 64 MiB. */
  cacheBytes?: number;
}

const NOTHING: readonly { name: string; node: NodeRecord }[] = [];

/** The base layer that a manifest describes: the tree at once, contents when they are asked for, checked and cached. */
export class ManifestBaseLayer implements BaseLayer {
  readonly layers: readonly ManifestLayer[];
  readonly #tree: BaseTree;
  readonly #options: BaseLayerOptions;
  readonly #cache = new Map<string, Promise<Uint8Array>>();
  readonly #sizes = new Map<string, number>();
  #cached = 0;

  /** EINVAL if the manifest contradicts itself. */
  constructor(manifest: Manifest, options: BaseLayerOptions) {
    this.#tree = buildBaseTree(manifest);
    this.layers = manifestLayers(manifest);
    this.#options = options;
  }

  root(): NodeRecord {
    return this.#tree.root;
  }

  entries(parent: number): readonly { name: string; node: NodeRecord }[] {
    return this.#tree.children.get(parent) ?? NOTHING;
  }

  /** SHA-256 of a file's contents, hex; undefined where there is no such file, or it is not said. */
  sha256Of(path: string): string | undefined {
    return this.#tree.files.get(path)?.sha256;
  }

  /** Several readers of one file share a fetch; a failed one is not remembered. The result is shared: do not write to it. */
  read(path: string): Promise<Uint8Array> {
    const known = this.#cache.get(path);
    this.#cache.delete(path);
    const bytes = known ?? this.#fetch(path);
    this.#cache.set(path, bytes);
    return bytes;
  }

  #fetch(path: string): Promise<Uint8Array> {
    const bytes = this.#load(path);
    bytes.then((loaded) => this.#account(path, loaded.length), () => this.#cache.delete(path));
    return bytes;
  }

  async #load(path: string): Promise<Uint8Array> {
    const entry = this.#tree.files.get(path);
    if (!entry) throw new FsError('EIO', 'read', path, { detail: 'not a file of this version\'s base layer' });
    const bytes = await this.#options.fetchBytes(entry).catch((cause: unknown) => {
      throw new FsError('EIO', 'read', path, { detail: `could not fetch ${entry.url ?? 'it'}`, cause });
    });
    if (bytes.length !== (entry.size ?? 0)) {
      throw new FsError('EIO', 'read', path, { detail: `${bytes.length} bytes came, the manifest says ${entry.size ?? 0}` });
    }
    const sum = entry.sha256 === undefined ? undefined : await this.#options.sha256(bytes);
    if (sum !== entry.sha256) throw new FsError('EIO', 'read', path, { detail: 'contents are not what the manifest says (SHA-256)' });
    return bytes;
  }

  #account(path: string, size: number): void {
    this.#sizes.set(path, size);
    this.#cached += size;
    for (const oldest of this.#cache.keys()) {
      if (this.#cached <= (this.#options.cacheBytes ?? 64 * 2 ** 20)) return;
      if (oldest === path || !this.#sizes.has(oldest)) continue;
      this.#cached -= this.#sizes.get(oldest) ?? 0;
      this.#sizes.delete(oldest);
      this.#cache.delete(oldest);
    }
  }
}

/** A base layer with nothing in it but the root. */
export const EMPTY_MANIFEST: Manifest = { version: 1, entries: [] };
