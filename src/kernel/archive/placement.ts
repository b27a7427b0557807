import type { Node } from '../contract/index.ts';
import { FsError } from '../../shared/base/index.ts';
import { entriesOf, find, type WritableService } from './place.ts';

export interface PlacementOptions {
  service: WritableService;
  /** A directory of the same service that takes what is replaced, until all is done. */
  trash: Node;
  /** A file or link that is there already: leave it and the new one out, or replace it. */
  onExisting: 'keep' | 'replace';
  /** Whether the archive told this directory's times. */
  isExplicit(node: Node): boolean;
  left(path: string, why: string): void;
}

/** Moves what was unpacked to where it belongs, so that a failure can be taken back: nothing is removed before all of it is there. */
export class Placement {
  readonly #options: PlacementOptions;
  readonly #undo: (() => Promise<void>)[] = [];
  readonly #times: { node: Node; atime: bigint; mtime: bigint }[] = [];
  #trashed = 0;

  constructor(options: PlacementOptions) {
    this.#options = options;
  }

  /** Puts everything in `from` into `to`. Directories that are on both sides become one. */
  async merge(from: Node, to: Node, path = ''): Promise<void> {
    const { service } = this.#options;
    if (this.#options.isExplicit(from)) {
      const { atime, mtime } = await service.stat(from);
      this.#times.push({ node: to, atime, mtime });
    }
    // Listed as a whole first: what was moved away would not be found again after a failure.
    const names: { name: string; node: Node; kind: string }[] = [];
    for await (const entry of entriesOf(service, from)) names.push(entry);
    for (const { name, node, kind } of names) {
      const where = path === '' ? name : `${path}/${name}`;
      const there = await find(service, to, name);
      if (!there) await this.#move(from, name, to, name);
      else if (kind === 'directory' && there.stat.kind === 'directory') await this.merge(node, there.node, where);
      else if (kind === 'directory' || there.stat.kind === 'directory') this.#options.left(where, `there is a ${there.stat.kind} of this name already`);
      else if (this.#options.onExisting === 'keep') this.#options.left(where, 'there is a file of this name already');
      else {
        await this.#discard(to, name);
        await this.#move(from, name, to, name);
      }
    }
  }

  /** Takes what is at `path` below `top` away, as a whiteout says; nothing if it is not there. */
  async hide(top: Node, path: string): Promise<void> {
    const parts = path.split('/');
    const dir = await this.#directory(top, parts.slice(0, -1));
    if (dir !== undefined && (await find(this.#options.service, dir, parts.at(-1)!))) await this.#discard(dir, parts.at(-1)!);
  }

  /** Takes all away that is in the directory `path` below `top`, but for `except`. */
  async hideAll(top: Node, path: string, except: string): Promise<void> {
    const dir = await this.#directory(top, path === '' ? [] : path.split('/'));
    if (dir === undefined) return;
    const names: string[] = [];
    for await (const { name } of entriesOf(this.#options.service, dir)) if (name !== except) names.push(name);
    for (const name of names) await this.#discard(dir, name);
  }

  async #directory(top: Node, parts: readonly string[]): Promise<Node | undefined> {
    let node = top;
    for (const part of parts) {
      const found = await find(this.#options.service, node, part);
      if (found?.stat.kind !== 'directory') return undefined;
      node = found.node;
    }
    return node;
  }

  async #discard(dir: Node, name: string): Promise<void> {
    await this.#move(dir, name, this.#options.trash, String(this.#trashed++));
  }

  async #move(from: Node, name: string, to: Node, as: string): Promise<void> {
    const { service } = this.#options;
    await service.rename(from, name, to, as);
    this.#undo.push(async () => service.rename(to, as, from, name));
  }

  /** Sets the times of directories that were there: moving things into them moved theirs on. */
  async finish(): Promise<void> {
    for (const { node, atime, mtime } of this.#times) await this.#options.service.setTimes(node, atime, mtime);
  }

  /** Takes everything back, last first. What others have changed meanwhile stays as they left it. */
  async takeBack(): Promise<void> {
    for (let undo = this.#undo.pop(); undo; undo = this.#undo.pop()) {
      await undo().catch((error: unknown) => {
        if (!(error instanceof FsError)) throw error;
      });
    }
  }
}
