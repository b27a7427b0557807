import { RightBit } from '../../shared/abi/index.ts';
import { Dirent, GlobMatcher, GlobsWord, Inode, LEADS } from '../../shared/arena/index.ts';
import { FsError } from '../../shared/base/index.ts';
import type { Location, Namespace } from '../namespace/index.ts';
import { ALL_RIGHTS } from '../capability/index.ts';
import type { Base, Descriptors } from '../process/index.ts';

/** Directories between a descriptor and what its globs are of, at most. */
const DEPTH_MAX = 4096;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Where a call starts: as `Base`, with paths that begin at what the globs are of, if there are any. */
export interface Start extends Base {
  /** Address of the globs; 0: none. */
  globs: number;
}

/** What the description of a directory leaves of rights, for the calls that the kernel does by it (RT1 … in shared/tree/SPEC.md, with paths in the place of parents). */
export class FileRights {
  readonly #descriptors: Descriptors;
  readonly #matcher: GlobMatcher;

  constructor(descriptors: Descriptors) {
    this.#descriptors = descriptors;
    this.#matcher = new GlobMatcher(descriptors.arena);
  }

  /** `need`: bits of `RightBit` without which nothing can be done whatever the name. @throws FsError ENOTCAPABLE */
  async start(base: Base, namespace: Namespace, need: number, operation: string): Promise<Start> {
    const { files } = this.#descriptors;
    if (files.withheld(base.ofd) & need) throw refused(operation);
    const globs = files.globs(base.ofd);
    if (globs === 0) return { ...base, globs };
    const below = base.below ?? (await this.#below(namespace, base.from, globs));
    if (below === null) throw refused(operation);
    return { ...base, globs, from: { ...base.from, path: `/${below}` } };
  }

  /** The names from the globs' directory down to a directory of the tree; null if it is not below it (any more). */
  async #below(namespace: Namespace, from: Location, globs: number): Promise<string | null> {
    const { u32 } = this.#descriptors.arena;
    const base = u32[(globs >>> 2) + GlobsWord.BASE]!;
    const mounts = namespace.table();
    const names: string[] = [];
    let { mount, node } = from;
    for (let depth = 0; depth < DEPTH_MAX; depth++) {
      const inode = mount.service.inode?.(node) ?? 0;
      if (inode !== 0 && inode === base) return names.toReversed().join('/');
      const outer = node === mount.root && mount.at ? mounts.find(({ id }) => id === mount.at!.mount) : undefined;
      if (outer) [mount, node] = [outer, mount.at!.node];
      else {
        const name = inode === 0 || node === mount.root ? '' : this.#nameOf(inode);
        if (name === '') return null;
        names.push(name);
        node = await mount.service.parent(node);
      }
    }
    return null;
  }

  #nameOf(inode: number): string {
    const { u32, u8 } = this.#descriptors.arena;
    const dirent = u32[(inode >>> 2) + Inode.DIRENT]!;
    if (dirent === 0) return '';
    const from = dirent + Dirent.NAME;
    return decoder.decode(u8.slice(from, from + u32[(dirent >>> 2) + Dirent.NAME_LENGTH]!));
  }

  /** Rights to a path that a walk from the start came to, and LEADS. */
  of({ ofd, globs }: Pick<Start, 'ofd' | 'globs'>, path: string): number {
    const withheld = this.#descriptors.files.withheld(ofd);
    if (globs === 0) return ALL_RIGHTS & ~withheld;
    const bytes = encoder.encode(path.replace(/^\/+/, ''));
    return this.#matcher.match(globs, bytes, 0, bytes.length, withheld);
  }

  /** @throws FsError ENOTCAPABLE unless the path has all rights of `need` */
  require(start: Start, path: string, need: number, operation: string): void {
    if ((this.of(start, path) & need) !== need) throw refused(operation);
  }

  /** For what only looks: a directory that leads to names that match may be seen. @throws FsError ENOTCAPABLE */
  requireShown(start: Start, path: string, isDirectory: boolean, operation: string): void {
    if (!(this.of(start, path) & (isDirectory ? RightBit.read | LEADS : RightBit.read))) throw refused(operation);
  }

  /** @throws FsError ENOTCAPABLE unless what is there may be opened with these rights */
  requireOpened(start: Start, path: string, need: number, isDirectory: boolean): void {
    const rights = this.of(start, path);
    if (isDirectory ? rights === 0 : (rights & ALL_RIGHTS) === 0 || (rights & need) !== need) throw refused('open');
  }

  /** Of a file that was just opened below globs: what they gave it. */
  stamp(start: Start, path: string, ofd: number): void {
    if (start.globs !== 0) this.#descriptors.files.matched(ofd, this.of(start, path) & ALL_RIGHTS, this.#matcher.matched);
  }

  /** Whether a name of a directory that is open may be listed. */
  shows(ofd: number, path: string, isDirectory: boolean): boolean {
    const globs = this.#descriptors.files.globs(ofd);
    return globs === 0 || (this.of({ ofd, globs }, path) & (isDirectory ? RightBit.read | LEADS : RightBit.read)) !== 0;
  }
}

export function refused(operation: string): FsError {
  return new FsError('ENOTCAPABLE', operation, undefined, { detail: 'the descriptor does not give this right' });
}
